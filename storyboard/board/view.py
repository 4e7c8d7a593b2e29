"""The whole board as one value: rows of cards, the sums, the gauges, the film. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from storyboard.board.cards import Card, Moment, Seen, Stand, card
from storyboard.delivery import Codec
from storyboard.diagnostics import Refused
from storyboard.film import Clip, ShotId
from storyboard.finishing.timeline import Timeline, expected, timeline
from storyboard.planning import cuts, report
from storyboard.planning.plan import Plan
from storyboard.production.session import Planned
from storyboard.rendering.money import charges

MASTERS: Mapping[Codec, str] = {"h264": "", "prores": "ProRes", "dnxhr": "DNxHR"}
"""What films for editors are called, which no browser plays."""


@dataclass(frozen=True, slots=True)
class Row:
    """A scene: its shots in order."""

    id: str | None
    slug: str
    note: str
    shots: tuple[ShotId, ...]


@dataclass(frozen=True, slots=True)
class Gauge:
    """What a provider takes of a bound: money spent, what may have been (`unknown`) and what is still to render.

    `most` is the smallest bound that was set; None where there is none.
    """

    provider: str
    unit: str
    spent: Decimal
    unknown: Decimal
    planned: Decimal
    known: bool
    most: Decimal | None


@dataclass(frozen=True, slots=True)
class Limit:
    """How many requests an account was sent of those that its gateway takes in `window_s` seconds."""

    provider: str
    asked: int
    most: int
    window_s: float


@dataclass(frozen=True, slots=True)
class Placing:
    """A shot in the film: its first frame, how many, and the picture that stands for it."""

    shot: ShotId
    at: int
    frames: int
    about: str
    picture: Moment | None


@dataclass(frozen=True, slots=True)
class Cut:
    """The film: `version` changes with its file and is empty where none is cut; `fps` is frames a second. `master` is
    what it is called where it is for editors and not for watching, else empty.
    """

    version: str
    master: str
    fps: float
    frames: int
    picture: tuple[Placing, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands above every page. `working` says who renders, `ours` that the board has started it, `done` counts
    the shots with a clip; `wanting` says that a render would make some, `under_way` how
    many shots are being made. `limits` are told while somebody renders.
    """

    title: str
    name: str
    facts: str
    summary: str
    done: int
    shots: int
    wanting: bool = False
    under_way: int = 0
    working: str = ""
    ours: bool = False
    problem: str = ""
    gauges: tuple[Gauge, ...] = ()
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the pages show, at one time. `stand` is what it was made from; `joins` are the film's, as
    `status --json` tells them.
    """

    bar: Bar
    rows: tuple[Row, ...]
    cards: Mapping[ShotId, Card]
    cut: Cut
    stand: Stand
    joins: tuple[Mapping[str, Any], ...] = ()

    @property
    def planned(self) -> Planned:
        """The plan and its history."""
        return self.stand.planned


def view(
    planned: Planned,
    seen: Seen,
    name: str = "",
    film: str = "",
    ceilings: Mapping[str, Decimal] | None = None,
    working: str = "",
    ours: bool = False,
    limits: tuple[Limit, ...] = (),
    joins: Iterable[Mapping[str, Any]] = (),
) -> View:
    """The board. `film` is the version of the film's file, `ceilings` the bounds of the settings; the rest is told."""
    plan, stand = planned.plan, Stand.of(planned, seen)
    cards = {shot.id: card(shot, stand) for shot in plan.film.shots}
    sums = report.totals(plan, planned.capabilities, planned.frames)
    size, fps = plan.film.delivery, float(plan.film.delivery.fps)
    shown = [cards[shot.id] for shot in plan.film.on_screen]
    facts = f"{size.width_px}×{size.height_px} · {fps:.6g} fps · {round(float(sums.seconds), 2):g} s"
    return View(
        bar=Bar(
            title=plan.film.title,
            name=name,
            facts=f"{len(shown)} shot{'s' if len(shown) != 1 else ''} · {facts}",
            summary=report.summary(sums),
            done=sum(bool(one.done) for one in shown),
            shots=len(shown),
            wanting=bool(sums.counts["render"]),
            under_way=sum(one.progress is not None for one in cards.values()),
            working=working,
            ours=ours,
            gauges=gauges(planned, ceilings or {}),
            limits=limits,
        ),
        rows=rows(plan),
        cards=cards,
        cut=cut(planned, cards, film),
        stand=stand,
        joins=tuple(joins),
    )


def rows(plan: Plan) -> tuple[Row, ...]:
    """The scenes with their shots; shots without a scene stand in a row of their own."""
    scenes = {one.id: one for one in plan.film.scenes}
    found: list[tuple[str | None, list[ShotId]]] = []
    for shot in plan.film.shots:
        if not found or found[-1][0] != shot.scene:
            found.append((shot.scene, []))
        found[-1][1].append(shot.id)
    made: list[Row] = []
    for scene, shots in found:
        one = scenes.get(scene) if scene is not None else None
        made.append(Row(scene, (one.slug if one else "") or "", (one.note if one else "") or "", tuple(shots)))
    return tuple(made)


def gauges(planned: Planned, ceilings: Mapping[str, Decimal]) -> tuple[Gauge, ...]:
    """A gauge for each provider that takes money of this film, or has a bound."""
    spent = charges(planned.history.attempts.values())
    prices = report.totals(planned.plan, planned.capabilities, planned.frames).price
    budget = planned.plan.film.budget.most
    made: list[Gauge] = []
    for provider in dict.fromkeys([*prices, *spent, *budget]):
        one, price = spent.get(provider), prices.get(provider)
        bounds = [most for most in (budget.get(provider), ceilings.get(provider)) if most is not None]
        made.append(
            Gauge(
                provider=provider,
                unit=planned.capabilities[provider].unit
                if provider in planned.capabilities
                else one.unit
                if one
                else "",
                spent=one.amount if one else Decimal(0),
                unknown=one.unknown if one else Decimal(0),
                planned=price.amount if price else Decimal(0),
                known=price.known if price else True,
                most=min(bounds) if bounds else None,
            )
        )
    return tuple(made)


def cut(planned: Planned, cards: Mapping[ShotId, Card], version: str) -> Cut:
    """Where each shot stands in the film, from the clips there are, else as it is expected."""
    line = _line(planned)
    about = {shot: one.about for shot, one in cards.items()}
    picture = tuple(
        Placing(one.shot, one.at, one.frames, about[one.shot], cards[one.shot].picture) for one in line.picture
    )
    return Cut(version, MASTERS[planned.plan.film.delivery.codec], float(line.fps), line.frames, picture)


def _line(planned: Planned) -> Timeline:
    plan, clips = planned.plan, planned.history.clips
    have = {take.key for take in plan.takes if take.clip is not None}
    film = cuts.left(plan, have, {})
    shown: dict[ShotId, Clip] = {}
    for shot in film.on_screen:
        take = plan.shown(shot.id, have)
        if take is not None and take.clip is not None:
            shown[shot.id] = clips[take.clip]
    try:
        return timeline(film, shown) if len(shown) == len(film.on_screen) else expected(film)
    except Refused:  # the clips do not fit together, which the cut says
        return expected(film)
