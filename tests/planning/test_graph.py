from hypothesis import given
from hypothesis import strategies as st

from storyboard.film import ShotId
from storyboard.planning.graph import needs, order, owners, rendered
from tests.films import after, film, shot


@given(st.lists(st.lists(st.integers(0, 30), max_size=3), min_size=1, max_size=30))
def test_every_shot_stands_after_all_it_needs(wanted: list[list[int]]) -> None:
    shots = [
        shot(f"s{n}", after=tuple(ShotId(f"s{m}") for m in dict.fromkeys(before) if m < n))
        for n, before in enumerate(wanted)
    ]
    made = film(*shots)
    ordered = order(made.shots, owners(made))
    place = {one.id: number for number, one in enumerate(ordered)}
    assert len(ordered) == len(shots)
    assert all(place[need] < place[one.id] for one in ordered for need in needs(one))


def test_film_order_is_kept_where_nothing_forces_another() -> None:
    made = film(shot("a", start=after("c")), shot("b"), shot("c"))
    assert [one.id for one in order(made.shots, owners(made))] == ["b", "c", "a"]


def test_what_an_omitted_shot_gives_is_rendered_too() -> None:
    made = film(
        shot("a", omit=True), shot("b", omit=True, start=after("a")), shot("c", start=after("b")), shot("d", omit=True)
    )
    assert [one.id for one in rendered(made)] == ["a", "b", "c"]


def test_a_shot_that_shows_anothers_clip_gets_none_but_its_source_does() -> None:
    made = film(shot("a", omit=True), shot("b"), shot("again", clip_of=ShotId("a")))
    assert [one.id for one in rendered(made)] == ["a", "b"]


def test_what_waits_for_a_clip_shot_waits_for_its_source() -> None:
    made = film(shot("again", clip_of=ShotId("z")), shot("b", start=after("again")), shot("z"))
    assert [one.id for one in order(rendered(made), owners(made))] == ["z", "b"]
