"""defapi as it is documented: every row of its tables, every error, what a task goes through. Real sockets."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.emulator.stage import PROMPT, Stage, staged

NAME = "defapi"
PICTURE = {"type": "image_url", "image_url": {"url": "https://pictures.example.com/a.png"}}
WORDS = {"type": "text", "text": PROMPT}
ALLOWED: dict[str, list[Any]] = {
    "model": ["seedance-2.0"],
    "content": [[WORDS], [{"type": "text", "text": "雾中的渡轮"}], [WORDS, WORDS]],
    "duration": [5, 10, 15],
    "ratio": ["16:9", "9:16", "1:1", "4:3", "3:4", "21:9"],
    "callback_url": ["https://me.example/callback"],
}
REFUSED: dict[str, list[Any]] = {
    "model": ["seedance-1.5-pro", "", 2],
    "content": [
        [],
        "Fog",
        [PICTURE],
        [{"type": "text", "text": ""}],
        [{"type": "text", "text": "  "}],
        [{"type": "text"}],
        [{"type": "video_url", "video_url": {"url": "https://a.example/a.mp4"}}],
        [WORDS, {"type": "image_url", "image_url": "https://a.example/a.png"}],
        [WORDS, {**PICTURE, "role": "first_frame"}],
        [WORDS, *[PICTURE] * 10],
        [{"type": "text", "text": "The cat of @image1"}],
        [{"type": "text", "text": "@image1 and @image3"}, PICTURE, PICTURE],
        [{"type": "text", "text": "@image0"}, PICTURE],
    ],
    "duration": [4, 6, "5", 5.5, True, 0],
    "ratio": ["adaptive", "2:1", 1.78],
    "callback_url": [7, ""],
    "resolution": ["1080p"],
    "seed": [7],
    "audio": [True],
}


def submit(stage: Stage, **fields: Any) -> httpx.Response:
    said = {name: value for name, value in {"content": [WORDS], **fields}.items() if value is not None}
    return stage.client.post(f"{stage.at[NAME]}/api/video/seedance/gen", json=said)


def poll(stage: Stage, task: str, **headers: str) -> httpx.Response:
    return stage.client.get(f"{stage.at[NAME]}/api/task/query", params={"task_id": task}, headers=headers)


def task_of(answer: httpx.Response) -> str:
    """The id of a task that was accepted."""
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["code"], said["message"], list(said["data"])) == (0, "ok", ["task_id"])
    return str(said["data"]["task_id"])


def error(answer: httpx.Response, status: int) -> str:
    """The message of an error in the envelope."""
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert (said["code"], sorted(said)) == (1, ["code", "message"])
    return str(said["message"])


def standing(stage: Stage, task: str) -> dict[str, Any]:
    answer = poll(stage, task)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def picture(stage: Stage, color: str = "navy") -> dict[str, Any]:
    """A picture that can be fetched, as an item of content."""
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (640, 360), color).save(file, "PNG")
    url = f"{stage.at['bucket']}{color}.png"
    assert stage.client.put(url, content=file.getvalue()).status_code in (200, 201)
    return {"type": "image_url", "image_url": {"url": url}}


def shoot(stage: Stage) -> dict[str, Any]:
    """What the last task was told to draw."""
    drawn: dict[str, Any] = stage.admin("GET", "/tasks")[NAME][-1]["shoot"]
    return drawn


# ── the fields ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("field", "value"), [(name, one) for name, values in ALLOWED.items() for one in values])
def test_what_the_table_allows_is_taken(shared: Stage, field: str, value: Any) -> None:
    shared.arm(fault="stuck")  # nothing is drawn for it
    assert task_of(submit(shared, **{field: value})).startswith("ta")


@pytest.mark.parametrize(("field", "value"), [(name, one) for name, values in REFUSED.items() for one in values])
def test_what_the_table_does_not_allow_is_refused_by_name(shared: Stage, field: str, value: Any) -> None:
    before = shared.balance(NAME)
    assert field in error(submit(shared, **{field: value}), 400)
    assert shared.balance(NAME) == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"Fog"', b"\xff\xfe", b"{}"])
def test_what_is_no_order_is_refused(shared: Stage, body: bytes) -> None:
    error(shared.client.post(f"{shared.at[NAME]}/api/video/seedance/gen", content=body), 400)


def test_what_is_left_out_has_a_default(shared: Stage) -> None:
    shared.arm(fault="stuck")
    task_of(submit(shared))
    assert (shoot(shared)["seconds"], shoot(shared)["width_px"] > shoot(shared)["height_px"]) == (5, True)


def test_ids_have_the_two_shapes_that_are_shown(shared: Stage) -> None:
    shared.admin("POST", "/faults", [{"fault": "stuck", "times": 2}])
    ids = sorted(len(task_of(submit(shared))) for _ in range(2))
    assert ids == [36, 38]


def test_row_4_a_lone_picture_opens_the_clip_unless_the_prompt_says_that_it_is_something_else(stage: Stage) -> None:
    stage.arm(fault="stuck", times=0)
    one = picture(stage)
    for words, opens in (
        ("A ferry leaves.", True),
        ("A ferry leaves. @image1 is the exact opening frame.", True),
        ("A ferry like that of @image1 leaves.", False),
    ):
        task_of(submit(stage, content=[{"type": "text", "text": words}, one]))
        assert (shoot(stage)["start"] is not None) is opens
    task_of(submit(stage, content=[WORDS, one, picture(stage, "gold")]))
    assert shoot(stage)["start"] is None


def test_pictures_are_really_fetched(stage: Stage) -> None:
    gone = {"type": "image_url", "image_url": {"url": f"{stage.at['bucket']}gone.png"}}
    assert "HTTP 404" in error(submit(stage, content=[WORDS, gone]), 400)
    assert "public https" in error(submit(stage, content=[WORDS, {**gone, "image_url": {"url": "file:///a.png"}}]), 400)


# ── who may ask, and how often ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("header", ["", "Bearer dk-wrong", "Basic sk_live_emulated"])
def test_a_call_without_a_good_key_is_unauthorized(shared: Stage, header: str) -> None:
    error(poll(shared, "ta1", Authorization=header), 401)


def test_a_task_that_is_nobody_s_or_somebody_else_s_is_not_found(stage: Stage) -> None:
    stage.arm(fault="stuck")
    task = task_of(submit(stage))
    stage.admin("POST", "/accounts", {"key": "dk-other", "account": "other"})
    assert error(poll(stage, task, Authorization="Bearer dk-other"), 404) == "task not found"
    assert error(poll(stage, "ta1"), 404) == "task not found"
    assert "task_id" in error(poll(stage, ""), 400)


def test_the_limit_is_in_the_envelope_too() -> None:
    with staged(limit=2) as strict:
        strict.arm(fault="stuck")
        task = task_of(submit(strict))
        poll(strict, task)
        refused = poll(strict, task)
        error(refused, 429)
        assert refused.headers["Retry-After"] == "60"


def test_an_empty_account_and_too_many_tasks_are_refused() -> None:
    with staged(credits=1, concurrency=1) as poor:
        poor.admin("POST", "/faults", [{"fault": "stuck"}])
        assert error(submit(poor, duration=15), 402) == "Insufficient balance: 1.500000 needed, 1.000000 there"
        task_of(submit(poor))
        error(submit(poor), 429)


def test_two_orders_of_the_same_bytes_are_two_tasks_whatever_key_they_carry(stage: Stage) -> None:
    stage.arm(fault="stuck", times=0)
    url, headers = f"{stage.at[NAME]}/api/video/seedance/gen", {"Idempotency-Key": "one"}
    ids = {task_of(stage.client.post(url, json={"content": [WORDS]}, headers=headers)) for _ in range(2)}
    assert len(ids) == 2
    assert [row["credits"] for row in stage.ledger(NAME)] == [10_000_000_000, -500_000, -500_000]


def test_a_path_that_does_not_exist_is_answered_in_the_same_shape(shared: Stage) -> None:
    error(shared.client.get(f"{shared.at[NAME]}/api/user"), 404)
    error(shared.client.get(f"{shared.at[NAME]}/api/video/seedance/gen"), 405)


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_task_goes_through_its_statuses_to_a_clip(stage: Stage) -> None:
    task = task_of(submit(stage))
    seen = [standing(stage, task)]
    for seconds in (5, 25, 238):
        stage.advance(seconds)
        seen.append(standing(stage, task))
    assert [one["status"] for one in seen] == ["pending", "submitted", "in_progress", "success"]
    assert [one["consumed"] for one in seen] == ["0.000000"] * 3 + ["0.500000"]
    assert all(one["result"] is None and one["status_reason"] == {"message": None} for one in seen[:3])
    done = seen[-1]
    assert done.keys() == {"task_id", "status", "result", "consumed", "status_reason", "created_at"}
    assert (done["task_id"], done["created_at"][-1]) == (task, "Z")
    assert stage.client.get(done["result"]["video"]).content[4:8] == b"ftyp"


@pytest.mark.parametrize(("seconds", "consumed"), [(5, "0.500000"), (10, "1.000000"), (15, "1.500000")])
def test_what_is_consumed_is_told_to_six_places_and_is_the_ledger_s(shared: Stage, seconds: int, consumed: str) -> None:
    before = shared.balance(NAME)
    task = task_of(submit(shared, duration=seconds))
    shared.advance(300)
    assert standing(shared, task)["consumed"] == consumed
    assert before - shared.balance(NAME) == Decimal(consumed) * 1_000_000


@pytest.mark.parametrize(("refund", "consumed"), [(True, "0.000000"), (False, "0.500000")])
def test_a_failed_task_says_why_and_what_it_consumed(stage: Stage, refund: bool, consumed: str) -> None:
    stage.arm(fault="fail", message="moderated", refund=refund)
    task = task_of(submit(stage))
    stage.advance(300)
    failed = standing(stage, task)
    assert (failed["status"], failed["result"], failed["consumed"]) == ("failed", None, consumed)
    assert failed["status_reason"] == {"message": "moderated"}


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_task_may_not_be_found_for_some_polls(stage: Stage) -> None:
    stage.admin("POST", "/faults", [{"fault": "404_grace", "polls": 2}, {"fault": "stuck", "status": "in_progress"}])
    task = task_of(submit(stage))
    assert [poll(stage, task).status_code for _ in range(3)] == [404, 404, 200]


def test_a_fault_strikes_the_task_that_the_query_names(stage: Stage) -> None:
    stage.admin("POST", "/faults", [{"fault": "stuck", "times": 0}])
    first, second = task_of(submit(stage)), task_of(submit(stage))
    stage.arm(fault="html_502", route="status", task=second, times=0)
    assert [poll(stage, task).status_code for task in (first, second)] == [200, 502]


def test_success_without_its_link_and_words_that_nobody_knows(stage: Stage) -> None:
    stage.admin("POST", "/faults", [{"fault": "success_without_url", "polls": 1}])
    late = task_of(submit(stage))
    stage.admin("POST", "/faults", [{"fault": "unknown_status", "polls": 1, "status": "archiving"}])
    odd = task_of(submit(stage))
    stage.advance(300)
    assert [standing(stage, late)["result"] is None for _ in range(2)] == [True, False]
    assert [standing(stage, odd)["status"] for _ in range(2)] == ["archiving", "success"]


def test_faults_of_the_wire_speak_the_envelope(stage: Stage) -> None:
    stage.admin(
        "POST",
        "/faults",
        [
            {"fault": "429_burst", "route": "submit", "retry_after": 7},
            {"fault": "500_once", "route": "submit", "accepted": True, "nth": 2},
            {"fault": "moderation_reject_at_create"},
            {"fault": "credits_exhausted_mid_run", "nth": 2},
        ],
    )
    burst = submit(stage)
    error(burst, 429)
    assert burst.headers["Retry-After"] == "7"
    error(submit(stage), 500)  # moderated, but answered 500
    error(submit(stage), 402)
    assert json.loads(submit(stage).content)["code"] == 0
