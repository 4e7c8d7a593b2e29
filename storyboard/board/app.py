"""The board as an ASGI application: pages, pictures, clips, the stream of what changes, and what a person does."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import trio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from storyboard.board.acts import Acts, Unheard
from storyboard.board.finding import SHOT, Address
from storyboard.board.guard import Door, Guard, body_of
from storyboard.board.pictures import Pictures
from storyboard.board.press import FOLDER, PROFILES, Press, Shown, shown
from storyboard.board.profiles import Column, Comparison
from storyboard.board.view import View
from storyboard.board.watch import Numbered, Watch
from storyboard.diagnostics import Refused, draw
from storyboard.film import ClipId
from storyboard.media.jobs import MediaError

BEAT_S = 15.0
"""How often a stream says that it is alive."""
FOREVER = {"cache-control": "private, max-age=31536000, immutable"}
"""What is named by its content never changes."""
STATUS: Mapping[int, int] = {2: 400, 4: 409, 11: 409}
"""How what is refused is answered, by its exit code."""


class Board:
    """One film's board. `closing` is set when it ends, so that streams end with it."""

    def __init__(self, watch: Watch, acts: Acts, pictures: Pictures, door: Door) -> None:
        self.watch = watch
        self.acts = acts
        self.pictures = pictures
        self.press = Press()
        self.comparison = Comparison()
        self.closing = trio.Event()
        inside = Starlette(
            routes=[
                Route("/", self._page),
                Route("/film", self._page),
                Route("/graph", self._page),
                Route(PROFILES, self._page),
                Route(SHOT + "{shot}", self._page),
                Route("/events", self._events),
                Route("/pictures/{clip}-{frame:int}.jpeg", self._picture),
                Route("/clips/{clip}.mp4", self._clip),
                Route("/film{suffix}", self._film),
                Route("/acts/{act}", self._act, methods=["POST"]),
                Mount("/static", StaticFiles(directory=FOLDER / "static")),
            ],
        )
        self.app: ASGIApp = Guard(inside, door, self.press)

    async def _page(self, request: Request) -> Response:
        now, address = self.watch.now, Address.of(request.url.path, request.query_params.multi_items())
        columns: tuple[Column, ...] = ()
        if address.path == PROFILES:
            columns = await self.comparison.of(self.watch.made, now.view, now.number)
        try:
            found = await _shown(address, now.view, columns)
        except KeyError:
            return HTMLResponse(self.press.plain("lost"), 404)
        return HTMLResponse(self.press.page(address.path, now.view, now.revision, found, columns))

    async def _picture(self, request: Request) -> Response:
        clip, frame = request.path_params["clip"], request.path_params["frame"]
        if clip not in self.watch.now.view.planned.history.clips:
            return PlainTextResponse("Not found\n", 404)
        try:
            path = await self.pictures.find(ClipId(clip), frame)
        except (MediaError, Refused):
            return PlainTextResponse("This picture cannot be made.\n", 404)
        return FileResponse(path, media_type="image/jpeg", headers=FOREVER)

    async def _clip(self, request: Request) -> Response:
        clip, view = ClipId(request.path_params["clip"]), self.watch.now.view
        if clip not in view.planned.history.clips:
            return PlainTextResponse("Not found\n", 404)
        return _video(self.watch.made.folder.clips / f"{clip}.mp4", FOREVER)

    async def _film(self, request: Request) -> Response:
        path, headers = self.watch.film, {"cache-control": "no-cache"}
        if request.path_params["suffix"] != path.suffix:
            return PlainTextResponse("Not found\n", 404)
        if path.suffix != ".mp4":  # a master: to be kept, since no browser plays it
            headers["content-disposition"] = f'attachment; filename="film{path.suffix}"'
        return _video(path, headers)

    async def _act(self, request: Request) -> Response:
        body = await body_of(request)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json" or body is None:
            return JSONResponse({"refused": "JSON alone"}, 400)
        try:
            said = json.loads(body)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            return JSONResponse({"refused": "a JSON object alone"}, 400)
        try:
            return JSONResponse(await self.acts.do(request.path_params["act"], said))
        except Unheard as unheard:
            return JSONResponse({"refused": str(unheard)}, 400)
        except Refused as refused:
            told = draw(refused.diagnostics, refused.texts)
            return JSONResponse({"refused": told}, STATUS.get(refused.exit_code, 409))

    async def _events(self, request: Request) -> Response:
        page, seen = request.query_params.get("page", "/"), request.query_params.get("seen", "")
        seen = request.headers.get("last-event-id") or seen
        return StreamingResponse(self.stream(page, seen), media_type="text/event-stream")

    async def stream(self, page: str, seen: str) -> AsyncGenerator[str, None]:
        """The pieces of a page that change, from the revision on that it has; `page` where it has to be got anew.

        Between two looks it holds what that page shows, not a view of the whole film.
        """
        parts = urlsplit(page)
        address = Address.of(unquote(parts.path), parse_qsl(parts.query))
        yield "retry: 1000\n\n"
        known = self.watch.at(seen)
        if known is None:
            known = self.watch.now
            yield _event("page", {}, known.revision)
        number, before = known.number, await self._shown(address, known)
        del known
        while not self.closing.is_set():
            if self.watch.now.number > number:
                number, revision, after = await self._next(address)
                for said in self._changes(address.path, before, after, revision):
                    yield said
                before = after
            elif not await self._stirs(number):
                yield ":\n\n"

    async def _next(self, address: Address) -> tuple[int, str, Shown | None]:
        """The newest view's number and name, and what the page shows of it."""
        if address.path == PROFILES:
            await self.comparison.rest()
        now = self.watch.now
        if address.path == PROFILES:
            await self.comparison.of(self.watch.made, now.view, now.number)
        return now.number, now.revision, await self._shown(address, now)

    def _changes(self, path: str, before: Shown | None, after: Shown | None, revision: str) -> list[str]:
        if before is None or after is None or before.around != after.around:
            return [_event("page", {}, revision)]
        if list(before.pieces) != list(after.pieces):
            return [_event("page", {}, revision)]
        changed = [self.press.piece(path, one) for key, one in after.pieces.items() if one != before.pieces[key]]
        told = [{"key": one.key, "mark": one.mark, "html": str(one.html)} for one in changed]
        return [_event("part", one, revision if one is told[-1] else "") for one in told]

    async def _shown(self, address: Address, of: Numbered) -> Shown | None:
        """What a page shows of a view; None where it is not there, or not any more."""
        columns = self.comparison.at(of.number) if address.path == PROFILES else ()
        try:
            return await _shown(address, of.view, columns) if columns is not None else None
        except KeyError:
            return None

    async def _stirs(self, number: int) -> bool:
        """Wait for a view after that one, as long as a stream may be silent; whether there is one, or the end."""
        with trio.move_on_after(BEAT_S):
            async with trio.open_nursery() as nursery:

                async def first(wait: Any, *args: Any) -> None:
                    await wait(*args)
                    nursery.cancel_scope.cancel()

                nursery.start_soon(first, self.watch.newer, number)
                nursery.start_soon(first, self.closing.wait)
            return True
        return False


async def _shown(address: Address, view: View, columns: Sequence[Column]) -> Shown:
    """What a page shows. What a long film takes to be reckoned keeps nobody else waiting. Raises KeyError."""
    if view.overview.paged:
        return await trio.to_thread.run_sync(shown, address, view, columns)
    return shown(address, view, columns)


def _video(path: Path, headers: Mapping[str, str]) -> Response:
    if not path.is_file():
        return PlainTextResponse("Not found\n", 404)
    kind = "video/mp4" if path.suffix == ".mp4" else "video/quicktime"
    return FileResponse(path, media_type=kind, headers=headers)


def _event(name: str, said: Mapping[str, Any], revision: str) -> str:
    """A message of the stream; only the last one of a view bears its revision, so that none is missed."""
    bears = f"id: {revision}\n" if revision else ""
    return f"event: {name}\n{bears}data: {json.dumps(said, ensure_ascii=False)}\n\n"
