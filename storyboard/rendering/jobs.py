"""Jobs that a provider has accepted: the decisions about asking for them and about fetching their clips.

Laws. A finished job's clip is fetched again, never bought again: what arrives damaged every time is `lost`, what does
not arrive is fetched by the next run. A job that does not end is asked for again by the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from storyboard.capabilities import Capabilities
from storyboard.exchange import CANCELLED, Absent, Failed, Succeeded
from storyboard.film import Money
from storyboard.rendering import events as ev
from storyboard.rendering.attempts import Attempts
from storyboard.rendering.desk import Account, Desk
from storyboard.rendering.greeting import Greetings
from storyboard.rendering.polling import OVERDUE_S, Polling
from storyboard.rendering.returned import Returned
from storyboard.rendering.work import Work
from storyboard.structs import replace

FETCHES = 4
"""How often a run fetches a finished job's clip."""
ABSENCES = 11
"""How often a run asks for a clip or a job that should be there and is not."""
ABSENT_S = 5.0
"""How long it waits before each of these, at least: a new job may be unknown to its own gateway for 50 s."""


class Jobs:
    """The jobs of one run. `poll_s` is the beat of polls of a provider that is no gateway's, `lists` are the providers
    that tell of many jobs at once.
    """

    def __init__(
        self,
        attempts: Attempts,
        desk: Callable[[], Desk],
        capabilities: Mapping[str, Capabilities],
        accounts: Mapping[str, Account],
        poll_s: float,
        greetings: Greetings,
        lists: Collection[str] = (),
    ) -> None:
        self._attempts = attempts
        self._greetings = greetings
        self.returned = Returned(capabilities)
        self._desk = desk
        self._poll_s = poll_s
        self.polling = Polling(attempts, desk, capabilities, accounts, poll_s, self._overdue, lists)

    def accepted(self, work: Work) -> None:
        """A job was just accepted."""
        desk = self._desk()
        work.phase, work.tries, work.sent_at = "remote", 0, desk.now.mono
        self.polling.expect(work)

    def resume(self, work: Work) -> None:
        """Go on with a job of an earlier run."""
        work.phase = "remote"
        self.polling.ask_in(work, 0.0)

    def found(self, work: Work) -> None:
        """A job of unknown fate was just found and asked for."""
        work.phase, work.tries, work.asked_at = "remote", 0, self._desk().now.mono
        work.sent_at = self._attempts.born.get(self._attempts.of(work).id)

    def asked(self, event: ev.PollRead) -> None:
        """The answer to a question about one job."""
        provider = self._desk().works[event.key].take.shot.provider  # who may be another's as soon as it is read
        self.read(event)
        self.polling.answered(provider)

    def all_asked(self, event: ev.AllRead) -> None:
        """The answer to a question about many jobs; of some of them more may be known by now."""
        self.polling.listed(event)
        for key, job in event.jobs:
            if self._desk().works[key].phase == "remote":
                self.read(ev.PollRead(key, (event.polled or {}).get(job), event.date))
        self.polling.answered(event.provider)

    def read(self, event: ev.PollRead) -> None:
        """How a job stands."""
        desk = self._desk()
        work = desk.works[event.key]
        if work.phase != "remote":
            return  # it was called off meanwhile
        attempt = self._attempts.of(work)
        self._greetings.hear(attempt.provider, event.date, desk.now.mono)
        match event.polled:
            case Succeeded(link, charged):
                self.returned.keep(work, event.polled, desk.now.mono)
                self.polling.learn(work)
                self._attempts.deliver(work)
                settled = charged if charged is not None else attempt.charged
                self._attempts.record(replace(attempt, state="succeeded", charged=settled), desk)
                work.phase = "fetching"
                work.charged = Money(settled, attempt.unit) if settled is not None else None
                desk.write(work, "downloading")
                desk.order(ev.Fetch(work.take.key, work.take.id, attempt.provider, link))
            case Failed(code, message, charged):
                settled = charged if charged is not None else attempt.charged
                self._attempts.record(replace(attempt, state="failed", charged=settled, reason=message), desk)
                self._attempts.leave(work)
                desk.fail(work, code, message, phase="cancelled" if code == CANCELLED else "failed")
            case Absent(code, message, lost) if work.absences + 1 >= ABSENCES:
                self._attempts.leave(work)
                desk.fail(work, code, message, phase="lost" if lost else "failed")
            case Absent():
                work.absences += 1
                self.polling.expect(work, ABSENT_S)
            case _:
                work.ran_at = work.ran_at if event.polled is None else desk.now.mono
                self.polling.expect(work)

    def fetch_broke(self, work: Work, event: ev.Broke) -> None:
        """A clip that was paid for did not arrive whole: ask for a fresh link; in the end fail, or call it lost."""
        desk = self._desk()
        work.fetches += 1
        if work.fetches < FETCHES:
            work.phase = "remote"
            self.polling.ask_in(work, self._poll_s * work.fetches)
        else:
            self._attempts.leave(work)
            desk.fail(work, event.code, event.message, phase="failed" if event.again else "lost")

    def _overdue(self, work: Work) -> None:
        provider = work.take.shot.provider
        self._end(work, "overdue", f"{provider} has not finished it after {OVERDUE_S / 3600:g} hours")

    def _end(self, work: Work, code: str, message: str) -> None:
        self._attempts.leave(work)
        self._desk().fail(work, code, message)
