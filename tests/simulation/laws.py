"""The laws that the simulation watches, by the names that a violation carries.

- `paid-twice`: nothing is charged twice for the same take, words and carried frames, by one gateway or by two; but once
  more for each time that a person has ordered it anew, and for each film that has such a take of its own.
- `wrong-job`: a submission's job is one that its gateway made from its very bytes, whoever has told of it.
- `unheeded`: of a callback that was kept, and that goes, the job stands in the journal.
- `open-elsewhere`: nobody else is asked for a take while an attempt at it may still come to something.
- `no-intent`: an attempt with the very bytes is durable before they leave.
- `two-at-risk`: of the takes in the plan, an account without keys has one submission under way, and none beside one
  whose answer was lost, unless that is being looked for, or told of.
- `old-first`: new words are not sent while it is open whether the old ones of their take were ordered.
- `resubmitted`: an ambiguous or settled attempt is never sent.
- `rendered-again`: a take that is done is not made again from the same frames.
- `job-forgotten`: a job's id that reached a process which was not killed is kept.
- `clip-missing`: a done take's clip is on disk, is what its name says, and decodes.
- `over-budget`: where every price is known, what was charged and what may have been never passes the film's budget, and
  nor does what the gateways have really taken.
- `never-left`: a submission that never left, and was not under way when a process died, is not of unknown fate.
- `wrong-label`: the frames and clips that a record says its clip was made from are those that were sent.
- `stalled`: open work, nothing under way and no timer never meet.
- `undrained`: a run ends.
- `unfinished`: the calm boots end with every take done, or ambiguous or lost, or behind such a one; takes may stay
  stale where nobody asked for new ones.
- `money-vanished`: every charge that stays is known, by its job or by an attempt of unknown fate; and where the film
  was not edited, its take is done, or listed as ambiguous or lost, or was ordered anew.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from storyboard.exchange import Request
from storyboard.film import Budget, ClipId, TakeKey
from storyboard.media.jobs import MediaError
from storyboard.planning.carried import Slot, digest_of
from storyboard.planning.programme import Programme
from storyboard.rendering import events as ev
from storyboard.rendering.allowance import OVER_BUDGET
from storyboard.rendering.callbacks import TOLD
from storyboard.rendering.money import UNSETTLED, committed
from storyboard.rendering.schedule import Schedule
from storyboard.state.journal import AttemptRecord, History, TakeRecord
from storyboard.state.rescue import Rescue
from tests.simulation.gateway import Served
from tests.simulation.studio import clip_id, read_clip
from tests.simulation.world import World

SLOTS: tuple[Slot, ...] = ("start", "end")
IN_FLIGHT = ("intended", "unsure")
LISTED = ("done", "ambiguous", "lost")
INFINITY = Decimal("Infinity")


class Stalled(Exception):
    """The schedule has open work and nothing that could move it."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A law that did not hold, and where."""

    law: str
    facts: str


