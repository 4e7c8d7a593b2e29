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
    Failed,
    Followed,
    Polled,
    Rejected,
    Response,
    Running,
    Succeeded,
    Unknown,
)
from storyboard.film import ClipId, Edge, Frame, JobId, ShotId
from storyboard.planning.price import price
from storyboard.planning.prompt import compose
from storyboard.providers import Calling, Cancelling, Listing
from storyboard.providers.defapi import PROVIDER, UNASKED_WAIT_S
from storyboard.structs import replace
from tests.films import PLACE, asked, shot

NOW = 1000.0
FIRST, LAST = Frame("first.png", "a" * 64), Frame("last.png", "b" * 64)
MIRA = Reference("mira.png", "mira.png", "image", PLACE, "identity", "face and hair", "the background")
FOG = Reference("fog.png", "fog.png", "image", PLACE)
CAST = (Casting(Asset("cast", "mira", "Mira", PLACE, references=(MIRA, FOG))),)
LINKS = {name: f"https://host.example/{name}" for name in ("first.png", "last.png", "mira.png", "fog.png")}
JOBS = ("ta12345678-1234-1234-1234-123456789abc", "ta823dfb-eaac-44fd-aec2-3e2c7ba8e071")
"""The two shapes of ids that the documents show."""


def ask(prompt: str = "A glass train crosses a bridge.", **fields: Any) -> Ask:
    """An ask of five seconds; `aspect` and `duration` are the shot's."""
    own = {key: fields.pop(key) for key in ("aspect", "duration", "options") if key in fields}
    return replace(asked(shot("1A", **own)), prompt=prompt, **fields)


def sent(one: Ask) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(PROVIDER.submit_request(one, LINKS, "key-1").body)
    return said


def text(one: Ask) -> str:
    return str(sent(one)["content"][0]["text"])


def answer(status: int, said: object, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): text for name, text in headers.items()}, json.dumps(said).encode())


def refusal(status: int, message: str = "why", **headers: str) -> Response:
    return answer(status, {"code": 1, "message": message}, **headers)


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_says_every_field_and_nothing_that_is_not_documented() -> None:
    request = PROVIDER.submit_request(ask(seed=7, audio=True), {}, "key-1")
    assert (request.method, request.path) == ("POST", "/api/video/seedance/gen")
    assert request.headers == {"content-type": "application/json"}
    assert json.loads(request.body) == {
        "model": "seedance-2.0",
        "content": [{"type": "text", "text": "A glass train crosses a bridge."}],
        "duration": 5,
        "ratio": "16:9",
    }


@pytest.mark.parametrize("seconds", [5, 10, 15])
def test_row_1_a_duration_is_a_whole_number(seconds: int) -> None:
    said = sent(ask(duration=Fraction(seconds)))["duration"]
    assert (said, type(said)) == (seconds, int)
    assert Fraction(seconds) in (PROVIDER.capabilities.durations or ())


def test_row_3_references_are_labelled_by_the_order_of_the_pictures() -> None:
    composed = compose(shot("1A", cast=CAST), PROVIDER.capabilities)
    said = sent(ask(references=(MIRA, FOG), prompt=composed))
    assert said["content"][1:] == [
        {"type": "image_url", "image_url": {"url": LINKS["mira.png"]}},
        {"type": "image_url", "image_url": {"url": LINKS["fog.png"]}},
    ]
    assert said["content"][0]["text"] == composed
    assert composed.startswith(
        "Mira (@image1 and @image2). Use @image1 only for the likeness (face and hair), not for the background."
    )


def test_row_4_an_opening_frame_goes_alone_and_the_prompt_says_what_it_is() -> None:
    one = ask(start=FIRST, references=(MIRA,))
    assert PROVIDER.files(one) == ("first.png",)
    assert [item["type"] for item in sent(one)["content"]] == ["text", "image_url"]
    assert text(one).endswith("@image1 is the exact opening frame.")
    assert PROVIDER.capabilities.frames_exclude_references


def test_the_frame_of_the_shot_before_may_be_a_reference() -> None:
    before = Followed("reference", (shot("1A"),), ClipId("a" * 64), "reel.mp4", 0, 120, LAST)
    one = ask(references=(MIRA,), follows=before)
    assert PROVIDER.files(one) == ("mira.png", "last.png")
    following = shot("1B", cast=CAST[:1], start=Edge(PLACE, ShotId("1A"), carry="reference"))
    assert "Match place, light and colours of @image3" in compose(following, PROVIDER.capabilities)


