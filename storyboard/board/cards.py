"""A shot as its card shows it: the picture, one word for where it stands, and what a person waits for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct, field

from storyboard.film import Clip, ClipId, Shot, ShotId, TakeId, TakeKey
from storyboard.planning import standing
from storyboard.planning.plan import Plan, PlannedTake
from storyboard.planning.standing import STEPS, WORDS, Mark
from storyboard.production.planned import Planned
from storyboard.state.journal import AttemptRecord, History
from storyboard.structs import replace

KEPT = 2000
"""The most cards of one view that are kept: what pages show that are open."""


class Seen(Struct, frozen=True):
    """What is seen of a render beside the journal: whether one `runs`, since when takes are drawn (`drawing`, wall
    seconds by take), and the `shares` done of those whose render tells, 0 to 1.
    """

    runs: bool = False
    drawing: Mapping[TakeId, float] = field(default_factory=dict)
    shares: Mapping[TakeId, float] = field(default_factory=dict)


class Stand(Struct, frozen=True):
    """What cards are made from: the plan with its history, what is seen, and each take's attempts, the latest last."""

    planned: Planned
    seen: Seen
    attempts: Mapping[TakeKey, Sequence[AttemptRecord]]

    @classmethod
    def of(cls, planned: Planned, seen: Seen) -> Stand:
        """Now."""
        attempts: dict[TakeKey, list[AttemptRecord]] = {}
        for one in sorted(planned.history.attempts.values(), key=lambda one: one.created):
            attempts.setdefault(one.take, []).append(one)
        return cls(planned, seen, attempts)

    def while_seen(self, seen: Seen) -> Stand:
        """The same, with something else seen."""
        return replace(self, seen=seen)

    @property
    def history(self) -> History:
        """What the journal knows."""
        return self.planned.history


class Moment(Struct, frozen=True):
    """A picture: frame `frame` of a clip."""

    clip: ClipId
    frame: int


class Progress(Struct, frozen=True):
    """A take under way: which, what is being done, the share done where it is told; else since when (wall seconds).

    `expected_s` is how long such a take usually is.
    """

    take: TakeId
    step: str
    share: float | None
    began: float | None
    expected_s: float


class Card(Struct, frozen=True):
    """A shot on the board. `takes` are the numbers there are, `done` those with a clip; `shown` is the film's own.

    `opens_on` are the shots whose frames or clips it is made from. `price` is what the rest of it would cost, `charged`
    what it has cost, in words; empty where that is nothing. `shape` is the film's width and height.
    """

    shot: ShotId
    scene: str | None
    mark: Mark
    why: str
    size: str
    about: str
    seconds: str
    provider: str
    picture: Moment | None
    shape: tuple[int, int]
    takes: tuple[int, ...] = ()
    done: tuple[int, ...] = ()
    shown: int | None = None
    circled: int | None = None
    progress: Progress | None = None
    price: str = ""
    charged: str = ""
    opens_on: tuple[ShotId, ...] = ()

    @property
    def word(self) -> str:
        """Where it stands, for people."""
        return self.progress.step if self.progress is not None else WORDS[self.mark]

    @property
    def text(self) -> str:
        """What words are looked for in."""
        return _text(self.shot, self.size, self.about, self.provider)


class Cards(Mapping[ShotId, Card]):
    """The cards of `shots`, each made when it is looked at; not many more are kept than a page shows."""

    def __init__(self, shots: Mapping[ShotId, Shot], stand: Stand) -> None:
        self._shots, self._stand = shots, stand
        self._made: dict[ShotId, Card] = {}

    def __getitem__(self, shot: ShotId) -> Card:
        found = self._made.get(shot)
        if found is None:
            found = card(self._shots[shot], self._stand)
            if len(self._made) >= KEPT:
                self._made.clear()
            self._made[shot] = found
        return found

    def __iter__(self) -> Iterator[ShotId]:
        return iter(self._shots)

    def __len__(self) -> int:
        return len(self._shots)


def card(shot: Shot, stand: Stand) -> Card:
    """The card of a shot."""
    plan = stand.planned.plan
    takes, shown, found = _takes(shot, plan)
    under_way = next((one for take in takes if (one := progress(take, stand))), None)
    mark, why = _mark(takes, stand, under_way)
    delivery = plan.film.delivery
    return Card(
        shot=shot.id,
        scene=shot.scene,
        mark=mark,
        why=why,
        size=shot.size or "",
        about=about(shot),
        seconds=seconds(shot.shown),
        provider=found.provider if found else shot.provider,
        picture=middle(found, stand.history.clips) if found else None,
        shape=(delivery.width_px, delivery.height_px),
        takes=tuple(take.number for take in takes),
        done=tuple(take.number for take in takes if take.clip is not None),
        shown=shown.number if shown else None,
        circled=shot.circled,
        progress=under_way,
        price=_price(takes),
        charged=charged(takes, stand),
        opens_on=tuple(edge.shot for edge in (shot.start, shot.end) if edge is not None and edge.shot is not None),
    )


