"""The gateways, served on this machine: credits, limits, idempotency, clips and faults as the real ones have them.

Nothing is charged and nothing leaves the machine. What is known of each gateway, and from where, stands in its file.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import trio

from storyboard.emulator.app import Emulator
from storyboard.emulator.clock import Clock, standing
from storyboard.emulator.gateway import Settings
from storyboard.emulator.line import listen, serve
from storyboard.media.jobs import Executor

__all__ = ["Clock", "Emulator", "Settings", "addresses", "listen", "open_emulator", "standing"]


@asynccontextmanager
async def open_emulator(
    settings: Settings, clock: Clock, folder: Path, executor: Executor, listener: trio.SocketListener
) -> AsyncIterator[tuple[Emulator, str]]:
    """An emulator that serves on loopback while the context lasts, and the address of its apex, which redirects to it.

    `folder` takes the files it makes, `executor` draws the clips, `listener` is where it serves (`listen`).
    """
    apex = listen(0)
    base, aside = (f"http://127.0.0.1:{one.socket.getsockname()[1]}" for one in (listener, apex))
    emulator = Emulator(settings, clock, base, folder, executor)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(emulator.draw)
        nursery.start_soon(emulator.caller.run)
        nursery.start_soon(serve, emulator.app, listener, emulator.lines)
        nursery.start_soon(serve, emulator.apex, apex, emulator.lines)
        try:
            yield emulator, aside
        finally:
            nursery.cancel_scope.cancel()
            for line in tuple(emulator.lines.values()):
                line.cut()  # hypercorn sends what it has begun to, however slowly it is read


def addresses(emulator: Emulator, apex: str) -> dict[str, str]:
    """Where everything is, and the key: the line that `storyboard emulate` prints."""
    base = emulator.base
    gateways = {name: f"{base}/{name}" for name in emulator.gateways}
    return {
        **gateways,
        "apex": apex,
        "bucket": f"{base}/bucket/",
        "admin": f"{base}/_emu",
        "key": emulator.settings.key,
    }