def test_nine_pictures_are_taken_and_no_closing_frame() -> None:
    nine = tuple(replace(MIRA, path=f"{number}.png") for number in range(9))
    assert len(PROVIDER.files(ask(references=nine))) == 9
    with pytest.raises(ValueError, match="10 files; 9 are taken"):
        PROVIDER.files(ask(references=(*nine, FOG)))
    with pytest.raises(ValueError, match="no closing frame"):
        PROVIDER.files(ask(start=FIRST, end=LAST))


def test_a_callback_is_named_where_somebody_listens() -> None:
    assert sent(ask(callback="https://me.example/cb"))["callback_url"] == "https://me.example/cb"


def test_the_same_ask_is_the_same_bytes_under_any_key() -> None:
    assert PROVIDER.submit_request(ask(), {}, "k") == PROVIDER.submit_request(ask(), {}, "l")


# ── what is answered to an order ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("job", [*JOBS, "7"])
def test_row_17_accepted_names_a_job_of_any_form(job: str) -> None:
    said = {"code": 0, "message": "ok", "data": {"task_id": job}}
    assert PROVIDER.read_submit(answer(200, said), NOW) == Accepted(JobId(job))


@pytest.mark.parametrize(
    ("status", "code", "stops"),
    [
        (400, "invalid-request", False),
        (401, "unauthorized", True),
        (402, "payment-required", True),
        (403, "forbidden", False),
    ],
)
def test_refusals_in_the_envelope(status: int, code: str, stops: bool) -> None:
    assert PROVIDER.read_submit(refusal(status), NOW) == Rejected(code, "why", stops)
    assert PROVIDER.read_submit(answer(status, {"code": 1, "detail": "else"}), NOW) == Rejected(code, "else", stops)


@pytest.mark.parametrize(("headers", "wait_s"), [({"retry_after": "12"}, 12), ({}, UNASKED_WAIT_S)])
def test_too_many_requests_are_waited_for(headers: dict[str, str], wait_s: float) -> None:
    assert PROVIDER.read_submit(refusal(429, "why", **headers), NOW) == Busy(NOW + wait_s)


@pytest.mark.parametrize(
    "response",
    [
        refusal(500),
        refusal(503),
        refusal(404),
        refusal(409),
        refusal(522),
        refusal(200),
        answer(200, {"code": 1, "data": {"task_id": "ta1"}}),
        answer(200, {"code": 0, "data": {}}),
        answer(200, {"code": 0, "data": {"task_id": ""}}),
        answer(200, {"code": 0, "data": ["ta1"]}),
        answer(200, {"code": True, "data": {"task_id": "ta1"}}),
        answer(200, {"task_id": "ta1"}),
        answer(201, {"code": 0, "data": {"task_id": "ta1"}}),
        answer(301, {}),
        answer(400, {"error": "a proxy's own"}),
        answer(401, {}),
        answer(429, {"error": "a proxy's own"}),
        answer(400, {"code": 0, "message": "ok"}),
    ],
)
def test_whatever_is_not_documented_is_unknown_an_error_inside_200_too(response: Response) -> None:
    outcome = PROVIDER.read_submit(response, NOW)
    assert isinstance(outcome, Unknown)
    assert outcome.until is None


