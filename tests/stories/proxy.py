"""A proxy between the real client and the emulator that does to one exchange what a bad network does.

A fault gets the client's stream, the request as it came, and `ask`, which passes it on and gives the whole answer: so
each fault says by itself whether the gateway has heard of the request.
"""

import gzip
import re
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import trio

Ask = Callable[[], Awaitable[bytes]]
Fault = Callable[[trio.SocketStream, Ask], Awaitable[None]]
LOST = (trio.BrokenResourceError, trio.ClosedResourceError, OSError)
HTML = b"<!doctype html><title>502 Bad Gateway</title><h1>nginx</h1>"


@dataclass
class Proxy:
    """Where it listens; `fault` strikes every exchange from now on, and `passed` counts the requests passed on."""

    port: int
    fault: Fault | None = None
    passed: int = 0


@asynccontextmanager
async def proxying(upstream: int) -> AsyncIterator[Proxy]:
    """A proxy before a server on this machine."""

    async def serve(stream: trio.SocketStream) -> None:
        with suppress(*LOST):
            async with stream:
                request = b"" if proxy.fault in UNREAD else await _message(stream)

                async def ask() -> bytes:
                    proxy.passed += 1
                    return await _passed_on(request, upstream)

                if proxy.fault is not None:
                    await proxy.fault(stream, ask)
                elif request:
                    await stream.send_all(await ask())

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        proxy = Proxy(listeners[0].socket.getsockname()[1])
        nursery.start_soon(trio.serve_listeners, serve, listeners)
        yield proxy
        nursery.cancel_scope.cancel()


