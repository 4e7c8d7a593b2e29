"""What is done beside a run, one piece after the other."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

import trio

from storyboard.diagnostics import Refused
from storyboard.rendering.run import Ended

Act = Callable[[], Awaitable[None]]


class Alongside:
    """A queue of pieces of work, which raise nothing."""

    def __init__(self) -> None:
        self._send, self._receive = trio.open_memory_channel[Act](math.inf)

    def add(self, act: Act) -> None:
        """Do this when all before it is done."""
        self._send.send_nowait(act)

    async def of(self, run: Callable[[], Awaitable[Ended]]) -> Ended:
        """Perform a run, and all that was added meanwhile; where the run is stopped, what is under way is stopped too.

        Raises Refused as the run does.
        """
        ended: Ended | Refused
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._perform)
            try:
                ended = await run()
            except Refused as refused:  # not out of a nursery, which would wrap it
                ended = refused
            if isinstance(ended, Refused) or ended.signal is not None:
                nursery.cancel_scope.cancel()
            self._send.close()
        if isinstance(ended, Refused):
            raise ended
        return ended

    async def _perform(self) -> None:
        async for act in self._receive:
            await act()
