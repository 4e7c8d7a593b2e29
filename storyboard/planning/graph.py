"""What must come before what: the shots to render, in an order that respects every start, end and `after`.

The order is stable: of all shots that could come next, the one that stands first in the film does. Cycles are refused
when the storyboard is checked; meeting one here is an error of the caller.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from storyboard.film import Edge, Film, Shot, ShotId


def sources(shot: Shot) -> tuple[ShotId, ...]:
    """The shots whose frame `shot` opens or ends on, start first."""
    if shot.start is None and shot.end is None:
        return ()
    return tuple(edge.shot for edge in (shot.start, shot.end) if isinstance(edge, Edge) and edge.shot is not None)


def needs(shot: Shot) -> tuple[ShotId, ...]:
    """Every shot that must be finished before `shot` may begin, each once: frame sources, then `after`."""
    if shot.start is None and shot.end is None and not shot.after:
        return ()
    return tuple(dict.fromkeys((*sources(shot), *shot.after)))


def owners(film: Film) -> dict[ShotId, ShotId]:
    """By shot, the shot whose clip it shows: itself, or the one that its `clip` names."""
    return {shot.id: shot.clip_of or shot.id for shot in film.shots}


def rendered(film: Film) -> tuple[Shot, ...]:
    """The shots that get clips: all on screen, and the omitted ones that some rendered shot needs or shows again.

    Film order. A shot that shows another's clip gets none of its own.
    """
    by_id, owner = {shot.id: shot for shot in film.shots}, owners(film)
    wanted: set[ShotId] = set()
    stack = [owner[shot.id] for shot in film.on_screen]
    while stack:
        shot_id = stack.pop()
        if shot_id not in wanted:
            wanted.add(shot_id)
            stack.extend(owner[need] for need in needs(by_id[shot_id]))
    return tuple(shot for shot in film.shots if shot.id in wanted)


def order(shots: Iterable[Shot], owner: Mapping[ShotId, ShotId]) -> tuple[Shot, ...]:
    """`shots` so that each stands after all it needs; `owner` is that of `owners`.

    Raises ValueError where there is a cycle.
    """
    by_id = {shot.id: shot for shot in shots}
    wanted = {shot.id: {owner.get(need, need) for need in needs(shot)} & by_id.keys() for shot in by_id.values()}
    missing = {shot_id: len(found) for shot_id, found in wanted.items()}
    followers: dict[ShotId, list[ShotId]] = {shot_id: [] for shot_id in by_id}
    for shot in by_id.values():
        for need in wanted[shot.id]:
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
