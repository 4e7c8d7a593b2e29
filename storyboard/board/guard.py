"""The door of the board: who may come in, by which name, and what a page may do.

Laws.
- Whoever asks calls the board by a name it has (`Host`): no page of another site reaches it by a name of its own.
- What changes something comes by POST, from a page of the board itself (`Origin`).
- A visitor shows the token once and gets a cookie that no script reads and no other site sends. Secrets are compared in
  constant time. The cookie is the same after a restart, so that open pages go on.
- Pages load nothing from elsewhere and run no script that stands in them.
"""

from __future__ import annotations

import hmac
from contextlib import aclosing
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from msgspec import Struct
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storyboard.board.press import Press

ENTRANCE = "/enter"
OPEN = ("/static/",)
"""Paths that everybody may read: they tell nothing of the film."""
LARGEST_BODY = 65536
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Door(Struct, frozen=True):
    """What opens the board: its `origins` (`http://127.0.0.1:8400`), the token, and the cookie (its name, and the
    secret in it) that the token is swapped for.
    """

    origins: frozenset[str]
    token: str
    cookie: str
    secret: str

    @property
    def tls(self) -> bool:
        """Whether it is spoken to by TLS."""
        return all(origin.startswith("https:") for origin in self.origins)

    @property
    def hosts(self) -> frozenset[str]:
        """The names by which it is called."""
        return frozenset(origin.split("//", 1)[1] for origin in self.origins)

    def opens(self, token: str) -> bool:
        """Whether that is the token."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def knows(self, cookies: str) -> bool:
        """Whether the cookie is among those of a request."""
        try:
            found = SimpleCookie(cookies).get(self.cookie)
        except CookieError:
            return False
        return found is not None and hmac.compare_digest(found.value.encode(), self.secret.encode())


class Guard:
    """An app behind the door."""

    def __init__(self, app: ASGIApp, door: Door, press: Press) -> None:
        self._app = app
        self._door = door
        self._press = press

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, _with_headers(send))

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(Request(scope, receive))
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """What keeps a request out, or lets it in; None where it may pass."""
        headers = request.headers
        if headers.getlist("host") != [headers.get("host")] or headers.get("host") not in self._door.hosts:
            return PlainTextResponse("The board does not go by this name.\n", 421)
        if request.method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("GET, HEAD and POST alone.\n", 405)
        if request.method == "POST" and not self._ours(headers):
            return PlainTextResponse("This comes from another page than the board's.\n", 403)
        if request.url.path == ENTRANCE:
            return await self._entering(request)
        if request.url.path.startswith(OPEN) or self._door.knows(headers.get("cookie", "")):
            return None
        return self._outside(request)

    def _ours(self, headers: Headers) -> bool:
        """Whether a page of the board's sent this."""
        scheme = "https" if self._door.tls else "http"
        same = headers.getlist("origin") == [f"{scheme}://{headers['host']}"]
        return same and headers.get("sec-fetch-site", "same-origin") == "same-origin"

    def _outside(self, request: Request, wrong: bool = False) -> Response:
        if request.method == "POST" and not wrong:
            return PlainTextResponse("Open the board by the address that the terminal shows.\n", 403)
        return HTMLResponse(self._press.plain("door", wrong=wrong), 403)

    async def _entering(self, request: Request) -> Response:
        """Swap the token for the cookie."""
        token = request.query_params.get("token", "")
        if request.method == "POST":
            body = await body_of(request)
            token = parse_qs((body or b"").decode("utf-8", "replace")).get("token", [""])[0].strip()
        if not self._door.opens(token):
            return self._outside(request, wrong=bool(token))
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            self._door.cookie, self._door.secret, path="/", secure=self._door.tls, httponly=True, samesite="strict"
        )
        return answer


async def body_of(request: Request) -> bytes | None:
    """The body of a request; None where it is larger than anything that is sent here."""
    body, length = b"", request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > LARGEST_BODY:
        return None
    async with aclosing(request.stream()) as stream:
        async for some in stream:
            body += some
            if len(body) > LARGEST_BODY:
                return None
    return body


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return sending
