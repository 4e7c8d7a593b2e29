"""Production's client of HTTP in the simulation: above it the runner, below it the wire as a transport.

Its threads run in line, and a host's address is known without asking anybody, so that it is as repeatable as the rest.
A clip is streamed to a real file, as production does it, and then laid on the simulated disk.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import trio

from storyboard.exchange import LONGEST_WAIT_S, NotSent, Request, Response, Unknown
from storyboard.network.client import Client
from storyboard.network.settings import Access
from storyboard.rendering.ports import Network
from storyboard.state.account import AccountFile, Wait
from tests.simulation.kinds import Kind
from tests.simulation.wire import Wire

KEY = "sk_simulated"
ADDRESS = "93.184.216.34"
"""A public address, which nobody connects to."""
KEPT = 200
"""How many moments of requests an account remembers."""


class Remembered(AccountFile):
    """An account's file in memory; it outlives the process as the file does."""

    def __init__(self) -> None:
        self._sent: list[float] = []
        self._held = 0.0

    def take(self, now: float, wait: Wait) -> float:
        """Ask for a place in the window."""
        self._sent = [min(moment, now) for moment in self._sent]
        self._held = min(self._held, now + LONGEST_WAIT_S)
        seconds = wait(self._sent, self._held)
        if seconds <= 0:
            self._sent = [*self._sent[-KEPT:], now]
        return max(0.0, seconds)

    def hold(self, until: float) -> None:
        """Leave the account alone until then."""
        self._held = until


@asynccontextmanager
async def speak(wire: Wire, kind: Kind, account: AccountFile, wall: Callable[[], float]) -> AsyncIterator[Network]:
    """A network port that speaks to one gateway by production's client, and to the toys by the wire alone."""
    name, gateway = kind.name, kind.remote.capabilities.gateway
    assert gateway is not None
    trio.socket.set_custom_hostname_resolver(_Known())
    access = Access(f"https://{name}.example", KEY)
    async with Client({name: access}, {name: gateway}, {name: account}, _Line(wire, name), wall) as client:
        yield _Spoken(wire, name, client)


class _Spoken:
    def __init__(self, wire: Wire, name: str, client: Client) -> None:
        self._wire = wire
        self._name = name
        self._client = client

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        speaker: Network = self._client if provider == self._name else self._wire
        return await speaker.send(provider, request, rank)

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        if provider != self._name:
            await self._wire.fetch(provider, link, target)
            return
        with TemporaryDirectory() as folder:
            real = Path(folder, "clip")
            await self._client.fetch(provider, link, real)
            self._wire.disk.write(target, await inline(real.read_bytes))


class _Line(httpx.AsyncBaseTransport):
    """The wire as httpx sees it."""

    def __init__(self, wire: Wire, name: str) -> None:
        self._wire = wire
        self._name = name

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange. Raises what httpx raises where a line fails."""
        if request.url.host == ADDRESS:
            return await self._file(request)
        if request.headers["authorization"] != f"Bearer {KEY}":
            return httpx.Response(401)
        headers = {name: text for name, text in request.headers.items() if name != "authorization"}
        said = Request(
            "POST" if request.method == "POST" else "GET", request.url.raw_path.decode(), headers, request.content
        )
        answer = await self._wire.send(self._name, said)
        match answer:
            case NotSent(reason=reason):
                raise httpx.ConnectError(reason)
            case Unknown(reason=reason):
                broken = (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError)
                raise self._wire.rng.choice(broken)(reason)
        return httpx.Response(answer.status, headers=dict(answer.headers), stream=_Pieces(answer.body))

    async def _file(self, request: httpx.Request) -> httpx.Response:
        """A clip behind a link. One that is cut off goes on from there where its beginning is vouched for."""
        wire = self._wire
        await trio.sleep(wire.rng.uniform(0.5, 5))
        data = wire.gateways[self._name].download(f"https://{request.headers['host']}{request.url.raw_path.decode()}")
        if data is None:
            return httpx.Response(403)
        tag = f'"{sha256(data).hexdigest()[:8]}"'
        headers, status, begin = {"etag": tag, "content-length": str(len(data))}, 200, 0
        if request.headers.get("if-range") == tag:
            begin, status = int(request.headers["range"].removeprefix("bytes=").rstrip("-")), 206
            headers["content-range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        cut = wire.strikes("cut")
        if cut and wire.rng.random() < 0.5:
            return httpx.Response(200, stream=_Pieces(data[: len(data) // 2]))
        return httpx.Response(status, headers=headers, stream=_Pieces(data[begin:], breaks=cut))


class _Pieces(httpx.AsyncByteStream):
    """A body in two pieces; where it `breaks`, the second does not come."""

    def __init__(self, data: bytes, *, breaks: bool = False) -> None:
        self._data = data
        self._breaks = breaks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._data[: len(self._data) // 2]
        if self._breaks:
            raise httpx.ReadError("the connection was cut")
        yield self._data[len(self._data) // 2 :]


class _Known(trio.abc.HostnameResolver):
    """Every host is at one address."""

    async def getaddrinfo(self, host: bytes | None, port: bytes | str | int | None, *_: int, **__: int) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (ADDRESS, port))]

    async def getnameinfo(self, sockaddr: tuple[Any, ...], flags: int) -> tuple[str, str]:
        raise OSError("nobody asks for names")


async def inline(act: Any, *args: Any, **_: Any) -> Any:
    """A blocking call, run here and now."""
    await trio.lowlevel.checkpoint()
    return act(*args)
