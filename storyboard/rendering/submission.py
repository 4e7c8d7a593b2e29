"""Paid submissions: the decisions around a POST that may cost money.

Laws.
1. An attempt is recorded as `intended`, with its exact bytes and its key, before its POST; so after any crash the
   journal says what may have been sent.
2. NOT_SENT and BUSY repeat the same bytes under the same key; a later run makes a new attempt of them. UNKNOWN is
   replayed, same key and bytes, only where the provider honours keys and less than half the time it keeps them has
   passed; elsewhere it is a state, `ambiguous`, that a person settles. Nothing is resubmitted silently. What happens to
   a replay says nothing about the send whose answer was lost, not even a refusal: only acceptance settles it.
3. An account without idempotency has one POST in flight, so that a crash leaves at most one of unknown fate.
4. A job's id is recorded before anything that follows from it; a finished job's clip is fetched again, never bought
   again: what arrives damaged every time is `lost`, what does not arrive is fetched by the next run.
5. An attempt that is taken up again gives the clip that it was made for, whatever has changed since.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from storyboard.exchange import (
    Absent,
    Accepted,
    Ask,
    Busy,
    Failed,
    NotSent,
    Rejected,
    Request,
    Succeeded,
    Unknown,
)
from storyboard.film import Budget, Money, TakeKey
from storyboard.providers import Remote
from storyboard.rendering import events as ev
from storyboard.rendering.desk import Account, Desk
from storyboard.rendering.limits import Beat, Concurrency
from storyboard.rendering.money import committed, passing, refusal
from storyboard.rendering.work import Work
from storyboard.state.journal import AttemptRecord, AttemptState

RESENDS = 5
"""How often one attempt's bytes are sent again in a run before the take fails or is called ambiguous."""
RESEND_AFTER_S = 2.0
"""The first wait before a resend, in seconds; it doubles."""
OVER_BUDGET = "over-budget"
"""The code of a take that was not submitted because the budget forbids it."""
CANNOT = "provider-cannot"
"""The code of a take that its provider does not take as it is."""
FETCHES = 4
"""How often a run fetches a finished job's clip."""
OVERDUE_S = 6 * 3600.0
"""How long a run asks for a job that does not end; the next run asks on."""
ABSENCES = 8
"""How often a run asks for a clip or a job that should be there and is not."""
OVER: frozenset[AttemptState] = frozenset(("not-sent", "busy", "rejected", "failed"))
"""States of attempts that are over without a clip: another may be made."""


UNBOUNDED = Budget()
"""No ceiling but this: what has no known price is not bought."""


