"""The board as an ASGI application: pages, pictures, clips, the stream of what changes, and what a person does."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import trio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from storyboard.board.acts import Acts, Unheard
from storyboard.board.guard import Door, Guard, body_of
from storyboard.board.pictures import Pictures
from storyboard.board.press import FOLDER, PROFILES, SHOT, Piece, Press, pieces
from storyboard.board.profiles import Comparison
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
                Route(PROFILES, self._profiles),
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
        now = self.watch.now
        try:
            return HTMLResponse(self.press.page(request.url.path, now.view, now.revision, **self._near(request, now)))
        except KeyError:
            return HTMLResponse(self.press.plain("lost"), 404)

    def _near(self, request: Request, now: Numbered) -> dict[str, Any]:
        """The neighbours of a shot's page."""
        shot = request.path_params.get("shot")
        if shot is None:
            return {}
        order = list(now.view.cards)
        place = order.index(shot) if shot in order else 0
        following = order[place + 1] if place + 1 < len(order) else None
        return {"shot": shot, "previous": order[place - 1] if place else None, "following": following}

    async def _profiles(self, request: Request) -> Response:
        now = self.watch.now
        found = await self.comparison.of(self.watch.made, now.view, now.number)
        return HTMLResponse(self.press.page(PROFILES, now.view, now.revision, found))

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
        """The pieces of a page that change, from the revision on that it has; `page` where it has to be got anew."""
        had = self.watch.at(seen)
        yield "retry: 1000\n\n"
        if had is None:
            had = self.watch.now
            yield _event("page", {}, had.revision)
        while not self.closing.is_set():
            now = self.watch.now
            if now.number > had.number:
                if page == PROFILES:
                    await self.comparison.rest()
                    now = self.watch.now
                    await self.comparison.of(self.watch.made, now.view, now.number)
                for said in self._changes(page, had, now):
                    yield said
                had = now
            elif not await self._stirs(had.number):
                yield ":\n\n"

    def _changes(self, page: str, had: Numbered, now: Numbered) -> list[str]:
        try:
            before, after = self._pieces(page, had), self._pieces(page, now)
        except KeyError:
            return [_event("page", {}, now.revision)]
        if list(before) != list(after) or had.view.rows != now.view.rows:
            return [_event("page", {}, now.revision)]
        changed = [self.press.piece(page, one) for key, one in after.items() if one != before[key]]
        told = [{"key": one.key, "mark": one.mark, "html": str(one.html)} for one in changed]
        return [_event("part", one, now.revision if one is told[-1] else "") for one in told]

    def _pieces(self, page: str, of: Numbered) -> dict[str, Piece]:
        """The pieces of a page. Raises KeyError for one that is not there, or not any more."""
        if page != PROFILES:
            return pieces(page, of.view)
        found = self.comparison.at(of.number)
        if found is None:
            raise KeyError(of.number)
        return pieces(page, of.view, found)

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


def _video(path: Path, headers: Mapping[str, str]) -> Response:
    if not path.is_file():
        return PlainTextResponse("Not found\n", 404)
    kind = "video/mp4" if path.suffix == ".mp4" else "video/quicktime"
    return FileResponse(path, media_type=kind, headers=headers)


def _event(name: str, said: Mapping[str, Any], revision: str) -> str:
    """A message of the stream; only the last one of a view bears its revision, so that none is missed."""
    bears = f"id: {revision}\n" if revision else ""
    return f"event: {name}\n{bears}data: {json.dumps(said, ensure_ascii=False)}\n\n"
