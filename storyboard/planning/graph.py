"""What must come before what: the shots to render, in an order that respects every start, end and `after`.

The order is stable: of all shots that could come next, the one that stands first in the film does. Cycles are refused
when the storyboard is checked; meeting one here is an error of the caller.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from storyboard.film import Edge, Film, Shot, ShotId


def sources(shot: Shot) -> tuple[ShotId, ...]:
    """The shots whose frame `shot` opens or ends on, start first."""
    return tuple(edge.shot for edge in (shot.start, shot.end) if isinstance(edge, Edge) and edge.shot is not None)


def needs(shot: Shot) -> tuple[ShotId, ...]:
    """Every shot that must be finished before `shot` may begin, each once: frame sources, then `after`."""
    return tuple(dict.fromkeys((*sources(shot), *shot.after)))


def rendered(film: Film) -> tuple[Shot, ...]:
    """The shots that get clips: all on screen, and the omitted ones that some rendered shot needs. Film order."""
    by_id = {shot.id: shot for shot in film.shots}
    wanted: set[ShotId] = set()
    stack = [shot.id for shot in film.on_screen]
    while stack:
        shot_id = stack.pop()
        if shot_id not in wanted:
            wanted.add(shot_id)
            stack.extend(needs(by_id[shot_id]))
    return tuple(shot for shot in film.shots if shot.id in wanted)


def order(shots: Iterable[Shot]) -> tuple[Shot, ...]:
    """`shots` so that each stands after all it needs. Raises ValueError where there is a cycle."""
    by_id = {shot.id: shot for shot in shots}
    missing = {shot.id: sum(need in by_id for need in needs(shot)) for shot in by_id.values()}
    followers: dict[ShotId, list[ShotId]] = {shot_id: [] for shot_id in by_id}
    for shot in by_id.values():
        for need in needs(shot):
            if need in by_id:
                followers[need].append(shot.id)
    free = [(shot.index, shot.id) for shot in by_id.values() if not missing[shot.id]]
    heapq.heapify(free)
    done: list[Shot] = []
    while free:
        shot = by_id[heapq.heappop(free)[1]]
        done.append(shot)
        for follower in followers[shot.id]:
            missing[follower] -= 1
            if not missing[follower]:
                heapq.heappush(free, (by_id[follower].index, follower))
    if len(done) != len(by_id):
        raise ValueError("the shots depend on one another in a circle")
    return tuple(done)
