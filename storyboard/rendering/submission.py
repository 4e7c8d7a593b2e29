"""Paid submissions: the decisions around a POST that may cost money.

Laws.
1. An attempt is recorded as `intended`, with its exact bytes, its key, its account, what it may cost and the gateway's
   time, before its POST; so after any crash the journal says what may have been sent.
2. NOT_SENT and BUSY repeat the same bytes under the same key; a later run makes a new attempt of them. UNKNOWN is
   replayed, same key and bytes, only where the provider honours keys and less than half the time it keeps them has
   passed. Where a gateway lists its jobs with their keys, it is looked for in that list. Elsewhere, and where it is not
   found, it is a state, `ambiguous`, that a person settles. Nothing is resubmitted silently. What happens to a replay
   says nothing about the send whose answer was lost, not even a refusal: only acceptance settles it.
3. An account without idempotency has one POST in flight, in all processes of a user on a machine (`state.turn`), so
   that a crash leaves at most one of unknown fate.
4. A job's id is recorded before anything that follows from it.
5. An attempt that is taken up again gives the clip that it was made for, whatever has changed since. Where its words
   were changed, and it is not known whether they were ordered, the old bytes are sent again before the new ones.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from storyboard.exchange import Accepted, Ask, Busy, NotSent, Rejected, Request, Unknown
from storyboard.film import Budget
from storyboard.providers import Batching, Listing, Remote
from storyboard.rendering import events as ev
from storyboard.rendering.allowance import OUT_OF_REACH, Allowance
from storyboard.rendering.attempts import OVER, RESEND_AFTER_S, RESENDS, RESENT, Attempts, Keys
from storyboard.rendering.callbacks import Callbacks, Calls
from storyboard.rendering.cancels import Cancels
from storyboard.rendering.desk import Account, Desk
from storyboard.rendering.elders import Elders
from storyboard.rendering.greeting import Greetings
from storyboard.rendering.jobs import Jobs
from storyboard.rendering.room import Room
from storyboard.rendering.work import Work
from storyboard.state.journal import AttemptRecord, AttemptState, History
from storyboard.structs import replace

LOOKS = 3
"""How often a run looks for a submission in its gateway's list before it is called ambiguous."""
CANNOT = "provider-cannot"
"""The code of a take that its provider does not take as it is."""

_HEADERS = json.JSONEncoder(sort_keys=True)

