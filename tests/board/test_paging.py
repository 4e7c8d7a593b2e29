"""Pages hold every shot once, and leave scenes whole."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from storyboard.board.paging import MOST, NEAR, WHOLE, Row, linked, pages
from storyboard.film import ShotId


def scenes(sizes: list[int]) -> list[Row]:
    """A scene of each size, its shots numbered through the film."""
    ends = [sum(sizes[:at]) for at in range(len(sizes) + 1)]
    return [
        Row(str(at), "", "", tuple(ShotId(f"s{one}") for one in range(first, end)))
        for at, (first, end) in enumerate(pairwise(ends), 1)
    ]


@given(st.lists(st.integers(1, 30), max_size=20), st.integers(0, 40), st.integers(1, 12))
def test_every_shot_is_on_one_page_in_order_and_no_scene_is_torn_that_fits(
    sizes: list[int], whole: int, most: int
) -> None:
    film = scenes(sizes)
    found = pages(film, whole, most)
    assert [shot for page in found for shot in page.shots] == [f"s{one}" for one in range(sum(sizes))]
    assert [page.number for page in found] == list(range(1, len(found) + 1))
    if sum(sizes) <= whole:
        assert len(found) == bool(sizes)
        return
    for page in found:
        assert 0 < len(page.shots) <= most
    for scene in film:
        on = [page for page in found if any(row.id == scene.id for row in page.rows)]
        if len(scene.shots) <= most:
            assert len(on) == 1
        else:
            assert on[0].rows[0].id == scene.id  # it begins on a page of its own
            assert len(on) == -(-len(scene.shots) // most)
    for page, after in pairwise(found):  # no page ends while the next scene had room on it
        following = next(scene for scene in film if scene.id == after.rows[0].id)
        assert len(page.shots) + len(following.shots) > most


def test_a_thousand_shots_are_one_page_and_one_more_are_three() -> None:
    assert len(pages(scenes([WHOLE]))) == 1
    assert [len(page.shots) for page in pages(scenes([WHOLE + 1]))] == [MOST, MOST, 1]


def test_a_page_says_what_it_holds() -> None:
    assert [page.holds for page in pages(scenes([2, 3, 12, 1]), 0, 5)] == [
        "scenes 1 – 2",
        "s5 – s9",
        "s10 – s14",
        "scenes 3 – 4",
    ]
    assert [page.holds for page in pages(scenes([1, 5]), 0, 5)] == ["s0", "s1 – s5"]


@given(st.integers(1, 500), st.data())
def test_the_first_the_last_and_those_around_are_linked(count: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, count))
    found = linked(number, count)
    assert {1, number, count} <= set(found) <= set(range(1, count + 1))
    assert list(found) == sorted(set(found))
    assert len(found) <= 2 * NEAR + 3
