"""The film under each of its profiles, side by side: what each would still ask, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from storyboard.board.cards import WORDS, Card, Seen, Stand, card
from storyboard.diagnostics import Refused, draw
from storyboard.film import ShotId
from storyboard.planning import report
from storyboard.planning.price import spell_totals
from storyboard.production import Production
from storyboard.session import Planned


@dataclass(frozen=True, slots=True)
class Column:
    """The film under one profile (`name`; empty: none). `wants` is what a render would do, `price` what it would cost.

    `refused` says why it cannot be planned; then there are no cards.
    """

    name: str
    here: bool
    facts: str = ""
    wants: str = ""
    price: str = ""
    wait: str = ""
    cards: Mapping[ShotId, Card] | None = None
    refused: str = ""


def columns(made: Production, planned: Planned) -> list[Column]:
    """A column for the film as it is written and for each of its profiles."""
    names: list[tuple[str, ...]] = [(), *((name,) for name in planned.loaded.profiles)]
    if made.profiles not in names:
        names.append(made.profiles)
    return [_column(made, profiles) for profiles in names]


def _column(made: Production, profiles: Sequence[str]) -> Column:
    name, here = "+".join(profiles), tuple(profiles) == made.profiles
    try:
        planned = made.under(profiles).plan()
    except Refused as refused:
        return Column(name, here, refused=draw(refused.diagnostics, refused.texts))
    plan, stand = planned.plan, Stand.of(planned, Seen())
    sums = report.totals(plan, planned.capabilities, planned.frames)
    size = plan.film.delivery
    return Column(
        name=name,
        here=here,
        facts=f"{size.width_px}×{size.height_px}, {', '.join(sorted({shot.provider for shot in plan.film.shots}))}",
        wants=", ".join(f"{sums.counts[one]} {WORDS[one]}" for one in report.COUNTED if sums.counts[one]),
        price=spell_totals(sums.price) if sums.price else "free",
        wait=report.spell_seconds(sums.wait_s) if sums.counts["render"] else "",
        cards={shot.id: replace(card(shot, stand), why="") for shot in plan.film.shots},
    )
