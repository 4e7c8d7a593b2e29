"""The attempts of a run and of all before it: the latest word about each, how many are under way, and how old."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from storyboard.capabilities import Capabilities
from storyboard.film import TakeKey
from storyboard.rendering import events as ev
from storyboard.rendering.desk import Account, Desk
from storyboard.rendering.greeting import Greetings
from storyboard.rendering.money import committed
from storyboard.rendering.work import Work
from storyboard.state.journal import AttemptRecord, AttemptState

OVER: frozenset[AttemptState] = frozenset(("not-sent", "busy", "rejected", "failed", "given-up"))
"""States of attempts that are over without a clip: another may be made."""
OPEN: frozenset[AttemptState] = frozenset(("intended", "unsure"))
"""States of attempts that may be on their way: nobody knows whether they were accepted."""
RESENT: frozenset[AttemptState] = frozenset(("unsure", "not-sent", "busy"))
"""States of attempts whose bytes may be sent again, or whose job may be looked for."""
RESENDS = 5
"""How often one attempt's bytes are sent again in a run before the take fails or is called ambiguous."""
RESEND_AFTER_S = 2.0
"""The first wait before a resend, in seconds; it doubles."""
HASTE_S = 60.0
"""By how much a gateway's time may seem to run backwards, because its answers took long."""


class Attempts:
    """`posting`, `running` and `delivering` count what is under way, by provider: orders, jobs, clips of finished jobs.
    `born` says when the attempts of this run were intended, in `mono` seconds. `by_key` has their ids by
    the keys of their submissions. `committed` is what providers have taken, or may have, in all.
    """

    def __init__(self, attempts: Iterable[AttemptRecord]) -> None:
        self.by_id: dict[str, AttemptRecord] = {}
        self.by_key: dict[str, str] = {}
        self.committed: defaultdict[str, Decimal] = defaultdict(Decimal)
        self.latest: dict[TakeKey, AttemptRecord] = {}
        for attempt in sorted(attempts, key=lambda one: one.created):
            self._keep(attempt)
        self.born: dict[str, float] = {}
        self.posting: Counter[str] = Counter()
        self.running: Counter[str] = Counter()
        self.delivering: Counter[str] = Counter()
        self._places: dict[TakeKey, tuple[Counter[str], str]] = {}

    def of(self, work: Work) -> AttemptRecord:
        """The attempt at a take that is under way."""
        if work.attempt is None:
            raise RuntimeError(f"{work.take.id} has no attempt")
        return self.by_id[work.attempt]

    def record(self, attempt: AttemptRecord, desk: Desk) -> None:
        """Journal the latest word about an attempt."""
        self._keep(attempt)
        desk.journal(attempt)

    def enter(self, work: Work) -> None:
        """A take is under way with its provider."""
        self._place(work, self.running)

    def deliver(self, work: Work) -> None:
        """The job of a take is finished; its clip is on its way."""
        self._place(work, self.delivering)

    def _keep(self, attempt: AttemptRecord) -> None:
        before = self.by_id.get(attempt.id)
        self.committed[attempt.provider] += committed(attempt) - (committed(before) if before else Decimal(0))
        self.by_id[attempt.id], self.by_key[attempt.key] = attempt, attempt.id
        latest = self.latest.get(attempt.take, attempt)
        self.latest[attempt.take] = attempt if attempt.created >= latest.created else latest

    def leave(self, work: Work) -> None:
        """A take is no longer under way with its provider."""
        counted = self._places.pop(work.take.key, None)
        if counted is not None:
            places, provider = counted
            places[provider] -= 1

    def _place(self, work: Work, places: Counter[str]) -> None:
        self.leave(work)
        provider = work.take.shot.provider
        places[provider] += 1
        self._places[work.take.key] = places, provider

    def created(self, take: TakeKey, now: float) -> float:
        """The date of a new attempt, after those of the take's earlier ones even where the clock was set back."""
        before = self.latest.get(take)
        return now if before is None else max(now, math.nextafter(before.created, math.inf))


class Keys:
    """Which attempts may be sent again under their keys.

    The gateway's clock tells how old a key is. Ours does only in the run that made the key: nobody can set the one that
    pauses while the machine sleeps, and the other one goes on then; the later of the two counts.
    """

    def __init__(
        self,
        book: Attempts,
        capabilities: Mapping[str, Capabilities],
        accounts: Mapping[str, Account],
        greetings: Greetings,
    ) -> None:
        self._book = book
        self._capabilities = capabilities
        self._accounts = accounts
        self._greetings = greetings

    def hold(self, attempt: AttemptRecord, now: ev.Now) -> bool:
        """Whether the same bytes under the same key are safe: it is the account that it was sent from, and the key is
        younger than half its retention.
        """
        age_s, half_s = self._age_s(attempt, now), self._half_s(attempt)
        return self.ours(attempt) and age_s is not None and age_s < half_s

    def may_hold(self, attempt: AttemptRecord, now: ev.Now) -> bool:
        """Whether they are, or may be once the gateway has told the time."""
        return self.ours(attempt) and (self._age_s(attempt, now) or 0.0) < self._half_s(attempt)

    def ours(self, attempt: AttemptRecord) -> bool:
        """Whether it is open what became of a submission, and the account is the one that it was sent from."""
        return attempt.state in OPEN and attempt.account == self._accounts[attempt.provider].name

    def _half_s(self, attempt: AttemptRecord) -> float:
        return (self._capabilities[attempt.provider].retention_s or 0) / 2

    def _age_s(self, attempt: AttemptRecord, now: ev.Now) -> float | None:
        """How old a key is, in seconds: for ever where it seems to be from the future; None where only the gateway
        could tell.
        """
        if attempt.id in self._book.born:
            return max(now.mono - self._book.born[attempt.id], now.wall - attempt.created)
        if self._capabilities[attempt.provider].gateway is None:
            age_s = now.wall - attempt.created
            return age_s if age_s >= 0 else math.inf
        if attempt.dated is None:
            return math.inf
        there = self._greetings.latest(attempt.provider, now.mono)
        if there is None:
            return None
        return max(0.0, there - attempt.dated) if there - attempt.dated >= -HASTE_S else math.inf
