"""The driver against the documented answers; rows are those of the gateway's ambiguities, by number."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from storyboard.assets import Asset, Casting, Reference
from storyboard.exchange import (
    Absent,
    Accepted,
    Ask,
    Busy,
    Callback,
    Cancelled,
    Failed,
    Followed,
    NotCancelled,
    Polled,
    Rejected,
    Response,
    Running,
    Succeeded,
    Unknown,
)
from storyboard.film import ClipId, Frame, JobId
from storyboard.planning.manifest import asked_duration
from storyboard.planning.price import price
from storyboard.planning.prompt import compose
from storyboard.providers import Calling, Cancelling, Listing
from storyboard.providers.seedance2ink import PROVIDER, UNASKED_WAIT_S
from storyboard.structs import replace
from tests.films import PLACE, asked, shot

NOW = 1000.0
FIRST, LAST = Frame("first.png", "a" * 64), Frame("last.png", "b" * 64)
MIRA = Reference("mira.png", "mira.png", "image", PLACE, "identity", "face and hair", "the background")
REEL = Reference("reel.mp4", "reel.mp4", "video", PLACE, "camera")
VOICE = Reference("voice.wav", "voice.wav", "audio", PLACE)
CAST = (Casting(Asset("cast", "mira", "Mira", PLACE, references=(MIRA, REEL, VOICE))),)
LINKS = {
    name: f"https://host.example/{name}"
    for name in ("first.png", "last.png", "mira.png", "reel.mp4", "voice.wav", "fog.png")
}
JOBS = "/api/open/v1/video/generations"


def ask(prompt: str = "A glass train crosses a bridge.", **fields: Any) -> Ask:
    """An ask of five seconds; `options`, `resolution`, `aspect` and `duration` are the shot's."""
    own = {key: fields.pop(key) for key in ("options", "resolution", "aspect", "duration") if key in fields}
    return replace(asked(shot("1A", **own)), prompt=prompt, **fields)


def sent(one: Ask) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(PROVIDER.submit_request(one, LINKS, "key-1").body)
    return said


def answer(status: int, said: object, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): text for name, text in headers.items()}, json.dumps(said).encode())


def refusal(status: int, code: str = "bad", message: str = "why", **headers: str) -> Response:
    return answer(status, {"success": False, "error": {"code": code, "message": message}}, **headers)


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_says_every_field_and_whose_it_is() -> None:
    request = PROVIDER.submit_request(ask(seed=7, audio=True), {}, "key-1")
    assert (request.method, request.path) == ("POST", JOBS)
    assert request.headers == {"content-type": "application/json"}
    assert json.loads(request.body) == {
        "model": "seedance-2.0",
        "prompt": "A glass train crosses a bridge.",
        "aspectRatio": "16:9",
        "duration": 5,
        "resolution": "720p",
        "metadata": {"storyboard": "key-1"},
    }


@pytest.mark.parametrize("seconds", range(4, 16))
def test_row_1_a_duration_is_a_whole_number(seconds: int) -> None:
    said = sent(ask(duration=Fraction(seconds)))["duration"]
    assert (said, type(said)) == (seconds, int)


@pytest.mark.parametrize(
    ("model", "seconds", "asked_for"),
    [
        ("seedance-2.0", 7, 7),
        ("seedance-2.0-fast", 7, 7),
        ("seedance-1.5-pro", 4, 5),
        ("seedance-1.5-pro", 5, 5),
        ("seedance-1.5-pro", 7, 10),
    ],
)
def test_each_model_has_its_lengths(model: str, seconds: int, asked_for: int) -> None:
    one = shot("1A", duration=Fraction(seconds), options={"model": model})
    assert asked_duration(one, PROVIDER.capabilities) == asked_for
    assert sent(ask(options={"model": model}))["model"] == model


@pytest.mark.parametrize("model", ["seedance-2.0", "seedance-2.0-fast", "seedance-1.5-pro"])
@pytest.mark.parametrize("resolution", ["480p", "720p", "1080p"])
def test_row_15_every_model_may_be_asked_for_every_size(model: str, resolution: str) -> None:
    assert sent(ask(resolution=resolution, options={"model": model}))["resolution"] == resolution


def test_row_5_two_pictures_are_sent_only_as_the_first_and_the_last_frame() -> None:
    fog = replace(MIRA, path="fog.png")
    assert sent(ask(start=FIRST, references=(MIRA, fog)))["mediaUrls"] == [LINKS["first.png"]]
    assert sent(ask(start=FIRST, end=LAST))["mediaUrls"] == [LINKS["first.png"], LINKS["last.png"]]
    with pytest.raises(ValueError, match="closing frame"):
        sent(ask(end=LAST))
    for few in ((MIRA,), (MIRA, fog), (REEL,), (REEL, VOICE)):
        with pytest.raises(ValueError, match="fewer than 3"):
            PROVIDER.files(ask(references=few))


