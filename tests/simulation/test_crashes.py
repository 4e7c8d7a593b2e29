"""Every crash point of a small film, alone and in pairs, at each kind of gateway."""

import pytest

from tests.simulation import mutants
from tests.simulation.crashes import BARE, CALLED, GATEWAYS, SURE, pairs, singles

SLOW = pytest.mark.slow
SINGLES = [pytest.param(one, 1 if one in CALLED else 2) for one in GATEWAYS]
"""Each gateway, with how many shots its film has: where it calls, a shot has twice as many acts."""
SAMPLED = [pytest.param(one, 1, 13) for one in GATEWAYS if one not in CALLED]
"""Of the pairs of a film of one shot the fast lane plays one in so many."""
WHOLE = [pytest.param(one, 1 if one in CALLED else 2, 1, marks=SLOW) for one in GATEWAYS]


@pytest.mark.parametrize(("gateway", "shots"), SINGLES)
def test_no_single_crash_pays_twice_or_leaves_two_submissions_open(gateway: str, shots: int) -> None:
    found = singles(gateway, shots)
    assert found.violations == []
    assert found.points > 30
    assert (found.most_open, found.most_ambiguous) == (1, 0 if gateway in SURE else 1)


@pytest.mark.parametrize(("gateway", "shots", "every"), [*SAMPLED, *WHOLE])
def test_no_two_crashes_pay_twice_or_leave_two_submissions_open_each(gateway: str, shots: int, every: int) -> None:
    found = pairs(gateway, shots, every=every)
    assert found.violations == []
    assert found.runs > 1000 * shots / every
    assert (found.most_open, found.most_ambiguous) == (1, 0 if gateway in SURE else 1)  # the first one ends the chain


def test_crash_points_find_an_intent_that_is_not_synced() -> None:
    laws = {violation.law for _, violation in singles(BARE, shots=2, twist=mutants.NoIntentFsync).violations}
    assert "paid-twice" in laws
