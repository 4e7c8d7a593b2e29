"""The emulator as an ASGI application: gateways under their names, their files, a bucket, and the door for tests.

One object holds everything that is remembered. Decisions are the gateways'; here links are fetched, clips drawn, and
bytes put on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path

import trio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse
from starlette.responses import Response as Sent
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from storyboard.emulator import admin
from storyboard.emulator.callbacks import Caller
from storyboard.emulator.clock import Clock
from storyboard.emulator.gateway import Call, Fetched, Gateway, Link, Pending, Settings, Site, Task, discover, say
from storyboard.emulator.gateway import Path as Endpoint
from storyboard.emulator.inputs import Unfit, fetch
from storyboard.emulator.line import Line
from storyboard.emulator.links import Signer
from storyboard.emulator.studio import Studio
from storyboard.emulator.wire import Exchange, Wire, headers_of
from storyboard.exchange import Response
from storyboard.media.jobs import Executor

TYPES = {"mp4": "video/mp4", "png": "image/png", "jpeg": "image/jpeg"}
NO_DRAWING = ("fail", "stuck")


class Emulator:
    """All gateways of one emulator, at `base` (its own address), with `folder` for files that it makes and is sent."""

    def __init__(self, settings: Settings, clock: Clock, base: str, folder: Path, executor: Executor) -> None:
        self.settings, self.clock, self.base, self.folder = settings, clock, base, folder
        self.lines: dict[tuple[str, int], Line] = {}
        signer = Signer(f"{base}/files", str(settings.seed).encode(), settings.link_ttl_s)
        self.site = Site(settings, signer.link)
        self.exchange = Exchange(clock, self.site.faults, self.lines)
        self.gateways: dict[str, Gateway] = {name: make(self.site, clock.now()) for name, make in discover().items()}
        self.caller = Caller(self.gateways, clock)
        self._signer = signer
        self._studio = Studio(executor, folder, settings.last_frame)
        self._begun: set[str] = set()
        self._drawing = 0
        self._stroke = trio.Condition()
        self._undrawn, self._to_draw = trio.open_memory_channel[Task](1_000_000)
        self._bucket: dict[str, tuple[Path, str]] = {}
        self._files = 0
        self.app: ASGIApp = Starlette(
            routes=[*self._gateways(), *self._stores(), Mount("/_emu", app=admin.app(self))],
            exception_handlers={HTTPException: self._lost},
        )
        self.apex: ASGIApp = self._wired(self._redirect, "apex")

    async def draw(self) -> None:
        """Draw clips as tasks are accepted, until cancelled."""
        async with trio.open_nursery() as nursery:
            async for task in self._to_draw:
                nursery.start_soon(self._draw, task)

    async def _draw(self, task: Task) -> None:
        task.drawn = await self._studio.draw(task.shoot)
        async with self._stroke:
            self._drawing -= 1
            self._stroke.notify_all()

    async def advance(self, seconds: float) -> None:
        """Go forward, once every clip that is being drawn is there: what is seen then depends on no processor. What is
        to be told of tasks by then was told when this returns.

        Raises ValueError for a step back.
        """
        async with self._stroke:
            while self._drawing:
                await self._stroke.wait()
        self.clock.advance(seconds)
        await self.caller.settle()

    def _wired(self, app: ASGIApp, route: str, gateway: Gateway | None = None, query: str = "") -> Wire:
        return Wire(app, route, self.exchange, gateway.lost if gateway else _plain, query)

    # ── the gateways ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _gateways(self) -> list[BaseRoute]:
        return [route for gateway in self.gateways.values() for route in self._gateway(gateway)]

    def _gateway(self, gateway: Gateway) -> list[BaseRoute]:
        async def document(_: Request) -> Sent:
            return JSONResponse({**gateway.document(), "servers": [{"url": f"{self.base}/{gateway.name}"}]})

        served = [
            Route(f"/{gateway.name}{path.path}", self._endpoint(gateway, path), methods=[path.method])
            for path in gateway.paths
        ]
        return [*served, Route(f"/{gateway.name}/openapi.json", document)]

    def _endpoint(self, gateway: Gateway, path: Endpoint) -> Wire:
        return self._wired(partial(self._serve, gateway, path.route), path.route, gateway, path.query)

    async def _lost(self, request: Request, error: Exception) -> Sent:
        """A path or a method that does not exist, in the words of the gateway below which it was looked for."""
        assert isinstance(error, HTTPException)
        gateway = self.gateways.get(request.url.path.split("/")[1])
        answer = _sent(gateway.lost(error.status_code) if gateway else _plain(error.status_code))
        answer.headers.update(error.headers or {})
        return answer

    async def _serve(self, gateway: Gateway, route: str, scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        query = scope["query_string"].decode("latin-1")
        call = Call(route, headers_of(scope), body, scope["path_params"].get("task", ""), query)
        said = gateway.answer(call, self.clock.now())
        if isinstance(said, Pending):
            said = gateway.resume(said, await self._found(said.links), self.clock.now())
        new = [task for task in gateway.books.tasks.values() if task.id not in self._begun]
        for task in new:
            self._begun.add(task.id)
            if not any(one in task.faults for one in NO_DRAWING):
                self._drawing += 1
                self._undrawn.send_nowait(task)
        for task in new:
            await self.caller.early(gateway.name, task)
        await _sent(said)(scope, receive, send)

    async def _found(self, links: tuple[Link, ...]) -> Mapping[str, Fetched] | str:
        """What the links of a submission hold, or why they cannot be used."""
        found: dict[str, Fetched] = {}
        for link in links:
            self._files += 1
            target = self.folder / f"input-{self._files}"
            try:
                found[link.url] = await trio.to_thread.run_sync(
                    fetch, link, target, self.settings.plain_loopback, abandon_on_cancel=True
                )
            except Unfit as unfit:
                return str(unfit)
        return found

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _stores(self) -> list[BaseRoute]:
        return [
            Route("/files/{name}", self._wired(self._file, "file"), methods=["GET"]),
            Route("/bucket/{name:path}", self._wired(self._store, "bucket"), methods=["GET", "PUT"]),
        ]

    async def _file(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        name = request.path_params["name"]
        if not self._signer.opens(name, request.query_params, self.clock.now()):
            await PlainTextResponse("Request has expired\n", 403)(scope, receive, send)
            return
        path = self.folder / name
        if not path.is_file():
            await PlainTextResponse("Not found\n", 404)(scope, receive, send)
            return
        await FileResponse(path, media_type=TYPES[path.suffix[1:]])(scope, receive, send)

    async def _store(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        name = request.path_params["name"]
        if request.method == "PUT":
            answer: Sent = self._put(name, await request.body(), request.headers.get("content-type", ""))
        elif name in self._bucket:
            path, kind = self._bucket[name]
            answer = FileResponse(path, media_type=kind or "application/octet-stream")
        else:
            answer = PlainTextResponse("Not found\n", 404)
        await answer(scope, receive, send)

    def _put(self, name: str, body: bytes, kind: str) -> Sent:
        if not name:
            return PlainTextResponse("An object has a name\n", 400)
        self._files += 1
        path = self.folder / f"object-{self._files}"
        path.write_bytes(body)
        known = name in self._bucket
        self._bucket[name] = (path, kind)
        return Sent(status_code=200 if known else 201)

    async def _redirect(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The apex: sends every request to the same path at the address with www, as the gateway's does."""
        query = scope["query_string"].decode("latin-1")
        to = f"{self.base}{scope['path']}" + (f"?{query}" if query else "")
        await Sent(status_code=self.settings.apex_status, headers={"location": to})(scope, receive, send)


def _sent(answer: Response) -> Sent:
    return Sent(answer.body, answer.status, dict(answer.headers))


def _plain(status: int) -> Response:
    return say(status, {"error": HTTPStatus(status).phrase})
