"""The whole board as one value: the cards, the sums, the gauges, the film. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cached_property

from msgspec import Struct

from storyboard.board.cards import Card, Cards, Moment, Seen, Stand
from storyboard.board.overview import Overview
from storyboard.delivery import Codec
from storyboard.film import ShotId
from storyboard.planning import report
from storyboard.planning.standing import Mark
from storyboard.production.planned import Planned

MASTERS: Mapping[Codec, str] = {"h264": "", "prores": "ProRes", "dnxhr": "DNxHR"}
"""What films for editors are called, which no browser plays."""


class Gauge(Struct, frozen=True):
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


class Limit(Struct, frozen=True):
    """How many requests an account was sent of those that its gateway takes in `window_s` seconds."""

    provider: str
    asked: int
    most: int
    window_s: float


class Placing(Struct, frozen=True):
    """A shot in the film: its first frame, how many, and the picture that stands for it."""

    shot: ShotId
    at: int
    frames: int
    about: str
    picture: Moment | None


class Cut(Struct, frozen=True):
    """The film, and shots of it: `version` changes with its file and is empty where none is cut; `fps` is frames a
    second, `frames` is the whole film's. `master` is what it is called where it is for editors and not for watching,
    else empty.
    """

    version: str
    master: str
    fps: float
    frames: int
    picture: tuple[Placing, ...]


class Bar(Struct, frozen=True):
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


class View(Struct, frozen=True, eq=False, dict=True):
    """Everything that the pages show, at one time. `film` is the version of the film's file."""

    bar: Bar
    overview: Overview
    seen: Seen
    running: frozenset[ShotId]
    film: str

    @property
    def planned(self) -> Planned:
        """The plan and its history."""
        return self.overview.planned

    @cached_property
    def stand(self) -> Stand:
        """What cards are made from."""
        return self.overview.at_rest.while_seen(self.seen)

    @cached_property
    def cards(self) -> Mapping[ShotId, Card]:
        """The card of each shot, made when it is looked at."""
        return Cards(self.overview.shots, self.stand)

    @cached_property
    def counts(self) -> Counter[Mark]:
        """How many shots of the whole film stand where."""
        found = Counter(self.overview.counts)
        found.subtract(self.overview.marks[shot] for shot in self.running)
        found["running"] += len(self.running)
        return found

    def mark(self, shot: ShotId) -> Mark:
        """Where a shot stands."""
        return "running" if shot in self.running else self.overview.marks[shot]

    def like(self, other: View) -> bool:
        """Whether two views show the same on every page."""
        return self.overview is other.overview and (self.bar, self.seen, self.film) == (
            other.bar,
            other.seen,
            other.film,
        )


def view(
    overview: Overview,
    seen: Seen,
    name: str = "",
    film: str = "",
    ceilings: Mapping[str, Decimal] | None = None,
    working: str = "",
    ours: bool = False,
    limits: tuple[Limit, ...] = (),
) -> View:
    """The board. `film` is the version of the film's file, `ceilings` the bounds of the settings; the rest is told."""
    made, sums, running = overview.planned.plan.film, overview.sums, overview.running(seen)
    size, fps, shots = made.delivery, float(made.delivery.fps), len(made.on_screen)
    facts = f"{size.width_px}×{size.height_px} · {fps:.6g} fps · {round(float(sums.seconds), 2):g} s"
    return View(
        bar=Bar(
            title=made.title,
            name=name,
            facts=f"{shots} shot{'s' if shots != 1 else ''} · {facts}",
            summary=report.summary(sums),
            done=overview.done,
            shots=shots,
            wanting=bool(sums.counts["render"]),
            under_way=len(running),
            working=working,
            ours=ours,
            gauges=gauges(overview, ceilings or {}),
            limits=limits,
        ),
        overview=overview,
        seen=seen,
        running=running,
        film=film,
    )


def gauges(overview: Overview, ceilings: Mapping[str, Decimal]) -> tuple[Gauge, ...]:
    """A gauge for each provider that takes money of this film, or has a bound."""
    planned, spent, prices = overview.planned, overview.spent, overview.sums.price
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


def cut(view: View, shots: Collection[ShotId]) -> Cut:
    """Where these of the shots stand in the film."""
    line, cards = view.overview.line, view.cards
    picture = tuple(
        Placing(one.shot, one.at, one.frames, cards[one.shot].about, cards[one.shot].picture)
        for one in line.picture
        if one.shot in shots
    )
    return Cut(view.film, MASTERS[view.planned.plan.film.delivery.codec], float(line.fps), line.frames, picture)
