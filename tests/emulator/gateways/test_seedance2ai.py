"""seedance2ai as it is documented: every row of its tables, every error, what a task goes through. Real sockets."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.emulator.stage import PROMPT, SUBMIT, TASKS, Stage, staged

PICTURE = "https://pictures.example.com/a.png"
ALLOWED: dict[str, list[Any]] = {
    "mode": ["text-to-video"],
    "quality_tier": ["mini", "standard", "pro"],
    "channel": ["standard", "real", "wild"],
    "prompt": ["Fog", "x" * 10_000, "雾中的渡轮"],
    "aspect_ratio": ["1:1", "21:9", "4:3", "3:4", "16:9", "9:16", "adaptive"],
    "duration": [None, *map(str, range(4, 16))],
    "resolution": ["720p", "1080p"],
    "generate_audio": [True, False],
    "fixed_lens": [True, False],
    "seed": [-1, 0, 4_294_967_295],
}
REFUSED: dict[str, list[Any]] = {
    "mode": ["video-to-video", "", 1],
    "quality_tier": ["fast", "Pro", True],
    "channel": ["fake", 0],
    "prompt": [None, "", "ab", "x" * 10_001, 5, ["Fog"]],
    "aspect_ratio": ["2:1", "16x9", 1.78],
    "duration": [5, "3", "16", "05", "5.0", "five", 5.0, -1],
    "resolution": ["480p", "720", 720],
    "image_url": ["", 7],
    "media_urls": [[], [7], "https://pictures.example.com/a.png", [PICTURE] * 13],
    "generate_audio": ["true", 1, 0],
    "fixed_lens": ["no", 1],
    "seed": [-2, 4_294_967_296, "7", 1.5, True],
    "teamSlug": ["mine"],
    "provider": ["ark"],
}
SEND_NULL: list[str] = ["mode", "seed", "image_url", "media_urls", "resolution"]


def error(answer: httpx.Response, status: int, code: str) -> str:
    """The message of an error that is of that kind and shape."""
    assert answer.status_code == status, answer.text
    said = answer.json()["error"]
    assert said["code"] == code
    return str(said["message"])


# ── the fields ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("field", "value"), [(name, one) for name, values in ALLOWED.items() for one in values])
def test_what_the_table_allows_is_taken(shared: Stage, field: str, value: Any) -> None:
    shared.admin("POST", "/faults", {"fault": "stuck"})  # nothing is drawn for it
    answer = shared.submit(**{field: value})
    assert answer.status_code == 202, answer.text
    said = answer.json()
    assert said.keys() == {"id", "status", "model", "quality_tier", "channel", "credits_used"}
    assert (said["status"], said["model"]) == ("processing", "seedance2")
    assert said["id"].startswith("sd2_")
    assert type(said["credits_used"]) is int


@pytest.mark.parametrize(("field", "value"), [(name, one) for name, values in REFUSED.items() for one in values])
def test_what_the_table_does_not_allow_is_refused_by_name(shared: Stage, field: str, value: Any) -> None:
    before = shared.balance()
    assert field in error(shared.submit(**{field: value}), 400, "invalid_request")
    assert shared.balance() == before


@pytest.mark.parametrize("field", SEND_NULL)
def test_null_is_no_value(shared: Stage, field: str) -> None:
    body = json.dumps({"prompt": PROMPT, field: None}).encode()
    error(shared.client.post(SUBMIT, content=body), 400, "invalid_request")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"Fog"', b"\xff\xfe", b"[" * 100_000, b'{"prompt": NaN}'])
def test_what_is_no_object_of_json_is_refused(shared: Stage, body: bytes) -> None:
    error(shared.client.post(SUBMIT, content=body), 400, "invalid_request")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"resolution": "4k", "quality_tier": "standard"}, "pro only"),
        ({"resolution": "1080p-plus", "quality_tier": "mini"}, "pro only"),
        ({"seed": 1, "channel": "real"}, "seed"),
        ({"seed": 1, "quality_tier": "mini"}, "seed"),
        ({"mode": "image-to-video"}, "image_url is required"),
        ({"mode": "media-to-video"}, "media_urls is required"),
        ({"mode": "image-to-video", "end_image_url": PICTURE}, "image_url is required"),
        ({"image_url": PICTURE}, "image_url is for image-to-video"),
        ({"end_image_url": PICTURE}, "end_image_url is for image-to-video"),
        ({"media_urls": [PICTURE]}, "media_urls is for media-to-video"),
    ],
)
def test_fields_that_do_not_go_together_are_refused(shared: Stage, fields: dict[str, Any], why: str) -> None:
    assert why in error(shared.submit(**fields), 400, "invalid_request")


@pytest.mark.parametrize("resolution", ["1080p-plus", "4k"])
def test_the_largest_resolutions_are_for_pro(shared: Stage, resolution: str) -> None:
    shared.admin("POST", "/faults", {"fault": "stuck"})
    assert shared.submit(quality_tier="pro", resolution=resolution).status_code == 202


@pytest.mark.parametrize(
    ("tier", "resolution", "seconds", "credits"),
    [
        ("mini", "720p", 10, 22),
        ("standard", "720p", 5, 30),
        ("standard", "1080p", 10, 145),
        ("pro", "720p", 5, 55),
        ("pro", "720p", 10, 110),
        ("pro", "1080p", 4, 95),
        ("pro", "1080p", 5, 120),
        ("pro", "1080p", 10, 240),
    ],
)
def test_charges_are_those_on_record(shared: Stage, tier: str, resolution: str, seconds: int, credits: int) -> None:  # noqa: A002
    shared.admin("POST", "/faults", {"fault": "stuck"})
    answer = shared.submit(quality_tier=tier, resolution=resolution, duration=str(seconds))
    assert answer.json()["credits_used"] == credits


# ── who may ask, and how often ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer sk_live_wrong", "Basic sk_live_emulated", "sk_live_emulated"])
def test_a_call_without_a_good_key_is_unauthorized(shared: Stage, header: str) -> None:
    for method, path in (("POST", SUBMIT), ("GET", f"{TASKS}/sd2_1")):
        answer = shared.client.request(method, path, headers={"Authorization": header}, json={})
        error(answer, 401, "unauthorized")


def test_a_revoked_key_is_unauthorized(stage: Stage) -> None:
    stage.admin("DELETE", "/accounts", {"key": stage.at["key"]})
    error(stage.submit(), 401, "unauthorized")


def test_the_thirty_first_request_in_a_minute_waits() -> None:
    with staged(limit=30) as strict:
        strict.arm(fault="stuck")
        task = strict.task()
        strict.advance(10)
        for _ in range(29):
            assert strict.poll(task).status_code == 200
        for refused in (strict.poll(task), strict.submit()):
            error(refused, 429, "rate_limited")
            assert refused.headers["Retry-After"] == "50"
        error(strict.client.get(f"{TASKS}/x", headers={"Authorization": "none"}), 401, "unauthorized")
        strict.advance(50)
        assert strict.poll(task).status_code == 200
        error(strict.poll(task), 429, "rate_limited")
        limit = strict.admin("GET", "/")["gateways"]["seedance2ai"]["limit"]
        assert limit == {"most": 30, "fullest": 30, "refused": 3}


def test_the_limit_comes_before_the_key_of_a_submission_and_both_before_its_fields() -> None:
    with staged(limit=2) as strict:
        strict.arm(fault="stuck")
        first = strict.submit("one")
        error(strict.submit("one", prompt=""), 409, "idempotency_conflict")
        error(strict.submit("one"), 429, "rate_limited")
        strict.advance(60)
        assert strict.submit("one").content == first.content


def test_a_task_belongs_to_its_account(stage: Stage) -> None:
    stage.arm(fault="stuck")
    task = stage.task()
    stage.admin("POST", "/accounts", {"key": "sk_live_other", "account": "other", "credits": 5})
    stage.admin("POST", "/accounts", {"key": "sk_live_second", "account": "emulated"})
    for key, status in (("sk_live_other", 404), ("sk_live_second", 200)):
        answer = stage.client.get(f"{TASKS}/{task}", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status
    error(stage.poll("sd2_nothing"), 404, "not_found")
    poor = stage.client.post(SUBMIT, json={"prompt": PROMPT}, headers={"Authorization": "Bearer sk_live_other"})
    error(poor, 402, "insufficient_credits")
    assert (poor.json()["required_credits"], poor.json()["available_credits"]) == (30, 5)


def test_more_tasks_than_may_run_are_answered_busy() -> None:
    with staged(concurrency=1) as busy:
        busy.arm(fault="fail", times=0)
        busy.task()
        error(busy.submit("again"), 503, "service_busy")
        busy.advance(300)
        assert busy.submit("again").status_code == 202


def test_a_path_that_does_not_exist_is_answered_in_the_same_shape(shared: Stage) -> None:
    error(shared.client.get("/api/v1/balance"), 404, "not_found")
    error(shared.client.get(SUBMIT), 405, "not_found")


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_bytes_under_the_same_key_are_one_task(stage: Stage) -> None:
    stage.arm(fault="stuck", times=0)
    first, again = stage.submit("one"), stage.submit("one")
    assert (again.status_code, again.content) == (202, first.content)
    assert [row["kind"] for row in stage.ledger()] == ["purchase", "reserve"]
    error(stage.submit("one", prompt="Another train"), 409, "idempotency_conflict")
    assert stage.submit("two").json()["id"] != first.json()["id"]


def test_other_bytes_of_the_same_meaning_are_a_conflict(stage: Stage) -> None:
    stage.arm(fault="stuck")
    headers = {"Idempotency-Key": "one"}
    assert stage.client.post(SUBMIT, content=b'{"prompt":"Fog"}', headers=headers).status_code == 202
    error(stage.client.post(SUBMIT, content=b'{"prompt": "Fog"}', headers=headers), 409, "idempotency_conflict")


def test_a_refused_submission_leaves_its_key_free(stage: Stage) -> None:
    stage.arm(fault="stuck")
    error(stage.submit("one", prompt=""), 400, "invalid_request")
    assert stage.submit("one").status_code == 202


def test_a_key_is_forgotten_after_its_time() -> None:
    with staged(retention_s=100.0) as short:
        short.arm(fault="stuck", times=0)
        first = short.task(key="one")
        short.advance(99)
        assert short.task(key="one") == first
        short.advance(1)
        assert short.task(key="one") != first


def test_without_a_key_every_submission_is_a_task(stage: Stage) -> None:
    stage.arm(fault="stuck", times=0)
    ids = {stage.client.post(SUBMIT, json={"prompt": PROMPT}).json()["id"] for _ in range(3)}
    assert len(ids) == 3


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_task_runs_for_a_while_and_is_completed(stage: Stage) -> None:
    task = stage.task()
    stage.advance(101.9)
    running = stage.poll(task).json()
    assert (running["status"], running["output"], running["error"]) == ("processing", None, None)
    stage.advance(268 - 101.9)
    done = stage.poll(task).json()
    assert done["status"] == "completed"
    assert done.keys() == {*running.keys()}
    assert done["output"].keys() == {"video_url", "last_frame_url", "seed"}
    assert (done["credits_used"], done["credits_refunded"], done["error"]) == (24, 0, None)
    assert done["created_at"] == running["created_at"] < done["updated_at"]
    assert done["created_at"].endswith("Z")


def test_speed_scales_the_wait_and_nothing_else() -> None:
    with staged(speed=100.0, limit=3) as fast:
        task = fast.task()
        fast.advance(2.68)
        assert fast.poll(task).json()["status"] == "completed"
        fast.poll(task)
        assert fast.poll(task).headers["Retry-After"] == "58"


def test_a_failed_task_is_refunded_in_full(stage: Stage) -> None:
    stage.arm(fault="fail", code="OutputVideoSensitiveContentDetected", message="The output may be sensitive")
    before = stage.balance()
    failed = stage.finished()
    assert failed["error"] == {"code": "OutputVideoSensitiveContentDetected", "message": "The output may be sensitive"}
    assert (failed["status"], failed["output"], failed["credits_refunded"]) == ("failed", None, failed["credits_used"])
    assert stage.balance() == before
    assert [row["kind"] for row in stage.ledger()] == ["purchase", "reserve", "refund"]


def test_the_same_seed_gives_the_same_ids_and_waits() -> None:
    def told(seed: int) -> list[Any]:
        with staged(seed=seed) as one:
            one.arm(fault="stuck", times=0)
            one.task()
            one.task(prompt="Another")
            return [(task["id"], task["ready_at"]) for task in one.admin("GET", "/tasks")["seedance2ai"]]

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_a_seed_that_was_asked_for_is_told(stage: Stage) -> None:
    assert stage.finished(seed=7)["output"]["seed"] == 7
