"""The laws that the simulation watches, by the names that a violation carries.

- `paid-twice`: nothing is charged twice for the same take, words and carried frames.
- `no-intent`: an attempt with the very bytes is durable before they leave.
- `two-at-risk`: of the takes in the plan, an account without keys has one submission of open fate.
- `old-first`: new words are not sent while it is open whether the old ones of their take were ordered.
- `resubmitted`: an ambiguous or settled attempt is never sent.
- `rendered-again`: a take that is done is not made again from the same frames.
- `job-forgotten`: a job's id that reached a process which was not killed is kept.
- `clip-missing`: a done take's clip is on disk and whole.
- `wrong-label`: the frames and clips that a record says its clip was made from are those that were sent.
- `stalled`: open work, nothing under way and no timer never meet.
- `undrained`: a run ends.
- `unfinished`: the calm boots end with every take done, or ambiguous or lost, or behind such a one; takes may stay
  stale where nobody asked for new ones.
- `money-vanished`: every charge that stays is known, by its job or by an attempt of unknown fate; and where the film
  was not edited, its take is done or listed as ambiguous or lost.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storyboard.exchange import Request
from storyboard.film import TakeId, TakeKey
from storyboard.planning.plan import Plan, Slot, digest_of
from storyboard.rendering import events as ev
from storyboard.rendering.money import UNSETTLED
from storyboard.rendering.schedule import Schedule
from storyboard.state.journal import AttemptRecord, History, TakeRecord
from storyboard.state.rescue import Rescue
from tests.simulation.gateway import Served
from tests.simulation.studio import clip_id
from tests.simulation.world import World

SLOTS: tuple[Slot, ...] = ("start", "end")
IN_FLIGHT = ("intended", "unsure")
LISTED = ("done", "ambiguous", "lost")


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
    unwatched: frozenset[str] = frozenset()
    violations: list[Violation] = field(default_factory=list)
    planned: frozenset[TakeKey] = frozenset()
    finished: set[tuple[TakeKey, str]] = field(default_factory=set)
    heard: set[tuple[str, str]] = field(default_factory=set)

    def check(self, held: bool, law: str, facts: object) -> None:
        """Note a violation where a law does not hold."""
        if not held and law not in self.unwatched:
            self.violations.append(Violation(law, str(facts)))

    def leaves(self, provider: str, request: Request) -> None:
        """A submission is about to leave."""
        headers = json.dumps(dict(request.headers), sort_keys=True)
        attempts = [
            attempt
            for attempt in self._attempts()
            if (attempt.provider, attempt.body, attempt.headers) == (provider, request.body, headers)
        ]
        self.check(bool(attempts), "no-intent", request.body)
        if self.gateways[provider].retention_s is None:
            open_fate = [one for one in self._attempts() if one.provider == provider and one.state in IN_FLIGHT]
            risked = [one.id for one in open_fate if one.take in self.planned]
            self.check(len(risked) <= 1, "two-at-risk", risked)
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
                if key in schedule.works.by_key:
                    made = (key, schedule.works[key].carried)
                    self.check(made not in self.finished, "rendered-again", made)
        if not schedule.finished and schedule.inflight == 0 and decision.wake_at is None:
            self.check(False, "stalled", [(work.take.id, work.phase) for work in schedule.works])
            raise Stalled

    def ended(self, rescue: Rescue) -> None:
        """A boot is over, its memory not yet lost; where the journal could not be written, the reserve was."""
        if not self.world.fuse.dead:
            rescued = rescue.taken_in(self.world.journal.read())
            kept = {(attempt.provider, attempt.job) for attempt in (*self._attempts(), *rescued)}
            self.check(self.heard <= kept, "job-forgotten", self.heard - kept)
        self.heard.clear()

    def inspect(self) -> None:
        """What must hold whenever no process runs."""
        history, disk = self.world.journal.read(), self.world.disk
        self.finished.clear()
        for record in history.takes.values():
            if record.state == "done" and record.clip is not None:
                path = self.clips / f"{record.clip}.mp4"
                whole = disk.exists(path) and disk.digest(path) == record.clip
                self.check(whole, "clip-missing", record.take)
                self.finished.add((record.key, record.carried))
                self._check_label(record, history)
        for gateway in self.gateways.values():
            paid = Counter(charge.body for charge in gateway.ledger if not charge.refunded)
            for body, times in paid.items():
                self.check(times == 1, "paid-twice", body)

    def judge(self, made: Plan, edited: bool, stale: bool) -> None:
        """What must hold in the end, for the plan of what would be left to do."""
        history = self.world.journal.read()
        states = {take.id: history.takes[take.key].state for take in made.takes if take.key in history.takes}
        blocked = any(take.verdict == "blocked" for take in made.takes)
        for take in made.takes:
            left_alone = take.verdict == "stale" and (blocked or not stale)
            excused = left_alone or states.get(take.id) in LISTED[1:] or take.verdict in ("blocked", "held")
            self.check(take.verdict == "done" or excused, "unfinished", (take.id, take.verdict, take.why))
        for gateway in self.gateways.values():
            for charge in gateway.ledger:
                known = _known(charge.body, charge.job, history.attempts.values())
                listed = edited or any(states.get(take) in LISTED for take in _takes(charge.body, history))
                self.check(charge.refunded or (known and listed), "money-vanished", charge)

    def _elders(self, attempt: AttemptRecord) -> list[str]:
        """Attempts of open fate at takes of the same name that are no longer in the plan."""
        takes = self.world.journal.read().takes
        name = takes[attempt.take].take
        risked = [one for one in self._attempts() if one.state in IN_FLIGHT and one.take not in self.planned]
        return [one.id for one in risked if takes[one.take].take == name]

    def _attempts(self) -> list[AttemptRecord]:
        return list(self.world.journal.read().attempts.values())

    def _check_label(self, record: TakeRecord, history: History) -> None:
        for attempt in history.attempts.values():
            gateway = self.gateways[attempt.provider]
            sent = gateway.pictures(attempt.body)
            its = clip_id(gateway.frames_asked(attempt.body), attempt.body) == record.clip
            if attempt.take == record.key and its and sent is not None:
                said = {slot: digest_of(record.carried, slot).partition("@")[0] for slot in SLOTS}
                self.check(said == sent, "wrong-label", (record, sent))


def _takes(body: bytes, history: History) -> set[TakeId]:
    """The takes that these bytes were sent for."""
    return {history.takes[one.take].take for one in history.attempts.values() if one.body == body}


def _known(body: bytes, job: str, attempts: Iterable[AttemptRecord]) -> bool:
    return any(one.body == body and (one.job == job or one.state in UNSETTLED) for one in attempts)
