"""The driver against what Ark documents; what is cited is the official section of the gateways' facts, by its words."""

import json
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest

from storyboard.assets import Reference
from storyboard.emulator.sizes import ASPECTS, size
from storyboard.exchange import (
    MODERATED,
    Absent,
    Accepted,
    Ask,
    Busy,
    Callback,
    Cancelled,
    Failed,
    Followed,
    Found,
    NotCancelled,
    Polled,
    Rejected,
    Response,
    Running,
    Succeeded,
    Unknown,
)
from storyboard.film import CarryMode, ClipId, Edge, Frame, JobId
from storyboard.planning.price import price
from storyboard.providers import Batching, Calling, Cancelling, Listing, Regional, Remote
from storyboard.providers.ark import ABROAD, MAINLAND, PAGE, PROVIDER, UNASKED_WAIT_S
from storyboard.structs import replace
from tests.films import PLACE, asked, shot

NOW = 1000.0
TASKS = "/contents/generations/tasks"
FIRST, LAST = Frame("first.png", "a" * 64), Frame("last.png", "b" * 64)
MIRA = Reference("mira.png", "mira.png", "image", PLACE, "identity", "face and hair", "the background")
REEL = Reference("reel.mp4", "reel.mp4", "video", PLACE, "camera")
VOICE = Reference("voice.wav", "voice.wav", "audio", PLACE, "the voice")
NAMES = ("first.png", "last.png", "mira.png", "reel.mp4", "voice.wav")
LINKS = {name: f"https://host.example/{name}" for name in NAMES}


def ask(prompt: str = "A glass train crosses a bridge.", **fields: Any) -> Ask:
    """An ask of five seconds; `options`, `resolution` and the like are the shot's."""
    own = {key: fields.pop(key) for key in ("options", "resolution", "aspect", "duration", "audio") if key in fields}
    return replace(asked(shot("1A", **own)), prompt=prompt, **fields)


def sent(one: Ask, driver: Remote = PROVIDER) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(driver.submit_request(one, LINKS, "key-1").body)
    return said


def roles(one: Ask) -> list[tuple[str, str]]:
    """The role and the file of each item that is sent beside the prompt."""
    return [(item["role"], item[item["type"]]["url"].rpartition("/")[2]) for item in sent(one)["content"][1:]]


def answer(status: int, said: object, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): text for name, text in headers.items()}, json.dumps(said).encode())


def error(status: int, code: str, message: str = "why", **headers: str) -> Response:
    said = {"error": {"code": code, "message": message, "param": "content", "type": "BadRequest"}}
    return answer(status, said, **headers)


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_text_to_video_says_every_setting_and_names_itself() -> None:
    request = PROVIDER.submit_request(ask(), {}, "key-1")
    assert (request.method, request.path) == ("POST", TASKS)
    assert request.headers == {"content-type": "application/json"}
    assert json.loads(request.body) == {
        "model": "doubao-seedance-2-0-260128",
        "content": [{"type": "text", "text": "A glass train crosses a bridge."}],
        "resolution": "720p",
        "ratio": "16:9",
        "duration": 5,
        "generate_audio": False,
        "watermark": False,
        "return_last_frame": True,
        "safety_identifier": "key-1",
    }


def test_the_frames_have_roles() -> None:
    assert roles(ask(start=FIRST)) == [("first_frame", "first.png")]
    assert roles(ask(start=FIRST, end=LAST)) == [("first_frame", "first.png"), ("last_frame", "last.png")]
    with pytest.raises(ValueError, match="closing frame"):
        sent(ask(end=LAST))


def test_references_have_roles_and_the_prompt_counts_them_by_kind() -> None:
    one = ask(references=(MIRA, REEL, VOICE))
    assert roles(one) == [
        ("reference_image", "mira.png"),
        ("reference_video", "reel.mp4"),
        ("reference_audio", "voice.wav"),
    ]
    assert sent(one)["content"][0] == {"type": "text", "text": one.prompt}
    assert PROVIDER.capabilities.citation.format(kind="image", n=1) == "image 1"


def test_frames_and_references_are_never_mixed() -> None:
    one = ask(start=FIRST, references=(MIRA, REEL))
    assert roles(one) == [("first_frame", "first.png")]
    assert PROVIDER.files(one) == ("first.png",)
    assert PROVIDER.capabilities.frames_exclude_references