class Submissions:
    """The attempts of one run. `new_id` gives fresh random ids: the port that makes a simulation repeatable.

    `accounts` are by provider; one that is not there is nobody's in particular.
    """

    def __init__(
        self,
        remotes: Mapping[str, Remote],
        attempts: Iterable[AttemptRecord],
        new_id: Callable[[], str],
        poll_s: float,
        budget: Budget = UNBOUNDED,
        accounts: Mapping[str, Account] = MappingProxyType({}),
    ) -> None:
        self.remotes = remotes
        self.new_id = new_id
        self.poll_s = poll_s
        self.budget = budget
        self.accounts = {name: accounts.get(name, Account()) for name in remotes}
        self.stopped: dict[str, Rejected] = {}
        self.beats = {name: Beat(remote.capabilities.pace) for name, remote in remotes.items()}
        self.learned = {
            name: Concurrency(self.accounts[name].concurrency)
            for name, remote in remotes.items()
            if remote.capabilities.concurrency is None and remote.capabilities.gateway is not None
        }
        self.attempts: dict[str, AttemptRecord] = {}
        self.latest: dict[TakeKey, AttemptRecord] = {}
        for attempt in sorted(attempts, key=lambda one: one.created):
            self.attempts[attempt.id] = attempt
            self.latest[attempt.take] = attempt
        self.before = {name: committed(self.attempts.values(), name) for name in remotes}
        self.posting: Counter[str] = Counter()
        self.running: Counter[str] = Counter()
        self._schedule: Desk | None = None

    def bind(self, schedule: Desk) -> None:
        """Work for this schedule."""
        self._schedule = schedule

    @property
    def schedule(self) -> Desk:
        """The schedule whose takes are submitted."""
        if self._schedule is None:
            raise RuntimeError("submissions decide only as part of a schedule")
        return self._schedule

    def has_room(self, provider: str) -> bool:
        """Whether the account may take one more submission now."""
        capabilities = self.remotes[provider].capabilities
        if capabilities.retention_s is None and self.posting[provider]:
            return False
        learned = self.learned.get(provider)
        most = capabilities.concurrency if learned is None else learned.allowed
        return most is None or self.running[provider] < most

    def submit(self, work: Work, ask: Ask) -> None:
        """Begin a new attempt, if the budget allows it: what the provider has to reach is hosted first."""
        if self._forbidden(work):
            return
        self.running[work.take.shot.provider] += 1
        try:
            paths = self.remotes[work.take.shot.provider].files(ask)
        except ValueError as error:
            self._fail(work, CANNOT, str(error))
            return
        if paths:
            work.phase = "hosting"
            self.schedule.order(ev.Host(work.take.key, ask, paths))
        else:
            self._intend(work, ask, {})

    def hosted(self, event: ev.Hosted) -> None:
        """What an attempt refers to can be reached: order it, unless the run is ending."""
        work = self.schedule.works[event.key]
        provider = work.take.shot.provider
        if self.schedule.draining or self._forbidden(work):
            self.running[provider] -= 1
        else:
            self._intend(work, event.ask, event.links)

    def host_broke(self, event: ev.HostBroke) -> None:
        """What an attempt refers to cannot be reached."""
        self._fail(self.schedule.works[event.key], event.code, event.message)

    def _forbidden(self, work: Work) -> bool:
        """End a take that may not be ordered: over the budget, or with a provider that refuses the account."""
        take = work.take
        stop = self.stopped.get(take.shot.provider)
        most = self.accounts[take.shot.provider].most
        spent = committed(self.attempts.values(), take.shot.provider) - self.before[take.shot.provider]
        reason = refusal(self.budget, take.shot.provider, take.price, self.attempts.values()) or (
            passing(spent, most, take.price, "what this run may spend") if most is not None else None
        )
        if stop is not None:
            self.schedule.fail(work, stop.code, stop.message)
        elif reason is not None:
            self.schedule.fail(work, OVER_BUDGET, reason)
        return stop is not None or reason is not None

    def _intend(self, work: Work, ask: Ask, links: Mapping[str, str]) -> None:
        """Record a new attempt with its bytes, and order its POST."""
        take = work.take
        key = self.new_id()
        try:
            request = self.remotes[take.shot.provider].submit_request(ask, links, key)
        except ValueError as error:
            self._fail(work, CANNOT, str(error))
            return
        attempt = AttemptRecord(
            id=self.new_id(),
            take=take.key,
            provider=take.shot.provider,
            state="intended",
            key=key,
            path=request.path,
            headers=json.dumps(dict(request.headers), sort_keys=True),
            body=request.body,
            account=self.accounts[take.shot.provider].name,
            created=self._created(take.key),
            reserve=take.price.amount if take.price else None,
            unit=take.price.unit if take.price else self.remotes[take.shot.provider].capabilities.unit,
        )
        work.attempt = attempt.id
        self.schedule.write(work, "submitting")
        self._post(work, attempt)

    def resume(self, work: Work) -> bool:
        """Take up what an earlier run left of a take; False where there is nothing and a new attempt may be made."""
        attempt = self.latest.get(work.take.key)
        if attempt is None or attempt.state in OVER:
            return False
        if attempt.state == "succeeded" and work.take.clip is not None:
            return False
        before = self.schedule.history.takes[work.take.key]
        work.ask, work.carried = before.ask, before.carried
        work.attempt = attempt.id
        self.running[attempt.provider] += 1
        if attempt.job is not None:
            work.phase = "remote"
            self.schedule.after(0.0, lambda: self._poll(work))
        elif self._replayable(attempt):
            self._record(replace(attempt, state="unsure"))
            work.phase = "posting"
            self.schedule.after(0.0, lambda: self._repost(work))
        else:
            self._ambiguous(work, attempt, attempt.reason or "the run ended before the answer came")
        return True

    def answered(self, event: ev.Answered) -> None:
        """The outcome of a POST."""
        attempt = self.attempts[event.attempt]
        work = self.schedule.works[attempt.take]
        self.posting[attempt.provider] -= 1
        if isinstance(event.outcome, Rejected) and event.outcome.stops:
            self.stopped[attempt.provider] = event.outcome
        match event.outcome:
            case Accepted(job, charged):
                self._record(replace(attempt, state="accepted", job=job, charged=charged, reason=None))
                self.schedule.write(work, "submitted")
                self.schedule.tell("submitted", work, provider=attempt.provider, job=job)
                work.phase, work.tries, work.sent_at = "remote", 0, self.schedule.now.mono
                if attempt.provider in self.learned:
                    self.learned[attempt.provider].accepted()
                self.schedule.after(self._beat(work), lambda: self._poll(work))
            case Rejected(_, message) if attempt.state == "unsure":
                self._ambiguous(work, attempt, f"its answer was lost, and sent again it was refused: {message}")
            case Rejected(code, message):
                self._record(replace(attempt, state="rejected", reason=message))
                self._fail(work, code, message)
            case NotSent(reason):
                self._resend(work, attempt, "not-sent", reason)
            case Busy(until):
                work.tries -= 1
                if attempt.provider in self.learned:
                    self.learned[attempt.provider].busy()
                wait_s = max(RESEND_AFTER_S, until - self.schedule.now.mono)
                self._resend(work, attempt, "busy", "the provider is busy", wait_s)
            case Unknown(reason, until):
                again_s = None if until is None else max(RESEND_AFTER_S, until - self.schedule.now.mono)
                work.tries -= until is not None
                self._resend(work, replace(attempt, state="unsure"), "unsure", reason, again_s)

    def poll_read(self, event: ev.PollRead) -> None:
        """How a job stands."""
        work = self.schedule.works[event.key]
        attempt = self._of(work)
        match event.polled:
            case Succeeded(link, charged):
                if work.sent_at is not None:
                    self.beats[attempt.provider].learn(work.take.duration, self.schedule.now.mono - work.sent_at)
                settled = charged if charged is not None else attempt.charged
                self._record(replace(attempt, state="succeeded", charged=settled))
                work.phase = "fetching"
                work.charged = Money(settled, attempt.unit) if settled is not None else None
                self.schedule.write(work, "downloading")
                self.schedule.order(ev.Fetch(work.take.key, work.take.id, attempt.provider, link))
            case Failed(code, message, charged):
                settled = charged if charged is not None else attempt.charged
                self._record(replace(attempt, state="failed", charged=settled, reason=message))
                self._fail(work, code, message)
            case Absent(code, message, lost) if work.absences + 1 >= ABSENCES:
                self._leave(work)
                self.schedule.fail(work, code, message, phase="lost" if lost else "failed")
            case _:
                work.absences += isinstance(event.polled, Absent)
                self.schedule.after(self._beat(work), lambda: self._poll(work))

    def fetch_broke(self, work: Work, event: ev.Broke) -> None:
        """A clip that was paid for did not arrive whole: ask for a fresh link; in the end fail, or call it lost."""
        work.fetches += 1
        if work.fetches < FETCHES:
            work.phase = "remote"
            self.schedule.after(self.poll_s * work.fetches, lambda: self._poll(work))
        else:
            self._leave(work)
            self.schedule.fail(work, event.code, event.message, phase="failed" if event.again else "lost")

    def live(self, work: Work) -> AttemptRecord | None:
        """The attempt that a take is on; None where nothing was submitted."""
        return None if work.attempt is None else self.attempts[work.attempt]

    def release(self, work: Work) -> None:
        """A take with a live attempt is done: its place in the account is free."""
        if work.attempt is not None:
            self._leave(work)

    def _leave(self, work: Work) -> None:
        self.running[work.take.shot.provider] -= 1

    def _beat(self, work: Work) -> float:
        """How long until a job is asked for again: the beat that was set, else by how long others took."""
        provider = work.take.shot.provider
        fixed = self.accounts[provider].poll_s
        if fixed is not None or provider not in self.learned:
            return self.poll_s if fixed is None else fixed
        elapsed = self.schedule.now.mono - (self.schedule.now.mono if work.sent_at is None else work.sent_at)
        return self.beats[provider].next_s(work.take.duration, elapsed, resumed=work.sent_at is None)

    def _created(self, take: TakeKey) -> float:
        """The date of a new attempt, after those of the take's earlier ones even where the clock was set back."""
        before = self.latest.get(take)
        now = self.schedule.now.wall
        return now if before is None else max(now, math.nextafter(before.created, math.inf))

    def _of(self, work: Work) -> AttemptRecord:
        if work.attempt is None:
            raise RuntimeError(f"{work.take.id} has no attempt")
        return self.attempts[work.attempt]

    def _record(self, attempt: AttemptRecord) -> None:
        self.attempts[attempt.id] = self.latest[attempt.take] = attempt
        self.schedule.journal(attempt)

    def _post(self, work: Work, attempt: AttemptRecord) -> None:
        self._record(attempt)
        work.phase = "posting"
        self.posting[attempt.provider] += 1
        request = Request("POST", attempt.path, json.loads(attempt.headers), attempt.body)
        self.schedule.order(ev.Post(attempt.id, attempt.provider, request))

    def _repost(self, work: Work) -> None:
        attempt = self._of(work)
        if self.posting[attempt.provider] and self.remotes[attempt.provider].capabilities.retention_s is None:
            self.schedule.after(RESEND_AFTER_S, lambda: self._repost(work))
        elif attempt.state != "unsure":
            self._post(work, replace(attempt, state="intended"))
        elif self._replayable(attempt):
            self._post(work, attempt)
        else:
            self._ambiguous(work, attempt, "its key is too old to be sent again")

    def _poll(self, work: Work) -> None:
        attempt = self._of(work)
        if attempt.job is None:
            raise RuntimeError(f"{work.take.id} has no job")
        if work.polled_from is None:
            work.polled_from = self.schedule.now.mono
        if self.schedule.now.mono - work.polled_from >= OVERDUE_S:
            self._fail(work, "overdue", f"{attempt.provider} has not finished it after {OVERDUE_S / 3600:g} hours")
            return
        self.schedule.order(ev.Poll(work.take.key, attempt.provider, attempt.job, -work.urgency))

    def _resend(
        self, work: Work, attempt: AttemptRecord, state: AttemptState, reason: str, wait_s: float | None = None
    ) -> None:
        """Send the same bytes again later, where that is safe. An attempt that is unsure stays so."""
        attempt = replace(attempt, state="unsure" if attempt.state == "unsure" else state, reason=reason)
        self._record(attempt)
        if attempt.state == "unsure" and (work.tries >= RESENDS or not self._replayable(attempt)):
            self._ambiguous(work, attempt, reason)
        elif work.tries >= RESENDS:
            self._fail(work, state, reason)
        else:
            self.schedule.after(
                RESEND_AFTER_S * 2**work.tries if wait_s is None else wait_s, lambda: self._repost(work)
            )
            work.tries += 1

    def _replayable(self, attempt: AttemptRecord) -> bool:
        """Whether the same bytes under the same key are safe: it is the account that it was sent from, and the key is
        younger than half its retention.
        """
        retention_s = self.remotes[attempt.provider].capabilities.retention_s
        age_s = self.schedule.now.wall - attempt.created
        same = attempt.account == self.accounts[attempt.provider].name
        fresh = retention_s is not None and 0 <= age_s < retention_s / 2
        return attempt.state in ("intended", "unsure") and same and fresh

    def _ambiguous(self, work: Work, attempt: AttemptRecord, reason: str) -> None:
        self._record(replace(attempt, state="ambiguous", reason=reason))
        self._leave(work)
        self.schedule.fail(work, "ambiguous", f"it may have been accepted and charged: {reason}", phase="ambiguous")

    def _fail(self, work: Work, code: str, message: str) -> None:
        self._leave(work)
        self.schedule.fail(work, code, message)
