"""Circles in graphs: found exactly where no order exists."""

from hypothesis import given
from hypothesis import strategies as st

from storyboard.language.text.circles import cycles

graphs = st.dictionaries(st.sampled_from("ABCDEFGH"), st.lists(st.sampled_from("ABCDEFGH"), max_size=3, unique=True))


def sorts(graph: dict[str, list[str]]) -> bool:
    """Whether the nodes can be put in an order, by taking away what needs nothing."""
    left = {node: {need for need in needs if need in graph} for node, needs in graph.items()}
    while free := [node for node, needs in left.items() if not needs & left.keys()]:
        for node in free:
            del left[node]
    return not left


@given(graphs)
def test_a_circle_is_found_exactly_where_no_order_exists(graph: dict[str, list[str]]) -> None:
    assert bool(cycles(graph)) is not sorts(graph)


@given(graphs)
def test_every_circle_is_one(graph: dict[str, list[str]]) -> None:
    for ring in cycles(graph):
        assert len(set(ring)) == len(ring)
        for node, need in zip(ring, [*ring[1:], ring[0]], strict=True):
            assert need in graph[node]
        assert ring[0] == min(ring, key=list(graph).index)


def test_a_long_chain_is_no_circle_and_a_long_circle_is_one() -> None:
    count = 50_000
    chain = {str(n): [str(n + 1)] for n in range(count)}
    assert cycles(chain) == []
    assert len(cycles({**chain, str(count): ["0"]})[0]) == count + 1
