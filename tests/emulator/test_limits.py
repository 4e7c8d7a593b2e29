"""The sliding window: never more in any stretch, and no wait longer than it must be."""

from hypothesis import given
from hypothesis import strategies as st

from storyboard.emulator.limits import Window


@given(st.integers(1, 5), st.lists(st.integers(0, 30), max_size=60))
def test_no_stretch_ever_holds_more_than_it_may(most: int, gaps: list[int]) -> None:
    window, now = Window(most, 60.0), 0.0
    admitted: list[float] = []
    for gap in gaps:
        now += gap
        inside = [at for at in admitted if at > now - 60]
        wait = window.admit(now)
        if wait is None:
            assert len(inside) < most
            admitted.append(now)
        else:
            assert len(inside) == most
            assert wait == inside[0] + 60 - now > 0
    assert window.fullest <= most
    assert window.refused == len(gaps) - len(admitted)
