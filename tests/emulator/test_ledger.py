"""Credits: a balance is the sum of its rows, whatever happens in whatever order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyboard.emulator.faults import KINDS
from storyboard.emulator.gateway import Call, Drawn, Pending, Settings, Site
from storyboard.emulator.gateways.seedance2ai import Seedance2ai
from storyboard.emulator.ledger import Ledger, Short
from storyboard.exchange import Response


def test_a_task_is_paid_once_and_refunded_once() -> None:
    ledger = Ledger()
    ledger.purchase("a", 50, 0)
    ledger.reserve("a", 30, "t", 1)
    with pytest.raises(ValueError, match="has been paid"):
        ledger.reserve("a", 1, "t", 2)
    with pytest.raises(Short) as short:
        ledger.reserve("a", 21, "u", 3)
    assert (short.value.required, short.value.available) == (21, 20)
    assert (ledger.refund("t", 4), ledger.refund("t", 5), ledger.refund("u", 6)) == (30, 0, 0)
    assert ledger.balance("a") == 50
    with pytest.raises(ValueError, match="nobody buys"):
        ledger.purchase("a", -1, 7)


SUBMISSIONS = st.fixed_dictionaries(
    {
        "prompt": st.sampled_from(["Fog on the deck", "Fo"]),
        "duration": st.sampled_from(["4", "15", "16"]),
        "quality_tier": st.sampled_from(["mini", "standard", "pro"]),
        "resolution": st.sampled_from(["720p", "1080p", "4k"]),
    }
)
TASK_FAULTS = [name for name, kind in KINDS.items() if kind.stage != "wire"]
STEPS = st.one_of(
    st.tuples(st.just("submit"), st.sampled_from(["", "k1", "k2", "k3"]), SUBMISSIONS, st.sampled_from("ab")),
    st.tuples(st.just("poll"), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 1.0, 61.0, 300.0, 90_000.0])),
    st.tuples(st.just("draw"), st.booleans()),
    st.tuples(st.just("arm"), st.sampled_from(TASK_FAULTS), st.integers(1, 3), st.booleans()),
)


@settings(max_examples=200)
@given(st.lists(STEPS, max_size=60))
def test_every_credit_is_accounted_for_after_any_requests(steps: list[tuple[Any, ...]]) -> None:
    site = Site(Settings(credits=400, limit=20), lambda name, now: f"link/{name}")
    site.accounts["key-b"] = "b"
    now, gateway = 0.0, Seedance2ai(site, 0.0)
    ledger, tasks = gateway.books.ledger, gateway.books.tasks
    ledger.purchase("b", 60, now)
    keys = {"a": site.settings.key, "b": "key-b"}
    answered: dict[tuple[str, str], Response] = {}
    for step in steps:
        match step:
            case ("submit", str(key), dict(fields), str(who)):
                headers = {"authorization": f"Bearer {keys[who]}", **({"idempotency-key": key} if key else {})}
                before = len(tasks)
                answer = gateway.answer(Call("submit", headers, json.dumps(fields).encode()), now)
                assert not isinstance(answer, Pending)
                fresh = len(tasks) - before
                assert fresh == (answer.status == 202 and answer is not answered.get((who, key)))
                if answer.status == 202 and key:
                    answered[who, key] = answer
            case ("poll", int(number)) if number < len(tasks):
                task = list(tasks.values())[number]
                owner = site.settings.key if task.account == site.settings.account else "key-b"
                said = gateway.answer(Call("status", {"authorization": f"Bearer {owner}"}, task=task.id), now)
                assert isinstance(said, Response)
                if said.status == 200:
                    body = json.loads(said.body)
                    assert body["credits_used"] - body["credits_refunded"] == ledger.spent(task.id)
            case ("wait", float(seconds)):
                now += seconds
            case ("draw", bool(good)):
                for task in tasks.values():
                    task.drawn = task.drawn or (Drawn("a.mp4", "a.png") if good else "media-bug: no")
            case ("arm", str(fault), int(nth), bool(always)):
                site.faults.arm({"fault": fault, "nth": nth, "times": 0 if always else 1})
        gateway.settle(now)
        for account in (site.settings.account, "b"):
            assert ledger.balance(account) == sum(row.credits for row in ledger.rows if row.account == account) >= 0
        for task in tasks.values():
            failed = gateway.status_of(task, now) == "failed"
            refunds = failed and task.faults.get("fail", {}).get("refund", True)
            assert ledger.spent(task.id) == (0 if refunds else task.credits)
            assert ledger.spent(task.id) == -sum(row.credits for row in ledger.rows if row.task == task.id)
    assert gateway.books.window.fullest <= site.settings.limit
