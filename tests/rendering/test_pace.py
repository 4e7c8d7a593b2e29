from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.rendering.pace import LATEST_S, SOONEST_S, Curve, Pace
from storyboard.state.account import ENOUGH

FIVE = Fraction(5)
SECONDS = st.lists(st.floats(1, 1000), min_size=1, max_size=24)


@given(SECONDS, st.floats(0, 1500), st.floats(0.01, 20))
def test_a_job_is_due_when_the_unnoticed_seconds_have_the_price_of_a_question(
    took: list[float], asked: float, price_s: float
) -> None:
    curve = Curve(took)
    due = curve.due(asked, price_s)
    assert due >= asked
    assert curve.unnoticed_s(asked, due) == pytest.approx(price_s, rel=1e-3, abs=1e-3)


@given(SECONDS, st.floats(0, 1500), st.floats(0, 500), st.floats(0, 500))
def test_the_unnoticed_seconds_only_grow(took: list[float], asked: float, one_s: float, more_s: float) -> None:
    curve = Curve(took)
    sooner, later = curve.unnoticed_s(asked, asked + one_s), curve.unnoticed_s(asked, asked + one_s + more_s)
    assert -1e-6 <= sooner <= later + 1e-6
    assert later <= one_s + more_s + 1e-6


@given(SECONDS, st.floats(0, 1500), st.floats(0, 500))
def test_a_finished_job_is_late_by_no_more_than_since_it_ran(took: list[float], ran: float, since_s: float) -> None:
    assert -1e-6 <= Curve(took).late_s(ran, ran + since_s) <= since_s


def test_how_late_a_job_was_noticed_is_not_part_of_what_it_took() -> None:
    curve = Curve([100.0 + n for n in range(20)])
    assert curve.late_s(0.0, 150.0) == pytest.approx(40, abs=1)
    assert curve.late_s(109.0, 111.0) == pytest.approx(1, abs=0.1)


def test_a_job_is_first_asked_for_when_it_may_be_done_and_then_more_often() -> None:
    pace = Pace(37.0)
    first = pace.next_s(FIVE, 0.0, 0.2)
    assert 0.4 * 185 < first < 185
    assert pace.next_s(FIVE, first, 0.2) < first / 4


def test_what_was_seen_goes_before_what_is_said() -> None:
    pace = Pace(37.0)
    for seconds in (58.0, 59.0, 60.0, 61.0, 62.0, 63.0)[:ENOUGH]:
        pace.learn(FIVE, seconds)
    assert 50 < pace.next_s(FIVE, 0.0, 0.05) < 60


def test_a_job_later_than_all_others_is_asked_for_ever_less_often() -> None:
    pace = Pace(37.0)
    waits = [pace.next_s(FIVE, asked, 1.0) for asked in (400.0, 1000.0, 4000.0, 40_000.0)]
    assert waits == sorted(waits)
    assert waits[-1] == LATEST_S
    assert pace.next_s(FIVE, 184.0, 0.0) == SOONEST_S


def test_jobs_of_the_very_length_tell_more_than_others() -> None:
    took = [(FIVE, 100.0 + n) for n in range(ENOUGH)] + [(Fraction(10), 110.0 + n) for n in range(ENOUGH)]
    pace = Pace(37.0, took)
    assert pace.curve(FIVE).usual == pytest.approx(102, abs=2)
    assert pace.curve(Fraction(10)).usual == pytest.approx(112, abs=2)
    assert pace.curve(Fraction(15)).usual > 150
