"""The graph of shots as a drawing: a column for each step of a chain, an arrow for whatever is handed on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storyboard.board.cards import Card
from storyboard.film import ShotId
from storyboard.planning.carried import Carried
from storyboard.planning.plan import Plan

ALONE = 6
"""How many shots that nothing joins stand in a row."""
WIDE_PX, HIGH_PX, ACROSS_PX, DOWN_PX, MARGIN_PX = 148, 56, 204, 76, 16
LONGEST = 13
"""Characters of a shot's id that its box has room for."""


@dataclass(frozen=True, slots=True)
class Node:
    """A shot at its place."""

    shot: ShotId
    label: str
    mark: str
    word: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """What a shot hands on to another: an SVG path, and in words."""

    path: str
    words: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """The drawing, in pixels."""

    width_px: int
    height_px: int
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]


def graph(plan: Plan, cards: Mapping[ShotId, Card]) -> Graph:
    """The graph of the shots that are rendered, in the film's order from top to bottom; those that stand alone are
    below, in rows.
    """
    needs = _needs(plan)
    column: dict[ShotId, int] = {}
    for take in plan.takes:  # in an order that puts what is needed first
        column[take.shot.id] = max((column[one] + 1 for one, _, _ in needs[take.shot.id]), default=0)
    shots = [shot.id for shot in plan.film.shots if shot.id in column]
    sources = {source for found in needs.values() for source, _, _ in found}
    joined = [shot for shot in shots if needs[shot] or shot in sources]
    row = _rows(joined, column, needs)
    below = max(row.values(), default=-1) + 1
    for number, shot in enumerate(shot for shot in shots if shot not in row):
        row[shot], column[shot] = below + number // ALONE, number % ALONE
    place = {shot: (MARGIN_PX + column[shot] * ACROSS_PX, MARGIN_PX + row[shot] * DOWN_PX) for shot in column}
    nodes = tuple(Node(shot, _label(shot), cards[shot].mark, cards[shot].word, *place[shot]) for shot in place)
    arrows = tuple(
        Arrow(_path(place[source], place[shot]), f"{shot} {words} {source}", plain)
        for shot in place
        for source, words, plain in needs[shot]
    )
    return Graph(
        width_px=max((x for x, _ in place.values()), default=0) + WIDE_PX + MARGIN_PX,
        height_px=max((y for _, y in place.values()), default=0) + HIGH_PX + MARGIN_PX,
        nodes=nodes,
        arrows=arrows,
    )


def _label(shot: ShotId) -> str:
    return shot if len(shot) <= LONGEST else f"{shot[: LONGEST - 1]}…"


def _needs(plan: Plan) -> dict[ShotId, list[tuple[ShotId, str, bool]]]:
    """What each shot is made from or waits for, in words, and whether nothing is handed on."""
    found: dict[ShotId, list[tuple[ShotId, str, bool]]] = {}
    for take in plan.takes:
        shot = take.shot
        edges = [(edge, slot) for edge, slot in ((shot.start, "start"), (shot.end, "end")) if edge and edge.shot]
        carried = {one.shot.id: one for one in take.carries}
        made = [
            (plan.owner[edge.shot], _words(carried.get(edge.shot), slot), False) for edge, slot in edges if edge.shot
        ]
        made += [(plan.owner[one], "comes after", True) for one in shot.after]
        found[shot.id] = list({one[0]: one for one in made}.values())
    return found


def _words(one: Carried | None, slot: str) -> str:
    return one.words if one is not None else "opens on" if slot == "start" else "ends on"


def _rows(
    shots: Sequence[ShotId],
    column: Mapping[ShotId, int],
    needs: Mapping[ShotId, Sequence[tuple[ShotId, str, bool]]],
) -> dict[ShotId, int]:
    """A row for each shot: its source's, where nobody stands there yet, else the next free one below."""
    row: dict[ShotId, int] = {}
    taken: set[tuple[int, int]] = set()
    ahead = [shot for shot in shots if not needs[shot]]
    following: dict[ShotId, list[ShotId]] = {}
    for shot in shots:
        if needs[shot]:
            following.setdefault(needs[shot][0][0], []).append(shot)
    lowest = -1
    stack = list(reversed(ahead))
    while stack:
        shot = stack.pop()
        source = needs[shot][0][0] if needs[shot] else None
        at = row[source] if source is not None else lowest + 1
        while (column[shot], at) in taken:
            at += 1
        row[shot] = at
        taken.add((column[shot], at))
        lowest = max(lowest, at)
        stack += reversed(following.get(shot, []))
    return row


def _path(source: tuple[int, int], target: tuple[int, int]) -> str:
    """A curve from the right of one box to the left of another."""
    ax, ay = source[0] + WIDE_PX, source[1] + HIGH_PX // 2
    bx, by = target[0], target[1] + HIGH_PX // 2
    bend = max(24, (bx - ax) // 2)
    return f"M{ax} {ay}C{ax + bend} {ay} {bx - bend} {by} {bx - 7} {by}"
