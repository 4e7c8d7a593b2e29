"""HTTP served by this process: hypercorn on connections that the caller accepts.

hypercorn's own server binds its sockets, writes logs and takes signals. Here the sockets are the caller's, nothing is
logged, and nothing of this program is told in a header.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import Any, cast

import trio
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import Framework
from hypercorn.utils import wrap_app

App = Callable[[Any, Any, Any], Awaitable[None]]
"""An ASGI application."""
BACKLOG = 128
HEAD_BYTES = 64 * 1024
KEEP_ALIVE_S = 5.0


def listen(host: str, port: int) -> trio.SocketListener:
    """A listener; port 0 is any free one. Raises OSError where the port is taken or the host is not this machine's."""
    family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    found = socket.socket(family, kind, number)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(BACKLOG)
    except OSError:
        found.close()
        raise
    return trio.SocketListener(trio.socket.from_stdlib_socket(found))


class Server:
    """Speaks HTTP for an application, whose requests may have heads of at most `head_bytes`."""

    def __init__(self, app: App, head_bytes: int = HEAD_BYTES) -> None:
        self._config = Config()
        self._config.include_date_header = self._config.include_server_header = False
        self._config.loglevel = "ERROR"
        self._config.h11_max_incomplete_size = head_bytes
        self._config.keep_alive_timeout = KEEP_ALIVE_S
        self._context = WorkerContext(None)
        self._app = wrap_app(cast(Framework, app), self._config.wsgi_max_body_size, "asgi")

    async def speak(self, stream: Any) -> None:
        """Answer what comes over one connection (a `trio.SocketStream`, or what is like one), until it ends."""
        await TCPServer(self._app, self._config, self._context, {}, stream).run()