@pytest.mark.parametrize("body", [b"", b"<html>one moment</html>", b"[]", b"null", b"\xff", b'{"code": 0'])
@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 502])
def test_what_is_not_the_api_s_own_form_cannot_be_read(status: int, body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        PROVIDER.read_submit(Response(status, {}, body), NOW)
    with pytest.raises(ValueError, match=r".*"):
        PROVIDER.read_poll(Response(status, {}, body))


# ── how a task stands ────────────────────────────────────────────────────────────────────────────────────────────────

TASK: dict[str, Any] = {
    "task_id": JOBS[0],
    "status": "success",
    "result": {"video": "https://cdn.example/1.mp4"},
    "consumed": "0.500000",
    "status_reason": {"message": None},
    "created_at": "2025-08-03T10:22:20.010Z",
}
DONE = Succeeded("https://cdn.example/1.mp4", Decimal("0.5"))


def polled(**changes: object) -> Polled | None:
    return PROVIDER.read_poll(answer(200, {"code": 0, "message": "ok", "data": {**TASK, **changes}}))


def test_a_task_is_asked_for_by_its_id() -> None:
    request = PROVIDER.poll_request(JobId("ta1"))
    assert (request.method, request.path, request.body) == ("GET", "/api/task/query?task_id=ta1", b"")
    assert PROVIDER.poll_request(JobId("a&b/c")).path == "/api/task/query?task_id=a%26b%2Fc"


def test_success_gives_the_clip_and_what_was_consumed() -> None:
    assert polled() == DONE
    charged = polled(consumed="10.000000")
    assert isinstance(charged, Succeeded)
    assert str(charged.charged) == "10"


@pytest.mark.parametrize(
    "result", [[{"video": "https://cdn.example/1.mp4"}], ["https://cdn.example/1.mp4", "https://cdn.example/2.mp4"]]
)
def test_results_may_be_lists(result: object) -> None:
    assert polled(result=result) == DONE


@pytest.mark.parametrize("consumed", [None, "much", "-1", True])
def test_a_charge_that_is_not_told_is_not_known(consumed: object) -> None:
    assert polled(consumed=consumed) == replace(DONE, charged=None)


@pytest.mark.parametrize("result", [None, {}, {"video": None}, {"video": ""}, [], [None], "text", [""]])
def test_row_14_success_without_a_clip_is_asked_again_and_then_lost(result: object) -> None:
    outcome = polled(result=result)
    assert isinstance(outcome, Absent)
    assert (outcome.code, outcome.lost, outcome.known) == ("no-link", True, True)


@pytest.mark.parametrize("status", ["pending", "submitted", "in_progress", "completed", "paused"])
def test_row_13_only_success_and_failed_end_a_task(status: object) -> None:
    assert polled(status=status) == Running()


@pytest.mark.parametrize("status", [None, 7, [], ""])
def test_an_answer_without_a_status_tells_nothing(status: object) -> None:
    assert polled(status=status) is None


@pytest.mark.parametrize(
    ("reason", "message"),
    [({"message": "moderated"}, "moderated"), ({"message": None}, "no reason given"), (None, "no reason given")],
)
def test_a_failure_says_why_and_what_stays_charged(reason: object, message: str) -> None:
    failed = polled(status="failed", status_reason=reason, consumed="0.000000", result=None)
    assert failed == Failed("generation-failed", message, Decimal(0))
    assert polled(status="failed", status_reason=reason, consumed=None) == Failed("generation-failed", message, None)


def test_a_task_that_is_not_found_yet_is_asked_for_again() -> None:
    absent = PROVIDER.read_poll(refusal(404, "task not found"))
    assert isinstance(absent, Absent)
    assert absent.lost


@pytest.mark.parametrize("response", [refusal(401), refusal(200)])
def test_neither_a_bad_key_nor_an_error_inside_200_loses_a_task(response: Response) -> None:
    absent = PROVIDER.read_poll(response)
    assert isinstance(absent, Absent)
    assert not absent.lost


@pytest.mark.parametrize(
    "response", [refusal(500), refusal(429), refusal(503), answer(404, {}), answer(200, {}), answer(302, {})]
)
def test_a_poll_that_says_nothing_is_repeated(response: Response) -> None:
    assert PROVIDER.read_poll(response) is None


# ── callbacks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("said", [TASK, {"code": 0, "message": "ok", "data": TASK}])
def test_a_callback_is_read_in_its_envelope_or_without(said: object) -> None:
    assert PROVIDER.read_callback(json.dumps(said).encode()) == Callback(JobId(JOBS[0]), DONE)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"task_id": 7}', b'{"code": 0, "data": {"task_id": ""}}'])
def test_a_callback_that_names_no_task_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        PROVIDER.read_callback(body)


def test_it_calls_back_and_neither_lists_nor_cancels() -> None:
    assert isinstance(PROVIDER, Calling)
    assert not isinstance(PROVIDER, Listing | Cancelling)
    assert PROVIDER.capabilities.retention_s is None


# ── prices ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_price_is_known_until_the_settings_name_one() -> None:
    assert price(shot("1A"), Fraction(5), PROVIDER.capabilities) is None
    set_ = replace(PROVIDER.capabilities, prices={"seedance-2.0": Decimal("0.1")})
    money = price(shot("1A"), Fraction(5), set_)
    assert money is not None
    assert (money.amount, money.unit) == (Decimal("0.5"), "credits")