@pytest.mark.parametrize(
    ("carry", "role", "path"),
    [
        ("reference", "reference_image", "last.png"),
        ("extend", "reference_video", "reel.mp4"),
        ("edit", "reference_video", "reel.mp4"),
    ],
)
def test_what_a_shot_follows_is_supplied(carry: CarryMode, role: str, path: str) -> None:
    before = Followed(carry, (shot("1A"),), ClipId("a" * 64), "reel.mp4", 0, 120, LAST)
    one = ask(follows=before, references=(MIRA,))
    assert PROVIDER.files(one) == ("mira.png", path)
    assert roles(one) == [("reference_image", "mira.png"), (role, path)]


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        ((MIRA,) * 10, "10 image files; 9 are taken"),
        ((REEL,) * 4, "4 video files; 3 are taken"),
        ((MIRA, *(VOICE,) * 4), "4 audio files; 3 are taken"),
        ((VOICE,), "only beside a picture or a clip"),
    ],
)
def test_nine_images_three_videos_three_audios_never_alone(brought: tuple[Reference, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        PROVIDER.files(ask(references=brought))
    assert len(roles(ask(references=(MIRA,) * 9 + (REEL,) * 3 + (VOICE,) * 3))) == 15


@pytest.mark.parametrize("seconds", range(4, 16))
def test_a_duration_is_a_whole_number(seconds: int) -> None:
    assert sent(ask(duration=Fraction(seconds)))["duration"] == seconds
    assert Fraction(seconds) in (PROVIDER.capabilities.durations or ())


@pytest.mark.parametrize(
    ("resolution", "named"),
    [("480p", "480p"), ("720p", "720p"), ("1080p", "1080p"), ("4k", "4k"), ("2160p", "4k")],
)
def test_resolutions(resolution: str, named: str) -> None:
    assert sent(ask(resolution=resolution))["resolution"] == named


def test_options_are_sent_where_they_are_written() -> None:
    said = sent(ask(options={"watermark": True, "priority": 3, "execution_expires_after": 3600, "adaptive": True}))
    assert (said["watermark"], said["priority"], said["execution_expires_after"]) == (True, 3, 3600)
    assert said["ratio"] == "adaptive"
    assert sent(ask(audio=True, aspect="9:16"))["generate_audio"] is True
    assert sent(ask(aspect="9:16"))["ratio"] == "9:16"


@pytest.mark.parametrize(
    ("option", "good", "bad"),
    [("priority", (0, 9), (-1, 10, "3", True)), ("execution_expires_after", (3600, 259_200), (3599, 259_201, 3600.5))],
)
def test_whole_numbers_have_bounds(option: str, good: tuple[object, ...], bad: tuple[object, ...]) -> None:
    takes = PROVIDER.capabilities.options[option]
    assert [takes.holds(one) for one in good] == [True] * len(good)
    assert [takes.holds(one) for one in bad] == [False] * len(bad)


def test_models_go_by_the_names_of_their_place() -> None:
    fast = ask(options={"model": "seedance-2.0-fast"})
    assert isinstance(PROVIDER, Regional)
    assert sent(fast)["model"] == MAINLAND["seedance-2.0-fast"] == "doubao-seedance-2-0-fast-260128"
    abroad = PROVIDER.called(ABROAD)
    assert sent(fast, abroad)["model"] == "dreamina-seedance-2-0-fast-260128"
    own = PROVIDER.called({"seedance-2.0": "ep-20260101-abcde"})
    assert (sent(ask(), own)["model"], sent(fast, own)["model"]) == ("ep-20260101-abcde", sent(fast)["model"])


def test_the_same_ask_is_the_same_bytes() -> None:
    assert PROVIDER.submit_request(ask(), {}, "k") == PROVIDER.submit_request(ask(), {}, "k")


def test_a_body_has_64_megabytes_at_the_most() -> None:
    links = dict.fromkeys(NAMES, "data:image/png;base64," + "A" * 33000000)
    assert PROVIDER.submit_request(ask(start=FIRST), links, "k").body
    with pytest.raises(ValueError, match=r"66,.* bytes; 64,000,000 are taken"):
        PROVIDER.submit_request(ask(start=FIRST, end=LAST), links, "k")


# ── what is answered to an order ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [200, 201, 202])
def test_accepted_names_a_task_and_no_charge(status: int) -> None:
    assert PROVIDER.read_submit(answer(status, {"id": "cgt-2026-x"}), NOW) == Accepted(JobId("cgt-2026-x"))


@pytest.mark.parametrize(
    ("status", "code", "stops"),
    [
        (400, "InvalidParameter", False),
        (400, "InvalidParameter.UnsupportedImageFormat", False),
        (401, "AuthenticationError", True),
        (403, "AccountOverdueError", True),
        (403, "AccessDenied", False),
        (404, "InvalidEndpointOrModel.NotFound", False),
        (429, "QuotaExceeded", True),
        (429, "SetLimitExceeded", True),
    ],
)
def test_documented_refusals(status: int, code: str, stops: bool) -> None:
    assert PROVIDER.read_submit(error(status, code), NOW) == Rejected(code, "why", stops)


@pytest.mark.parametrize(
    "code",
    [
        "InputImageSensitiveContentDetected.PrivacyInformation",
        "InputTextSensitiveContentDetected",
        "InputVideoSensitiveContentDetected.PolicyViolation",
    ],
)
def test_what_must_not_be_seen_is_refused_as_that(code: str) -> None:
    assert PROVIDER.read_submit(error(400, code), NOW) == Rejected(MODERATED, f"why ({code})")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ModelAccountRpmRateLimitExceeded", "why"),
        ("RateLimitExceeded.EndpointRPMExceeded", "why"),
        ("InflightBatchsizeExceeded", "why"),
        ("ServerOverloaded", "why"),
        ("RequestBurstTooFast", "why"),
        ("QuotaExceeded", "The queue of your account holds 120 tasks"),
        ("QuotaExceeded", "排队任务数超限"),
    ],
)
def test_what_a_wait_mends_is_waited_for(code: str, message: str) -> None:
    assert PROVIDER.read_submit(error(429, code, message), NOW) == Busy(NOW + UNASKED_WAIT_S)
    assert PROVIDER.read_submit(error(429, code, message, retry_after="7"), NOW) == Busy(NOW + 7)