async def _message(stream: trio.SocketStream) -> bytes:
    """A request with its body; nothing where the client hung up."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = await stream.receive_some(65536)
        if not chunk:
            return b""
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += await stream.receive_some(65536)
    return head + b"\r\n\r\n" + body


async def _passed_on(request: bytes, port: int) -> bytes:
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    answer = b""
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        await stream.send_all(b"\r\n".join([*lines, b"connection: close", b"", body]))
        async for chunk in stream:
            answer += chunk
    return answer


def _split(answer: bytes) -> tuple[bytes, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        body = b"".join(re.findall(rb"[0-9a-f]+\r\n(.*?)\r\n(?=[0-9a-f]+\r\n)", body, re.DOTALL))
    lines = [one for one in head.split(b"\r\n") if not re.match(rb"(?i)(content-length|transfer-encoding):", one)]
    return b"\r\n".join(lines), body


async def _reset(stream: trio.SocketStream) -> None:
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    await stream.aclose()


async def _stall(stream: trio.SocketStream) -> None:
    with suppress(*LOST):
        while await stream.receive_some(65536):
            pass


async def close_at_once(stream: trio.SocketStream, ask: Ask) -> None:
    await stream.aclose()


async def reset_at_once(stream: trio.SocketStream, ask: Ask) -> None:
    await _reset(stream)


async def reset_after_a_byte(stream: trio.SocketStream, ask: Ask) -> None:
    await stream.receive_some(1)
    await _reset(stream)


async def close_after_a_few_bytes(stream: trio.SocketStream, ask: Ask) -> None:
    await stream.receive_some(40)


async def never_read(stream: trio.SocketStream, ask: Ask) -> None:
    await trio.sleep_forever()


UNREAD: frozenset[object] = frozenset(
    (close_at_once, reset_at_once, reset_after_a_byte, close_after_a_few_bytes, never_read)
)
"""Faults that come before the request is read."""


async def close_unheard(stream: trio.SocketStream, ask: Ask) -> None:
    await stream.aclose()


async def reset_unheard(stream: trio.SocketStream, ask: Ask) -> None:
    await _reset(stream)


async def stall_unheard(stream: trio.SocketStream, ask: Ask) -> None:
    await _stall(stream)


async def lose_the_answer(stream: trio.SocketStream, ask: Ask) -> None:
    await ask()


async def reset_for_an_answer(stream: trio.SocketStream, ask: Ask) -> None:
    await ask()
    await _reset(stream)


async def stall_for_an_answer(stream: trio.SocketStream, ask: Ask) -> None:
    await ask()
    await _stall(stream)


async def half_close(stream: trio.SocketStream, ask: Ask) -> None:
    await ask()
    await stream.send_eof()
    await _stall(stream)


async def trickle_the_head(stream: trio.SocketStream, ask: Ask) -> None:
    await _trickle(stream, await ask())


async def trickle_the_body(stream: trio.SocketStream, ask: Ask) -> None:
    head, body = _split(await ask())
    await stream.send_all(head + b"\r\ncontent-length: %d\r\n\r\n" % len(body))
    await _trickle(stream, body)


async def _trickle(stream: trio.SocketStream, data: bytes) -> None:
    for at in range(len(data)):
        await stream.send_all(data[at : at + 1])
        await trio.sleep(0.2)


async def reset_in_the_body(stream: trio.SocketStream, ask: Ask) -> None:
    head, body = _split(await ask())
    await stream.send_all(head + b"\r\ncontent-length: %d\r\n\r\n" % len(body) + body[: len(body) // 2])
    await _reset(stream)


async def stall_in_the_body(stream: trio.SocketStream, ask: Ask) -> None:
    head, body = _split(await ask())
    await stream.send_all(head + b"\r\ncontent-length: %d\r\n\r\n" % len(body) + body[: len(body) // 2])
    await _stall(stream)


async def stall_in_the_chunks(stream: trio.SocketStream, ask: Ask) -> None:
    head, body = _split(await ask())
    await stream.send_all(head + b"\r\ntransfer-encoding: chunked\r\n\r\n" + _chunks(body, end=b""))
    await _stall(stream)


async def flood_of_hints(stream: trio.SocketStream, ask: Ask) -> None:
    answer = await ask()
    await stream.send_all(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" * 10_000 + answer)


async def endless_hints(stream: trio.SocketStream, ask: Ask) -> None:
    await ask()
    while True:
        await stream.send_all(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)
        await trio.sleep(0.01)


async def endless_body(stream: trio.SocketStream, ask: Ask) -> None:
    head, body = _split(await ask())
    await stream.send_all(head + b"\r\n\r\n" + body)
    while True:
        await stream.send_all(b" " * 65536)


def _chunks(body: bytes, size: bytes | None = None, end: bytes = b"0\r\n\r\n") -> bytes:
    return (b"%x" % len(body) if size is None else size) + b"\r\n" + body + b"\r\n" + end


def _said(change: Callable[[bytes, bytes], bytes]) -> Fault:
    """A fault that gives another answer than came, made of its head without lengths and its body; then it closes."""

    async def fault(stream: trio.SocketStream, ask: Ask) -> None:
        await stream.send_all(change(*_split(await ask())))

    return fault


def _length(head: bytes, body: bytes, length: bytes) -> bytes:
    return head + b"\r\ncontent-length: " + length + b"\r\n\r\n" + body


def _page(status: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 %s\r\ncontent-type: text/html\r\n%scontent-length: %d\r\n\r\n%s" % (status, more, len(HTML), HTML)


ANSWERS: dict[str, Callable[[bytes, bytes], bytes]] = {
    "half a status line": lambda h, b: h[:6],
    "half a head": lambda h, b: h[: len(h) // 2],
    "a head alone": lambda h, b: _length(h, b"", b"%d" % len(b)),
    "half a body": lambda h, b: _length(h, b[: len(b) // 2], b"%d" % len(b)),
    "half a body of no length": lambda h, b: h + b"\r\n\r\n" + b[: len(b) // 2],
    "a body of no length": lambda h, b: h + b"\r\n\r\n" + b,
    "an empty body": lambda h, b: _length(h, b"", b"0"),
    "a length too long": lambda h, b: _length(h, b, b"%d" % (len(b) + 100)),
    "a length too short": lambda h, b: _length(h, b, b"%d" % (len(b) - 10)),
    "a length below nothing": lambda h, b: _length(h, b, b"-1"),
    "a length that is none": lambda h, b: _length(h, b, b"many"),
    "two lengths": lambda h, b: _length(h + b"\r\ncontent-length: 3", b, b"%d" % len(b)),
    "a length of 100 GB": lambda h, b: _length(h, b, b"%d" % (100 << 30)),
    "a length and chunks": lambda h, b: _length(h + b"\r\ntransfer-encoding: chunked", _chunks(b), b"%d" % len(b)),
    "chunks": lambda h, b: h + b"\r\ntransfer-encoding: chunked\r\n\r\n" + _chunks(b),
    "chunks without an end": lambda h, b: h + b"\r\ntransfer-encoding: chunked\r\n\r\n" + _chunks(b, end=b""),
    "a chunk of no size": lambda h, b: h + b"\r\ntransfer-encoding: chunked\r\n\r\n" + _chunks(b, b"xyz"),
    "a chunk below nothing": lambda h, b: h + b"\r\ntransfer-encoding: chunked\r\n\r\n" + _chunks(b, b"-5"),
    "a chunk cut short": lambda h, b: h + b"\r\ntransfer-encoding: chunked\r\n\r\n" + _chunks(b)[: len(b) // 2],
    "the body twice": lambda h, b: _length(h, b + b, b"%d" % (2 * len(b))),
    "the answer twice": lambda h, b: 2 * _length(h, b, b"%d" % len(b)),
    "bytes before the answer": lambda h, b: b"\x16\x03\x01" + _length(h, b, b"%d" % len(b)),
    "no HTTP": lambda h, b: b"220 smtp.example ESMTP\r\n",
    "a body without a head": lambda h, b: b,
    "HTTP/1.0": lambda h, b: h.replace(b"HTTP/1.1", b"HTTP/1.0", 1) + b"\r\n\r\n" + b,
    "HTTP/9": lambda h, b: _length(h.replace(b"HTTP/1.1", b"HTTP/9.9", 1), b, b"%d" % len(b)),
    "a page": lambda h, b: _page(b"200 OK"),
    "a page that says 502": lambda h, b: _page(b"502 Bad Gateway"),
    "a page that says 503": lambda h, b: _page(b"503 Service Unavailable"),
    "a page that says 429": lambda h, b: _page(b"429 Too Many Requests", b"retry-after: 1\r\n"),
    "a page that says 403": lambda h, b: _page(b"403 Forbidden"),
    "a page that says 413": lambda h, b: _page(b"413 Request Entity Too Large"),
    "a redirect": lambda h, b: _page(b"307 Temporary Redirect", b"location: http://127.0.0.1:9/\r\n"),
    "no content": lambda h, b: b"HTTP/1.1 204 No Content\r\n\r\n",
    "not modified": lambda h, b: b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "another protocol": lambda h, b: (
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n" + b
    ),
    "a header of a megabyte": lambda h, b: _length(h + b"\r\nx: " + b"y" * (1 << 20), b, b"%d" % len(b)),
    "ten thousand headers": lambda h, b: _length(h + b"\r\nx: y" * 10_000, b, b"%d" % len(b)),
    "a header of no name": lambda h, b: _length(h + b"\r\n: y", b, b"%d" % len(b)),
    "NUL in the head": lambda h, b: _length(h + b"\r\nx: a\0b", b, b"%d" % len(b)),
    "packed": lambda h, b: _length(h + b"\r\ncontent-encoding: gzip", gzip.compress(b), b"%d" % len(gzip.compress(b))),
    "a packed bomb": lambda h, b: h + b"\r\ncontent-encoding: gzip\r\n\r\n" + gzip.compress(bytes(50 << 20), 1),
    "packed by its name only": lambda h, b: _length(h + b"\r\ncontent-encoding: br", b, b"%d" % len(b)),
    "UTF-16": lambda h, b: _length(h, b.decode("latin-1").encode("utf-16"), b"%d" % (2 * len(b) + 2)),
    "an empty list": lambda h, b: _length(h, b"[]", b"2"),
    "a depth of brackets": lambda h, b: _length(h, b"[" * 100_000, b"100000"),
    "a number without end": lambda h, b: _length(h, b"9" * 100_000, b"100000"),
}

FAULTS: dict[str, Fault] = {
    one.__name__.replace("_", " "): one
    for one in (
        *(close_at_once, reset_at_once, reset_after_a_byte, close_after_a_few_bytes, never_read),
        *(close_unheard, reset_unheard, stall_unheard, lose_the_answer, reset_for_an_answer, stall_for_an_answer),
        *(half_close, trickle_the_head, trickle_the_body, reset_in_the_body, stall_in_the_body, stall_in_the_chunks),
        *(flood_of_hints, endless_hints, endless_body),
    )
} | {name: _said(change) for name, change in ANSWERS.items()}
"""Every fault by its name."""
