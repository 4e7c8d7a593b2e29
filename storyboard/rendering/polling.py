"""When jobs are asked for, and which first where not all can be.

Laws. A hint hastens the next question about a job, at most once in `HINTED_S`; nobody can make an account ask more. Of
the jobs that are due, the one is asked for that has most likely been finished for longest; longer paths count more.
Few questions are under way at once, most often one, so that the choice is made late. A gateway that tells of many jobs
in one answer is asked for all that run when one is due; a job that its list leaves out is asked for alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from storyboard.capabilities import Capabilities
from storyboard.film import JobId, TakeKey
from storyboard.rendering import events as ev
from storyboard.rendering.attempts import Attempts
from storyboard.rendering.desk import Account, Desk
from storyboard.rendering.pace import LATEST_S, SOONEST_S, Pace
from storyboard.rendering.work import Work
from storyboard.state.account import Took

PRICE = 1 / 10_000
"""What a question costs for each job that is under way, in unnoticed seconds for a second of the usual time."""
ASKED_AT_ONCE, SLOW_S = 4, 5.0
"""How many questions to an account may be under way; another begins only when the last is not answered so soon."""
LISTED_AT_ONCE = 50
"""For how many jobs one question asks."""
UNREAD = 3
"""How often in a row a list says nothing before jobs are asked for one by one."""
OVERDUE_S = 6 * 3600.0
"""How long a run asks for a job that does not end; the next run asks on."""
HINTED_S = 10.0
"""How long after a question a hint may bring about the next one."""
CALLED_S = 60.0
"""The least between two questions where the gateway calls: they are only for callbacks that were lost."""
FIRST = -1e12
"""The rank of a question that a hint brought about: after orders, before all others."""


class Polling:
    """The questions of one run. `poll_s` is the beat for a provider that is no gateway's, `lists` are the providers
    that tell of many jobs at once. `give_up` is told of a job that does not end. `learned` is how long jobs took.
    """

    def __init__(
        self,
        attempts: Attempts,
        desk: Callable[[], Desk],
        capabilities: Mapping[str, Capabilities],
        accounts: Mapping[str, Account],
        poll_s: float,
        give_up: Callable[[Work], None],
        lists: Collection[str] = (),
    ) -> None:
        self._attempts = attempts
        self._desk = desk
        self._capabilities = capabilities
        self._accounts = accounts
        self._poll_s = poll_s
        self._give_up = give_up
        self._unread = dict.fromkeys(lists, 0)
        self._alone: set[TakeKey] = set()
        self._asking: Counter[str] = Counter()
        self._asked_at: dict[str, float] = {}
        self._waiting: dict[str, dict[TakeKey, Work]] = {name: {} for name in capabilities}
        self._due: dict[str, dict[TakeKey, Work]] = {name: {} for name in capabilities}
        self.learned: dict[str, list[Took]] = {}
        self.paces = {name: Pace(one.pace, accounts[name].took) for name, one in capabilities.items()}

    def learn(self, work: Work) -> None:
        """A job was found finished; how long it took is known where this run saw it begin, but for how late it is
        noticed; a gateway that calls is heard at once.
        """
        if work.sent_at is not None:
            pace, length = self.paces[work.take.shot.provider], work.take.duration
            elapsed, ran = self._desk().now.mono - work.sent_at, max(0.0, (work.ran_at or 0.0) - work.sent_at)
            told = self._accounts[work.take.shot.provider].calls
            took = (length, elapsed if told else elapsed - pace.curve(length).late_s(ran, elapsed))
            pace.learn(*took)
            self.learned.setdefault(work.take.shot.provider, []).append(took)

    def expect(self, work: Work, least_s: float = 0.0) -> None:
        """Ask for a job when it is due, in `least_s` seconds at the earliest, or by a hint."""
        self.ask_in(work, max(least_s, self._wait_s(work)))

    def ask_in(self, work: Work, seconds: float) -> None:
        """Ask for a job in so many seconds, or by a hint; an earlier appointment is off."""
        desk, provider = self._desk(), work.take.shot.provider
        moment = desk.now.mono + max(0.0, seconds)
        if work.hinted:
            moment = min(moment, desk.now.mono if work.asked_at is None else work.asked_at + HINTED_S)
        work.poll_at = moment
        self._waiting[provider][work.take.key] = work
        desk.after(moment - desk.now.mono, lambda: self._fall_due(work, moment))

    def hinted(self, work: Work) -> None:
        """Somebody tells of the job of a take: the next question is due, unless the last was just asked. One that is
        told of before its submission was answered is asked for as soon as it has a name.
        """
        if work.hinted or work.phase not in ("posting", "remote"):
            return
        work.hinted = True
        if work.poll_at is not None:
            self.ask_in(work, work.poll_at - self._desk().now.mono)

    def answered(self, provider: str) -> None:
        """A question was answered, or never will be: there is room for another."""
        self._asking[provider] -= 1
        self._ask(provider)

    def listed(self, event: ev.AllRead) -> None:
        """What a question about many jobs brought; those that were left out are asked for alone."""
        if event.polled is None and event.provider in self._unread:
            self._unread[event.provider] += 1
            if self._unread[event.provider] >= UNREAD:
                del self._unread[event.provider]
        elif event.polled is not None:
            self._unread[event.provider] = 0
            self._alone.update(key for key, job in event.jobs if job not in event.polled)

    def _beat_s(self, provider: str) -> float | None:
        """The beat that was set; None where the pace of jobs tells when to ask."""
        fixed = self._accounts[provider].poll_s
        return fixed if fixed is not None or self._capabilities[provider].gateway is not None else self._poll_s

    def _wait_s(self, work: Work) -> float:
        """How long until a job is asked for again, but for a hint."""
        provider, now = work.take.shot.provider, self._desk().now.mono
        beat_s, pace, length = self._beat_s(provider), self.paces[provider], work.take.duration
        if beat_s is not None:
            return beat_s
        curve, last_s = pace.curve(length), _last_s(work)
        if work.sent_at is None:  # nobody knows since when it runs
            late_s = now - (now if work.polled_from is None else work.polled_from) - curve.usual
            return min(LATEST_S, max(SOONEST_S, curve.usual / 15, late_s / 5))
        jobs = 1 if provider in self._unread else max(1, self._attempts.running[provider])
        if self._accounts[provider].calls:
            wait_s = max(CALLED_S, 1.25 * curve.longest - last_s)
        else:
            wait_s = pace.next_s(length, last_s, jobs * PRICE * curve.usual)
        return work.sent_at + last_s + wait_s - now

    def _fall_due(self, work: Work, moment: float) -> None:
        if work.poll_at != moment:
            return
        provider, now = work.take.shot.provider, self._desk().now.mono
        work.polled_from = now if work.polled_from is None else work.polled_from
        if now - work.polled_from >= OVERDUE_S:
            del self._waiting[provider][work.take.key]
            work.poll_at = None
            self._give_up(work)
        else:
            self._due[provider][work.take.key] = work
            self._ask(provider)

    def _ask(self, provider: str) -> None:
        """Order the questions that are due and have room; a hint needs none."""
        due = self._due[provider]
        if not due or self._desk().draining:
            return
        for work in [one for one in due.values() if one.hinted]:
            self._ask_for(work, FIRST)
        while due and self._has_room(provider):
            work = max(due.values(), key=self._worth)
            together = self._together(provider)
            if len(together) > 1 and work in together:
                self._ask_for_all(provider, together)
            else:
                self._ask_for(work, -self._worth(work))

    def _together(self, provider: str) -> list[Work]:
        """The jobs that one question can be about, those that are due first; none where the gateway has no list."""
        if provider not in self._unread:
            return []
        works = [one for key, one in self._waiting[provider].items() if key not in self._alone]
        return sorted(works, key=lambda one: one.take.key not in self._due[provider])[:LISTED_AT_ONCE]

    def _has_room(self, provider: str) -> bool:
        """Whether another question may be ordered now; else one is when the last has taken long."""
        asking, desk = self._asking[provider], self._desk()
        if asking == 0:
            return True
        slow_in = self._asked_at[provider] + SLOW_S - desk.now.mono
        if slow_in > 0:
            desk.after(slow_in, lambda: self._ask(provider))
        return slow_in <= 0 and asking < ASKED_AT_ONCE

    def _worth(self, work: Work) -> float:
        """What asking for a job is worth: the seconds for which it may have been finished, more on longer paths."""
        now, since = self._desk().now.mono, work.poll_at or 0.0
        if self._beat_s(work.take.shot.provider) is not None or work.sent_at is None:
            return now - since
        curve = self.paces[work.take.shot.provider].curve(work.take.duration)
        unnoticed_s = curve.unnoticed_s(_last_s(work), now - work.sent_at)
        return unnoticed_s * (1 + work.urgency / self._desk().works.longest)

    def _ask_for(self, work: Work, rank: float) -> None:
        provider = work.take.shot.provider
        self._count(provider)
        self._desk().order(ev.Poll(work.take.key, provider, self._asked(work), rank))

    def _ask_for_all(self, provider: str, works: list[Work]) -> None:
        rank = -sum(self._worth(one) for one in works if one.take.key in self._due[provider])
        asked = tuple((one.take.key, self._asked(one)) for one in works)
        self._count(provider)
        self._desk().order(ev.PollAll(provider, asked, rank))

    def _count(self, provider: str) -> None:
        self._asking[provider] += 1
        self._asked_at[provider] = self._desk().now.mono

    def _asked(self, work: Work) -> JobId:
        """The job of a take, which is asked for now."""
        job = self._attempts.of(work).job
        if job is None:
            raise RuntimeError(f"{work.take.id} has no job")
        provider = work.take.shot.provider
        del self._waiting[provider][work.take.key]
        self._due[provider].pop(work.take.key, None)
        work.poll_at, work.asked_at, work.hinted = None, self._desk().now.mono, False
        return job


def _last_s(work: Work) -> float:
    """When a job was last asked for, in seconds since it was accepted."""
    return 0.0 if work.asked_at is None or work.sent_at is None else work.asked_at - work.sent_at
