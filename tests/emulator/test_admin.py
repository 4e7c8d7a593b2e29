"""The door for tests: it tells everything, refuses nonsense, and leaves no trace of itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.stage import Stage


def test_it_tells_balances_tasks_and_the_ledger(stage: Stage) -> None:
    stage.arm(fault="stuck")
    task = stage.task()
    said = stage.admin("GET", "/")
    assert said["gateways"]["seedance2ai"]["balances"] == {"emulated": 10_000 - 24}
    assert said["gateways"]["seedance2ai"]["tasks"] == 1
    assert said["requests"] == 1
    [told] = stage.admin("GET", "/tasks")["seedance2ai"]
    assert (told["id"], told["credits"], told["faults"]) == (task, 24, {"stuck": {"status": "processing"}})
    [bought, reserved] = stage.ledger()
    assert (bought["kind"], bought["credits"], reserved["task"]) == ("purchase", 10_000, task)


def test_credits_may_be_bought_while_it_runs(stage: Stage) -> None:
    stage.admin("POST", "/accounts", {"key": stage.at["key"], "credits": 7})
    assert stage.balance() == 10_007


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/clock", {"advance_s": -1}),
        ("/clock", {"advance_s": True}),
        ("/clock", {"advance_s": "1"}),
        ("/clock", {}),
        ("/clock", [{}, {}]),
        ("/accounts", {"credits": 5}),
        ("/accounts", {"key": "a", "credits": -5}),
        ("/accounts", {"key": "a", "credits": 1.5}),
        ("/faults", 7),
        ("/faults", [7]),
    ],
)
def test_what_means_nothing_is_refused_in_words(shared: Stage, path: str, body: Any) -> None:
    answer = shared.client.post(f"{shared.at['admin']}{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_what_is_no_json_is_refused(shared: Stage) -> None:
    assert shared.client.post(f"{shared.at['admin']}/faults", content=b"{").json() == {"error": "the body is JSON"}
