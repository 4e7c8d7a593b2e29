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
    Failed,
    Followed,
    Polled,
    Rejected,
    Response,
    Running,
    Succeeded,
    Unknown,
)
from storyboard.film import CarryMode, ClipId, Edge, Frame, JobId, Money, ShotId
from storyboard.planning.price import price
from storyboard.planning.prompt import compose
from storyboard.providers.seedance2ai import AT_WORK_S, PROVIDER, UNASKED_WAIT_S
from storyboard.structs import replace
from tests.films import PLACE, asked, shot

NOW = 1000.0
FIRST, LAST = Frame("first.png", "a" * 64), Frame("last.png", "b" * 64)
MIRA = Reference("mira.png", "mira.png", "image", PLACE, "identity", "face and hair", "the background")
REEL = Reference("reel.mp4", "reel.mp4", "video", PLACE, "camera")
CAST = (Casting(Asset("cast", "mira", "Mira", PLACE, references=(MIRA, REEL))),)
LINKS = {name: f"https://host.example/{name}" for name in ("first.png", "last.png", "mira.png", "reel.mp4", "walk.mp4")}


def ask(prompt: str = "A glass train crosses a bridge.", **fields: Any) -> Ask:
    """An ask of five seconds; `options` and `resolution` are the shot's."""
    own = {key: fields.pop(key) for key in ("options", "resolution", "aspect", "duration", "audio") if key in fields}
    return replace(asked(shot("1A", **own)), prompt=prompt, **fields)


def sent(one: Ask) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(PROVIDER.submit_request(one, LINKS, "key-1").body)
    return said


def answer(status: int, said: object, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): text for name, text in headers.items()}, json.dumps(said).encode())


def error(status: int, code: str, message: str = "why", **headers: str) -> Response:
    return answer(status, {"error": {"code": code, "message": message}}, **headers)


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_text_to_video_says_every_setting() -> None:
    request = PROVIDER.submit_request(ask(), {}, "key-1")
    assert (request.method, request.path) == ("POST", "/api/v1/video/seedance2")
    assert request.headers == {"content-type": "application/json", "idempotency-key": "key-1"}
    assert json.loads(request.body) == {
        "mode": "text-to-video",
        "quality_tier": "standard",
        "channel": "standard",
        "prompt": "A glass train crosses a bridge.",
        "aspect_ratio": "16:9",
        "duration": "5",
        "resolution": "720p",
        "generate_audio": False,
        "fixed_lens": False,
        "seed": 7,
    }


@pytest.mark.parametrize("seconds", range(4, 16))
def test_row_1_a_duration_is_a_text(seconds: int) -> None:
    assert sent(ask(duration=Fraction(seconds)))["duration"] == str(seconds)
    assert Fraction(seconds) in (PROVIDER.capabilities.durations or ())


def test_row_2_the_glued_lists_are_these() -> None:
    assert PROVIDER.capabilities.aspects == frozenset({"1:1", "21:9", "4:3", "3:4", "16:9", "9:16"})
    assert PROVIDER.capabilities.options["quality_tier"].values == ("mini", "standard", "pro")
    assert PROVIDER.capabilities.options["channel"].values == ("standard", "real", "wild")


def test_row_3_references_are_told_in_words_without_labels() -> None:
    assert sent(ask(references=(MIRA, REEL)))["media_urls"] == [LINKS["mira.png"], LINKS["reel.mp4"]]
    said = sent(ask(references=(MIRA, REEL), prompt=compose(shot("1A", cast=CAST), PROVIDER.capabilities)))
    assert said["mode"] == "media-to-video"
    assert said["prompt"].startswith(
        "Mira (supplied image 1 and supplied video 1). Use supplied image 1 only for the likeness (face and hair), "
        "not for the background. Use supplied video 1 only for the camera movement. 1A happens."
    )
    assert "@" not in said["prompt"]


@pytest.mark.parametrize(("tier", "channel"), [("mini", "standard"), ("pro", "real"), ("mini", "real")])
def test_row_6_no_seed_for_mini_and_real(tier: str, channel: str) -> None:
    assert "seed" not in sent(ask(options={"quality_tier": tier, "channel": channel}))


def test_row_6_a_seed_stays_in_its_range() -> None:
    assert sent(ask(seed=2**32 + 3, options={"channel": "wild", "quality_tier": "pro"}))["seed"] == 3


@pytest.mark.parametrize(
    ("resolution", "options", "named"),
    [
        ("720p", {}, "720p"),
        ("1080p", {}, "1080p"),
        ("1080p", {"plus": True, "quality_tier": "pro"}, "1080p-plus"),
        ("4k", {"quality_tier": "pro"}, "4k"),
        ("2160p", {"quality_tier": "pro"}, "4k"),
    ],
)
def test_row_7_resolutions_by_tier(resolution: str, options: dict[str, Any], named: str) -> None:
    assert sent(ask(resolution=resolution, options=options))["resolution"] == named