@pytest.mark.parametrize(
    "response",
    [
        error(500, "InternalServiceError"),
        error(409, "Conflict"),
        error(503, "ServiceUnavailable"),
        answer(200, {"status": "queued"}),
        answer(200, {"id": ""}),
        answer(200, {"id": 7}),
        answer(400, {"error": "bad"}),
        answer(429, {}),
        answer(404, {"detail": "not here"}),
        answer(302, {}),
        answer(522, {"error": None}),
    ],
)
def test_whatever_is_not_documented_is_unknown_and_never_sent_again(response: Response) -> None:
    outcome = PROVIDER.read_submit(response, NOW)
    assert isinstance(outcome, Unknown)
    assert outcome.until is None
    assert PROVIDER.capabilities.retention_s is None


@pytest.mark.parametrize("body", [b"", b"<html>one moment</html>", b"[]", b"null", b"\xff", b'{"id": "cgt-1"'])
@pytest.mark.parametrize("status", [200, 400, 401, 429, 503])
def test_what_is_not_the_api_s_own_form_cannot_be_read(status: int, body: bytes) -> None:
    for read in (lambda one: PROVIDER.read_submit(one, NOW), PROVIDER.read_poll):
        with pytest.raises(ValueError, match=r".*"):
            read(Response(status, {}, body))


# ── how a task stands ────────────────────────────────────────────────────────────────────────────────────────────────

TASK: dict[str, Any] = {
    "id": "cgt-1",
    "model": "doubao-seedance-2-0-260128",
    "status": "succeeded",
    "error": None,
    "content": {"video_url": "https://cdn.example/1.mp4", "last_frame_url": "https://cdn.example/1.jpeg"},
    "usage": {"completion_tokens": 108_900, "total_tokens": 108_900},
    "safety_identifier": "key-1",
}
DONE = Succeeded("https://cdn.example/1.mp4", Decimal(108_900), "https://cdn.example/1.jpeg")


