"""Inputs 60 and 63 of what a door meets, over real sockets: nobody without a signature gets in, nobody stays long."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import trio

from storyboard.callbacks.address import signature
from storyboard.callbacks.door import BODY_BYTES, HEAD_BYTES, Door, serve
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.network.serving import listen

SECRET = bytes(range(32))
KEY = "0123456789abcdef0123456789abcdef"
SIGNED = f"/cb/v1/{KEY}?sig={signature(SECRET, KEY)}"
PATIENCE_S = 30.0


class Kept:
    """What got in."""

    def __init__(self, answer: bool | Refused = True) -> None:
        self.told: list[tuple[str, bytes]] = []
        self.answer = answer

    def __call__(self, key: str, body: bytes) -> bool:
        if isinstance(self.answer, Refused):
            raise self.answer
        self.told.append((key, body))
        return self.answer


@asynccontextmanager
async def door(kept: Kept, total_s: float = PATIENCE_S, connections: int = 8, waiting: int = 0) -> AsyncIterator[int]:
    """A door that serves, by its port."""
    listener = listen("127.0.0.1", 0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve, Door(SECRET, kept), listener, total_s, connections, waiting)
        yield listener.socket.getsockname()[1]
        nursery.cancel_scope.cancel()


async def said(port: int, data: bytes, more: bytes = b"") -> bytes:
    """Everything that is answered to these bytes; `more` is sent for as long as anybody listens."""
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    async with stream:
        with trio.fail_after(PATIENCE_S):
            answer = b""
            try:
                await stream.send_all(data)
                while more:
                    await stream.send_all(more)
                    await trio.sleep(0.01)
            except trio.BrokenResourceError:
                pass
            try:
                while piece := await stream.receive_some():
                    answer += piece
            except trio.BrokenResourceError:
                pass
            return answer


def post(path: str, body: bytes = b"{}", method: str = "POST", **headers: str) -> bytes:
    """A request of one connection."""
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    lines = {"host": "me", "connection": "close", "content-length": str(len(body)), **given}
    head = "".join(f"{name}: {text}\r\n" for name, text in lines.items() if text)
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def ask(kept: Kept, data: bytes, **how: float) -> bytes:
    """The answer to one request."""

    async def run() -> bytes:
        async with door(kept, **how) as port:  # type: ignore[arg-type]  # numbers of either kind
            return await said(port, data)

    return trio.run(run)


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1])


def test_a_signed_callback_is_kept_before_it_is_answered() -> None:
    kept = Kept()
    answer = ask(kept, post(SIGNED, b'{"id": 1}'))
    assert (status(answer), kept.told) == (200, [(KEY, b'{"id": 1}')])


def test_a_path_that_a_proxy_puts_before_ours_does_not_matter() -> None:
    kept = Kept()
    assert status(ask(kept, post(f"/hooks/films{SIGNED}"))) == 200
    assert len(kept.told) == 1


@pytest.mark.parametrize(
    "path",
    [
        f"/cb/v1/{KEY}",
        f"/cb/v1/{KEY}?sig=",
        f"/cb/v1/{KEY}?sig={'0' * 64}",
        f"/cb/v1/{KEY[::-1]}?sig={signature(SECRET, KEY)}",
        f"/cb/v1/{KEY}?sig={signature(SECRET[::-1], KEY)}",
        f"{SIGNED}&sig={signature(SECRET, KEY)}",
        f"/cb/v1/{KEY}?sig={signature(SECRET, KEY).upper()}",
        f"/cb/v1/{'k' * 41}?sig={signature(SECRET, 'k' * 41)}",
        f"/cb/v1/%2e%2e?sig={signature(SECRET, KEY)}",
        f"/cb/v1/{KEY}?sig=%ff%fe",
    ],
)
def test_without_the_signature_nobody_gets_in(path: str) -> None:
    kept = Kept()
    answer = ask(kept, post(path))
    assert (status(answer), kept.told) == (401, [])
    assert answer.endswith(b"\r\n\r\n"), "nothing is told"


@pytest.mark.parametrize(
    "request_",
    [
        post("/"),
        post("/cb/v1/"),
        post(f"/cb/v2/{KEY}?sig={signature(SECRET, KEY)}"),
        post(f"/cb/v1/{KEY}/more?sig={signature(SECRET, KEY)}"),
        post(SIGNED, method="PUT"),
        post(SIGNED, b"", method="GET"),
        post(SIGNED, b"", method="HEAD"),
    ],
)
def test_everything_else_is_not_there(request_: bytes) -> None:
    kept = Kept()
    answer = ask(kept, request_)
    assert (status(answer), kept.told) == (404, [])
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "data",
    [
        post(SIGNED, b"x" * (BODY_BYTES + 1)),
        post(SIGNED, b"x", content_length="1000000000"),
        post(
            SIGNED,
            b"%x\r\n%b\r\n0\r\n\r\n" % (BODY_BYTES + 1, b"x" * (BODY_BYTES + 1)),
            content_length="",
            transfer_encoding="chunked",
        ),
    ],
)
def test_a_body_that_is_too_large_is_not_read_to_its_end(data: bytes) -> None:
    kept = Kept()
    assert status(ask(kept, data)) == 413
    assert kept.told == []


def test_the_largest_body_is_taken() -> None:
    kept = Kept()
    assert status(ask(kept, post(SIGNED, b"x" * BODY_BYTES))) == 200
    assert len(kept.told[0][1]) == BODY_BYTES


def test_a_head_without_end_is_refused() -> None:
    kept = Kept()
    answer = ask(kept, post(SIGNED, x="y" * 20 * HEAD_BYTES))
    assert (status(answer), kept.told) == (431, [])


@pytest.mark.parametrize(
    "slowly",
    [
        lambda: (b"POST ", b"a"),
        lambda: (post(SIGNED, b"x", content_length="60000"), b"x"),
        lambda: (f"POST {SIGNED} HTTP/1.1\r\nhost: me\r\n".encode(), b"a: b\r\n"),
    ],
)
def test_whoever_speaks_slowly_is_hung_up_on(slowly: Callable[[], tuple[bytes, bytes]]) -> None:
    kept, (data, more) = Kept(), slowly()

    async def run() -> None:
        async with door(kept, total_s=0.3) as port:
            with trio.fail_after(PATIENCE_S):
                await said(port, data, more)
            assert status(await said(port, post(SIGNED, b"{}"))) == 200

    trio.run(run)
    assert kept.told == [(KEY, b"{}")]


def test_only_so_many_are_in_the_door_at_once() -> None:
    kept = Kept()

    async def run() -> None:
        async with door(kept, connections=2) as port:
            crowd = [await trio.open_tcp_stream("127.0.0.1", port) for _ in range(2)]
            for one in crowd:
                await one.send_all(b"POST ")
            assert await said(port, post(SIGNED)) == b""
            for one in crowd:
                await one.aclose()
            while not kept.told:
                await said(port, post(SIGNED))

    trio.run(run)


def test_a_crowd_is_answered_one_after_the_other() -> None:
    kept = Kept()

    async def run() -> None:
        async with door(kept, connections=2, waiting=20) as port, trio.open_nursery() as nursery:
            for _ in range(20):
                nursery.start_soon(said, port, post(SIGNED))

    trio.run(run)
    assert len(kept.told) == 20


def test_what_cannot_be_kept_is_not_thanked_for() -> None:
    full = Refused([Diagnostic("disk-full", "no room left")], 14)
    assert status(ask(Kept(answer=False), post(SIGNED))) == 503
    assert status(ask(Kept(full), post(SIGNED))) == 503
