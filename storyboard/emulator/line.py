"""The server's side of a connection, which a fault may take over: it then speaks no more HTTP, or only a piece of it.

Hypercorn is handed these in place of its own streams, because no ASGI message says "hang up".
"""

from __future__ import annotations

from collections.abc import Mapping

import trio

from storyboard.network import serving
from storyboard.network.serving import App


class Line:
    """One connection: all that hypercorn asks of a stream, and what a fault may do besides."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream
        self._dead = False
        self.socket = stream.socket

    async def send_all(self, data: bytes) -> None:
        """Send, as a stream does."""
        if self._dead:
            raise trio.ClosedResourceError
        await self._stream.send_all(data)

    async def receive_some(self, most: int | None = None) -> bytes | bytearray:
        """Receive, as a stream does."""
        return await self._stream.receive_some(most)

    async def send_eof(self) -> None:
        """End what is sent, as a stream does."""
        await self._stream.send_eof()

    async def aclose(self) -> None:
        """Close, as a stream does."""
        await self._stream.aclose()

    async def hang_up(self, last_words: bytes = b"") -> None:
        """Say this, bypassing HTTP, and close. What the server says afterwards is lost."""
        self._dead = True
        try:
            if last_words:
                await self._stream.send_all(last_words)
            await self._stream.send_eof()
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass  # the client was first
        await self._stream.aclose()

    def cut(self) -> None:
        """Close at once, whatever is being sent."""
        self._dead = True
        self.socket.close()


Lines = Mapping[tuple[str, int], Line]
"""The open connections by the address of their other end, which ASGI calls the client."""


def listen(port: int) -> trio.SocketListener:
    """A listener on loopback; port 0 is any free one. Raises OSError where the port is taken."""
    return serving.listen("127.0.0.1", port)


async def serve(app: App, listener: trio.SocketListener, lines: dict[tuple[str, int], Line]) -> None:
    """Serve an app until cancelled; `lines` holds every connection while it is open."""
    server = serving.Server(app)

    async def speak(stream: trio.SocketStream) -> None:
        line = Line(stream)
        try:
            client = stream.socket.getpeername()[:2]
        except OSError:
            await trio.aclose_forcefully(stream)
            return
        lines[client] = line
        try:
            await server.speak(line)
        finally:
            del lines[client]

    await trio.serve_listeners(speak, [listener])
