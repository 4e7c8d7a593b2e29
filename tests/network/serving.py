"""A server of one page of code, so that a test decides about every byte that it sends."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import trio


@dataclass(frozen=True)
class Heard:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Answer = Callable[[Heard, trio.SocketStream], Awaitable[None]]


@dataclass
class Server:
    """Where it listens, and what it was asked."""

    port: int
    heard: list[Heard]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[Server]:
    """Answer one request a connection, then close it."""
    heard: list[Heard] = []

    async def serve(stream: trio.SocketStream) -> None:
        async with stream:
            head, _, body = (await _head(stream)).partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): text for name, _, text in (line.partition(": ") for line in lines)}
            while len(body) < int(headers.get("content-length", 0)):
                body += await stream.receive_some(65536)
            method, path, _ = first.split(" ")
            heard.append(Heard(method, path, headers, body))
            try:
                await answer(heard[-1], stream)
            except trio.BrokenResourceError:
                return  # the client hung up, as some tests want it to

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, listeners)
        yield Server(listeners[0].socket.getsockname()[1], heard)
        nursery.cancel_scope.cancel()


async def _head(stream: trio.SocketStream) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = await stream.receive_some(65536)
        if not more:
            break
        data += more
    return data


async def say(
    stream: trio.SocketStream, status: int, body: bytes = b"", length: int | None = None, **headers: str
) -> None:
    """An answer with a `Content-Length`, by default the true one."""
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body) if length is None else length}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    await stream.send_all("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
