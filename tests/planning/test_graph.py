from hypothesis import given
from hypothesis import strategies as st

from storyboard.film import ShotId
from storyboard.planning.graph import needs, order, rendered
from tests.films import after, film, shot


@given(st.lists(st.lists(st.integers(0, 30), max_size=3), min_size=1, max_size=30))
def test_every_shot_stands_after_all_it_needs(wanted: list[list[int]]) -> None:
    shots = [
        shot(f"s{n}", after=tuple(ShotId(f"s{m}") for m in dict.fromkeys(before) if m < n))
        for n, before in enumerate(wanted)
    ]
    ordered = order(film(*shots).shots)
    place = {one.id: number for number, one in enumerate(ordered)}
    assert len(ordered) == len(shots)
    assert all(place[need] < place[one.id] for one in ordered for need in needs(one))


def test_film_order_is_kept_where_nothing_forces_another() -> None:
    made = film(shot("a", start=after("c")), shot("b"), shot("c"))
    assert [one.id for one in order(made.shots)] == ["b", "c", "a"]


def test_what_an_omitted_shot_gives_is_rendered_too() -> None:
    made = film(
        shot("a", omit=True), shot("b", omit=True, start=after("a")), shot("c", start=after("b")), shot("d", omit=True)
    )
    assert [one.id for one in rendered(made)] == ["a", "b", "c"]
