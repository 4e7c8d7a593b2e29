"""The film under each of its profiles, side by side: what each would still ask, and what that costs.

Law. What another profile would ask is also told for the circles of this one, laid over shots that have none there: a
draft is decided on before its final is paid for. Nothing is written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import trio
from msgspec import Struct

from storyboard.board.cards import Card, Cards, Seen, Stand
from storyboard.board.view import View
from storyboard.board.watch import KEPT_SHOTS
from storyboard.diagnostics import Refused, draw
from storyboard.film import ShotId
from storyboard.planning import plan, report
from storyboard.planning.price import spell_totals, total
from storyboard.planning.standing import WORDS
from storyboard.production.planned import Planned
from storyboard.production.production import Production
from storyboard.structs import replace

REST = 4.0
"""How many times as long as comparing took nothing is compared again."""
KEPT = 4


class Sums(Struct, frozen=True):
    """What a render would do, cost and take; `later` is the price of what is held."""

    wants: str
    price: str
    wait: str
    later: str


@dataclass(frozen=True, slots=True)
class Column:
    """The film under one profile (`name`; empty: none). `sums` is for the decisions as they are written, `given` with
    the circles of this board's film besides, None where they are the same.

    `refused` says why it cannot be planned; then there is nothing else.
    """

    name: str
    here: bool
    facts: str = ""
    sums: Sums | None = None
    given: Sums | None = None
    cards: Mapping[ShotId, Card] | None = field(default=None, compare=False)
    refused: str = ""


class Comparison:
    """The columns of the last few views, reckoned once for whoever looks."""

    def __init__(self) -> None:
        self._known: deque[tuple[int, tuple[Column, ...]]] = deque(maxlen=KEPT)
        self._one = trio.Lock()
        self._rested = 0.0

    def at(self, number: int) -> tuple[Column, ...] | None:
        """The columns of the view of that number, where they are known."""
        return next((columns for one, columns in self._known if one == number), None)

    async def of(self, made: Production, view: View, number: int) -> tuple[Column, ...]:
        """The columns of the view of that number."""
        async with self._one:
            found = self.at(number)
            if found is None:
                began = trio.current_time()
                found = await trio.to_thread.run_sync(columns, made, view.planned)
                self._known.append((number, found))
                while len(self._known) > 1 and sum(_shots(each) for _, each in self._known) > KEPT_SHOTS:
                    self._known.popleft()
                self._rested = trio.current_time() + REST * (trio.current_time() - began)
        return found

    async def rest(self) -> None:
        """Wait until it may well be reckoned again."""
        await trio.sleep_until(self._rested)


def _shots(found: Collection[Column]) -> int:
    """How many shots the plans of columns have together."""
    return sum(len(one.cards) for one in found if one.cards is not None)


def columns(made: Production, planned: Planned) -> tuple[Column, ...]:
    """A column for the film as it is written and for each of its profiles."""
    names: list[tuple[str, ...]] = [(), *((name,) for name in planned.loaded.profiles)]
    if made.profiles not in names:
        names.append(made.profiles)
    circles = {shot.id: shot.circled for shot in planned.plan.film.shots if shot.circled is not None}
    return tuple(_column(made, profiles, circles) for profiles in names)


def _column(made: Production, profiles: Sequence[str], circles: Mapping[ShotId, int]) -> Column:
    name, here = "+".join(profiles), tuple(profiles) == made.profiles
    other = made.under(profiles)
    try:
        planned = other.plan()
        decided = _decided(planned, circles, other.name or "")
    except Refused as refused:
        return Column(name, here, refused=draw(refused.diagnostics, refused.texts))
    film, stand = planned.plan.film, Stand.of(planned, Seen())
    return Column(
        name=name,
        here=here,
        facts=f"{film.delivery.width_px}×{film.delivery.height_px}, {_providers(planned)}",
        sums=_sums(planned),
        given=_sums(decided) if decided is not None else None,
        cards=Cards({shot.id: shot for shot in film.shots}, stand),
    )


def _decided(planned: Planned, circles: Mapping[ShotId, int], name: str) -> Planned | None:
    """The plan with these circles where it has none; None where that changes nothing."""
    takes = {shot: [one.number for one in found] for shot, found in planned.plan.by_shot.items()}
    shots = tuple(
        replace(shot, circled=circles[shot.id])
        if shot.circled is None and circles.get(shot.id) in takes.get(shot.id, ())
        else shot
        for shot in planned.plan.film.shots
    )
    film = replace(planned.plan.film, shots=shots)
    if film == planned.plan.film:
        return None
    made = plan.make(film, planned.capabilities, planned.history, planned.digests, (), name)
    return replace(planned, plan=made)


def _providers(planned: Planned) -> str:
    return ", ".join(sorted({shot.provider for shot in planned.plan.film.shots}))


def _sums(planned: Planned) -> Sums:
    sums = report.totals(planned.plan, planned.capabilities, planned.frames)
    asks = sums.counts["render"]
    return Sums(
        wants=", ".join(f"{sums.counts[one]} {WORDS[one]}" for one in report.COUNTED if sums.counts[one]),
        price=(spell_totals(sums.price) or "free") if asks else "nothing to ask",
        wait=report.spell_seconds(sums.wait_s) if asks else "",
        later=_held(planned),
    )


def _held(planned: Planned) -> str:
    """The price of what is held."""
    held = [take for take in planned.plan.takes if take.verdict == "held" and not take.free]
    names: Collection[str] = dict.fromkeys(take.shot.provider for take in held)
    return spell_totals(
        {
            name: total((one.price for one in held if one.shot.provider == name), planned.capabilities[name].unit)
            for name in names
        }
    )
