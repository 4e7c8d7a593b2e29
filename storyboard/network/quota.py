"""How often an account may be asked: the port of the client, and its side on this machine alone.

The other side is `sharing`, where several machines use the account.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

import trio

from storyboard.capabilities import Gateway
from storyboard.network.limits import poll_wait_s, wait_s
from storyboard.state.account import AccountFile


class Quota(Protocol):
    """The window of an account, and whether it is left alone for a while."""

    async def take(self, poll: bool) -> float:
        """Ask to send one request now: 0 and it is counted, else how many seconds to wait before asking again."""

    async def hold(self, seconds: float) -> None:
        """Leave the account alone for so many seconds."""


class OwnQuota:
    """That of all processes of a user, in the account's file. Raises Refused (14) where the disk fails."""

    def __init__(self, file: AccountFile, gateway: Gateway, wall: Callable[[], float] = time.time) -> None:
        self._file = file
        self._gateway = gateway
        self._wall = wall

    async def take(self, poll: bool) -> float:
        """Ask to send one request now."""
        gateway, now = self._gateway, self._wall()

        def wait(sent: Sequence[float], held: float) -> float:
            wait_for = poll_wait_s if poll else wait_s
            return wait_for(sent, held, now, gateway.requests, gateway.window_s)

        return await trio.to_thread.run_sync(self._file.take, now, wait)

    async def hold(self, seconds: float) -> None:
        """Leave the account alone for so many seconds."""
        await trio.to_thread.run_sync(self._file.hold, self._wall() + seconds)


class NotedQuota:
    """Another's quota, of which the account's file is told too: it says how much this machine asks."""

    def __init__(self, quota: Quota, file: AccountFile, wall: Callable[[], float] = time.time) -> None:
        self._quota = quota
        self._file = file
        self._wall = wall

    async def take(self, poll: bool) -> float:
        """Ask to send one request now."""
        seconds = await self._quota.take(poll)
        if seconds <= 0:
            await trio.to_thread.run_sync(self._file.take, self._wall(), lambda sent, held: 0.0)
        return seconds

    async def hold(self, seconds: float) -> None:
        """Leave the account alone for so many seconds."""
        await self._quota.hold(seconds)
