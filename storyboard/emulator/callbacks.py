"""Callbacks of the emulated gateways: what becomes of a task is told at the URL that its order names, or goes wrong.

Laws. Only http and https are called, and no redirect is followed: a gateway that did could be sent anywhere. What is
told of a task is told in order, and again where it was not answered with a success in time. The statuses of a task come
from its gateway's decisions; here they are only carried.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol, runtime_checkable
from urllib.parse import urlsplit

import trio
from msgspec import Struct, field

from storyboard.emulator.clock import Clock
from storyboard.emulator.gateway import Gateway, Task

TICK_S = 0.02
"""How often tasks are looked at, in real time."""
ANSWER_S = 5.0
"""How long an answer may take."""
RETRY_S = 1.0
"""How long is waited before a callback is sent again."""
STRANGER = "somebody-elses"
"""The task of which forged callbacks tell."""


@runtime_checkable
class Calls(Protocol):
    """A gateway that tells of its tasks unasked, each callback at most `tries` times."""

    tries: int

    def called(self, task: Task) -> str:
        """The URL that the order named, empty without one."""

    def course(self, task: Task, now: float) -> tuple[tuple[str, bool], ...]:
        """The statuses that a task has had by now, in order, and whether each is told."""

    def message(self, task: Task, status: str, now: float) -> bytes:
        """What is told of a task in a status."""


class Delivery(Struct):
    """One callback: of which task, in which status, and how each try was answered, by HTTP's status or None."""

    gateway: str
    task: str
    status: str
    forged: bool = False
    answers: list[int | None] = field(default_factory=list)


class _Letter(NamedTuple):
    """What is sent: to a URL, about a status."""

    url: str
    status: str
    body: bytes
    forged: bool = False


class Caller:
    """Calls for all gateways of one emulator; `deliveries` is what was sent."""

    def __init__(self, gateways: Mapping[str, Gateway], clock: Clock) -> None:
        self.deliveries: list[Delivery] = []
        self._callers = {name: one for name, one in gateways.items() if isinstance(one, Calls)}
        self._gateways = gateways
        self._clock = clock
        self._told: dict[str, list[str]] = {}
        self._going: dict[str, trio.Lock] = {}
        self._under_way = 0
        self._quiet = trio.Condition()
        self._nursery: trio.Nursery | None = None

    async def run(self) -> None:
        """Call as tasks go on, until cancelled."""
        async with trio.open_nursery() as self._nursery:
            while True:
                self._look()
                await trio.sleep(TICK_S)

    async def settle(self) -> None:
        """Wait until everything that is to be told by now was told."""
        self._look()
        async with self._quiet:
            while self._under_way:
                await self._quiet.wait()

    async def early(self, name: str, task: Task) -> None:
        """Tell of a task that was just accepted, before its order is answered, where a fault wants that."""
        caller = self._callers.get(name)
        if caller is None or "callback_early" not in task.faults or not caller.called(task):
            return
        now = self._clock.now()
        status, _ = caller.course(task, now)[0]
        await self._deliver(name, task, [_Letter(caller.called(task), status, caller.message(task, status, now))])

    def _look(self) -> None:
        if self._nursery is None:
            return
        for name, caller in self._callers.items():
            for task in tuple(self._gateways[name].books.tasks.values()):
                if caller.called(task) and (letters := list(self._new(caller, task))):
                    self._under_way += 1
                    self._nursery.start_soon(self._carry, name, task, letters)

    def _new(self, caller: Calls, task: Task) -> Iterator[_Letter]:
        """What is to be told of a task now and was not, with what faults make of it."""
        now, told = self._clock.now(), self._told.setdefault(task.id, [])
        course = caller.course(task, now)
        ended = bool(course) and course[-1][1] and course[-1][0] not in ("queued", "running")
        late = "callback_out_of_order" in task.faults
        if late and not ended:
            return
        wanted = [status for status, tells in course if (tells or late) and status not in told]
        told += wanted
        if "callback_lost" in task.faults:
            return
        for status in reversed(wanted) if late else wanted:
            letter = _Letter(caller.called(task), status, caller.message(task, status, now))
            if "callback_forged" in task.faults:
                yield from _forged(letter, caller, task)
            yield letter
            if "callback_duplicate" in task.faults:
                yield letter

    async def _carry(self, name: str, task: Task, letters: list[_Letter]) -> None:
        try:
            await trio.sleep(float(task.faults.get("callback_delayed", {}).get("seconds", 0.0)))
            await self._deliver(name, task, letters)
        finally:
            self._under_way -= 1
            async with self._quiet:
                self._quiet.notify_all()

    async def _deliver(self, name: str, task: Task, letters: list[_Letter]) -> None:
        async with self._going.setdefault(task.id, trio.Lock()):
            for letter in letters:
                delivery = Delivery(name, task.id, letter.status, letter.forged)
                self.deliveries.append(delivery)
                for number in range(1 if letter.forged else self._callers[name].tries):
                    if number:
                        await trio.sleep(RETRY_S)
                    delivery.answers.append(await trio.to_thread.run_sync(post, letter.url, letter.body))
                    if delivery.answers[-1] is not None and 200 <= delivery.answers[-1] < 300:
                        break


def _forged(letter: _Letter, caller: Calls, task: Task) -> Iterator[_Letter]:
    """What somebody else might send there: without the signature, with another one, of another task, and no message."""
    plain = letter.url.partition("?")[0]
    other = letter.body.replace(task.id.encode(), STRANGER.encode())
    for url, body in ((plain, letter.body), (f"{plain}?sig={'0' * 64}", letter.body), (letter.url, b"<html>")):
        yield letter._replace(url=url, body=body, forged=True)
    yield letter._replace(body=_leads_away(other), forged=True)


def _leads_away(body: bytes) -> bytes:
    """A message whose every link leads elsewhere."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: changed(one) for name, one in value.items()}
        return "https://elsewhere.example/clip.mp4" if isinstance(value, str) and "://" in value else value

    return json.dumps(changed(json.loads(body))).encode()


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def post(url: str, body: bytes) -> int | None:
    """Send a callback; the status that it was answered with, None without an answer. Blocks."""
    if urlsplit(url).scheme not in ("http", "https"):
        return None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)
    request = urllib.request.Request(url, body, {"content-type": "application/json"}, method="POST")
    try:
        with opener.open(request, timeout=ANSWER_S) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)
    except (OSError, http.client.HTTPException, ValueError):
        return None
