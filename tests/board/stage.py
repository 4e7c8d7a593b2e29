"""A film that was rendered, small, and a board over it, spoken to without a socket."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import trio

from storyboard.board.acts import Acts
from storyboard.board.app import Board
from storyboard.board.cards import Card
from storyboard.board.guard import Door
from storyboard.board.pictures import Pictures
from storyboard.board.renders import Renders
from storyboard.board.watch import Watch
from storyboard.film import ShotId
from storyboard.media.executor import InProcess
from storyboard.production.production import Production
from storyboard.production.wishes import Wishes

HERE = "http://127.0.0.1:8400"
TOKEN, SECRET = "t" * 32, "s" * 32
FILM = """\
storyboard: 1
title: 'Ferry <script>alert("film")</script>'
delivery: {size: 160x90, fps: 12}
budget: {seedance2ai: 100}
profiles:
  final: {defaults: {provider: seedance2ai, duration: 4, audio: false}, delivery: {size: 1280x720}}
defaults: {duration: 0.5}
scenes:
  - id: 1
    slug: EXT. DECK <b>& NIGHT</b>
    shots:
      - id: 1A   # the pilot
        size: WS
        action: Mira waits at the "rail" <img src=x onerror=alert(1)>.
        takes: 2
      - {id: 1B, action: She turns., start: previous}
  - id: 2
    shots:
      - {id: 2A, action: Gulls.}
"""


def film(folder: Path, text: str = FILM) -> Path:
    """A storyboard in a folder."""
    path = folder / "ferry.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def render(path: Path) -> None:
    """Render it, in this process."""
    trio.run(Production(path).render, Wishes(2), InProcess(), lambda news: None)


def copied(path: Path, folder: Path) -> Path:
    """The same production in another folder."""
    shutil.copytree(path.parent, folder, symlinks=True, dirs_exist_ok=True)
    return folder / path.name


@dataclass
class Visitor:
    """A browser that has been let in."""

    board: Board
    http: httpx.AsyncClient

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers=headers)

    async def do(self, act: str, **said: Any) -> httpx.Response:
        return await self.http.post(f"/acts/{act}", json=said)

    def card(self, shot: str) -> Card:
        """A card as it is now."""
        return self.board.watch.now.view.cards[ShotId(shot)]

    async def changed(self, number: int) -> int:
        """The number of the first view after that one."""
        with trio.fail_after(60):
            return (await self.board.watch.newer(number)).number


def door() -> Door:
    return Door(frozenset((HERE, "http://localhost:8400")), TOKEN, "storyboard-8400", SECRET)


@asynccontextmanager
async def visiting(path: Path, command: tuple[str, ...] = (), watching: bool = True) -> AsyncIterator[Visitor]:
    """A board over a film, watched, with a visitor."""
    made, renders = Production(path), Renders(command)
    watch = Watch(made, renders, {})
    await watch.open()
    board = Board(watch, Acts(renders, watch), Pictures(made.folder, InProcess()), door())
    transport = httpx.ASGITransport(app=board.app)
    cookies, headers = {"storyboard-8400": SECRET}, {"origin": HERE}
    async with (
        httpx.AsyncClient(transport=transport, base_url=HERE, cookies=cookies, headers=headers) as http,
        trio.open_nursery() as nursery,
    ):
        if watching:
            nursery.start_soon(watch.run)
        nursery.start_soon(renders.run)
        yield Visitor(board, http)
        board.closing.set()
        nursery.cancel_scope.cancel()


def read(path: Path) -> str:
    """The storyboard as it stands."""
    return path.read_text(encoding="utf-8")


def write(path: Path, text: str) -> None:
    """Write the storyboard, as an editor does."""
    path.write_text(text, encoding="utf-8")
