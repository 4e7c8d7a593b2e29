"""Circles in what needs what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def cycles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Cycles of a graph (node to the nodes it needs), each once, begun at its first node in the graph's order."""
    order = {node: place for place, node in enumerate(graph)}
    state: dict[str, bool] = {}
    found: list[list[str]] = []
    for root in graph:
        if root in state:
            continue
        path, waiting = [root], [iter(graph[root])]
        state[root] = True
        while waiting:
            for need in waiting[-1]:
                if need not in graph:
                    continue
                if need not in state:
                    state[need] = True
                    path.append(need)
                    waiting.append(iter(graph[need]))
                    break
                if state[need]:
                    ring = path[path.index(need) :]
                    first = ring.index(min(ring, key=order.__getitem__))
                    found.append([*ring[first:], *ring[:first]])
            else:
                state[path.pop()] = False
                waiting.pop()
    return found