def test_row_8_only_the_fields_of_the_mode_are_sent() -> None:
    opened = sent(ask(start=FIRST, references=(MIRA,)))
    assert opened["image_url"] == LINKS["first.png"]
    assert opened["mode"] == "image-to-video"
    assert not {"end_image_url", "media_urls"} & opened.keys()
    assert "upplied" not in compose(shot("1A", cast=CAST, start=Edge(PLACE, image=MIRA)), PROVIDER.capabilities)
    assert sent(ask(start=FIRST, end=LAST))["end_image_url"] == LINKS["last.png"]
    with pytest.raises(ValueError, match="closing frame"):
        sent(ask(end=LAST))


@pytest.mark.parametrize(
    ("carry", "path", "said"),
    [
        ("reference", "last.png", "supplied image 2, a frame of the film"),
        ("extend", "reel.mp4", "Continue from the supplied previous clip, supplied video 2."),
        ("edit", "reel.mp4", "Strictly edit the supplied source video, supplied video 2;"),
    ],
)
def test_what_a_shot_follows_is_supplied_last_and_told_in_the_guide_s_words(
    carry: CarryMode, path: str, said: str
) -> None:
    before = Followed(carry, (shot("1A"),), ClipId("a" * 64), "reel.mp4", 0, 120, LAST)
    one = ask(references=(MIRA, replace(REEL, path="walk.mp4")), follows=before)
    assert PROVIDER.files(one) == ("mira.png", "walk.mp4", path)
    assert sent(one)["media_urls"] == [LINKS["mira.png"], LINKS["walk.mp4"], LINKS[path]]
    assert sent(one)["mode"] == "media-to-video"
    following = shot("1B", cast=CAST, start=Edge(PLACE, ShotId("1A"), carry=carry))
    assert said in compose(following, PROVIDER.capabilities)


def test_no_more_than_twelve_files_are_supplied() -> None:
    with pytest.raises(ValueError, match="13 files; 12 are taken"):
        PROVIDER.files(ask(references=(MIRA,) * 13))


def test_what_has_to_be_reached_by_a_url() -> None:
    assert PROVIDER.files(ask()) == ()
    assert PROVIDER.files(ask(start=FIRST, end=LAST, references=(MIRA,))) == ("first.png", "last.png")
    assert PROVIDER.files(ask(references=(MIRA, REEL))) == ("mira.png", "reel.mp4")


def test_row_16_the_shape_may_be_left_to_the_gateway() -> None:
    assert sent(ask(options={"adaptive": True}, aspect="9:16"))["aspect_ratio"] == "adaptive"
    assert sent(ask(aspect="9:16"))["aspect_ratio"] == "9:16"


def test_sound_and_lens() -> None:
    said = sent(ask(audio=True, options={"fixed_lens": True}))
    assert (said["generate_audio"], said["fixed_lens"]) == (True, True)


@pytest.mark.parametrize(
    ("prompt", "taken"), [("no", False), ("yes", True), ("x" * 10_000, True), ("x" * 10_001, False)]
)
def test_a_prompt_has_3_to_10_000_characters(prompt: str, taken: bool) -> None:
    if taken:
        assert sent(ask(prompt))["prompt"] == prompt
    else:
        with pytest.raises(ValueError, match=r"3 to 10,000"):
            sent(ask(prompt))


def test_the_same_ask_is_the_same_bytes() -> None:
    assert PROVIDER.submit_request(ask(), {}, "k") == PROVIDER.submit_request(ask(), {}, "k")


# ── what is answered to an order ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["sd2_xxxxx", "ta12-3", "7"])
def test_row_17_accepted_names_a_job_of_any_form(name: str) -> None:
    said = {"id": name, "status": "processing", "model": "seedance2", "credits_used": 30}
    assert PROVIDER.read_submit(answer(202, said), NOW) == Accepted(JobId(name), Decimal(30))


@pytest.mark.parametrize("used", [None, True, "much", -1, "NaN"])
def test_credits_that_are_none_are_not_known(used: object) -> None:
    assert PROVIDER.read_submit(answer(202, {"id": "sd2_1", "credits_used": used}), NOW) == Accepted(JobId("sd2_1"))


@pytest.mark.parametrize(
    ("status", "code", "stops"),
    [
        (400, "invalid_request", False),
        (401, "unauthorized", True),
        (402, "insufficient_credits", True),
        (403, "purchase_required", False),
    ],
)
def test_documented_refusals(status: int, code: str, stops: bool) -> None:
    assert PROVIDER.read_submit(error(status, code), NOW) == Rejected(code, "why", stops)


