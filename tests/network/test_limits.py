import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.exchange import LONGEST_WAIT_S
from storyboard.network.limits import START, Concurrency, poll_wait_s, wait_s

MOMENTS = st.lists(st.floats(0, 300), max_size=60)


@given(MOMENTS)
def test_no_window_ever_holds_more_than_its_requests(wishes: list[float]) -> None:
    sent: list[float] = []
    now = 0.0
    for wish in sorted(wishes):
        now = max(now, wish)
        while (seconds := wait_s(sent, 0.0, now, 28, 60.0)) > 0:
            now += seconds
        sent.append(now)
    for first, moment in enumerate(sent):
        assert sum(moment <= other < moment + 59.999 for other in sent[first:]) <= 28


@given(MOMENTS)
def test_polls_leave_room_for_an_order_at_any_time(wishes: list[float]) -> None:
    sent: list[float] = []
    now = 0.0
    for wish in sorted(wishes):
        now = max(now, wish)
        while (seconds := poll_wait_s(sent, 0.0, now, 28, 60.0)) > 0:
            now += seconds
        sent.append(now)
        assert wait_s(sent, 0.0, now, 28, 60.0) == 0.0


def test_polls_are_spread_over_the_window() -> None:
    sent: list[float] = []
    now = 0.0
    while now < 60:
        sent.append(now)
        now += poll_wait_s(sent, 0.0, now, 28, 60.0)
    assert len(sent) == 27
    assert max(sum(first <= other < first + 4.28 for other in sent) for first in sent) == 2


def test_a_full_window_waits_for_its_oldest() -> None:
    assert wait_s([0.0, 10.0, 20.0], 0.0, 30.0, 3, 60.0) == pytest.approx(30.0)
    assert wait_s([0.0, 10.0, 20.0], 0.0, 60.0, 3, 60.0) == 0.0


def test_a_gateway_that_named_a_time_is_left_alone_until_then() -> None:
    assert wait_s([], 36.0, 0.0, 28, 60.0) == 36.0
    assert wait_s([], 36.0, 40.0, 28, 60.0) == 0.0


def test_a_clock_that_was_set_back_does_not_stop_everything() -> None:
    assert wait_s([1e9] * 28, 0.0, 100.0, 28, 60.0) == pytest.approx(60.0)


def test_a_time_that_was_named_before_the_clock_was_set_back_ends_all_the_same() -> None:
    assert wait_s([], 86_400.0, 0.0, 28, 60.0) == LONGEST_WAIT_S


def test_concurrency_grows_by_one_a_round_and_halves() -> None:
    one = Concurrency()
    assert one.allowed == START == 2
    for _ in range(2 + 3 + 4):
        one.accepted()
    assert one.allowed == 5
    one.busy()
    assert one.allowed == 2
    for _ in range(5):
        one.busy()
    assert one.allowed == 1


def test_concurrency_begins_with_what_was_set_and_stays_within() -> None:
    assert Concurrency(10).allowed == 10
    one = Concurrency(1)
    for _ in range(9):
        one.accepted()
    assert one.allowed == 1
