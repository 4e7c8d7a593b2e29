"""Opens a board: what watches, what renders, what serves, and the address to show."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

import trio

from storyboard.board.acts import Acts
from storyboard.board.app import Board
from storyboard.board.guard import ENTRANCE, Door
from storyboard.board.pictures import Pictures
from storyboard.board.renders import Renders
from storyboard.board.serving import Place, listening, serve
from storyboard.board.view import Limit
from storyboard.board.watch import Watch
from storyboard.media.jobs import Executor
from storyboard.network.settings import Settings
from storyboard.production.production import Production


@asynccontextmanager
async def open_board(
    made: Production,
    place: Place,
    executor: Executor,
    render: Sequence[str],
    ceilings: Mapping[str, Decimal],
    token: str | None = None,
    secret: str = "",
    limits: Callable[[], tuple[Limit, ...]] = tuple,
    learned: Callable[[Settings], Settings] = lambda settings: settings,
) -> AsyncIterator[str]:
    """A board that serves while the context lasts; answers the address to show, with a token in it unless it was given.

    `executor` makes pictures, `render` is the command that renders the film, `ceilings` are bounds of the settings by
    provider, `limits` and `learned` tell what is known of the accounts. `secret` is what the cookie holds.
    Raises Refused: 2 where it cannot listen there, 10, 13.
    """
    renders = Renders(render)
    watch = Watch(made, renders, ceilings, limits, learned)
    await watch.open()
    at = listening(place)
    port = at.getsockname()[1]
    origins = place.origins(port)
    door = Door(
        frozenset(origins), token or secrets.token_urlsafe(24), f"storyboard-{port}", secret or secrets.token_hex(16)
    )
    board = Board(watch, Acts(renders, watch), Pictures(made.folder, executor), door)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run)
        nursery.start_soon(renders.run)
        await nursery.start(serve, board.app, place, at, board.closing.wait)
        try:
            yield origins[0] + (f"{ENTRANCE}?token={door.token}" if token is None else "/")
        finally:
            board.closing.set()
            nursery.cancel_scope.cancel()
