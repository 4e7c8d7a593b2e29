"""Accounts that several machines use: opened from the settings, while a run lasts."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import trio

from storyboard.capabilities import Capabilities
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.network.settings import Settings
from storyboard.rendering.events import News
from storyboard.state.account import fingerprint
from storyboard.state.turn import Turn

if TYPE_CHECKING:
    from storyboard.network.sharing.account import SharedAccount

LOST = "limits-unreachable"
"""The code of what is said when the server of the limits does not answer."""
CREDENTIALS = 12


@asynccontextmanager
async def open_pools(
    settings: Settings,
    capabilities: Mapping[str, Capabilities],
    folder: Path,
    names: Mapping[str, str],
    tell: Callable[[News], None],
) -> AsyncIterator[Mapping[str, SharedAccount]]:
    """The accounts of a run as they are shared, by provider; none where no server is set. `names` are those that this
    machine has for them, `folder` where their files lie. Raises Refused: 2 without the package, 12 without the server.
    """
    if settings.redis is None:
        yield {}
        return
    from storyboard.network.sharing.account import Bounds, SharedAccount  # most runs share nothing
    from storyboard.network.sharing.server import Server, Unreachable

    server, pools = Server(settings.redis, settings.ca_file), dict[str, SharedAccount]()
    teller = _Teller(server.named, tell)
    seats: list[Turn] = []
    for provider, name in names.items():
        terms, known = settings.terms[provider], capabilities[provider]
        if terms.access is None or known.gateway is None:
            continue
        seat, number = _seat(folder, name)
        seats.append(seat)
        bounds = Bounds(
            known.gateway.requests,
            known.gateway.window_s,
            terms.concurrency or known.concurrency or 0,
            known.retention_s is None,
            terms.monthly,
        )
        member = f"{fingerprint(folder.parent, 'this machine')}-{number}"
        opens = f"{terms.access.origin}\n{terms.access.key}"
        pools[provider] = SharedAccount(server, opens, member, bounds, teller.hear)
    try:
        async with trio.open_nursery() as nursery:
            try:
                for pool in pools.values():
                    await nursery.start(pool.live)
            except Unreachable as error:
                message = f"the server of the limits, {server.named}, cannot be reached: {error}"
                raise Refused([Diagnostic(LOST, message)], CREDENTIALS) from None
            yield pools
            nursery.cancel_scope.cancel()
    finally:
        for seat in seats:
            seat.give_back()
        server.close()


def _seat(folder: Path, account: str) -> tuple[Turn, int]:
    """The first seat of this machine that no living process has: one that was killed had it, and what it had there."""
    for number in itertools.count():
        seat = Turn(folder / f"{account}.seat-{number}")
        if seat.take():
            return seat, number
    raise AssertionError("numbers do not end")


class _Teller:
    """Says once that the server is lost, and once that it is back, for all accounts together."""

    def __init__(self, server: str, tell: Callable[[News], None]) -> None:
        self._server = server
        self._tell = tell
        self._lost = False

    def hear(self, why: str | None) -> None:
        """It is lost, and why; or None: it is back."""
        if self._lost == (why is not None):
            return
        self._lost = why is not None
        if why is not None:
            message = f"the server of the limits, {self._server}, cannot be reached: {why}"
            hint = "this machine goes on with its own share of the limits"
        else:
            message, hint = f"the server of the limits, {self._server}, answers again", "the limits are shared again"
        self._tell(News("warning", None, {"code": LOST, "message": message, "hint": hint}))
