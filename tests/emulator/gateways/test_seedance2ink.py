"""seedance2.ink as it is documented: every row of its tables, every error, what a job goes through. Real sockets."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.emulator.stage import PROMPT, Stage, staged

NAME = "seedance2ink"
JOBS = "/api/open/v1/video/generations"
PICTURE = "https://pictures.example.com/a.png"
ALLOWED: dict[str, list[Any]] = {
    "model": ["seedance-2.0", "seedance-2.0-fast", "seedance-1.5-pro"],
    "prompt": ["Fog", "x" * 20_000, "雾中的渡轮"],
    "aspectRatio": ["16:9", "9:16", "1:1"],
    "duration": list(range(4, 16)),
    "resolution": ["480p", "720p", "1080p"],
    "webhookUrl": ["https://me.example/hook"],
    "metadata": [{}, {"projectId": "proj_1001", "sceneId": "scene_08", "deep": {"n": [1, None]}}],
}
REFUSED: dict[str, list[Any]] = {
    "model": [None, "seedance-1.0", "", 2],
    "prompt": [None, "", 5],
    "aspectRatio": ["4:3", "21:9", "adaptive", 1.78],
    "duration": [3, 16, "5", 5.5, True],
    "resolution": ["4k", "720", 720],
    "mediaUrls": [[], [7], PICTURE, [PICTURE] * 6],
    "webhookUrl": [7, ""],
    "metadata": ["key", [], 7],
    "seed": [7],
    "generate_audio": [True],
}


def submit(stage: Stage, **fields: Any) -> httpx.Response:
    said = {"model": "seedance-2.0", "prompt": PROMPT, "duration": 4, **fields}
    given = {name: value for name, value in said.items() if value is not None}
    return stage.client.post(f"{stage.at[NAME]}{JOBS}", json=given)


def poll(stage: Stage, job: str, **headers: str) -> httpx.Response:
    return stage.client.get(f"{stage.at[NAME]}{JOBS}/{job}", headers=headers)


def cancel(stage: Stage, job: str) -> httpx.Response:
    return stage.client.post(f"{stage.at[NAME]}{JOBS}/{job}/cancel")


def job_of(answer: httpx.Response) -> str:
    """The id of a job that was accepted."""
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said.keys() == {"success", "requestId", "status", "creditsCharged"}
    assert (said["success"], said["status"], type(said["creditsCharged"])) == (True, "queued", int)
    return str(said["requestId"])


def error(answer: httpx.Response, status: int, code: str) -> str:
    """The message of an error that is of that kind and shape."""
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert (said["success"], said["error"]["code"]) == (False, code)
    return str(said["error"]["message"])


def picture(stage: Stage, color: str) -> str:
    """The link of a picture that can be fetched."""
    file = io.BytesIO()
    Image.new("RGB", (640, 360), color).save(file, "PNG")
    url = f"{stage.at['bucket']}{color}.png"
    assert stage.client.put(url, content=file.getvalue()).status_code in (200, 201)
    return url


def shoot(stage: Stage) -> dict[str, Any]:
    """What the last job was told to draw."""
    drawn: dict[str, Any] = stage.admin("GET", "/tasks")[NAME][-1]["shoot"]
    return drawn


# ── the fields ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("field", "value"), [(name, one) for name, values in ALLOWED.items() for one in values])
def test_what_the_table_allows_is_taken(shared: Stage, field: str, value: Any) -> None:
    shared.arm(fault="stuck")  # nothing is drawn for it
    assert job_of(submit(shared, **{"duration": 5, field: value})).startswith("req_")


@pytest.mark.parametrize(("field", "value"), [(name, one) for name, values in REFUSED.items() for one in values])
def test_what_the_table_does_not_allow_is_refused_by_name(shared: Stage, field: str, value: Any) -> None:
    before = shared.balance(NAME)
    assert field in error(submit(shared, **{field: value}), 400, "invalid_request")
    assert shared.balance(NAME) == before


@pytest.mark.parametrize(("seconds", "taken"), [(4, False), (5, True), (7, False), (10, True), (15, False)])
def test_the_older_model_has_two_lengths(shared: Stage, seconds: int, taken: bool) -> None:
    answer = submit(shared, model="seedance-1.5-pro", duration=seconds)
    if taken:
        job_of(answer)
    else:
        assert "5, 10" in error(answer, 400, "invalid_request")


def test_the_charge_that_is_on_the_page_is_taken_at_acceptance(stage: Stage) -> None:
    stage.arm(fault="stuck")
    assert submit(stage, duration=5, resolution="720p", aspectRatio="16:9").json()["creditsCharged"] == 40
    assert [row["credits"] for row in stage.ledger(NAME)] == [10_000, -40]


def test_row_5_files_are_taken_for_what_their_number_and_kind_make_of_them(stage: Stage) -> None:
    stage.arm(fault="stuck", times=0)
    links = [picture(stage, color) for color in ("navy", "gold", "teal")]
    seen = []
    for count in (1, 2, 3):
        job_of(submit(stage, mediaUrls=links[:count]))
        seen.append((shoot(stage)["start"] is not None, shoot(stage)["end"] is not None))
    assert seen == [(True, False), (True, True), (False, False)]


def test_files_are_really_fetched(stage: Stage) -> None:
    gone = submit(stage, mediaUrls=[f"{stage.at['bucket']}gone.png"])
    assert "HTTP 404" in error(gone, 400, "invalid_request")
    assert "public https" in error(submit(stage, mediaUrls=["file:///a.png"]), 400, "invalid_request")


# ── who may ask, and how often ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("header", ["", "Bearer sd2_live_wrong", "Basic sk_live_emulated"])
def test_a_call_without_a_good_key_is_unauthorized(shared: Stage, header: str) -> None:
    assert error(poll(shared, "req_1", Authorization=header), 401, "unauthorized") == "Invalid API key"


def test_a_job_that_is_nobody_s_or_somebody_else_s_is_not_found(stage: Stage) -> None:
    stage.arm(fault="stuck")
    job = job_of(submit(stage))
    stage.admin("POST", "/accounts", {"key": "sd2_other", "account": "other"})
    error(poll(stage, job, Authorization="Bearer sd2_other"), 404, "not_found")
    error(poll(stage, "req_1"), 404, "not_found")
    error(cancel(stage, "req_1"), 404, "not_found")


def test_the_limit_an_empty_account_and_too_many_jobs() -> None:
    with staged(limit=5, credits=35, concurrency=1) as strict:
        strict.arm(fault="stuck")
        error(submit(strict, duration=5), 402, "insufficient_credits")
        job = job_of(submit(strict))
        error(submit(strict), 429, "rate_limited")
        poll(strict, job)
        poll(strict, job)
        refused = poll(strict, job)
        error(refused, 429, "rate_limited")
        assert refused.headers["Retry-After"] == "60"


def test_two_orders_of_the_same_bytes_are_two_jobs_whatever_key_they_carry(stage: Stage) -> None:
    stage.arm(fault="stuck", times=0)
    said = {"model": "seedance-2.0", "prompt": PROMPT, "metadata": {"storyboard": "one"}}
    post = [stage.client.post(f"{stage.at[NAME]}{JOBS}", json=said, headers={"Idempotency-Key": "one"}) for _ in "ab"]
    assert len({job_of(one) for one in post}) == 2


def test_the_models_are_listed_with_what_they_take(shared: Stage) -> None:
    said = shared.client.get(f"{shared.at[NAME]}/api/open/v1/models").json()
    assert said["success"] is True
    assert {one["id"]: len(one["durations"]) for one in said["models"]} == {
        "seedance-2.0": 12,
        "seedance-2.0-fast": 12,
        "seedance-1.5-pro": 2,
    }
    assert said["models"][0]["pricing"]["perSecond"]["720p"] == 8


def test_a_path_that_does_not_exist_is_answered_in_the_same_shape(shared: Stage) -> None:
    error(shared.client.get(f"{shared.at[NAME]}/api/open/v1/balance"), 404, "not_found")
    error(shared.client.get(f"{shared.at[NAME]}{JOBS}"), 405, "not_found")


# ── jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_job_goes_through_its_statuses_to_a_clip(stage: Stage) -> None:
    job = job_of(submit(stage, metadata={"storyboard": "key-1"}))
    seen = [poll(stage, job).json()]
    for seconds in (60, 240):
        stage.advance(seconds)
        seen.append(poll(stage, job).json())
    assert [one["status"] for one in seen] == ["queued", "processing", "succeeded"]
    assert [one["output"] is None for one in seen] == [True, True, False]
    done = seen[-1]
    assert done.keys() == {
        *("success", "requestId", "status", "model", "prompt", "duration", "aspectRatio", "output", "error")
    }
    assert (done["model"], done["prompt"], done["duration"], done["aspectRatio"]) == ("seedance-2.0", PROMPT, 4, "16:9")
    assert (done["output"]["type"], done["error"]) == ("video", None)
    assert stage.client.get(done["output"]["url"]).content[4:8] == b"ftyp"


def test_a_failed_job_says_why(stage: Stage) -> None:
    stage.arm(fault="fail", code="moderation", message="refused")
    job = job_of(submit(stage))
    stage.advance(300)
    failed = poll(stage, job).json()
    assert (failed["status"], failed["output"]) == ("failed", None)
    assert failed["error"] == {"code": "moderation", "message": "refused"}


@pytest.mark.parametrize("refund", [False, True])
def test_row_18_a_job_is_cancelled_while_it_is_queued_or_runs(refund: bool) -> None:
    with staged(refund_cancelled=refund) as stage:
        queued, running = job_of(submit(stage)), job_of(submit(stage))
        assert cancel(stage, queued).json() == {"success": True, "requestId": queued, "status": "cancelled"}
        stage.advance(60)
        assert cancel(stage, running).status_code == 200
        error(cancel(stage, running), 409, "invalid_state")
        stage.advance(300)
        assert [poll(stage, job).json()["status"] for job in (queued, running)] == ["cancelled", "cancelled"]
        assert stage.balance(NAME) == (10_000 if refund else 10_000 - 64)


def test_a_job_that_has_ended_is_not_cancelled_nor_one_that_ends_just_then(stage: Stage) -> None:
    done = job_of(submit(stage))
    stage.advance(300)
    error(cancel(stage, done), 409, "invalid_state")
    stage.arm(fault="cancel_races_completion")
    racing = job_of(submit(stage))
    error(cancel(stage, racing), 409, "invalid_state")
    stage.advance(0)
    assert poll(stage, racing).json()["status"] == "succeeded"


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_faults_of_tasks_are_this_gateway_s_too(stage: Stage) -> None:
    jobs = []
    for rule in (
        {"fault": "404_grace", "polls": 1},
        {"fault": "success_without_url", "polls": 1},
        {"fault": "unknown_status", "polls": 1, "status": "archiving"},
    ):
        stage.arm(**rule)
        jobs.append(job_of(submit(stage)))
    stage.advance(300)
    hidden, late, odd = [[poll(stage, job) for _ in range(2)] for job in jobs]
    assert [one.status_code for one in hidden] == [404, 200]
    assert [one.json()["output"]["url"] is None for one in late] == [True, False]
    assert [one.json()["status"] for one in odd] == ["archiving", "succeeded"]


def test_faults_of_the_wire_speak_the_gateway_s_form(stage: Stage) -> None:
    stage.admin(
        "POST",
        "/faults",
        [
            {"fault": "429_burst", "route": "submit", "retry_after": 7},
            {"fault": "500_once", "route": "cancel"},
            {"fault": "503_burst", "route": "models"},
            {"fault": "moderation_reject_at_create"},
            {"fault": "credits_exhausted_mid_run", "nth": 2},
        ],
    )
    error(submit(stage), 429, "rate_limited")
    error(submit(stage), 400, "invalid_request")
    error(submit(stage), 402, "insufficient_credits")
    error(cancel(stage, "req_1"), 500, "internal_error")
    error(stage.client.get(f"{stage.at[NAME]}/api/open/v1/models"), 503, "internal_error")