def test_a_402_says_what_is_missing_wherever_it_stands() -> None:
    beside = {"error": {"code": "insufficient_credits", "message": "too low"}, "required_credits": 30}
    assert PROVIDER.read_submit(answer(402, {**beside, "available_credits": 4}), NOW) == Rejected(
        "insufficient_credits", "too low (30 needed, 4 there)", stops=True
    )
    inside = {"error": {"code": "insufficient_credits", "message": "too low", "available_credits": 4}}
    assert PROVIDER.read_submit(answer(402, inside), NOW) == Rejected(
        "insufficient_credits", "too low (4 there)", stops=True
    )


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry_after": "12"}, 12),
        ({"retry_after": "86400"}, 300),
        ({"retry_after": "0"}, UNASKED_WAIT_S),
        ({}, UNASKED_WAIT_S),
        ({"retry_after": "soon"}, UNASKED_WAIT_S),
        ({"date": "Wed, 03 Jun 2026 10:00:00 GMT", "retry_after": "Wed, 03 Jun 2026 10:00:20 GMT"}, 20),
        ({"date": "Wed, 03 Jun 2026 10:00:00 GMT", "retry_after": "Wed, 03 Jun 2026 09:59:00 GMT"}, UNASKED_WAIT_S),
        ({"date": "Wed, 03 Jun 2026 10:00:00 GMT", "retry_after": "Thu, 04 Jun 2026 10:00:00 GMT"}, 300),
        ({"retry_after": "Wed, 03 Jun 2026 10:00:20 GMT"}, UNASKED_WAIT_S),
    ],
)
@pytest.mark.parametrize(("status", "code"), [(429, "rate_limited"), (503, "service_busy")])
def test_row_12_busy_waits_as_long_as_the_server_s_clock_says(
    status: int, code: str, headers: dict[str, str], wait_s: float
) -> None:
    assert PROVIDER.read_submit(error(status, code, **headers), NOW) == Busy(NOW + wait_s)


def test_row_10_a_key_at_work_is_asked_again_with_the_same_bytes() -> None:
    outcome = PROVIDER.read_submit(error(409, "idempotency_conflict", "still running"), NOW)
    assert outcome == Unknown("the gateway is at work on it: still running", until=NOW + AT_WORK_S)


@pytest.mark.parametrize(
    "response",
    [
        error(500, "internal_error"),
        error(404, "not_found"),
        error(503, "internal_error"),
        error(429, "slow_down"),
        answer(202, {"status": "processing"}),
        answer(202, {"id": ""}),
        answer(400, {"error": "bad"}),
        answer(401, {}),
        answer(301, {}),
        answer(522, {"error": None}),
    ],
)
def test_whatever_is_not_documented_is_unknown(response: Response) -> None:
    outcome = PROVIDER.read_submit(response, NOW)
    assert isinstance(outcome, Unknown)
    assert outcome.until is None


@pytest.mark.parametrize("body", [b"", b"<html>one moment</html>", b"[]", b"null", b"\xff", b'{"id": "sd2_1"'])
@pytest.mark.parametrize("status", [202, 400, 401, 429, 503])
def test_what_is_not_the_api_s_own_form_cannot_be_read(status: int, body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        PROVIDER.read_submit(Response(status, {}, body), NOW)
    with pytest.raises(ValueError, match=r".*"):
        PROVIDER.read_poll(Response(status, {}, body))


# ── how a task stands ────────────────────────────────────────────────────────────────────────────────────────────────

TASK: dict[str, Any] = {
    "id": "sd2_1",
    "status": "completed",
    "credits_used": 30,
    "credits_refunded": 0,
    "output": {"video_url": "https://cdn.example/1.mp4", "last_frame_url": "https://cdn.example/1.png", "seed": 123},
    "error": None,
}


def polled(**changes: object) -> Polled | None:
    return PROVIDER.read_poll(answer(200, {**TASK, **changes}))


def test_a_task_is_asked_for_by_its_id() -> None:
    request = PROVIDER.poll_request(JobId("sd2_1"))
    assert (request.method, request.path, request.body) == ("GET", "/api/v1/tasks/sd2_1", b"")
    assert PROVIDER.poll_request(JobId("../keys?x")).path == "/api/v1/tasks/..%2Fkeys%3Fx"


def test_completed_gives_the_clip_the_charge_and_the_last_frame() -> None:
    assert polled() == Succeeded("https://cdn.example/1.mp4", Decimal(30), "https://cdn.example/1.png")
    assert polled(credits_refunded=10) == Succeeded(
        "https://cdn.example/1.mp4", Decimal(20), "https://cdn.example/1.png"
    )


@pytest.mark.parametrize("output", [None, {}, {"video_url": None}, {"video_url": ""}, "text", []])
def test_row_14_finished_without_a_clip_is_asked_again_and_then_lost(output: object) -> None:
    outcome = polled(output=output)
    assert isinstance(outcome, Absent)
    assert (outcome.code, outcome.lost, outcome.known) == ("no-link", True, True)


@pytest.mark.parametrize("status", ["processing", "queued", "paused"])
def test_row_13_an_unknown_status_word_is_running(status: object) -> None:
    assert polled(status=status) == Running()


@pytest.mark.parametrize("status", [None, 7, [], ""])
def test_an_answer_without_a_status_tells_nothing(status: object) -> None:
    assert polled(status=status) is None


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        (None, "generation-failed", "no reason given"),
        ("the output was refused", "generation-failed", "the output was refused"),
        ({"code": "moderation", "message": "refused"}, "moderation", "refused"),
        ({"code": "moderation"}, "moderation", "moderation"),
        ({"message": "refused"}, "generation-failed", "refused"),
        (7, "generation-failed", "no reason given"),
    ],
)
def test_row_9_the_error_of_a_failed_task_has_three_forms(said: object, code: str, message: str) -> None:
    assert polled(status="failed", error=said, credits_refunded=30) == Failed(code, message, Decimal(0))


