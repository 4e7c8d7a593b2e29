"""The door that gateways knock at: a small HTTP server that takes signed callbacks and nothing else.

Laws.
1. Whoever has no signature learns nothing: 401 for a callback's address, 404 for every other, empty bodies.
2. A callback is durable in the box before it is answered 200. It is not looked into.
3. A body holds at most 64 KiB, a connection lasts at most 10 s, and only so many are open at once, fewer answered.

TLS is the affair of a reverse proxy in front of it; a path that the proxy puts before ours does not matter.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

import trio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from storyboard.callbacks.address import LONGEST_KEY, PATH, genuine
from storyboard.diagnostics import Refused
from storyboard.network.serving import App, Server

BODY_BYTES = 64 * 1024
HEAD_BYTES = 16 * 1024
TOTAL_S = 10.0
CONNECTIONS = 32
WAITING = 256

Put = Callable[[str, bytes], bool]
"""Keeps what is told of a submission, by its key; False where there is no room. Blocks. Raises Refused."""


class Door:
    """The application. `secret` signs addresses, `put` keeps what is told."""

    def __init__(self, secret: bytes, put: Put) -> None:
        self._secret = secret
        self._put = put
        self._one = trio.Lock()
        called = [Route(f"{before}{PATH}{{key}}", self._called, methods=["POST"]) for before in ("", "/{before:path}")]
        self.app: App = Starlette(routes=called, exception_handlers={HTTPException: self._lost})

    async def _lost(self, request: Request, error: Exception) -> Response:
        """Every other path and method."""
        return Response(status_code=404)

    async def _called(self, request: Request) -> Response:
        key = request.path_params["key"]
        signatures = request.query_params.getlist("sig")
        if len(key) > LONGEST_KEY or len(signatures) != 1 or not genuine(self._secret, key, signatures[0]):
            return Response(status_code=401)
        body = await _whole(request)
        if body is None:
            return Response(status_code=413)
        async with self._one:
            try:
                kept = await trio.to_thread.run_sync(self._put, key, body)
            except Refused:
                kept = False
        return Response(status_code=200 if kept else 503)


async def _whole(request: Request) -> bytes | None:
    """The body of a request; None for one that is too large, or that ends early."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:9]) > BODY_BYTES:
        return None
    body = bytearray()
    try:
        async with aclosing(request.stream()) as pieces:
            async for piece in pieces:
                body += piece
                if len(body) > BODY_BYTES:
                    return None
    except ClientDisconnect:
        return None
    return bytes(body)


async def serve(
    door: Door,
    listener: trio.SocketListener,
    total_s: float = TOTAL_S,
    connections: int = CONNECTIONS,
    waiting: int = WAITING,
) -> None:
    """Take callbacks until cancelled. So many `connections` are answered at once and so many more are `waiting`; one
    that is too many is closed. Each lasts `total_s`, with its wait.
    """
    server, free, room = (
        Server(door.app, HEAD_BYTES),
        trio.Semaphore(connections),
        trio.Semaphore(connections + waiting),
    )

    async def speak(stream: trio.SocketStream) -> None:
        try:
            room.acquire_nowait()
        except trio.WouldBlock:
            await trio.aclose_forcefully(stream)
            return
        try:
            with trio.move_on_after(total_s):
                async with free:
                    await server.speak(stream)
        finally:
            room.release()
            await trio.aclose_forcefully(stream)

    await trio.serve_listeners(speak, [listener])