UNBOUNDED = Budget()
"""No ceiling but this: what has no known price is not bought."""
NO_CALLS = Calls()
"""Nobody listens."""


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
        calls: Calls = NO_CALLS,
    ) -> None:
        self.remotes = remotes
        self.new_id = new_id
        self.accounts = {name: accounts.get(name, Account()) for name in remotes}
        capabilities = {name: remote.capabilities for name, remote in remotes.items()}
        self.book = Attempts(attempts)
        self.room = Room(remotes, self.accounts, self.book)
        self.greetings = Greetings({name: one.gateway.probe for name, one in capabilities.items() if one.gateway})
        self.keys = Keys(self.book, capabilities, self.accounts, self.greetings)
        lists = [name for name, remote in remotes.items() if isinstance(remote, Batching)]
        self.jobs = Jobs(self.book, lambda: self.schedule, capabilities, self.accounts, poll_s, self.greetings, lists)
        self.allowance = Allowance(budget, self.book, self.greetings, self.accounts, remotes)
        self.elders = Elders(self.book, self.greetings, lambda: self.schedule, self._again)
        self.cancels = Cancels(self.book, self.jobs, capabilities, lambda: self.schedule)
        self._behind: dict[str, deque[ev.Hosted]] = {}
        self.calls = calls
        self.callbacks = Callbacks(
            calls, self.book, self.jobs, self.jobs.read, remotes, self.accounts, lambda: self.schedule
        )
        self._schedule: Desk | None = None

    @property
    def attempts(self) -> Mapping[str, AttemptRecord]:
        """Every attempt by its id."""
        return self.book.by_id

    def bind(self, schedule: Desk, history: History) -> None:
        """Work for this schedule. What may have been sent for takes that it has no more is looked after too."""
        self._schedule = schedule
        self.elders.bind(history, self.remotes)

    @property
    def schedule(self) -> Desk:
        """The schedule whose takes are submitted."""
        if self._schedule is None:
            raise RuntimeError("submissions decide only as part of a schedule")
        return self._schedule

    def has_room(self, provider: str) -> bool:
        """Whether the account may take one more submission now; a gateway that was not greeted yet is greeted first."""
        if not self.room.for_another(provider):
            return False
        return self.greetings.met(provider, self.schedule) and not self.room.must_wait(provider)

    def woke(self) -> None:
        """The machine has slept: what time it is there is asked anew, and links of before are not given away."""
        self.greetings.forget()
        self.jobs.returned.forget()

    def submit(self, work: Work, ask: Ask) -> None:
        """Begin a new attempt, if the budget allows it: what the provider has to reach is hosted first."""
        if self._forbidden(work) or self.elders.first(work):
            return
        self.book.enter(work)
        try:
            paths = self.remotes[work.take.shot.provider].files(ask)
        except ValueError as error:
            self._fail(work, CANNOT, str(error))
            return
        schedule = self.schedule
        work.returned = self.jobs.returned.links(work, ask, schedule.works, schedule.clips, schedule.now.mono)
        unreached = tuple(path for path in paths if path not in work.returned)
        if unreached:
            work.phase = "hosting"
            schedule.order(ev.Host(work.take.key, ask, unreached))
        else:
            self._intend(work, ask, work.returned)

    def hosted(self, event: ev.Hosted) -> None:
        """What an attempt refers to can be reached: order it when the account may, unless the run is ending."""
        work = self.schedule.works[event.key]
        provider = work.take.shot.provider
        if work.called_off:
            self.book.leave(work)
            self.cancels.unordered(work)
        elif self.room.must_wait(provider):
            self._behind.setdefault(provider, deque()).append(event)
        elif self.schedule.draining or self._forbidden(work):
            self.book.leave(work)
        else:
            self._intend(work, event.ask, {**work.returned, **event.links})

    def _forbidden(self, work: Work) -> bool:
        """End a take that may not be ordered."""
        refused = self.allowance.refusal(work.take)
        if refused is not None:
            self.schedule.fail(work, *refused)
        return refused is not None

    def _intend(self, work: Work, ask: Ask, links: Mapping[str, str]) -> None:
        """Record a new attempt with its bytes, and order its POST."""
        take, provider = work.take, work.take.shot.provider
        key = self.new_id()
        try:
            remote = self.remotes[provider]
            request = remote.submit_request(self.calls.addressed(ask, remote, key), links, key)
        except ValueError as error:
            self._fail(work, CANNOT, str(error))
            return
        now = self.schedule.now
        attempt = AttemptRecord(
            id=self.new_id(),
            take=take.key,
            provider=provider,
            state="intended",
            key=key,
            path=request.path,
            headers=_HEADERS.encode(dict(request.headers)),
            body=request.body,
            account=self.accounts[provider].name,
            created=self.book.created(take.key, now.wall),
            reserve=take.price.amount if take.price else None,
            unit=take.price.unit if take.price else self.remotes[provider].capabilities.unit,
            dated=self.greetings.earliest(provider, now.mono),
        )
        work.attempt = attempt.id
        self.book.born[attempt.id] = now.mono
        self.schedule.write(work, "submitting")
        work.phase = "posting"
        self._post(attempt)

    def resume(self, work: Work) -> bool:
        """Take up what an earlier run left of a take; False where there is nothing and a new attempt may be made."""
        attempt = self.book.latest.get(work.take.key)
        if attempt is None or attempt.state in OVER:
            return False
        if attempt.state == "succeeded" and work.take.clip is not None:
            return False
        before = self.schedule.history.takes[work.take.key]
        work.ask, work.carried = before.ask, before.carried
        work.attempt = attempt.id
        self.book.enter(work)
        if attempt.job is not None:
            self.jobs.resume(work)
        elif self.keys.may_hold(attempt, self.schedule.now) or self._listed(attempt):
            self._record(replace(attempt, state="unsure"))
            work.phase = "posting"
            self._repost_in(0.0, work, attempt)
        else:
            self._ambiguous(work, attempt, attempt.reason or "the run ended before the answer came")
        return True

    def answered(self, event: ev.Answered) -> None:
        """The outcome of a POST."""
        attempt = self.attempts[event.attempt]
        self.greetings.hear(attempt.provider, event.date, self.schedule.now.mono)
        self.book.posting[attempt.provider] -= 1
        if attempt.job is None:  # else a callback has told it meanwhile
            self._take_in(attempt, event)
        elif (waiting := self.elders.of(attempt)) is not None:
            self.elders.answered(waiting, attempt, event)
        behind = self._behind.get(attempt.provider)
        while behind and not self.room.must_wait(attempt.provider):
            self.hosted(behind.popleft())

    def _take_in(self, attempt: AttemptRecord, event: ev.Answered) -> None:
        if isinstance(event.outcome, Rejected) and event.outcome.stops:
            self.allowance.stop(attempt.provider, event.outcome)
        if isinstance(event.outcome, Accepted):
            job, charged = event.outcome.job, event.outcome.charged
            attempt = replace(attempt, state="accepted", job=job, charged=charged, reason=None)
            self._record(attempt)
        waiting = self.elders.of(attempt)
        if waiting is None:
            self._answered(self.schedule.works[attempt.take], attempt, event)
        else:
            self.elders.answered(waiting, attempt, event)
        self.callbacks.answered(attempt)

    def _answered(self, work: Work, attempt: AttemptRecord, event: ev.Answered) -> None:
        now = self.schedule.now.mono
        match event.outcome:
            case Accepted(job):
                self.schedule.write(work, "submitted")
                self.schedule.tell("submitted", work, provider=attempt.provider, job=job)
                self.room.accepted(attempt.provider)
                self.jobs.accepted(work)
                self.cancels.accepted(work)
            case Rejected(_, message) if attempt.state == "unsure":
                self._ambiguous(work, attempt, f"its answer was lost, and sent again it was refused: {message}")
            case Rejected(code, message):
                self._record(replace(attempt, state="rejected", reason=message))
                self._fail(work, code, message)
            case NotSent(reason, until):
                work.tries -= until is not None
                self._resend(work, attempt, "not-sent", reason, None if until is None else max(0.1, until - now))
            case Busy(until):
                work.tries -= 1
                self.room.busy(attempt.provider)
                self._resend(work, attempt, "busy", "the provider is busy", max(RESEND_AFTER_S, until - now))
            case Unknown(reason, until):
                again_s = None if until is None else max(RESEND_AFTER_S, until - now)
                work.tries -= until is not None
                self._resend(work, replace(attempt, state="unsure"), "unsure", reason, again_s)

    def hear(self, event: ev.Event) -> None:
        """Something that concerns attempts happened."""
        match event:
            case ev.Hosted():
                self.hosted(event)
            case ev.HostBroke():
                self._fail(self.schedule.works[event.key], event.code, event.message)
            case ev.Greeted():
                self.greetings.greeted(event, self.schedule)
            case ev.Answered():
                self.answered(event)
            case ev.PollRead():
                self.jobs.asked(event)
            case ev.CallOffRead():
                self.cancels.read(event)
            case ev.Cancel():
                self.cancels.asked(event)
            case ev.AllRead():
                self.jobs.all_asked(event)
            case ev.Hinted():
                if event.key in self.schedule.works.by_key:
                    self.jobs.polling.hinted(self.schedule.works[event.key])
            case ev.Called():
                self.callbacks.called(event)
            case ev.Confirmed():
                self.callbacks.confirmed(event)

    def live(self, work: Work) -> AttemptRecord | None:
        """The attempt that a take is on; None where nothing was submitted."""
        return None if work.attempt is None else self.attempts[work.attempt]

    def release(self, work: Work) -> None:
        """A take with a live attempt is done: its place in the account is free."""
        if work.attempt is not None:
            self.book.leave(work)

    def _record(self, attempt: AttemptRecord) -> None:
        self.book.record(attempt, self.schedule)

    def _post(self, attempt: AttemptRecord) -> None:
        self._record(attempt)
        self.book.posting[attempt.provider] += 1
        request = Request("POST", attempt.path, json.loads(attempt.headers), attempt.body)
        self.schedule.order(ev.Post(attempt.id, attempt.provider, request))

    def _repost_in(self, seconds: float, work: Work, attempt: AttemptRecord) -> None:
        """Send an attempt's bytes again in so many seconds, once it is known that this is safe."""

        def repost() -> None:
            self.greetings.once_met(attempt.provider, self.schedule, lambda: self._repost(work, attempt.id))

        self.schedule.after(seconds, repost)

    def _repost(self, work: Work, sent: str) -> None:
        attempt = self.book.by_id[sent]
        if work.attempt != sent or attempt.job is not None or attempt.state not in RESENT:
            return  # a callback has told its job meanwhile, and the take may even be on its next attempt
        unreachable = self.greetings.unreachable.get(attempt.provider)
        if work.called_off and attempt.state != "unsure":
            self.book.leave(work)
            self.cancels.unordered(work)
        elif unreachable is not None:
            self._fail(work, OUT_OF_REACH, f"{unreachable}; what was sent before is asked for again next time")
        elif self.room.must_wait(attempt.provider):
            self._repost_in(RESEND_AFTER_S, work, attempt)
        elif attempt.state != "unsure" and self._forbidden(work):  # others have spent meanwhile what it would cost
            self.book.leave(work)
        elif attempt.state != "unsure":
            self._post(replace(attempt, state="intended"))
        elif not self._again(attempt):
            self._ambiguous(work, attempt, "its key is too old to be sent again")

    def _again(self, attempt: AttemptRecord) -> bool:
        """Send the same bytes under the same key, or look for the job that they made; False where neither is safe."""
        if self.keys.hold(attempt, self.schedule.now):
            self._post(attempt)
        elif self._listed(attempt):
            self.book.posting[attempt.provider] += 1
            self.schedule.order(ev.Find(attempt.id, attempt.provider, attempt.key))
        else:
            return False
        return True

    def _resend(
        self, work: Work, attempt: AttemptRecord, state: AttemptState, reason: str, wait_s: float | None = None
    ) -> None:
        """Send the same bytes again later, where that is safe. An attempt that is unsure stays so."""
        attempt = replace(attempt, state="unsure" if attempt.state == "unsure" else state, reason=reason)
        self._record(attempt)
        most = RESENDS if self.keys.hold(attempt, self.schedule.now) else LOOKS if self._listed(attempt) else 0
        if attempt.state == "unsure" and work.tries >= most:
            self._ambiguous(work, attempt, reason)
        elif work.tries >= RESENDS:
            self._fail(work, state, reason)
        else:
            self._repost_in(RESEND_AFTER_S * 2**work.tries if wait_s is None else wait_s, work, attempt)
            work.tries += 1

    def _listed(self, attempt: AttemptRecord) -> bool:
        """Whether its job, where there is one, is in a list that may be asked for."""
        return self.keys.ours(attempt) and isinstance(self.remotes[attempt.provider], Listing)

    def _ambiguous(self, work: Work, attempt: AttemptRecord, reason: str) -> None:
        """Leave it to a person, unless a callback may still tell what became of it."""
        unsure = replace(attempt, state="unsure", reason=reason)

        def end() -> None:
            self._record(replace(unsure, state="ambiguous"))
            self.book.leave(work)
            message = f"it may have been accepted and charged: {reason}"
            self.schedule.fail(work, "ambiguous", message, phase="ambiguous")

        def end_unsettled() -> None:
            if self.book.by_id[unsure.id].state == "unsure":  # nothing else has settled it meanwhile
                end()

        if not self.callbacks.awaited(work, unsure, end_unsettled):
            end()
            return
        work.phase = "posting"
        self._record(unsure)
        message = f"take {work.take.id} may have been ordered: {reason}"
        self.schedule.tell("warning", work, code="ambiguous", message=message, hint="a callback may tell its job")

    def _fail(self, work: Work, code: str, message: str) -> None:
        self.book.leave(work)
        self.schedule.fail(work, code, message)
