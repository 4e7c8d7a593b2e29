"""ark as it is documented: roles and what excludes what, statuses, lists, deletion, errors. Real sockets."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.emulator.stage import PROMPT, Stage, staged

TASKS = "/contents/generations/tasks"
PICTURE = "https://pictures.example.com/a.png"
WORDS = {"type": "text", "text": PROMPT}
LATE_S = 200.0
"""Longer than any task takes."""


@dataclass(frozen=True)
class Ark:
    """The gateway on a stage."""

    stage: Stage

    def ask(self, method: str, path: str = "", key: str | None = None, **more: Any) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.stage.at['key'] if key is None else key}"}
        return self.stage.client.request(method, f"{self.stage.at['ark']}{TASKS}{path}", **{"headers": bearer, **more})

    def submit(self, *items: dict[str, Any], **fields: Any) -> httpx.Response:
        """A submission of four seconds; None leaves a field out."""
        said = {
            "model": "doubao-seedance-2-0-260128",
            "content": [WORDS, *items],
            "duration": 4,
            "ratio": "16:9",
            **fields,
        }
        return self.ask("POST", json={name: value for name, value in said.items() if value is not None})

    def task(self, *items: dict[str, Any], **fields: Any) -> str:
        answer = self.submit(*items, **fields)
        assert answer.status_code == 200, answer.text
        assert answer.json().keys() == {"id"}
        return str(answer.json()["id"])

    def poll(self, task: str) -> dict[str, Any]:
        said: dict[str, Any] = self.ask("GET", f"/{task}").json()
        return said

    def finished(self, *items: dict[str, Any], **fields: Any) -> dict[str, Any]:
        task = self.task(*items, **fields)
        self.stage.advance(LATE_S)
        return self.poll(task)

    def ledger(self) -> list[tuple[str, int]]:
        return [(row["kind"], row["credits"]) for row in self.stage.admin("GET", "/ledger")["ark"]]


@pytest.fixture
def ark(stage: Stage) -> Ark:
    return Ark(stage)


@pytest.fixture(scope="module")
def shared_ark(shared: Stage) -> Ark:
    return Ark(shared)


def error(answer: httpx.Response, status: int, code: str) -> str:
    """The message of an error that is of that kind and shape."""
    assert answer.status_code == status, answer.text
    said = answer.json()["error"]
    assert said.keys() == {"code", "message", "param", "type"}
    assert said["code"] == code
    return str(said["message"])


def image(role: str | None = None, url: str = PICTURE) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}, **({"role": role} if role else {})}


def item(kind: str) -> dict[str, Any]:
    return {"type": f"{kind}_url", f"{kind}_url": {"url": PICTURE}, "role": f"reference_{kind}"}


def picture(side_px: int = 400, form: str = "png") -> str:
    """A picture inside its link."""
    data = BytesIO()
    Image.new("RGB", (side_px, side_px), (200, 30, 60)).save(data, form)
    return f"data:image/{form};base64,{base64.b64encode(data.getvalue()).decode()}"


# ── the fields ───────────────────────────────────────────────────────────────────────────────────────────────────────

ALLOWED: dict[str, list[Any]] = {
    "model": ["dreamina-seedance-2-0-260128", "doubao-seedance-2-0-fast-260128", "ep-20260101-abcde"],
    "resolution": ["480p", "720p", "1080p", "4k", None],
    "ratio": ["16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive", None],
    "duration": [*range(4, 16), -1, None],
    "generate_audio": [True, False],
    "watermark": [True, False],
    "return_last_frame": [True, False],
    "callback_url": ["https://callbacks.example.com/x"],
    "execution_expires_after": [3600, 259_200],
    "priority": [0, 9],
    "safety_identifier": ["x" * 64],
}
REFUSED: dict[str, list[Any]] = {
    "content": [[], "text", [{"type": "text"}], [{"type": "draft_task"}]],
    "resolution": ["2k", "1080", 720],
    "ratio": ["2:1", 1.78],
    "duration": [3, 0, 16, -2, "5", 5.5],
    "generate_audio": ["true", 1],
    "return_last_frame": ["yes"],
    "execution_expires_after": [3599, 259_201],
    "priority": [-1, 10],
    "safety_identifier": ["x" * 65],
    "seed": [7],
    "camera_fixed": [True],
    "service_tier": ["flex"],
    "frames": [97],
}


@pytest.mark.parametrize(("field", "value"), [(name, one) for name, values in ALLOWED.items() for one in values])
def test_what_is_documented_is_taken(shared_ark: Ark, field: str, value: Any) -> None:
    shared_ark.stage.arm(fault="stuck", status="running")  # nothing is drawn for it
    assert shared_ark.task(**{field: value}).startswith("cgt-")


@pytest.mark.parametrize(("field", "value"), [(name, one) for name, values in REFUSED.items() for one in values])
def test_what_is_not_is_refused_by_name(shared_ark: Ark, field: str, value: Any) -> None:
    assert field in error(shared_ark.submit(**{field: value}), 400, "InvalidParameter")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_of_json_is_refused(shared_ark: Ark, body: bytes) -> None:
    error(shared_ark.ask("POST", content=body), 400, "InvalidParameter")


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([image("first_frame"), image("reference_image")], "cannot be mixed with reference media"),
        ([image(), item("video")], "cannot be mixed with reference media"),
        ([image("last_frame")], "one first frame, and one last frame beside it"),
        ([image("first_frame"), image("first_frame")], "one first frame"),
        ([image(), image()], "one first frame"),
        ([image("first_frame"), image("last_frame"), image("last_frame")], "one first frame"),
        ([image("reference_image")] * 10, "9 image items"),
        ([item("video")] * 4, "3 video items"),
        ([image("reference_image"), *[item("audio")] * 4], "3 audio items"),
        ([item("audio")], "audio needs an image or a video"),
        ([WORDS], "one text"),
        ([{"type": "image_url", "image_url": {"url": PICTURE}, "role": "style"}], "role"),
    ],
)
def test_roles_exclude_one_another(shared_ark: Ark, items: list[dict[str, Any]], why: str) -> None:
    assert why in error(shared_ark.submit(*items), 400, "InvalidParameter")


@pytest.mark.parametrize("model", ["doubao-seedance-2-0-fast-260128", "dreamina-seedance-2-0-mini-260615"])
@pytest.mark.parametrize("resolution", ["1080p", "4k"])
def test_the_small_models_make_small_clips(shared_ark: Ark, model: str, resolution: str) -> None:
    said = error(shared_ark.submit(model=model, resolution=resolution), 400, "InvalidParameter")
    assert f"{resolution} is not supported" in said


def test_a_model_that_is_not_there_is_not_found(shared_ark: Ark) -> None:
    said = error(shared_ark.submit(model="seedance-9"), 404, "InvalidEndpointOrModel.NotFound")
    assert "seedance-9" in said


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (picture(299), "300 to 6000 px"),
        ("data:image/png;base64,AAAA", "not a picture"),
        ("data:text/html;base64,AAAA", "data:image/FORMAT"),
        ("data:image/png,AAAA", "data:image/FORMAT"),
        ("http://pictures.example.com/a.png", "public https"),
        ("asset://123", "public https"),
        ("file:///etc/passwd", "public https"),
    ],
)
def test_a_picture_has_to_be_one_that_can_be_had(shared_ark: Ark, url: str, why: str) -> None:
    said = error(shared_ark.submit(image("first_frame", url)), 400, "InvalidParameter")
    assert "content[1]" in said
    assert why in said


def test_a_clip_cannot_stand_in_its_link(shared_ark: Ark) -> None:
    video = {"type": "video_url", "video_url": {"url": picture()}, "role": "reference_video"}
    assert "public https" in error(shared_ark.submit(video), 400, "InvalidParameter")


# ── who may ask, and how often ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", ["none", "wrong"])
def test_a_call_without_a_good_key_is_refused(shared_ark: Ark, key: str) -> None:
    for method, path in (("POST", ""), ("GET", ""), ("GET", "/cgt-1"), ("DELETE", "/cgt-1")):
        error(shared_ark.ask(method, path, key=key), 401, "AuthenticationError")


def test_too_many_requests_are_told_when_to_come_back() -> None:
    with staged(limit=2) as strict:
        ark = Ark(strict)
        strict.arm(fault="stuck")
        ark.task()
        ark.ask("GET")
        refused = ark.ask("GET")
        error(refused, 429, "ModelAccountRpmRateLimitExceeded")
        assert refused.headers["retry-after"] == "60"


def test_more_tasks_than_may_run_are_refused_for_now() -> None:
    with staged(concurrency=1) as busy:
        ark = Ark(busy)
        busy.arm(fault="fail", times=0)
        ark.task()
        error(ark.submit(), 429, "InflightBatchsizeExceeded")
        busy.advance(LATE_S)
        ark.task()


def test_a_full_queue_says_so(shared: Stage) -> None:
    with staged(credits=10**9) as full:
        ark = Ark(full)
        full.arm(fault="stuck", status="queued", times=0)
        for _ in range(120):
            ark.task()
        assert "queue" in error(ark.submit(), 429, "QuotaExceeded")


def test_an_account_without_tokens_is_overdue_and_sees_nobody_s_tasks(ark: Ark) -> None:
    ark.stage.arm(fault="stuck")
    task = ark.task()
    ark.stage.admin("POST", "/accounts", {"key": "other", "account": "other", "credits": 87})
    said = {"model": "doubao-seedance-2-0-260128", "content": [WORDS], "duration": 4, "ratio": "16:9"}
    error(ark.ask("POST", key="other", json=said), 403, "AccountOverdueError")
    error(ark.ask("GET", f"/{task}", key="other"), 404, "ResourceNotFound")
    error(ark.ask("DELETE", f"/{task}", key="other"), 404, "ResourceNotFound")
    assert ark.ask("GET", key="other").json() == {"items": [], "total": 0}


def test_content_is_moderated_before_and_after(ark: Ark) -> None:
    ark.stage.arm(fault="moderation_reject_at_create")
    error(ark.submit(), 400, "InputTextSensitiveContentDetected")
    ark.stage.arm(fault="fail", code="OutputVideoSensitiveContentDetected", message="may be sensitive")
    failed = ark.finished()
    assert failed["status"] == "failed"
    assert failed["error"] == {"code": "OutputVideoSensitiveContentDetected", "message": "may be sensitive"}
    assert not {"content", "usage"} & failed.keys()
    assert ark.ledger() == [("purchase", 10_000_000), ("reserve", -87_300), ("refund", 87_300)]


# ── a task ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_task_is_queued_runs_and_succeeds_with_what_was_asked(ark: Ark) -> None:
    task = ark.task(return_last_frame=True, safety_identifier="mine", priority=3)
    assert ark.poll(task)["status"] == "queued"
    ark.stage.advance(50)
    running = ark.poll(task)
    assert (running["status"], running["error"]) == ("running", None)
    assert not {"content", "usage", "seed"} & running.keys()
    ark.stage.advance(LATE_S)
    done = ark.poll(task)
    assert done["status"] == "succeeded"
    assert done["usage"] == {"completion_tokens": 87_300, "total_tokens": 87_300}
    assert (done["duration"], done["framespersecond"], done["resolution"], done["ratio"]) == (4, 24, "720p", "16:9")
    assert (done["safety_identifier"], done["priority"], done["execution_expires_after"]) == ("mine", 3, 172_800)
    assert type(done["created_at"]) is type(done["updated_at"]) is int
    assert done["updated_at"] > done["created_at"]
    clip = ark.stage.client.get(done["content"]["video_url"])
    assert clip.content[4:8] == b"ftyp"
    frame = ark.stage.client.get(done["content"]["last_frame_url"])
    assert frame.headers["content-type"] == "image/png"
    assert ark.ledger()[1:] == [("reserve", -87_300)]


def test_links_to_results_last_a_day(ark: Ark) -> None:
    link = ark.finished()["content"]["video_url"]
    ark.stage.advance(86_400)
    assert ark.stage.client.get(link).status_code == 403


def test_a_last_frame_comes_only_where_it_was_asked_for(ark: Ark) -> None:
    assert ark.finished()["content"].keys() == {"video_url"}


def test_a_clip_opens_on_the_picture_in_its_link(ark: Ark) -> None:
    said = ark.finished(image("first_frame", picture(form="jpeg")), ratio="adaptive")
    assert said["status"] == "succeeded"
    (task,) = ark.stage.admin("GET", "/tasks")["ark"]
    assert (task["shoot"]["width_px"], task["shoot"]["height_px"]) == (64, 64)
    assert task["shoot"]["start"]


def test_two_submissions_of_the_same_bytes_are_two_tasks(ark: Ark) -> None:
    ark.stage.arm(fault="stuck", times=0)
    assert ark.task(safety_identifier="one") != ark.task(safety_identifier="one")


def test_a_task_that_takes_too_long_expires_and_costs_nothing(ark: Ark) -> None:
    ark.stage.arm(fault="stuck", status="running")
    task = ark.task(execution_expires_after=3600)
    ark.stage.advance(3599)
    assert ark.poll(task)["status"] == "running"
    ark.stage.advance(1)
    assert ark.poll(task)["status"] == "expired"
    assert ark.ledger()[-1] == ("refund", 87_300)


# ── calling off, and the list ────────────────────────────────────────────────────────────────────────────────────────


def test_a_queued_task_is_cancelled_and_forgotten_after_a_day(ark: Ark) -> None:
    task = ark.task()
    answer = ark.ask("DELETE", f"/{task}")
    assert (answer.status_code, answer.json()) == (200, {})
    assert ark.poll(task)["status"] == "cancelled"
    assert ark.ledger()[-1] == ("refund", 87_300)
    ark.stage.advance(86_400)
    error(ark.ask("GET", f"/{task}"), 404, "ResourceNotFound")


def test_a_running_task_is_not_deleted_one_that_has_ended_is_forgotten(ark: Ark) -> None:
    task = ark.task()
    ark.stage.advance(30)
    error(ark.ask("DELETE", f"/{task}"), 409, "InvalidAction.RunningTaskDeletion")
    ark.stage.advance(LATE_S)
    assert ark.ask("DELETE", f"/{task}").status_code == 200
    error(ark.ask("GET", f"/{task}"), 404, "ResourceNotFound")
    error(ark.ask("DELETE", f"/{task}"), 404, "ResourceNotFound")
    assert ark.ledger()[1:] == [("reserve", -87_300)]


def test_the_list_is_paged_and_filtered_newest_first(ark: Ark) -> None:
    ark.stage.arm(fault="stuck", status="running", times=0)
    tasks = [ark.task(safety_identifier=str(number)) for number in range(5)]
    ark.ask("GET")
    cancelled = ark.ask("GET", params={"page_num": 1, "page_size": 2}).json()
    assert cancelled["total"] == 5
    assert [one["id"] for one in cancelled["items"]] == [tasks[4], tasks[3]]
    last = ark.ask("GET", params={"page_num": 3, "page_size": 2}).json()
    assert [(one["id"], one["safety_identifier"]) for one in last["items"]] == [(tasks[0], "0")]
    some = ark.ask("GET", params={"filter.task_ids": [tasks[1], tasks[2]], "filter.status": "running"}).json()
    assert [one["id"] for one in some["items"]] == [tasks[2], tasks[1]]
    for nothing in ({"filter.status": "failed"}, {"filter.model": "x"}, {"filter.service_tier": "flex"}):
        assert ark.ask("GET", params=nothing).json()["items"] == []
    for wrong in ({"page_num": 0}, {"page_size": 501}, {"page_num": "x"}, {"page_size": ""}):
        error(ark.ask("GET", params=wrong), 400, "InvalidParameter")


def test_records_are_kept_for_seven_days(ark: Ark) -> None:
    ark.stage.arm(fault="fail")
    task = ark.task()
    ark.stage.advance(7 * 86_400 - 1)
    assert ark.ask("GET").json()["total"] == 1
    ark.stage.advance(1)
    assert ark.ask("GET").json()["total"] == 0
    error(ark.ask("GET", f"/{task}"), 404, "ResourceNotFound")


# ── what may go wrong ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_success_may_hide_its_links_and_a_status_be_odd(ark: Ark) -> None:
    ark.stage.arm(fault="success_without_url", polls=1)
    task = ark.task(return_last_frame=True)
    ark.stage.advance(LATE_S)
    assert ark.poll(task)["content"] == {}
    assert ark.poll(task)["content"].keys() == {"video_url", "last_frame_url"}
    ark.stage.arm(fault="unknown_status", polls=1)
    odd = ark.task()
    ark.stage.advance(LATE_S)
    assert [ark.poll(odd)["status"] for _ in range(2)] == ["post_processing", "succeeded"]


def test_a_task_may_be_found_late_and_its_frame_be_missing(ark: Ark) -> None:
    ark.stage.arm(fault="404_grace", polls=1)
    ark.stage.arm(fault="last_frame_missing")
    task = ark.task(return_last_frame=True)
    error(ark.ask("GET", f"/{task}"), 404, "ResourceNotFound")
    ark.stage.advance(LATE_S)
    assert ark.poll(task)["content"].keys() == {"video_url"}


def test_an_answer_may_be_lost_and_the_task_is_listed_all_the_same(ark: Ark) -> None:
    ark.stage.arm(fault="drop_response_after_accept", route="submit")
    with pytest.raises(httpx.RemoteProtocolError):
        ark.submit(safety_identifier="lost")
    (found,) = ark.ask("GET").json()["items"]
    assert found["safety_identifier"] == "lost"


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("429_burst", 429, "ServerOverloaded"), ("503_burst", 503, "ServiceUnavailable"), ("500_once", 500, None)],
)
def test_the_wire_s_faults_speak_as_the_gateway_does(ark: Ark, fault: str, status: int, code: str | None) -> None:
    ark.stage.arm(fault=fault, route="submit")
    error(ark.submit(), status, code or "InternalServiceError")
    assert ark.ledger() == [("purchase", 10_000_000)]


def test_a_page_of_a_proxy_is_no_answer(ark: Ark) -> None:
    ark.stage.arm(fault="html_502", route="list")
    answer = ark.ask("GET")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert json.loads(ark.ask("GET").content) == {"items": [], "total": 0}
