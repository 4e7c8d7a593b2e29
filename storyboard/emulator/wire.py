"""One endpoint as the wire sees it: every request is recorded, and the faults of the wire are played on it.

Faults compose: one may replace the answer (the first that does wins), others delay it, mend its date, cut it short.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import trio
from msgspec import Struct, field
from msgspec.structs import asdict
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storyboard.emulator.clock import Clock, http_date
from storyboard.emulator.faults import Faults
from storyboard.emulator.gateway import named
from storyboard.emulator.line import Line, Lines
from storyboard.exchange import Response

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
MOST_BODY_BYTES = 64 * 2**20
MOST_RECORDED_BYTES = 64 * 1024
MASK = "…"
PIECES_A_SECOND = 20

Strikes = Mapping[str, Mapping[str, Any]]


class Received(Struct, frozen=True):
    """A request that came in, and what became of it. `status` is None where it was answered by hanging up."""

    at: float
    method: str
    path: str
    route: str
    headers: Mapping[str, str]
    body_sha256: str
    body: str | None
    status: int | None
    faults: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


class Exchange(Struct):
    """What the endpoints of one emulator share."""

    clock: Clock
    faults: Faults
    lines: Lines
    received: list[Received] = field(default_factory=list)


class Wire:
    """An endpoint behind the wire. `spoilt` gives the gateway's own answer with a status; `query` names the query
    parameter that holds a task's id, where the path does not.
    """

    def __init__(
        self, app: ASGIApp, route: str, exchange: Exchange, spoilt: Callable[[int], Response], query: str = ""
    ) -> None:
        self._app, self._route, self._exchange, self._spoilt, self._query = app, route, exchange, spoilt, query

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange, at = self._exchange, self._exchange.clock.now()
        body = await _whole(receive)
        if body is None:
            await _tell(send, Response(413, {}, b""))
            return
        if self._query:
            [task, *_] = parse_qs(scope["query_string"].decode("latin-1")).get(self._query, [""])
            scope["path_params"] = {"task": task}
        task = scope.get("path_params", {}).get("task")
        strikes = named(exchange.faults.wire(self._route, task))
        answer = await self._answer(scope, body, strikes, at)
        if "delay_response" in strikes:
            await trio.sleep(max(0.0, strikes["delay_response"]["seconds"]))
        dropped = "drop_before_accept" in strikes or "drop_response_after_accept" in strikes
        exchange.received.append(self._record(scope, body, None if dropped else answer.status, tuple(strikes), at))
        ahead = strikes.get("clock_skew", {}).get("seconds", 0.0)
        dated = Response(
            answer.status, {**answer.headers, "date": http_date(exchange.clock.now() + ahead)}, answer.body
        )
        line = exchange.lines[scope["client"]]
        if dropped:
            await line.hang_up()
        elif "truncated_download" in strikes:
            await _cut(send, line, dated, strikes["truncated_download"]["framing"])
        elif "slow_download" in strikes:
            await _slowly(send, dated, strikes["slow_download"]["bytes_per_second"])
        else:
            await _tell(send, dated)

    async def _answer(self, scope: Scope, body: bytes, strikes: Strikes, at: float) -> Response:
        """The answer: a fault's in place of the endpoint's, or the endpoint's with what a fault makes of it."""
        instead = self._instead(strikes, at)
        if instead is not None:
            return instead
        answer = await _asked(self._app, scope, body)
        if strikes.get("500_once", {}).get("accepted"):
            return self._spoilt(500)
        if "invalid_json" in strikes:
            half = answer.body[: len(answer.body) // 2]
            return Response(answer.status, {**answer.headers, "content-length": str(len(half))}, half)
        return answer

    def _instead(self, strikes: Strikes, at: float) -> Response | None:
        """What is answered without asking the endpoint."""
        if "drop_before_accept" in strikes:
            return Response(500, {}, b"")
        for status in (307, 301):
            if f"redirect_{status}" in strikes:
                return Response(status, {"location": strikes[f"redirect_{status}"]["to"], "content-length": "0"}, b"")
        if "429_burst" in strikes:
            spoilt = self._spoilt(429)
            return Response(429, {**spoilt.headers, **_retry(strikes["429_burst"]["retry_after"], at)}, spoilt.body)
        if "503_burst" in strikes:
            return self._spoilt(503)
        if "500_once" in strikes and not strikes["500_once"]["accepted"]:
            return self._spoilt(500)
        if "html_502" in strikes:
            return Response(502, {"content-type": "text/html"}, PAGE)
        if "expired_url" in strikes:
            return Response(403, {"content-type": "text/plain"}, b"Request has expired\n")
        return None

    def _record(self, scope: Scope, body: bytes, status: int | None, faults: tuple[str, ...], at: float) -> Received:
        query = scope["query_string"].decode("latin-1")
        headers = headers_of(scope)
        if "authorization" in headers:
            headers["authorization"] = headers["authorization"][:12] + MASK
        text = body.decode(errors="replace") if len(body) <= MOST_RECORDED_BYTES else None
        return Received(
            at,
            scope["method"],
            scope["path"] + (f"?{query}" if query else ""),
            self._route,
            headers,
            hashlib.sha256(body).hexdigest(),
            text,
            status,
            faults,
        )


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers of a request, names in lower case."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _retry(wait: int | float | str, at: float) -> dict[str, str]:
    """Retry-After as a rule wants it: seconds, a date in a minute or a minute ago, none."""
    if wait == "absent":
        return {}
    if wait in ("date", "past"):
        return {"retry-after": http_date(at + (60 if wait == "date" else -60))}
    return {"retry-after": str(wait)}


async def _whole(receive: Receive) -> bytes | None:
    """The body of a request; None where it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MOST_BODY_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _asked(app: ASGIApp, scope: Scope, body: bytes) -> Response:
    """The endpoint's whole answer."""
    said: list[Message] = []
    asks: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not asks:
            await trio.sleep_forever()  # nothing more comes; whoever waits for the client's end is cancelled
        return asks.pop()

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    start, *rest = said
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Response(start["status"], headers, b"".join(message.get("body", b"") for message in rest))


def _start(answer: Response) -> Message:
    headers = {"content-length": str(len(answer.body)), **answer.headers}
    lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": answer.status, "headers": lines}


async def _tell(send: Send, answer: Response) -> None:
    await send(_start(answer))
    await send({"type": "http.response.body", "body": answer.body})


async def _slowly(send: Send, answer: Response, bytes_per_second: float) -> None:
    await send(_start(answer))
    size = max(1, round(bytes_per_second / PIECES_A_SECOND))
    for at in range(0, len(answer.body), size):
        await send({"type": "http.response.body", "body": answer.body[at : at + size], "more_body": True})
        await trio.sleep(1 / PIECES_A_SECOND)
    await send({"type": "http.response.body", "body": b""})


async def _cut(send: Send, line: Line, answer: Response, framing: str) -> None:
    """Half of an answer: less than its told length, or ended by the connection's end, with nothing told."""
    half = answer.body[: len(answer.body) // 2]
    if framing == "content-length":
        await send(_start(answer))
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await line.hang_up()
        return
    told = {name: value for name, value in answer.headers.items() if name != "content-length"}
    head = [f"HTTP/1.1 {answer.status} OK", *(f"{name}: {value}" for name, value in told.items()), "connection: close"]
    await line.hang_up("\r\n".join([*head, "", ""]).encode("latin-1") + half)