def polled(**changes: object) -> Polled | None:
    return PROVIDER.read_poll(answer(200, {**TASK, **changes}))


def test_a_task_is_asked_for_by_its_id() -> None:
    request = PROVIDER.poll_request(JobId("cgt-1"))
    assert (request.method, request.path, request.body) == ("GET", f"{TASKS}/cgt-1", b"")
    assert PROVIDER.poll_request(JobId("../keys?x")).path == f"{TASKS}/..%2Fkeys%3Fx"


def test_succeeded_gives_the_clip_the_tokens_and_the_last_frame() -> None:
    assert polled() == DONE
    assert polled(content={"video_url": "https://cdn.example/1.mp4"}, usage=None) == Succeeded(
        "https://cdn.example/1.mp4"
    )


@pytest.mark.parametrize("content", [None, {}, {"video_url": None}, {"video_url": ""}, "text", []])
def test_success_without_url_is_asked_again_and_then_lost(content: object) -> None:
    outcome = polled(content=content)
    assert isinstance(outcome, Absent)
    assert (outcome.code, outcome.lost, outcome.known) == ("no-link", True, True)


@pytest.mark.parametrize("status", ["running", "paused", "post_processing"])
def test_an_unknown_status_word_is_running(status: object) -> None:
    assert polled(status=status) == Running()


@pytest.mark.parametrize("status", [None, 7, [], ""])
def test_an_answer_without_a_status_tells_nothing(status: object) -> None:
    assert polled(status=status) is None


def test_a_queued_task_may_still_be_called_off() -> None:
    assert polled(status="queued") == Running(queued=True)


@pytest.mark.parametrize("status", ["cancelled", "expired"])
def test_an_ended_task_without_a_clip_has_failed(status: str) -> None:
    charged = Decimal(0) if status == "cancelled" else None
    assert polled(status=status, usage=None) == Failed(status, f"the task was {status}", charged)


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        (
            {"code": "OutputVideoSensitiveContentDetected", "message": "may be sensitive"},
            MODERATED,
            "may be sensitive (OutputVideoSensitiveContentDetected)",
        ),
        (
            {"code": "OutputAudioSensitiveContentDetected.PolicyViolation"},
            MODERATED,
            "OutputAudioSensitiveContentDetected.PolicyViolation",
        ),
        ({"code": "InternalServiceError", "message": "later"}, "InternalServiceError", "later"),
        (None, "generation-failed", "no reason given"),
        ("refused", "generation-failed", "refused"),
    ],
)
def test_a_failed_task_says_why(said: Any, code: str, message: str) -> None:
    assert polled(status="failed", error=said, usage=None) == Failed(code, message)


def test_a_task_that_is_not_known_is_lost_a_bad_key_loses_nothing() -> None:
    gone = PROVIDER.read_poll(error(404, "ResourceNotFound"))
    assert isinstance(gone, Absent)
    assert gone.lost
    assert PROVIDER.read_poll(error(401, "AuthenticationError")) == Absent("AuthenticationError", "why", lost=False)
    assert PROVIDER.read_poll(error(403, "AccountOverdueError")) == Absent("AccountOverdueError", "why", lost=False)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_poll_that_says_nothing_is_repeated(status: int) -> None:
    assert PROVIDER.read_poll(error(status, "ServerOverloaded")) is None


def test_a_callback_is_named_where_somebody_listens() -> None:
    assert sent(ask(callback="https://me.example/cb"))["callback_url"] == "https://me.example/cb"
    assert "callback_url" not in sent(ask())


def test_a_callback_has_the_body_of_a_poll_and_is_only_a_hint() -> None:
    assert isinstance(PROVIDER, Calling)
    assert PROVIDER.read_callback(json.dumps(TASK).encode()) == Callback(JobId("cgt-1"), DONE)
    queued = json.dumps({"id": "cgt-1", "status": "queued"}).encode()
    assert PROVIDER.read_callback(queued) == Callback(JobId("cgt-1"), Running(queued=True))
    for body in (b"", b"[]", b"{}", b'{"id": 7}', b'{"id": ""}', b"<html>"):
        with pytest.raises((ValueError, KeyError)):
            PROVIDER.read_callback(body)