def resting(shot: Shot, stand: Stand) -> Mark:
    """Where a shot stands that is not being made."""
    return _mark(stand.planned.plan.by_shot.get(stand.planned.plan.owner[shot.id], ()), stand, None)[0]


def searched(shot: Shot, stand: Stand) -> str:
    """What words are looked for in, of a shot's card."""
    found = _takes(shot, stand.planned.plan)[2]
    return _text(shot.id, shot.size or "", about(shot), found.provider if found else shot.provider)


def _text(*words: str) -> str:
    return " ".join(words).lower()


def _takes(shot: Shot, plan: Plan) -> tuple[tuple[PlannedTake, ...], PlannedTake | None, PlannedTake | None]:
    """The takes of a shot, the one that the film shows, and the one that its card tells of."""
    takes = plan.by_shot.get(plan.owner[shot.id], ())
    shown = plan.shown(shot.id, {take.key for take in takes if take.clip is not None}) if takes else None
    return takes, shown, shown or (takes[-1] if takes else None)


def _mark(takes: tuple[PlannedTake, ...], stand: Stand, under_way: Progress | None) -> tuple[Mark, str]:
    """Where a shot stands: the most pressing of what its takes are."""
    if not takes:
        return "omitted", ""
    if under_way is not None:
        return "running", ""
    shot = takes[0].shot
    done = [take for take in takes if take.clip is not None]
    if shot.circled is None and len(done) == len(takes) and (len(done) > 1 or shot.review):
        return "choose", ""
    marks = [mark(take, stand) for take in takes if shot.circled in (None, take.number)]
    order: tuple[Mark, ...] = ("ambiguous", "lost", "failed", "blocked", "held", "render", "stale", "locked", "done")
    return next(((one, why) for one in order for found, why in marks if found == one), ("render", ""))


def mark(take: PlannedTake, stand: Stand) -> tuple[Mark, str]:
    """Where a take that is not under way stands, and why."""
    return standing.mark(take, stand.history.takes.get(take.key))


def progress(take: PlannedTake, stand: Stand) -> Progress | None:
    """How far a take is that is being made now; None for any other."""
    if not stand.seen.runs or take.clip is not None:
        return None
    record = stand.history.takes.get(take.key)
    attempts = stand.attempts.get(take.key)
    share = stand.seen.shares.get(take.id)
    if record is not None and record.state in STEPS:
        step, began = STEPS[record.state], attempts[-1].created if attempts else None
    elif take.id in stand.seen.drawing or share is not None:
        step, began = "rendering", stand.seen.drawing.get(take.id)
    else:
        return None
    pace = stand.planned.capabilities[take.shot.provider].pace
    return Progress(take.id, step, share, began, round(float(take.duration) * pace, 1))


def middle(take: PlannedTake, clips: Mapping[ClipId, Clip]) -> Moment | None:
    """The middle one of the frames that the film shows of a take's clip."""
    clip = clips.get(take.clip) if take.clip else None
    return Moment(clip.id, min(take.first + take.length // 2, clip.frames - 1)) if clip else None


def about(shot: Shot) -> str:
    """What happens in a shot, or what it is instead."""
    if shot.action:
        return " ".join(beat.does for beat in shot.action)
    if shot.card is not None:
        return shot.card.text or "a plain card"
    if shot.footage is not None:
        return shot.footage.file.written
    if shot.clip_of is not None:
        return f"the clip of {shot.clip_of} again"
    return " ".join(line.says for line in shot.dialogue) or shot.prompt or ""


def seconds(time: Fraction) -> str:
    """`4 s`, `2.5 s`"""
    return f"{round(float(time), 2):g} s"


def _price(takes: Iterable[PlannedTake]) -> str:
    """What the takes would cost that are still to be ordered."""
    wanted = [take for take in takes if take.verdict == "render" and not take.free and not take.asked]
    known = [take.price for take in wanted if take.price is not None]
    if len(known) < len(wanted):
        return "price unknown"
    return f"{sum((one.amount for one in known), Decimal(0)):f} {known[0].unit}" if known else ""


def charged(takes: Iterable[PlannedTake], stand: Stand) -> str:
    """What takes have cost so far, as far as it is known."""
    sums: dict[str, Decimal] = {}
    for one in (attempt for take in takes for attempt in stand.attempts.get(take.key, ())):
        if one.charged:
            sums[one.unit] = sums.get(one.unit, Decimal(0)) + one.charged
    return " + ".join(f"{amount:f} {unit}" for unit, amount in sums.items())
