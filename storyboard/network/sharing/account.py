"""One account as this process shares it with others: asked of the server, and alone where that cannot be reached.

Laws.
1. The server decides as long as it answers. It knows who is there, by what they last said, and tells each what it may
   use where it is cut off: its share of the window, its places. All shares together are never more than there is.
2. Who is cut off asks nothing until the others must have noticed (`ALIVE_S`) and their requests have left the window.
   Then it goes on with its share, which the others leave to it for `LOST_S`; after that it waits for the server.
   So a limit holds whatever becomes of the server, of the way to it, and of anybody else; but not where a server comes
   back without its memory while somebody is still cut off from it for longer than it waits (`grace`).
3. Where an account takes one order at a time, or may spend so much in a month, nobody orders who is cut off.
4. It is said once that the server is lost, and once that it is back.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal

import trio
from msgspec import Struct

from storyboard.network.limits import poll_wait_s, wait_s
from storyboard.network.sharing.server import Decided, Server, Unreachable
from storyboard.state.journal import AttemptRecord

MICRO = Decimal(10**6)
"""Amounts of money go as whole millionths of a unit, times as microseconds."""
UNDER_WAY = frozenset(("intended", "unsure", "accepted"))
"""States of attempts that take a place in the account."""


class Times(Struct, frozen=True):
    """In seconds: how often a process says that it lives, when the others count it as silent, how long it keeps its
    share then, how long a server without memory waits for those that were alone, and how long a turn lasts.
    """

    renew: float = 3.0
    alive: float = 15.0
    lost: float = 900.0
    grace: float = 8.0
    turn: float = 90.0


USUAL = Times()
"""What serves processes of people; tests are quicker."""


class Bounds(Struct, frozen=True):
    """What an account bears: so many requests in a window; jobs at once, 0 where that is learned; whether it takes one
    order at a time (`single`); and what it may spend in a month, None: as much as it likes.
    """

    requests: int
    window_s: float
    jobs: int = 0
    single: bool = False
    month: Decimal | None = None


class SharedAccount:
    """The account that `opens` opens, as the process called `member` uses it.

    `tell` hears that the server is lost, and why, and with None that it is back. `mono` and `wall` are clocks: the one
    may stand still while the machine sleeps, the other may be set.
    """

    def __init__(
        self,
        server: Server,
        opens: str,
        member: str,
        bounds: Bounds,
        tell: Callable[[str | None], None],
        times: Times = USUAL,
        mono: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._server = server
        self._opens = opens
        self._member = member
        self._bounds = bounds
        self._tell = tell
        self._times = times
        self._mono = mono
        self._wall = wall
        self._lock = trio.Lock()
        self._share = self._places = 0
        self._met = (mono(), wall())
        self._alone = False
        self._running: set[str] = set()
        self._asked: set[str] = set()
        self._over: deque[tuple[str, str, int, str]] = deque()
        self._stirred = trio.Event()
        self._sent: deque[float] = deque(maxlen=max(1, bounds.requests))
        self._held = 0.0

    # ── a request ────────────────────────────────────────────────────────────────────────────────────────────────

    async def take(self, poll: bool) -> float:
        """Ask to send one request now: 0 and it is counted, else how many seconds to wait before asking again."""
        decided = await self._ask("poll" if poll else "order")
        return decided.wait_us / 1e6 if decided is not None else self._take_alone(poll)

    async def hold(self, seconds: float) -> None:
        """Leave the account alone for so many seconds."""
        self._held = max(self._held, self._mono() + seconds)
        await self._ask("hold", round(seconds * 1e6))

    def _take_alone(self, poll: bool) -> float:
        now, quiet_s = self._mono(), self._quiet_s(self._bounds.window_s)
        if quiet_s > 0 or self._share < 1:
            return min(self._times.renew, quiet_s or math.inf)
        wait_for = poll_wait_s if poll else wait_s
        seconds = wait_for(tuple(self._sent), self._held, now, self._share, self._bounds.window_s)
        if seconds <= 0:
            self._sent.append(now)
        return min(seconds, self._times.renew)

    def _quiet_s(self, drains_s: float) -> float:
        """How much longer nothing may be asked alone, in seconds: the clock that says less tells when it may begin, the
        one that says more when it must end.
        """
        passed = self._mono() - self._met[0], self._wall() - self._met[1]
        if max(passed) >= self._times.lost - self._times.alive:
            return math.inf
        return max(0.0, self._times.alive + drains_s - min(passed))

    # ── an order ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def place(self, attempt: AttemptRecord) -> tuple[float, str]:
        """Ask for a place for a job: 0 and it is this attempt's, else how many seconds to wait; and in words, why."""
        reserve, bound = _micro(attempt.reserve), _micro(self._bounds.month, unknown=-1)
        turn_us = round(self._times.turn * 1e6) if self._bounds.single else 0
        async with self._lock:
            self._running.discard(attempt.id)
            decided = await self._decide("place", attempt.id, turn_us, reserve, bound, month=_month(attempt))
            if decided is not None:
                seconds = decided.wait_us / 1e6 if decided.why != "budget" else math.inf
            else:
                seconds = self._place_alone()
            if seconds <= 0:
                self._running.add(attempt.id)
                self._asked.add(attempt.id)
            return seconds, _WHY[decided.why if decided is not None else "alone"]

    def _place_alone(self) -> float:
        alone = not self._bounds.single and self._bounds.month is None
        if alone and self._quiet_s(0.0) <= 0 and len(self._running) < self._places:
            return 0.0
        return self._times.renew

    def hear(self, attempt: AttemptRecord) -> None:
        """Take note of what became of an order; it is told when the server can be told."""
        if attempt.state not in UNDER_WAY:
            self._running.discard(attempt.id)
        elif attempt.job is not None:
            self._running.add(attempt.id)
        if attempt.state == "intended":
            return
        outcome = attempt.state if attempt.id in self._asked else "known"
        self._asked.discard(attempt.id)
        self._over.append((attempt.id, outcome, self._cost(attempt), _month(attempt)))
        self._stirred.set()

    def _cost(self, attempt: AttemptRecord) -> int:
        if self._bounds.month is None:
            return -1
        if attempt.state in ("rejected", "not-sent", "busy"):
            return 0
        return _micro(attempt.reserve if attempt.charged is None else attempt.charged)

    # ── being there ──────────────────────────────────────────────────────────────────────────────────────────────

    async def live(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Say again and again that this process lives, and what became of its orders, until cancelled; then leave.

        Raises Unreachable where the server was never there.
        """
        await trio.to_thread.run_sync(self._server.greet)
        if await self._ask("here", anew=True) is None:
            raise Unreachable("it does not answer")
        task_status.started()
        try:
            while True:
                self._stirred = trio.Event()
                await self.refresh()
                with trio.move_on_after(self._times.renew):
                    await self._stirred.wait()
        finally:
            with trio.CancelScope(shield=True, deadline=trio.current_time() + 5):
                await self.refresh()
                await self._ask("leave")

    async def refresh(self) -> None:
        """Say that this process lives, and what became of its orders, as far as the server hears it."""
        async with self._lock:
            await self._decide("here", anew=True)
            while self._over and not self._alone:
                attempt, outcome, cost, month = self._over[0]
                if await self._decide("over", attempt, outcome, cost, month=month) is not None:
                    self._over.popleft()

    async def _ask(self, act: str, *said: object, anew: bool = False) -> Decided | None:
        async with self._lock:
            return await self._decide(act, *said, anew=anew)

    async def _decide(self, act: str, *said: object, month: str = "none", anew: bool = False) -> Decided | None:
        """What the server decides; None where it cannot be reached. Who is alone does not ask it, but now and then
        (`anew`).
        """
        if self._alone and not anew:
            return None
        times, bounds, began = self._times, self._bounds, (self._mono(), self._wall())
        spans = (bounds.window_s, times.alive, times.lost, times.grace)
        facts = [self._member, len(self._running), self._share, self._places, int(self._alone), bounds.requests]
        facts += [round(one * 1e6) for one in spans] + [bounds.jobs]
        try:
            decided = await trio.to_thread.run_sync(self._server.decide, self._opens, month, act, [*facts, *said])
        except Unreachable as error:
            if not self._alone:
                self._alone = True
                self._sent.clear()
                self._tell(str(error))
            return None
        if self._alone:
            self._alone = False
            self._tell(None)
        self._met, self._share, self._places = began, decided.share, decided.places
        return decided


_WHY = {
    "": "",
    "places": "the account has as many jobs under way, on all machines, as it bears",
    "turn": "another machine is ordering from the account",
    "budget": "it would pass what the account may spend in a month",
    "alone": "the server of the limits cannot be reached, and this machine's share is used up",
}


def _micro(amount: Decimal | None, unknown: int = 0) -> int:
    return unknown if amount is None else int((amount * MICRO).to_integral_value(ROUND_CEILING))


def _month(attempt: AttemptRecord) -> str:
    return datetime.fromtimestamp(attempt.created, UTC).strftime("%Y-%m")