def test_row_5_references_go_from_three_to_five_with_their_roles_in_words() -> None:
    composed = compose(shot("1A", cast=CAST), PROVIDER.capabilities)
    said = sent(ask(references=(MIRA, REEL, VOICE), prompt=composed))
    assert said["mediaUrls"] == [LINKS["mira.png"], LINKS["reel.mp4"], LINKS["voice.wav"]]
    assert said["prompt"] == composed
    assert composed.startswith(
        "Mira (supplied image 1, supplied video 1 and supplied audio 1). Use supplied image 1 only"
    )
    assert "@" not in composed
    many = tuple(replace(MIRA, path=f"{number}.png") for number in range(6))
    assert len(PROVIDER.files(ask(references=many[:5]))) == 5
    with pytest.raises(ValueError, match="6 files; 5 are taken"):
        PROVIDER.files(ask(references=many))


def test_the_frame_of_the_shot_before_counts_among_the_references() -> None:
    before = Followed("reference", (shot("1A"),), ClipId("a" * 64), "reel.mp4", 0, 120, LAST)
    one = ask(references=(MIRA, replace(MIRA, path="fog.png")), follows=before)
    assert PROVIDER.files(one) == ("mira.png", "fog.png", "last.png")
    assert sent(one)["mediaUrls"] == [LINKS["mira.png"], LINKS["fog.png"], LINKS["last.png"]]


def test_a_webhook_is_named_where_somebody_listens() -> None:
    assert sent(ask(callback="https://me.example/cb"))["webhookUrl"] == "https://me.example/cb"


# ── what is answered to an order ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("job", ["req_1234567890", "7"])
def test_row_17_accepted_names_a_job_of_any_form_and_what_it_costs(status: int, job: str) -> None:
    said = {"success": True, "requestId": job, "status": "queued", "creditsCharged": 40}
    assert PROVIDER.read_submit(answer(status, said), NOW) == Accepted(JobId(job), Decimal(40))


@pytest.mark.parametrize("charged", [None, True, "much", -1])
def test_a_charge_that_is_not_told_is_not_known(charged: object) -> None:
    said = {"success": True, "requestId": "req_1", "creditsCharged": charged}
    assert PROVIDER.read_submit(answer(200, said), NOW) == Accepted(JobId("req_1"))


@pytest.mark.parametrize(
    ("status", "code", "stops"),
    [
        (401, "unauthorized", True),
        (403, "unauthorized", True),
        (200, "unauthorized", True),
        (401, "key_expired", True),
        (402, "insufficient_credits", True),
        (400, "invalid_request", False),
        (403, "forbidden", False),
    ],
)
def test_refusals_in_the_api_s_own_form(status: int, code: str, stops: bool) -> None:
    assert PROVIDER.read_submit(refusal(status, code), NOW) == Rejected(code, "why", stops)


@pytest.mark.parametrize(("headers", "wait_s"), [({"retry_after": "12"}, 12), ({}, UNASKED_WAIT_S)])
def test_too_many_requests_are_waited_for(headers: dict[str, str], wait_s: float) -> None:
    assert PROVIDER.read_submit(refusal(429, "rate_limited", "why", **headers), NOW) == Busy(NOW + wait_s)


@pytest.mark.parametrize(
    "response",
    [
        refusal(500),
        refusal(503),
        refusal(404),
        refusal(409),
        refusal(522),
        refusal(200),
        answer(200, {"success": True}),
        answer(200, {"success": True, "requestId": ""}),
        answer(200, {"success": False, "requestId": "req_1"}),
        answer(200, {"requestId": "req_1"}),
        answer(204, {"success": True, "requestId": "req_1"}),
        answer(301, {}),
        answer(400, {"error": {"code": "bad", "message": "a proxy's own"}}),
        answer(400, {"success": False, "error": "bad"}),
        answer(401, {}),
        answer(429, {"error": "a proxy's own"}),
    ],
)
def test_whatever_is_not_documented_is_unknown(response: Response) -> None:
    outcome = PROVIDER.read_submit(response, NOW)
    assert isinstance(outcome, Unknown)
    assert outcome.until is None


@pytest.mark.parametrize("body", [b"", b"<html>one moment</html>", b"[]", b"null", b"\xff", b'{"success": true'])
@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 502])
def test_what_is_not_the_api_s_own_form_cannot_be_read(status: int, body: bytes) -> None:
    for read in (lambda one: PROVIDER.read_submit(one, NOW), PROVIDER.read_poll, PROVIDER.read_cancel):
        with pytest.raises(ValueError, match=r".*"):
            read(Response(status, {}, body))


# ── how a job stands ─────────────────────────────────────────────────────────────────────────────────────────────────

JOB: dict[str, Any] = {
    "success": True,
    "requestId": "req_1",
    "status": "succeeded",
    "model": "seedance-2.0",
    "prompt": "Fog",
    "duration": 5,
    "aspectRatio": "16:9",
    "output": {"type": "video", "url": "https://pub.example/req_1.mp4"},
    "error": None,
}
DONE = Succeeded("https://pub.example/req_1.mp4")


def polled(**changes: object) -> Polled | None:
    return PROVIDER.read_poll(answer(200, {**JOB, **changes}))


