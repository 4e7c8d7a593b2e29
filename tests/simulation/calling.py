"""A gateway that calls back, in virtual time: what it tells, what becomes of that on its way, and the inbox it lies in.

A callback comes on time, late, twice, behind a later one, before its order is answered, or never. Beside it strangers
knock: without a signature, with another one, and with one that they have got hold of, to tell of nobody's job, or of
one that is known to be another order's. The door is open while a render runs. While none does, `inbox --listen` keeps
it open, or nobody does: then the gateway gives up, or calls again. What was not kept durably is told again.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, urlsplit

from storyboard.callbacks.address import PATH, address, genuine
from storyboard.callbacks.box import Box, message_id, told_of
from storyboard.diagnostics import Refused
from storyboard.emulator import callbacks
from storyboard.emulator.gateway import Task
from storyboard.planning.programme import Programme
from storyboard.rendering.callbacks import Calls, woken
from storyboard.rendering.settling import ordered_anew, unsettled
from storyboard.state.inbox import Inbox, Message
from storyboard.state.journal import History, Journal
from tests.simulation.emulated import Emulated
from tests.simulation.gateway import CALM
from tests.simulation.world import STATE, World

PUBLIC = "https://films.example"
SECRET = b"simulated"
INBOX = STATE.parent / "inbox"
LOOKS_S = 2.0
"""How often a render looks into its inbox here; in production more often, which would only take time."""
TRIES, RETRY_S = 3, 20.0
LOST, LATE, TWICE, BEHIND, EARLY = 0.2, 0.2, 0.15, 0.1, 0.15
FORGED = 0.15
"""How often each of these becomes of a callback, and how often strangers knock beside it."""
ANEW = 0.3
"""How often a person orders anew, before a boot, what is of unknown fate."""


@dataclass(order=True, slots=True)
class _Letter:
    """What is sent at `at`, in true seconds; `job` is whom it tells of, None where it is forged."""

    at: float
    number: int
    url: str = field(compare=False)
    body: bytes = field(compare=False)
    job: str | None = field(compare=False)
    tries: int = field(default=0, compare=False)


class Caller:
    """All calls of one gateway, and the inbox that they come to; it outlives every process. As `Letters`, it is what a
    run reads.
    """

    def __init__(self, gateway: Emulated, world: World, rng: Random, now: Callable[[], float]) -> None:
        calls = gateway.gateway
        if not isinstance(calls, callbacks.Calls):
            raise TypeError(f"{gateway.kind.name} does not call")
        self._calls: callbacks.Calls = calls
        self._gateway = gateway
        self._world = world
        self._rng = rng
        self._now = now
        self.listens = rng.random() < 0.5
        """Whether the door is open while no render runs."""
        self.orders_anew = rng.random() < 0.5
        self._told: dict[str, int] = {}
        self._due: list[_Letter] = []
        self._letters = 0
        self._taken: dict[tuple[str, str], set[str]] = defaultdict(set)

    @property
    def calm(self) -> bool:
        """Whether all calls come as they should."""
        return self._gateway.faults is CALM

    def address(self, key: str) -> str:
        """Where the submission of that key is told about."""
        return address(PUBLIC, SECRET, key)

    def begin(self) -> None:
        """A process begins; what was to be told since the last one was told, or not."""
        self._inbox = Inbox(INBOX, self._world.disk)
        self._world.disk.make_dir(INBOX)
        self._box = Box(self._inbox, self._now)
        self._lies = True
        if not self.listens:
            now = self._now()
            self._write(now)
            for letter in [one for one in self._due if one.at < now]:
                self._fail(letter)
        self._knock()

    def asks_anew(self) -> bool:
        """Whether a person orders anew now what is of unknown fate."""
        return self.orders_anew and not self.calm and self._rng.random() < ANEW

    def drain(self) -> list[Message]:
        """What lies in the inbox; the same as `Inbox.drain`, which need not look where nothing has come."""
        self._knock()
        messages = self._inbox.drain() if self._lies else []
        self._lies = bool(messages)
        return messages

    def settle(self, messages: Iterable[Message]) -> None:
        """See `Inbox.settle`."""
        self._inbox.settle(messages)

    def gone(self) -> Iterator[tuple[str, str]]:
        """The keys of submissions with the jobs that were told of them, by messages that are settled; not of jobs that
        the gateway did not own up to when it was asked.
        """
        lie = set(Inbox(INBOX, self._world.disk).ids()) if self._taken else set()
        for (key, job), names in self._taken.items():
            if lie.isdisjoint(names) and "404_grace" not in self._task(job).faults:
                yield key, job

    def _task(self, job: str) -> Task:
        return self._gateway.gateway.books.tasks[job]

    def _write(self, now: float) -> None:
        """Say of each task what is to be told of it now and was not."""
        for task in self._gateway.gateway.books.tasks.values():
            url = self._calls.called(task)
            if not url or self._told.get(task.id) == -1:
                continue
            course = self._calls.course(task, now)
            if task.id not in self._told and not self.calm and self._rng.random() < EARLY:
                self._send(now, url, self._calls.message(task, course[0][0], now), task.id)
            for status, tells in course[self._told.get(task.id, 0) :]:
                if tells:
                    self._tell(now, task, url, self._calls.message(task, status, now))
            over = course[-1][1] and course[-1][0] not in ("queued", "running")
            self._told[task.id] = -1 if over else len(course)

    def _tell(self, now: float, task: Task, url: str, body: bytes) -> None:
        """One callback, with what becomes of it."""
        if self.calm:
            self._send(now, url, body, task.id)
            return
        if self._rng.random() < FORGED:
            self._forge(now, task, url, body)
        fate = self._rng.random()
        if (fate := fate - LOST) < 0:
            return
        if (fate := fate - LATE) < 0:
            now += 2 ** self._rng.uniform(3, 13)
        elif (fate := fate - TWICE) < 0:
            self._send(now + self._rng.uniform(0, 60), url, body, task.id)
        elif fate - BEHIND < 0:
            now += self._rng.uniform(0, 60)
        self._send(now + self._rng.random(), url, body, task.id)

    def _forge(self, now: float, task: Task, url: str, body: bytes) -> None:
        """What others might send there."""
        plain, others = url.partition("?")[0], sorted(self._told.keys() - {task.id})
        elsewhere = body.replace(b"https://", b"https://elsewhere.")
        self._send(now, plain, body)
        self._send(now, f"{plain}?sig={'0' * 64}", body)
        for job in (callbacks.STRANGER, *(others and [self._rng.choice(others)])):
            if job == callbacks.STRANGER or job in self._bound():
                self._send(now, url, elsewhere.replace(task.id.encode(), job.encode()))
        self._send(now, url, self._rng.choice((b"<html>", b"[" * 5000, b"{}", b'{"id": []}', body[: len(body) // 2])))

    def _bound(self) -> set[str | None]:
        """The jobs that the journal knows whose they are."""
        return {attempt.job for attempt in self._world.journal.known.attempts.values()}

    def _send(self, at: float, url: str, body: bytes, job: str | None = None) -> None:
        self._letters += 1
        heapq.heappush(self._due, _Letter(at, self._letters, url, body, job))

    def _knock(self) -> None:
        """Whatever is to be told by now knocks at the door; a process that dies meanwhile has not heard it."""
        now = self._now()
        self._write(now)
        while self._due and self._due[0].at <= now:
            letter = self._due[0]
            if self._hears(letter):
                heapq.heappop(self._due)
            else:
                self._fail(letter)

    def _hears(self, letter: _Letter) -> bool:
        """Whether a letter needs not come again: it is kept, or it is refused as production's door refuses it."""
        parts = urlsplit(letter.url)
        key = Path(parts.path).name
        if parts.path != f"{PATH}{key}" or not genuine(SECRET, key, parse_qs(parts.query).get("sig", [""])[0]):
            return True
        try:
            kept = self._box.put(key, letter.body)
        except Refused:
            return False
        self._lies = self._lies or kept
        if kept and letter.job is not None:
            self._taken[key, letter.job].add(message_id(key, letter.body))
        return kept

    def _fail(self, letter: _Letter) -> None:
        """Nobody has answered: it comes again, a few times."""
        self._due.remove(letter)
        letter.tries += 1
        letter.at = self._now() + RETRY_S * letter.tries
        if letter.tries < TRIES:
            self._due.append(letter)
        heapq.heapify(self._due)


def taken_in(caller: Caller, journal: Journal, plan: Callable[[History], Programme], wall: float) -> Calls:
    """How a run is called, with what its beginning makes of what was told before, and of what a person says to that."""
    caller.begin()
    told = told_of(caller.drain())
    if records := woken(told, journal.read(), wall):
        journal.append(records)
    if caller.asks_anew():
        history = journal.read()
        anew = [record for one in unsettled(plan(history).takes, history) for record in ordered_anew(one, wall)]
        if anew:
            journal.append(anew)
    return Calls(caller.address, told)
