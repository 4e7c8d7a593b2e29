from bisect import bisect_right
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.reading.frames import Reader
from storyboard.media.reading.moments import Stamps, on_screen, stamps
from tests.media.counter import counter, number_of
from tests.media.footage import film, trimmed

VARYING = [0, 40, 80, 300, 333, 700, 701, 1500]
NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.mov"])
@pytest.mark.parametrize("fps", [Fraction(24), Fraction(25), NTSC, Fraction(24000, 1001)])
def test_a_constant_rate_is_seen_through_any_rounding(name: str, fps: Fraction, tmp_path: Path) -> None:
    when = stamps(counter(tmp_path / name, range(50), fps))
    assert (when.rate, when.count) == (fps, 50)
    assert [when.at(number / fps) for number in range(50)] == list(range(50))
    assert when.end == 50 / fps


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_variable_rate_shows_the_latest_picture_that_has_begun(name: str, tmp_path: Path) -> None:
    path = counter(tmp_path / name, range(len(VARYING)), times=VARYING)
    when = stamps(path)
    assert when.rate is None
    moments = [Fraction(at, 50) for at in range(80)]
    shown = [number_of(Reader().rgb(frame)) for frame in on_screen(path, when, moments)]
    assert shown == [bisect_right(VARYING, at * 1000) - 1 for at in moments]


def test_a_file_is_read_from_the_middle_of_a_long_group(tmp_path: Path) -> None:
    path = counter(tmp_path / "a.mp4", range(200), group=40)
    moments = [Fraction(at, 24) for at in (130, 130, 131, 150, 199)]
    assert [number_of(Reader().rgb(one)) for one in on_screen(path, stamps(path), moments)] == [130, 130, 131, 150, 199]


def test_times_count_from_the_first_picture_that_an_edit_list_leaves(tmp_path: Path) -> None:
    path = trimmed(tmp_path / "b.mp4", film(tmp_path / "a.mp4"), 12)
    when = stamps(path)
    assert (when.count, when.at(Fraction(0)), when.end) == (36, 0, Fraction(36, 24))


def test_avi_which_gives_no_times_is_counted(tmp_path: Path) -> None:
    path = counter(tmp_path / "a.avi", range(30), 25, codec="mpeg4")
    moments = [Fraction(at, 25) for at in (0, 7, 29)]
    assert [number_of(Reader().rgb(one)) for one in on_screen(path, stamps(path), moments)] == [0, 7, 29]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=20), st.fractions(0, 10))
def test_what_is_on_screen_has_begun_and_the_next_has_not(steps: list[int], moment: Fraction) -> None:
    ticks = (0, *(sum(steps[: at + 1]) for at in range(len(steps))))
    when = Stamps(ticks, Fraction(1, 1000), None, Fraction(1, 10), len(ticks))
    number, half = when.at(moment), Fraction(1, 2000)
    assert when.time(number) <= moment + half
    assert number == len(ticks) - 1 or when.time(number + 1) > moment + half - Fraction(1, 10**9)
