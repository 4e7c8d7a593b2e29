"""Jobs that a provider has accepted: the decisions about asking for them and about fetching their clips.

Laws. A finished job's clip is fetched again, never bought again: what arrives damaged every time is `lost`, what does
not arrive is fetched by the next run. A job that does not end is asked for again by the next run. What tells of a job
unasked only hastens the next question, at most once in `HINTED_S`: nobody can make this account ask more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from storyboard.capabilities import Capabilities
from storyboard.exchange import Absent, Failed, Succeeded
from storyboard.film import Money
from storyboard.network.limits import Beat
from storyboard.rendering import events as ev
from storyboard.rendering.attempts import Attempts
from storyboard.rendering.desk import Account, Desk
from storyboard.rendering.work import Work

FETCHES = 4
"""How often a run fetches a finished job's clip."""
OVERDUE_S = 6 * 3600.0
"""How long a run asks for a job that does not end; the next run asks on."""
ABSENCES = 11
"""How often a run asks for a clip or a job that should be there and is not."""
HINTED_S = 10.0
"""How long after a question a hint may bring about the next one."""
CALLED_S = 60.0
"""The beat of polls where the gateway calls: only for callbacks that were lost."""
ABSENT_S = 5.0
"""How long it waits before each of these, at least: a new job may be unknown to its own gateway for 50 s."""


class Jobs:
    """The jobs of one run. `poll_s` is the beat of polls of a provider that is no gateway's."""

    def __init__(
        self,
        attempts: Attempts,
        desk: Callable[[], Desk],
        capabilities: Mapping[str, Capabilities],
        accounts: Mapping[str, Account],
        poll_s: float,
    ) -> None:
        self._attempts = attempts
        self._desk = desk
        self._capabilities = capabilities
        self._accounts = accounts
        self._poll_s = poll_s
        self.beats = {name: Beat(one.pace) for name, one in capabilities.items()}

    def accepted(self, work: Work) -> None:
        """A job was just accepted."""
        desk = self._desk()
        work.phase, work.tries, work.sent_at = "remote", 0, desk.now.mono
        self._ask_in(work, self._beat(work))

    def resume(self, work: Work) -> None:
        """Go on with a job of an earlier run."""
        work.phase = "remote"
        self._ask_in(work, 0.0)

    def hinted(self, work: Work) -> None:
        """Somebody tells of the job of a take: the next question is due, unless the last was just asked. One that is
        told of before its submission was answered is asked for as soon as it has a name.
        """
        if work.hinted or work.phase not in ("posting", "remote"):
            return
        work.hinted = True
        if work.poll_at is not None:
            self._ask_in(work, work.poll_at - self._desk().now.mono)

    def read(self, event: ev.PollRead) -> None:
        """How a job stands."""
        desk = self._desk()
        work = desk.works[event.key]
        attempt = self._attempts.of(work)
        match event.polled:
            case Succeeded(link, charged):
                if work.sent_at is not None:
                    self.beats[attempt.provider].learn(work.take.duration, desk.now.mono - work.sent_at)
                settled = charged if charged is not None else attempt.charged
                self._attempts.record(replace(attempt, state="succeeded", charged=settled), desk)
                work.phase = "fetching"
                work.charged = Money(settled, attempt.unit) if settled is not None else None
                desk.write(work, "downloading")
                desk.order(ev.Fetch(work.take.key, work.take.id, attempt.provider, link))
            case Failed(code, message, charged):
                settled = charged if charged is not None else attempt.charged
                self._attempts.record(replace(attempt, state="failed", charged=settled, reason=message), desk)
                self._end(work, code, message)
            case Absent(code, message, lost) if work.absences + 1 >= ABSENCES:
                self._attempts.leave(work)
                desk.fail(work, code, message, phase="lost" if lost else "failed")
            case Absent():
                work.absences += 1
                self._ask_in(work, max(ABSENT_S, self._beat(work)))
            case _:
                self._ask_in(work, self._beat(work))

    def fetch_broke(self, work: Work, event: ev.Broke) -> None:
        """A clip that was paid for did not arrive whole: ask for a fresh link; in the end fail, or call it lost."""
        desk = self._desk()
        work.fetches += 1
        if work.fetches < FETCHES:
            work.phase = "remote"
            self._ask_in(work, self._poll_s * work.fetches)
        else:
            self._attempts.leave(work)
            desk.fail(work, event.code, event.message, phase="failed" if event.again else "lost")

    def _beat(self, work: Work) -> float:
        """How long until a job is asked for again: the beat that was set, else by how long others took."""
        provider = work.take.shot.provider
        fixed = self._accounts[provider].poll_s
        if fixed is not None or self._capabilities[provider].gateway is None:
            return self._poll_s if fixed is None else fixed
        now = self._desk().now.mono
        elapsed = now - (now if work.sent_at is None else work.sent_at)
        beat_s = self.beats[provider].next_s(work.take.duration, elapsed, resumed=work.sent_at is None)
        return max(CALLED_S, beat_s) if self._accounts[provider].calls else beat_s

    def _ask_in(self, work: Work, seconds: float) -> None:
        """Ask for a job in so many seconds, or as soon as a hint may make us; an earlier appointment is off."""
        desk = self._desk()
        moment = desk.now.mono + max(0.0, seconds)
        if work.hinted:
            moment = min(moment, desk.now.mono if work.asked_at is None else work.asked_at + HINTED_S)
        work.poll_at = moment
        desk.after(moment - desk.now.mono, lambda: self._poll(work, moment))

    def _poll(self, work: Work, moment: float) -> None:
        if work.poll_at != moment:
            return
        desk, attempt = self._desk(), self._attempts.of(work)
        work.poll_at, work.asked_at, work.hinted = None, desk.now.mono, False
        if attempt.job is None:
            raise RuntimeError(f"{work.take.id} has no job")
        if work.polled_from is None:
            work.polled_from = desk.now.mono
        if desk.now.mono - work.polled_from >= OVERDUE_S:
            self._end(work, "overdue", f"{attempt.provider} has not finished it after {OVERDUE_S / 3600:g} hours")
            return
        desk.order(ev.Poll(work.take.key, attempt.provider, attempt.job, -work.urgency))

    def _end(self, work: Work, code: str, message: str) -> None:
        self._attempts.leave(work)
        self._desk().fail(work, code, message)
