"""Every crash point of a small film, alone and in pairs, at each kind of gateway."""

import pytest

from tests.simulation import mutants
from tests.simulation.crashes import BARE, GATEWAYS, SURE, pairs, singles

SAMPLE = (1, 13)
"""The film of the fast lane has one shot, and of its pairs one in so many is played."""


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_no_single_crash_pays_twice_or_leaves_two_submissions_open(gateway: str) -> None:
    found = singles(gateway, shots=2)
    assert found.violations == []
    assert found.points > 30
    assert (found.most_open, found.most_ambiguous) == (1, 0 if gateway in SURE else 1)


@pytest.mark.parametrize(("shots", "every"), [SAMPLE, pytest.param(2, 1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_no_two_crashes_pay_twice_or_leave_two_submissions_open_each(gateway: str, shots: int, every: int) -> None:
    found = pairs(gateway, shots, every=every)
    assert found.violations == []
    assert found.runs > 1000 * shots / every
    assert (found.most_open, found.most_ambiguous) == (1, 0 if gateway in SURE else 1)  # the first one ends the chain


def test_crash_points_find_an_intent_that_is_not_synced() -> None:
    laws = {violation.law for _, violation in singles(BARE, shots=2, twist=mutants.NoIntentFsync).violations}
    assert "paid-twice" in laws
