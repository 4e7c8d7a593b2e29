"""Rules: what may be armed, when a rule strikes, and that rules count apart."""

import pytest

from storyboard.emulator.faults import Faults, read_rule
from tests.emulator.stage import Stage


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({}, "fault is one of"),
        ({"fault": "earthquake"}, "fault is one of"),
        ({"fault": "fail", "route": "nowhere"}, "route is one of"),
        ({"fault": "fail", "nth": 0}, "nth"),
        ({"fault": "fail", "nth": True}, "nth"),
        ({"fault": "fail", "times": -1}, "nth"),
        ({"fault": "fail", "task": 7}, "task is the id"),
        ({"fault": "stuck", "polls": 3}, "stuck takes status"),
        ({"fault": "html_502", "polls": 3}, "html_502 takes nothing"),
        ({"fault": "fail", "refund": 1}, "refund of fail"),
        ({"fault": "fail", "code": 1}, "code of fail"),
        ({"fault": "delay_response", "seconds": "long"}, "seconds of delay_response"),
    ],
)
def test_a_rule_that_means_nothing_is_refused_in_words(stage: Stage, rule: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_rule(rule)
    answer = stage.client.post(f"{stage.at['admin']}/faults", json=rule)
    assert (answer.status_code, why in answer.json()["error"]) == (400, True)
    assert stage.admin("GET", "/faults")["rules"] == []


def test_a_rule_strikes_from_its_event_on_so_many_times() -> None:
    faults = Faults()
    faults.arm({"fault": "html_502", "route": "status", "nth": 2, "times": 2})
    faults.arm({"fault": "clock_skew", "times": 0, "seconds": 5})
    struck = [[one.fault for one in faults.wire(route, None)] for route in ("status", "submit", *["status"] * 3)]
    skewed, both = ["clock_skew"], ["html_502", "clock_skew"]
    assert struck == [skewed, skewed, both, both, skewed]
    assert [(rule.seen, rule.struck) for rule in faults.rules] == [(4, 2), (5, 5)]


def test_stages_count_apart() -> None:
    faults = Faults()
    for name in ("stuck", "credits_exhausted_mid_run", "503_burst"):
        faults.arm({"fault": name})
    assert [one.fault for one in faults.wire("submit", None)] == ["503_burst"]
    assert [one.fault for one in faults.submission()] == ["credits_exhausted_mid_run"]
    assert [one.fault for one in faults.task()] == ["stuck"]