@dataclass
class Laws:
    """The watch over one simulated world."""

    world: World
    gateways: Mapping[str, Served]
    clips: Path
    listed: frozenset[str] = frozenset()
    """The gateways that list their jobs, or call: there, one whose answer was lost is looked for while others go on."""
    unwatched: frozenset[str] = frozenset()
    violations: list[Violation] = field(default_factory=list)
    planned: frozenset[TakeKey] = frozenset()
    finished: set[tuple[TakeKey, str]] = field(default_factory=set)
    heard: set[tuple[str, str]] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    """The attempts whose bytes have left, or may have."""

    def check(self, held: bool, law: str, facts: object) -> None:
        """Note a violation where a law does not hold."""
        if not held and law not in self.unwatched:
            self.violations.append(Violation(law, str(facts)))

    def leaves(self, provider: str, request: Request) -> None:
        """A submission is about to leave."""
        attempts = [attempt for attempt in self._attempts() if _is_of(attempt, provider, request)]
        self.left.update(attempt.id for attempt in attempts)
        self.check(bool(attempts), "no-intent", request.body)
        if self.gateways[provider].retention_s is None:
            self.check(len(self._open(provider)) <= 1, "two-at-risk", self._open(provider))
        self._settled_elsewhere(provider, {attempt.take for attempt in attempts}, self._attempts())
        if attempts:
            live = any(attempt.state in IN_FLIGHT for attempt in attempts)
            self.check(live, "resubmitted", attempts)
        for attempt in attempts:
            if attempt.take in self.planned:
                self.check(not self._elders(attempt), "old-first", self._elders(attempt))

    def decided(self, schedule: Schedule, decision: ev.Decision) -> None:
        """The schedule decided. Raises Stalled."""
        for action in decision.actions:
            if isinstance(action, ev.Draw | ev.Post):
                key = action.key if isinstance(action, ev.Draw) else schedule.submissions.attempts[action.attempt].take
                if isinstance(action, ev.Draw):
                    self._settled_elsewhere(action.provider, {key}, schedule.submissions.attempts.values())
                if key in schedule.works.by_key:
                    made = (key, schedule.works[key].carried)
                    self.check(made not in self.finished, "rendered-again", made)
        if not schedule.finished and schedule.inflight == 0 and decision.wake_at is None:
            self.check(False, "stalled", [(work.take.id, work.phase) for work in schedule.works])
            raise Stalled

    def ended(self, rescue: Rescue) -> None:
        """A boot is over, its memory not yet lost; where the journal could not be written, the reserve was."""
        open_fate = {attempt.id for attempt in self._attempts() if attempt.state in IN_FLIGHT}
        if not self.world.fuse.dead:
            rescued = rescue.taken_in(self.world.journal.known)
            kept = {(attempt.provider, attempt.job) for attempt in (*self._attempts(), *rescued)}
            self.check(self.heard <= kept, "job-forgotten", self.heard - kept)
        unknown = {attempt.id for attempt in self._attempts() if attempt.state == "ambiguous"}
        self.check(unknown <= self.left, "never-left", unknown - self.left)
        self.left |= open_fate
        self.heard.clear()

    def at_risk(self) -> dict[str, int]:
        """How many submissions of open fate there are with each provider, of the takes in the plan."""
        return {provider: len(self._open(provider)) for provider in self.gateways}

    def inspect(self, budget: Budget) -> None:
        """What must hold whenever no process runs."""
        history, disk = self.world.journal.known, self.world.disk
        self.finished.clear()
        for record in history.takes.values():
            if record.state == "done" and record.clip is not None:
                path = self.clips / f"{record.clip}.mp4"
                self.check(disk.exists(path) and _decodes(disk.read(path), record.clip), "clip-missing", record.take)
                self.finished.add((record.key, record.carried))
                self._check_label(record, history)
        for provider, gateway in self.gateways.items():
            paid = Counter(gateway.order(one.take, one.body) for one in gateway.ledger if not one.refunded)
            often = max(paid.values(), default=0) > 1
            anew, own = (self._given_up(provider), self._owned(provider)) if often else (Counter(), Counter())
            for order, times in paid.items():
                self.check(times <= max(1, own[order]) + anew[order], "paid-twice", order)
        for attempt in history.attempts.values():
            made = None if attempt.job is None else self.gateways[attempt.provider].ordered(attempt.job)
            self.check(attempt.job is None or made == attempt.body, "wrong-job", attempt)
        for provider in sorted(budget.most):
            most = budget.most[provider]
            if all(one.reserve is not None for one in history.attempts.values() if one.provider == provider):
                spent = _spent(history, provider)
                taken = sum(one.amount for one in self.gateways[provider].ledger if not one.refunded)
                self.check(max(spent, taken) <= most, "over-budget", (provider, spent, taken, most))

    def heeded(self, told: Iterable[tuple[str, str]]) -> None:
        """What must hold of callbacks that were kept and are gone: of each the submission's key, and its job."""
        by_key = {attempt.key: attempt for attempt in self._attempts()}
        for key, job in told:
            attempt = by_key.get(key)
            heeded = attempt is None or attempt.job is not None or attempt.state not in TOLD
            self.check(heeded, "unheeded", (attempt, job))

    def judge(self, made: Programme, budget: Budget, edited: bool, stale: bool) -> None:
        """What must hold in the end, for the plan of what would be left to do."""
        history = self.world.journal.known
        states = {take.key: history.takes[take.key].state for take in made.takes if take.key in history.takes}
        blocked = any(take.verdict == "blocked" for take in made.takes)
        dear = _too_dear(made, history, budget)
        for take in made.takes:
            left_alone = take.verdict == "stale" and (blocked or bool(dear) or not stale)
            excused = left_alone or states.get(take.key) in LISTED[1:] or take.verdict in ("blocked", "held")
            excused = excused or take.key in dear
            self.check(take.verdict == "done" or excused, "unfinished", (take.id, take.verdict, take.why))
        for gateway in self.gateways.values():
            for charge in gateway.ledger:
                known = _known(charge.body, charge.job, history.attempts.values())
                listed = edited or any(states.get(take) in LISTED for take in _takes(charge.body, history))
                anew = any(one.state == "given-up" and one.body == charge.body for one in history.attempts.values())
                self.check(charge.refunded or (known and (listed or anew)), "money-vanished", charge)

    def _settled_elsewhere(self, provider: str, takes: Set[TakeKey], attempts: Iterable[AttemptRecord]) -> None:
        may_come = (*IN_FLIGHT, "accepted", "ambiguous")
        there = [one for one in attempts if one.take in takes and one.provider != provider]
        self.check(all(one.state not in may_come for one in there), "open-elsewhere", there)

    def _given_up(self, provider: str) -> Counter[str]:
        """How often a person has ordered each order anew."""
        gateway = self.gateways[provider]
        given_up = [one for one in self._attempts() if one.state == "given-up" and one.provider == provider]
        takes = self.world.journal.known.takes
        return Counter(gateway.order(takes[one.take].take, one.body) for one in given_up)

    def _owned(self, provider: str) -> Counter[str]:
        """How many takes of films are the very same order: equal words on equal frames, of another film's takes."""
        gateway, known = self.gateways[provider], self.world.journal.known
        keys = {use.key for use in known.uses.values()}
        orders = {(one.take, gateway.order(known.takes[one.take].take, one.body)) for one in self._attempts()}
        return Counter(order for take, order in orders if take in keys)

    def _elders(self, attempt: AttemptRecord) -> list[str]:
        """Attempts of open fate at takes of the same name that are no longer in the plan; another film's are none."""
        takes, film = self.world.journal.known.takes, self._films(attempt.take)
        name = takes[attempt.take].take
        risked = [one for one in self._attempts() if one.state in IN_FLIGHT and one.take not in self.planned]
        named = [one for one in risked if takes[one.take].take == name]
        return [one.id for one in named if not film or not (its := self._films(one.take)) or film & its]

    def _films(self, take: TakeKey) -> set[str]:
        """The films that are known to have a take."""
        return {film for (film, _), use in self.world.journal.known.uses.items() if use.key == take}

    def _open(self, provider: str) -> list[str]:
        """The attempts with a provider that are of open fate, of the takes in the plan."""
        states = IN_FLIGHT[:1] if provider in self.listed else IN_FLIGHT
        open_fate = [one for one in self._attempts() if one.provider == provider and one.state in states]
        return [one.id for one in open_fate if one.take in self.planned]

    def _attempts(self) -> list[AttemptRecord]:
        return list(self.world.journal.known.attempts.values())

    def _check_label(self, record: TakeRecord, history: History) -> None:
        for attempt in history.attempts.values():
            gateway = self.gateways[attempt.provider]
            sent = gateway.pictures(attempt.body)
            its = clip_id(gateway.frames_asked(attempt.body), attempt.body) == record.clip
            if attempt.take == record.key and its and sent is not None:
                said = {slot: digest_of(record.carried, slot).partition("@")[0] for slot in SLOTS}
                self.check(said == sent, "wrong-label", (record, sent))


