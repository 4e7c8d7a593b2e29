"""The graph of shots as a drawing: a column for each step of a chain, an arrow for whatever is handed on. Pure.

Law. Of a long film it shows the shots of a page, with those of other pages that these are made from and that are made
from these, one step away; no more than `AROUND` of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from storyboard.board.cards import Card
from storyboard.film import Shot, ShotId
from storyboard.planning.carried import Carried
from storyboard.planning.plan import Plan, PlannedTake

ALONE = 6
"""How many shots that nothing joins stand in a row."""
WIDE_PX, HIGH_PX, ACROSS_PX, DOWN_PX, MARGIN_PX = 148, 56, 204, 76, 16
AROUND = 200
"""The most shots of other pages that are shown beside those of a page."""
LONGEST = 13
"""Characters of a shot's id that its box has room for."""


class Node(Struct, frozen=True):
    """A shot at its place; `away` where it is on another page."""

    shot: ShotId
    label: str
    mark: str
    word: str
    away: bool
    x: int
    y: int


class Arrow(Struct, frozen=True):
    """What a shot hands on to another: an SVG path, and in words."""

    path: str
    words: str
    plain: bool


class Graph(Struct, frozen=True):
    """The drawing, in pixels; `more` shots of other pages hang together with it, beside those that it shows."""

    width_px: int
    height_px: int
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    more: int = 0


def graph(plan: Plan, cards: Mapping[ShotId, Card], here: Collection[ShotId]) -> Graph:
    """The graph of those of the shots `here` that are rendered, in the film's order from top to bottom; those that
    stand alone are below, in rows.
    """
    around, more = _around(plan, here)
    meant = {*here, *around}
    takes = [take for take in plan.takes if take.shot.id in meant]
    needs = {
        shot: [one for one in found if one[0] in meant]
        for shot, found in ((take.shot.id, _needs(take, plan)) for take in takes)
    }
    column: dict[ShotId, int] = {}
    for take in takes:  # in an order that puts what is needed first
        column[take.shot.id] = max((column[one] + 1 for one, _, _ in needs[take.shot.id]), default=0)
    shots = [shot.id for shot in plan.film.shots if shot.id in column]
    sources = {source for found in needs.values() for source, _, _ in found}
    joined = [shot for shot in shots if needs[shot] or shot in sources]
    row = _rows(joined, column, needs)
    below = max(row.values(), default=-1) + 1
    for number, shot in enumerate(shot for shot in shots if shot not in row):
        row[shot], column[shot] = below + number // ALONE, number % ALONE
    place = {shot: (MARGIN_PX + column[shot] * ACROSS_PX, MARGIN_PX + row[shot] * DOWN_PX) for shot in column}
    nodes = tuple(
        Node(shot, _label(shot), cards[shot].mark, cards[shot].word, shot in around, *place[shot]) for shot in place
    )
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
        more=more,
    )


def _around(plan: Plan, here: Collection[ShotId]) -> tuple[Collection[ShotId], int]:
    """The shots elsewhere that those here are made from or that are made from them, and how many are left out."""
    shots = plan.film.shots
    if len(here) == len(shots):
        return (), 0
    there = {plan.owner[one] for one in here}
    before = {one for shot in shots if shot.id in there for one in _sources(shot, plan)}
    found = [
        shot.id
        for shot in shots
        if shot.id not in here
        and shot.id in plan.by_shot
        and (shot.id in before or not there.isdisjoint(_sources(shot, plan)))
    ]
    return frozenset(found[:AROUND]), max(0, len(found) - AROUND)


def _sources(shot: Shot, plan: Plan) -> Iterable[ShotId]:
    """The shots that one is made from or waits for, by whose takes they show."""
    edges = (edge.shot for edge in (shot.start, shot.end) if edge is not None and edge.shot is not None)
    return [plan.owner[one] for one in (*edges, *shot.after)]


def _label(shot: ShotId) -> str:
    return shot if len(shot) <= LONGEST else f"{shot[: LONGEST - 1]}…"


def _needs(take: PlannedTake, plan: Plan) -> list[tuple[ShotId, str, bool]]:
    """What the shot of a take is made from or waits for, in words, and whether nothing is handed on."""
    shot = take.shot
    edges = [(edge, slot) for edge, slot in ((shot.start, "start"), (shot.end, "end")) if edge and edge.shot]
    carried = {one.shot.id: one for one in take.carries}
    made = [(plan.owner[edge.shot], _words(carried.get(edge.shot), slot), False) for edge, slot in edges if edge.shot]
    made += [(plan.owner[one], "comes after", True) for one in shot.after]
    return list({one[0]: one for one in made}.values())


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
