"""The graph has room for everything, and its arrows go one way."""

from hypothesis import given
from hypothesis import strategies as st

from storyboard.board.cards import Card
from storyboard.board.graph import ACROSS_PX, AROUND, DOWN_PX, HIGH_PX, MARGIN_PX, WIDE_PX, graph
from storyboard.film import Shot
from storyboard.planning import plan
from storyboard.state.journal import History
from tests import films


def of(one: Shot) -> Card:
    return Card(one.id, None, "render", "", "", "", "", "", None, (16, 9))


@given(st.lists(st.integers(0, 8), min_size=1, max_size=9))
def test_no_two_shots_share_a_place_and_arrows_go_to_the_right(sources: list[int]) -> None:
    names = [f"s{number}" for number in range(len(sources))]
    edges = [films.after(names[one]) if one < number else None for number, one in enumerate(sources)]
    film = films.film(*(films.shot(name, start=edge) for name, edge in zip(names, edges, strict=True)))
    made = plan.make(film, films.CAPABILITIES, History(), {})
    found = graph(made, {one.id: of(one) for one in film.shots}, {one.id for one in film.shots})
    places = {(one.x, one.y) for one in found.nodes}
    assert len(places) == len(sources)
    assert all(x % ACROSS_PX == y % DOWN_PX == MARGIN_PX for x, y in places)
    assert len(found.arrows) == sum(edge is not None for edge in edges)
    x = {one.shot: one.x for one in found.nodes}
    for name, edge in zip(names, edges, strict=True):
        if edge is not None and edge.shot is not None:
            assert {one.shot: one.x for one in found.nodes}[edge.shot] < x[films.shot(name).id]
    assert found.width_px == max(x.values()) + WIDE_PX + MARGIN_PX
    assert found.height_px == max(y for _, y in places) + HIGH_PX + MARGIN_PX


def test_a_graph_of_nothing_is_small() -> None:
    assert graph(plan.make(films.film(), films.CAPABILITIES, History(), {}), {}, ()).nodes == ()


@given(st.lists(st.integers(0, 8), min_size=1, max_size=9), st.data())
def test_a_page_has_its_shots_and_those_one_step_away(sources: list[int], data: st.DataObject) -> None:
    names = [f"s{number}" for number in range(len(sources))]
    edges = {names[at]: names[one] for at, one in enumerate(sources) if one < at}
    film = films.film(*(films.shot(one, start=films.after(edges[one]) if one in edges else None) for one in names))
    here = {films.shot(one).id for one in data.draw(st.sets(st.sampled_from(names), min_size=1))}
    found = graph(plan.make(film, films.CAPABILITIES, History(), {}), {one.id: of(one) for one in film.shots}, here)
    away = {source for one, source in edges.items() if one in here} | {one for one in edges if edges[one] in here}
    assert {one.shot for one in found.nodes if not one.away} == here
    assert {one.shot for one in found.nodes if one.away} == away - here
    assert len({(one.x, one.y) for one in found.nodes}) == len(found.nodes)
    assert found.more == 0


def test_of_very_many_shots_elsewhere_some_are_counted_alone() -> None:
    many = [films.shot(f"s{number}", start=films.after("hub")) for number in range(AROUND + 50)]
    film = films.film(films.shot("hub"), *many)
    made = plan.make(film, films.CAPABILITIES, History(), {})
    found = graph(made, {one.id: of(one) for one in film.shots}, {film.shots[0].id})
    assert [one.shot for one in found.nodes if one.away] == [one.id for one in many[:AROUND]]
    assert found.more == 50
