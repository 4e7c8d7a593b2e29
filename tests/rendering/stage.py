"""A schedule on a bench: no event loop, no disk; a test says what happened and looks at what was decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask
from storyboard.film import Clip, ClipId, Film, Frame, TakeKey
from storyboard.planning import ask, plan
from storyboard.planning.carried import Slot
from storyboard.planning.programme import programme
from storyboard.rendering import events as ev
from storyboard.rendering.desk import Account
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.submission import Submissions
from storyboard.rendering.work import Work, wanted_takes
from storyboard.state.journal import AttemptRecord, History, Record, TakeRecord
from storyboard.structs import replace
from tests.simulation.toy import Toy

KEYED = Capabilities(
    name="keyed",
    local=False,
    unit="credits",
    price_per_second=Decimal(2),
    retention_s=3600,
    concurrency=2,
    end_frame=True,
)
BARE = replace(KEYED, name="bare", retention_s=None, concurrency=None)
SKETCH = Capabilities(name="sketch", local=True, end_frame=True)
CAPABILITIES = {one.name: one for one in (KEYED, BARE, SKETCH)}
NOON = 1_000_000.0


def clip_of(name: str, frames: int = 121) -> Clip:
    """The clip that a take of that name comes out as."""
    return Clip(ClipId(hashlib.sha256(name.encode()).hexdigest()), frames, Fraction(24), 64, 36, False, 1000)


def frame_of(name: str, index: int = 120) -> Frame:
    """The frame of that clip."""
    return Frame(f"{name}-{index}.png", hashlib.sha256(f"{name} {index}".encode()).hexdigest())


@dataclass
class Stage:
    """One run of a film at a time; `again` starts the next one from what was journaled."""

    film: Film
    policy: Policy = field(default_factory=Policy)
    history: History = field(default_factory=History)
    capabilities: Mapping[str, Capabilities] = field(default_factory=lambda: CAPABILITIES)
    frames: dict[tuple[ClipId, int], Frame] = field(default_factory=dict)
    mono: float = 0.0
    wall: float = NOON
    ids: int = 0
    accounts: Mapping[str, Account] = field(default_factory=dict)
    there: float | None = 0.0
    """By how much the gateways' clocks are ahead of `wall`; None where they say no time."""
    digests: Mapping[str, str] = field(default_factory=dict)
    greets: bool = True
    """Whether gateways answer greetings at once."""
    films: dict[str, Film] = field(default_factory=dict)
    """The films that are rendered together instead of `film`, by their names."""

    def __post_init__(self) -> None:
        self._open()

    def _open(self) -> None:
        plans = [
            plan.make(made, self.capabilities, self.history, self.digests, name=name)
            for name, made in (self.films or {"": self.film}).items()
        ]
        self.plan = plans[0]
        attempts, poll_s = self.history.attempts.values(), self.policy.poll_s
        self.submissions = Submissions(self._remotes(), attempts, self._new_id, poll_s, self.film.budget, self.accounts)
        self.schedule = Schedule(
            programme(plans),
            frozenset[TakeKey]().union(*map(wanted_takes, plans)),
            self.history,
            self.capabilities,
            self._compose,
            self.submissions,
            self.policy,
            self.frames,
        )

    def _remotes(self) -> Mapping[str, Toy]:
        return {name: Toy(caps) for name, caps in self.capabilities.items() if not caps.local}

    def _new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    def _compose(self, take: plan.PlannedTake, frames: Mapping[Slot, Frame], clips: Mapping[Slot, ClipId]) -> Ask:
        stored = {slot: (clip, f"{clip}.mp4") for slot, clip in clips.items()}
        made = self.films.get(take.film, self.film)
        return ask.compose(made, take, self.capabilities[take.shot.provider], frames, self.digests, stored)

    # ── a run ────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self) -> ev.Decision:
        """The run begins."""
        return self._keep(self.schedule.begin(self._now()))

    def hear(self, *events: ev.Event, later_s: float = 0.0) -> ev.Decision:
        """These things happened, that many seconds after the last."""
        self.mono, self.wall = self.mono + later_s, self.wall + later_s
        taken = [event for event in events if isinstance(event, ev.FrameTaken)]
        self.frames.update({(event.clip, event.index): event.frame for event in taken})
        return self._keep(self.schedule.step(events, self._now()))

    def again(self, later_s: float = 60.0) -> ev.Decision:
        """The process ended; the next one begins, with a clock of its own."""
        self.mono, self.wall = 0.0, self.wall + later_s
        self._open()
        return self.begin()

    def draw(self, name: str, clip: Clip | None = None) -> ev.Decision:
        """The take was drawn or fetched, and kept."""
        made = clip or clip_of(name)
        decision = self.hear(ev.Drawn(self.key(name), "part", made))
        assert [type(action) for action in decision.actions] == [ev.Keep]
        return self.hear(ev.Kept(self.key(name), made))

    def extract(self, name: str, index: int = 120, pixels_of: str = "") -> ev.Decision:
        """A frame of the take's clip was taken."""
        return self.hear(ev.FrameTaken(clip_of(name).id, index, frame_of(pixels_of or name, index)))

    def _now(self) -> ev.Now:
        return ev.Now(self.mono, self.wall)

    def _keep(self, decision: ev.Decision) -> ev.Decision:
        for record in decision.records:
            self.history.keep(record)
        greets = [action for action in decision.actions if isinstance(action, ev.Greet)]
        if greets and self.greets:
            date = None if self.there is None else self.wall + self.there
            after = self.hear(*(ev.Greeted(one.provider, date) for one in greets))
            decision.actions[:] = [one for one in decision.actions if one not in greets] + after.actions
            decision.records += after.records
            decision.news += after.news
            decision.wake_at = after.wake_at
        return decision

    # ── what there is ────────────────────────────────────────────────────────────────────────────────────────────

    def key(self, name: str) -> TakeKey:
        """The key of a take by its name."""
        return next(take.key for take in self.plan.takes if take.id == name)

    def work(self, name: str) -> Work:
        """Where a take stands."""
        return self.schedule.works[self.key(name)]

    def phases(self) -> dict[str, str]:
        """Where every take stands."""
        return {work.take.id: str(work.phase) for work in self.schedule.works}

    def attempts(self, name: str) -> list[AttemptRecord]:
        """The journaled attempts at a take, oldest first."""
        found = [one for one in self.history.attempts.values() if one.take == self.key(name)]
        return sorted(found, key=lambda one: one.created)

    def record(self, name: str) -> TakeRecord:
        """What the journal says of a take."""
        return self.history.takes[self.key(name)]

    def drawn(self, decision: ev.Decision) -> list[str]:
        """The takes that a decision starts drawing, in order."""
        return [action.take for action in decision.actions if isinstance(action, ev.Draw)]


def posts(decision: ev.Decision) -> list[ev.Post]:
    """The submissions that a decision sends."""
    return [action for action in decision.actions if isinstance(action, ev.Post)]


def kinds(decision: ev.Decision) -> list[str]:
    """The actions of a decision by name."""
    return [type(action).__name__ for action in decision.actions]


def attempts_in(records: Iterable[Record]) -> list[AttemptRecord]:
    """The attempts among records."""
    return [record for record in records if isinstance(record, AttemptRecord)]