# ── the list, and calling off ────────────────────────────────────────────────────────────────────────────────────────


def listed(*tasks: object) -> Response:
    return answer(200, {"items": list(tasks), "total": len(tasks)})


def test_a_submission_is_found_in_the_list_by_its_key() -> None:
    assert isinstance(PROVIDER, Listing)
    assert PROVIDER.find_request(2).path == f"{TASKS}?page_num=2&page_size={PAGE}"
    other = {**TASK, "id": "cgt-0", "safety_identifier": "key-0"}
    bare = {"id": "cgt-2", "status": "queued"}
    assert PROVIDER.read_find(listed(bare, other, TASK), "key-1") == Found(JobId("cgt-1"))
    assert PROVIDER.read_find(listed(bare, other), "key-1") == Found()
    assert PROVIDER.read_find(listed(*[other] * PAGE), "key-1") == Found(more=True)
    assert PROVIDER.read_find(answer(200, {"items": None, "total": 0}), "key-1") == Found()
    assert PROVIDER.read_find(error(500, "InternalServiceError"), "key-1") is None


def test_many_tasks_are_asked_for_at_once() -> None:
    assert isinstance(PROVIDER, Batching)
    path = PROVIDER.list_request([JobId("cgt-1"), JobId("a&b")]).path
    assert path == f"{TASKS}?page_num=1&page_size=2&filter.task_ids=cgt-1&filter.task_ids=a%26b"
    queued = {"id": "cgt-2", "status": "queued"}
    read = PROVIDER.read_list(listed(TASK, queued, {"status": "running"}))
    assert read == {JobId("cgt-1"): DONE, JobId("cgt-2"): Running(queued=True)}
    assert PROVIDER.read_list(answer(200, {"items": None, "total": 0})) == {}
    assert PROVIDER.read_list(error(404, "ResourceNotFound")) is None
    for body in (b"", b"<html>", b"[]", b"{}"):
        with pytest.raises((ValueError, KeyError)):
            PROVIDER.read_list(Response(200, {}, body))


def test_a_queued_task_is_called_off_a_running_one_goes_on() -> None:
    assert isinstance(PROVIDER, Cancelling)
    request = PROVIDER.cancel_request(JobId("cgt-1"))
    assert (request.method, request.path) == ("DELETE", f"{TASKS}/cgt-1")
    assert PROVIDER.read_cancel(answer(200, {})) == Cancelled(Decimal(0))
    assert PROVIDER.read_cancel(Response(200, {}, b"")) == Cancelled(Decimal(0))
    code = "InvalidAction.RunningTaskDeletion"
    assert PROVIDER.read_cancel(error(409, code)) == NotCancelled(code, "why")
    assert PROVIDER.read_cancel(error(429, "ServerOverloaded")) is None


# ── prices ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seconds", [4, 5, 15])
@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("resolution", ["480p", "720p", "1080p"])
def test_a_price_is_no_less_than_what_is_charged_and_little_more(resolution: str, aspect: str, seconds: int) -> None:
    money = price(shot("1A", resolution=resolution, aspect=aspect), Fraction(seconds), PROVIDER.capabilities)
    width_px, height_px = size(resolution, aspect)
    tokens = ceil(width_px * height_px * (24 * seconds + 1) / 1024)
    assert money is not None
    assert money.unit == "tokens"
    assert tokens <= money.amount <= Decimal("1.06") * tokens


def test_five_seconds_at_720p_are_the_documented_tokens() -> None:
    assert TASK["usage"]["completion_tokens"] == 1280 * 720 * 121 // 1024


@pytest.mark.parametrize(
    "fields",
    [
        {"resolution": "4k"},
        {"start": Edge(PLACE, shot=shot("1A").id, carry="extend")},
        {"start": Edge(PLACE, shot=shot("1A").id, carry="edit")},
    ],
)
def test_4k_and_supplied_clips_have_no_known_price(fields: dict[str, Any]) -> None:
    assert price(shot("1B", **fields), Fraction(5), PROVIDER.capabilities) is None
    assert price(shot("1B", start=Edge(PLACE, shot=shot("1A").id)), Fraction(5), PROVIDER.capabilities) is not None