def test_a_refund_that_is_not_told_is_not_assumed() -> None:
    said = {key: value for key, value in TASK.items() if key != "credits_refunded"}
    outcome = PROVIDER.read_poll(answer(200, {**said, "status": "failed"}))
    assert isinstance(outcome, Failed)
    assert outcome.charged is None


def test_a_task_that_is_not_known_is_lost_a_bad_key_loses_nothing() -> None:
    gone = PROVIDER.read_poll(error(404, "not_found"))
    assert isinstance(gone, Absent)
    assert gone.lost
    assert PROVIDER.read_poll(error(401, "unauthorized")) == Absent("unauthorized", "why", lost=False)


@pytest.mark.parametrize(("status", "code"), [(429, "rate_limited"), (500, "internal_error"), (503, "service_busy")])
def test_a_poll_that_says_nothing_is_repeated(status: int, code: str) -> None:
    assert PROVIDER.read_poll(error(status, code)) is None


# ── prices ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "resolution", "seconds", "credits_"),
    [
        ({"quality_tier": "mini"}, "720p", 10, 22),
        ({}, "720p", 5, 30),
        ({}, "1080p", 10, 145),
        ({}, "1080p", 5, 73),
        ({"quality_tier": "pro"}, "720p", 5, 55),
        ({"quality_tier": "pro"}, "1080p", 5, 120),
    ],
)
def test_prices_are_those_that_were_charged(
    options: dict[str, Any], resolution: str, seconds: int, credits_: int
) -> None:
    one = shot("1A", options=options, resolution=resolution)
    money = price(one, Fraction(seconds), PROVIDER.capabilities)
    assert money is not None
    assert (money.amount, money.unit) == (Decimal(credits_), "credits")


def test_a_price_that_nobody_has_seen_is_unknown() -> None:
    assert (
        price(shot("1A", resolution="4k", options={"quality_tier": "pro"}), Fraction(5), PROVIDER.capabilities) is None
    )


def test_an_opening_picture_of_a_shot_is_no_carried_frame() -> None:
    caps = PROVIDER.capabilities
    assert caps.facts(shot("1A", start=Edge(PLACE, image=MIRA)))["carried"] is False
    assert caps.facts(shot("1B", start=Edge(PLACE, shot=shot("1A").id)))["carried"] is True


@pytest.mark.parametrize(("seconds", "amount"), [(4, 95), (5, 120), (10, 240), (8, 192)])
def test_what_was_charged_before_goes_before_the_list(seconds: int, amount: int) -> None:
    """A length that was charged costs that; another by the longest one that was."""
    known = {("pro/1080p", Fraction(4)): Decimal(95), ("pro/1080p", Fraction(10)): Decimal(240)}
    charged = replace(PROVIDER.capabilities, charges={**known, ("pro/4k", Fraction(5)): Decimal(320)})
    one = shot("1A", resolution="1080p", options={"quality_tier": "pro"})
    assert price(one, Fraction(seconds), charged) == Money(Decimal(amount), "credits")
    four = replace(one, resolution="4k")
    assert price(four, Fraction(5), PROVIDER.capabilities) is None
    assert price(four, Fraction(5), charged) == Money(Decimal(320), "credits")