def _is_of(attempt: AttemptRecord, provider: str, request: Request) -> bool:
    """Whether a request is an attempt's, with its very bytes; a client may add headers."""
    if (attempt.provider, attempt.body) != (provider, request.body):
        return False
    recorded: dict[str, str] = json.loads(attempt.headers)
    return recorded.items() <= request.headers.items()


def _decodes(data: bytes, clip: ClipId) -> bool:
    try:
        return read_clip(data).id == clip
    except MediaError:
        return False


def _too_dear(made: Programme, history: History, budget: Budget) -> frozenset[TakeKey]:
    """The takes that were not ordered because the budget does not allow it, and those that need them."""
    found: set[TakeKey] = set()
    for take in made.takes:
        record = history.takes.get(take.key)
        refused = record is not None and record.error_code == OVER_BUDGET
        for one in take.versions if refused or take.verdict == "stale" else ():
            spent = _spent(history, one.shot.provider)
            if one.price is not None and spent + one.price.amount > budget.most.get(one.shot.provider, INFINITY):
                found.add(take.key)
        if not found.isdisjoint(take.needs):
            found.add(take.key)
    return frozenset(found)


def _takes(body: bytes, history: History) -> set[TakeKey]:
    """The takes that these bytes were sent for."""
    return {one.take for one in history.attempts.values() if one.body == body}


def _known(body: bytes, job: str, attempts: Iterable[AttemptRecord]) -> bool:
    return any(one.body == body and (one.job == job or one.state in UNSETTLED) for one in attempts)


def _spent(history: History, provider: str) -> Decimal:
    """What a provider has taken or may have."""
    return sum((committed(one) for one in history.attempts.values() if one.provider == provider), Decimal(0))
