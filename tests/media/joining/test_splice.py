from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.joining.avc import Sets
from storyboard.media.joining.splice import Coded, coded, whole_stretch
from tests.media.footage import film, trimmed

SETS = Sets((b"\x67sps",), (b"\x68pps",))
SLICE, OTHER_SETS = b"\0\0\0\2\x41\x9a", b"\0\0\0\4\x67two"


def clip(numbers: Sequence[int], keys: Sequence[int] = (0,)) -> list[Coded]:
    """Pictures of these numbers in coded order; the ones of `keys` refresh the decoder."""
    return [Coded(SLICE, number, number in keys) for number in numbers]


def numbers(stretch: Sequence[Coded]) -> list[int]:
    return [one.number for one in stretch]


PYRAMID = [0, 4, 2, 1, 3, 8, 6, 5, 7, 9]


def test_a_whole_clip_is_one_stretch() -> None:
    assert numbers(whole_stretch(clip(PYRAMID), 0, 10, SETS)) == PYRAMID


@pytest.mark.parametrize(("last", "found"), [(9, 9), (8, 5), (6, 5), (5, 5), (4, 1), (1, 1)])
def test_a_stretch_ends_where_no_later_picture_is_needed(last: int, found: int) -> None:
    assert sorted(numbers(whole_stretch(clip(PYRAMID), 0, last, SETS))) == list(range(found))


def test_a_stretch_begins_on_the_next_picture_that_refreshes() -> None:
    two = clip([*PYRAMID, *(10 + number for number in PYRAMID)], keys=(0, 10))
    assert sorted(numbers(whole_stretch(two, 3, 20, SETS))) == list(range(10, 20))
    assert not whole_stretch(two, 11, 20, SETS)


def test_a_stretch_ends_before_other_parameter_sets() -> None:
    changed = [*clip(PYRAMID), Coded(OTHER_SETS + SLICE, 10, True)]
    assert len(whole_stretch(changed, 0, 11, SETS)) == 10


def test_a_picture_that_waits_too_long_is_not_copied() -> None:
    """Its clock would be later than its own picture."""
    assert numbers(whole_stretch(clip([0, 6, 5, 4, 3, 2, 1]), 0, 7, SETS)) == [0]


@given(st.permutations(range(12)), st.integers(0, 11), st.integers(1, 12))
def test_a_stretch_is_a_row_of_pictures_without_a_gap(order: list[int], first: int, last: int) -> None:
    found = numbers(whole_stretch(clip(order, keys=(3, 7)), first, last, SETS))
    assert sorted(found) == list(range(found[0], found[0] + len(found))) if found else not found
    assert all(first <= number < last for number in found)


def test_numbers_count_pictures_as_they_are_shown(tmp_path: Path) -> None:
    found = coded(film(tmp_path / "a.mp4", frames=30, group=10))
    assert sorted(one.number for one in found) == list(range(30))
    assert found[0].refreshes


def test_a_clip_that_hides_pictures_is_not_copied(tmp_path: Path) -> None:
    path = trimmed(tmp_path / "b.mp4", film(tmp_path / "a.mp4"), 5)
    assert coded(path) == []
