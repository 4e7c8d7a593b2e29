"""Servers that speak Redis, on loopback: fakeredis with a clock of the test's, and a line to it that can be cut."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from types import SimpleNamespace

import fakeredis
import fakeredis.commands_mixins.server_mixin as its_time
import pytest
import trio


@dataclass
class Clock:
    """A clock that the test sets, for the server and for its clients."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def serving(clock: Clock) -> Iterator[int]:
    """A server with that clock; its port."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(its_time, "time", SimpleNamespace(time=clock))
        server = fakeredis.TcpFakeServer(("127.0.0.1", 0))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@dataclass
class Line:
    """A way to a server."""

    port: int = 0
    whole: bool = True
    ends: set[trio.SocketStream] = field(default_factory=set)

    async def cut(self) -> None:
        """Nothing comes through any more."""
        self.whole = False
        for end in list(self.ends):
            await trio.aclose_forcefully(end)

    def mend(self) -> None:
        """New connections come through again."""
        self.whole = True


@asynccontextmanager
async def line(port: int) -> AsyncIterator[Line]:
    """A way to the server at that port, which can be cut."""
    one = Line()

    async def pump(source: trio.SocketStream, sink: trio.SocketStream) -> None:
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            async for data in source:
                await sink.send_all(data)
        await trio.aclose_forcefully(sink)

    async def accept(near: trio.SocketStream) -> None:
        if not one.whole:
            await trio.aclose_forcefully(near)
            return
        far = await trio.open_tcp_stream("127.0.0.1", port)
        one.ends |= {near, far}
        async with far, trio.open_nursery() as both:
            both.start_soon(pump, near, far)
            both.start_soon(pump, far, near)
        one.ends -= {near, far}

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, accept, listeners)
        one.port = listeners[0].socket.getsockname()[1]
        yield one
        nursery.cancel_scope.cancel()