def test_a_job_is_asked_for_by_its_id() -> None:
    request = PROVIDER.poll_request(JobId("req_1"))
    assert (request.method, request.path, request.body) == ("GET", f"{JOBS}/req_1", b"")
    assert PROVIDER.poll_request(JobId("../models?x")).path == f"{JOBS}/..%2Fmodels%3Fx"


def test_succeeded_gives_the_clip_and_leaves_the_charge_as_it_was_told_at_acceptance() -> None:
    assert polled() == DONE


@pytest.mark.parametrize("output", [None, {}, {"type": "video"}, {"url": ""}, "text", []])
def test_row_14_succeeded_without_a_clip_is_asked_again_and_then_lost(output: object) -> None:
    outcome = polled(output=output)
    assert isinstance(outcome, Absent)
    assert (outcome.code, outcome.lost, outcome.known) == ("no-link", True, True)


@pytest.mark.parametrize(("status", "queued"), [("queued", True), ("processing", False), ("paused", False)])
def test_row_13_an_unknown_status_word_is_running(status: object, queued: bool) -> None:
    assert polled(status=status) == Running(queued=queued)


@pytest.mark.parametrize("status", [None, 7, [], ""])
def test_an_answer_without_a_status_tells_nothing(status: object) -> None:
    assert polled(status=status) is None


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        (None, "generation-failed", "no reason given"),
        ("moderated", "generation-failed", "moderated"),
        ({"code": "moderation", "message": "refused"}, "moderation", "refused"),
    ],
)
def test_row_18_no_refund_is_assumed_of_a_failed_or_a_cancelled_job(said: object, code: str, message: str) -> None:
    assert polled(status="failed", error=said) == Failed(code, message, None)
    assert polled(status="cancelled", error=said) == Failed("cancelled", "the job was cancelled", None)


def test_a_job_that_is_not_known_is_lost_a_bad_key_loses_nothing() -> None:
    gone = PROVIDER.read_poll(refusal(404, "not_found"))
    assert isinstance(gone, Absent)
    assert gone.lost
    for response in (refusal(401, "unauthorized"), refusal(403), refusal(200)):
        outcome = PROVIDER.read_poll(response)
        assert isinstance(outcome, Absent)
        assert not outcome.lost


@pytest.mark.parametrize("response", [refusal(500), refusal(429), refusal(503), answer(404, {}), answer(200, {})])
def test_a_poll_that_says_nothing_is_repeated(response: Response) -> None:
    assert PROVIDER.read_poll(response) is None


# ── cancelling, callbacks ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_job_is_called_off_by_a_post_without_a_body() -> None:
    request = PROVIDER.cancel_request(JobId("req_1"))
    assert (request.method, request.path, request.body) == ("POST", f"{JOBS}/req_1/cancel", b"")


@pytest.mark.parametrize(
    ("response", "means"),
    [
        (answer(200, {"success": True, "requestId": "req_1", "status": "cancelled"}), Cancelled()),
        (answer(200, {"success": True, "requestId": "req_1", "status": "processing"}), None),
        (refusal(409, "invalid_state"), NotCancelled("invalid_state", "why")),
        (refusal(400, "invalid_state"), NotCancelled("invalid_state", "why")),
        (refusal(404, "not_found"), NotCancelled("not_found", "why")),
        (refusal(500), None),
        (refusal(429), None),
        (answer(404, {}), None),
    ],
)
def test_what_is_answered_to_a_cancel(response: Response, means: object) -> None:
    assert PROVIDER.read_cancel(response) == means


@pytest.mark.parametrize("key", ["key-1", None])
def test_a_callback_tells_whose_order_it_was_where_it_tells_the_metadata(key: str | None) -> None:
    metadata = {"metadata": {"storyboard": key}} if key else {}
    said = PROVIDER.read_callback(json.dumps({**JOB, **metadata}).encode())
    assert said == Callback(JobId("req_1"), DONE, key)


@pytest.mark.parametrize("metadata", [None, "key-1", {"storyboard": 7}, {"other": "key-1"}])
def test_metadata_that_is_not_ours_names_no_order(metadata: object) -> None:
    assert PROVIDER.read_callback(json.dumps({**JOB, "metadata": metadata}).encode()).key is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"requestId": 7}'])
def test_a_callback_that_names_no_job_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        PROVIDER.read_callback(body)


def test_it_calls_back_and_cancels_but_neither_lists_nor_honours_keys() -> None:
    assert isinstance(PROVIDER, Calling)
    assert isinstance(PROVIDER, Cancelling)
    assert not isinstance(PROVIDER, Listing)
    assert PROVIDER.capabilities.retention_s is None


# ── prices ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_price_that_is_shown_is_known_and_no_other() -> None:
    money = price(shot("1A"), Fraction(5), PROVIDER.capabilities)
    assert money is not None
    assert (money.amount, money.unit) == (Decimal(40), "credits")
    for options, resolution in (({"model": "seedance-2.0-fast"}, "720p"), ({}, "1080p")):
        assert price(shot("1A", options=options, resolution=resolution), Fraction(5), PROVIDER.capabilities) is None
