"""The one door through which all requests of an account go: submissions first, then by how urgent they are."""

from __future__ import annotations

import heapq
import math
from collections.abc import Awaitable, Callable

import trio

Ask = Callable[[float], Awaitable[float]]
"""Asks for a place in the window, for a request of this rank: 0 and it is taken, else how many seconds to wait."""


class Turnstile:
    """Lets requests through one by one; the first in rank asks for a place, the others wait behind it."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._waiting: list[tuple[float, int]] = []
        self._ticket = 0
        self._moved = trio.Event()

    async def pass_through(self, rank: float, patience_s: float = math.inf) -> float:
        """Wait for one's turn; a smaller `rank` goes first, then who came first. Answers 0; or, for who will not wait
        longer than `patience_s` seconds, how many more it would take at least.
        """
        gives_up_at = trio.current_time() + patience_s
        self._ticket += 1
        place = (rank, self._ticket)
        heapq.heappush(self._waiting, place)
        self._stir()
        seconds = 1.0
        try:
            while True:
                moved = self._moved
                if self._waiting[0] == place:
                    seconds = await self._ask(rank)
                    if seconds <= 0:
                        return 0.0
                if trio.current_time() >= gives_up_at:
                    return seconds
                first = self._waiting[0] == place
                with trio.move_on_at(min(gives_up_at, trio.current_time() + (seconds if first else math.inf))):
                    await moved.wait()
        finally:
            self._waiting.remove(place)
            heapq.heapify(self._waiting)
            self._stir()

    def _stir(self) -> None:
        self._moved.set()
        self._moved = trio.Event()
