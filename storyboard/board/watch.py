"""Watches a film: the storyboard's texts, its state, and who renders it. What changed is told as numbered views.

Laws. Watching takes no lock and writes nothing. Whether something changed is seen from names, sizes and times of files,
so that a film at rest costs next to nothing; a film is planned again at most a fifth of the time, or 5 s later where
that would be longer. Whatever is refused meanwhile is said above the last view that there was, and the watch goes on.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import trio
from msgspec import Struct

from storyboard.board.cards import Seen
from storyboard.board.overview import Overview
from storyboard.board.renders import Renders
from storyboard.board.view import Limit, View, view
from storyboard.collecting import no_cyclic_collection
from storyboard.diagnostics import Refused, draw
from storyboard.film import TakeId
from storyboard.finishing.seams import as_json
from storyboard.network.settings import Settings
from storyboard.production.planned import Planned
from storyboard.production.production import Production
from storyboard.state.folder import Folder
from storyboard.state.lock import holder, is_held
from storyboard.structs import replace

BEAT_S = 0.4
"""How often files are looked at."""
REST = 4.0
"""How many times as long as planning took nothing is planned again."""
REST_S = 5.0
"""The longest of such rests."""
AGAIN_S = 2.0
"""How often a film is planned again that could not be, though none of its files changed."""
KEPT = 64
"""Views that a page may have missed and still be brought up to date piece by piece."""
KEPT_SHOTS = 20_000
"""As many shots as plans may have together that are kept for that; the newest is kept however long it is."""
_DRAWING = re.compile(r"(.+)\.[0-9a-f]{32}\.part").match

Stamp = tuple[tuple[str, int, int, int], ...]


class Numbered(Struct, frozen=True):
    """A view and its number; numbers of another `epoch` mean nothing here."""

    epoch: str
    number: int
    view: View

    @property
    def revision(self) -> str:
        """Its name."""
        return f"{self.epoch}.{self.number}"


class Watch:
    """One film. `ceilings` are the bounds that the settings set, by provider; `limits` tells how much accounts are
    asked just now, `learned` completes settings by what is known of the accounts by now, `kept_shots` bounds the views
    that are kept.
    """

    def __init__(
        self,
        made: Production,
        renders: Renders,
        ceilings: Mapping[str, Decimal],
        limits: Callable[[], tuple[Limit, ...]] = tuple,
        learned: Callable[[Settings], Settings] = lambda settings: settings,
        kept_shots: int = KEPT_SHOTS,
    ) -> None:
        self.made = made
        self.renders = renders
        self._limits = limits
        self._learned = learned
        self._kept_shots = kept_shots
        self._ceilings = ceilings
        self._folder: Folder = made.folder
        self._epoch = secrets.token_hex(4)
        self._views: deque[Numbered] = deque(maxlen=KEPT)
        self._news = trio.Condition()
        self._planned: Planned | None = None
        self._overview: Overview | None = None
        self._drawing: dict[TakeId, float] = {}
        self._stamps: tuple[Stamp, Stamp] = (), ()

    @property
    def now(self) -> Numbered:
        """The newest view."""
        return self._views[-1]

    def at(self, revision: str) -> Numbered | None:
        """The view of that name, where it is still known."""
        return next((one for one in self._views if one.revision == revision), None)

    async def newer(self, number: int) -> Numbered:
        """The newest view, as soon as there is one after that number."""
        async with self._news:
            while self.now.number <= number:
                await self._news.wait()
        return self.now

    async def open(self) -> None:
        """Plan for the first time. Raises Refused where the film cannot be shown at all."""
        texts, state = self._texts(), self._state()
        self._planned = await trio.to_thread.run_sync(self.made.plan)
        found = await self._view()
        named = self._texts()[len(texts) :]  # the files that the film names are known by now
        self._stamps = (*texts, *named), state
        await self._tell(found)

    async def run(self) -> None:
        """Watch, until cancelled."""
        problem, again = "", 0.0
        while True:
            with trio.move_on_after(BEAT_S):
                await self.renders.stirred()
            before, now, began = self._stamps, (self._texts(), self._state()), trio.current_time()
            due = bool(problem) and began >= again
            if now != before or due or self.renders.stirring or self.now.view.seen != self._seen():
                problem = await self._look(problem, read=now[0] != before[0], planned=now[1] != before[1])
                self._stamps, again = now, trio.current_time() + AGAIN_S
                await trio.sleep(min(REST_S, REST * (trio.current_time() - began)))

    async def _look(self, problem: str, read: bool, planned: bool) -> str:
        """Look again, as far as something changed; what is wrong with the film now."""
        self.renders.calm()
        try:
            if read or planned or problem:
                self.made = self.made.knowing(self._learned(self.made.gateways))
            if read or problem:
                self._planned = await trio.to_thread.run_sync(self.made.plan)
            elif planned and self._planned is not None:
                self._planned = await trio.to_thread.run_sync(self.made.again, self._planned)
            found, problem = await self._view(), ""
        except Refused as refused:
            found, problem = self._last(), draw(refused.diagnostics, refused.texts)
        told = problem or self.renders.trouble
        await self._tell(replace(found, bar=replace(found.bar, problem=told)) if told else found)
        return problem

    async def _view(self) -> View:
        """The film as it stands. Raises Refused."""
        planned = self._planned
        assert planned is not None
        if self._overview is None or self._overview.planned is not planned:
            self._overview = await trio.to_thread.run_sync(_overview, self.made, planned)
        seen = self._seen()
        return view(
            self._overview,
            seen,
            self.made.name or "",
            self._film(),
            self._ceilings,
            self._working(seen),
            self.renders.running,
            self._limits() if seen.runs else (),
        )

    def _last(self) -> View:
        """The last view that there was, and who renders now."""
        last, seen = self.now.view, self._seen()
        bar = replace(last.bar, working=self._working(seen), ours=self.renders.running)
        return replace(last, bar=bar, seen=seen, running=last.overview.running(seen))

    async def _tell(self, found: View) -> None:
        last = self._views[-1] if self._views else None
        if last is not None and found.like(last.view):
            self._views[-1] = replace(last, view=found)
            return
        async with self._news:
            self._views.append(Numbered(self._epoch, last.number + 1 if last else 1, found))
            while len(self._views) > 1 and _shots(self._views) > self._kept_shots:
                self._views.popleft()
            self._news.notify_all()

    def _seen(self) -> Seen:
        """What there is to see of a render beside the journal."""
        if not self.renders.running and not is_held(self._folder.lock):
            self._drawing = {}
            return Seen()
        drawn: dict[TakeId, float] = {}
        names = _parts(self._folder.clips)
        if names and self._overview is not None:
            stems = self._overview.stems
            for take in {stems[name] for name in names if name in stems}:
                drawn[take] = self._drawing.get(take, time.time())
        self._drawing = drawn
        return Seen(True, drawn, dict(self.renders.shares))

    def _working(self, seen: Seen) -> str:
        if self.renders.running:
            return self.renders.words
        if not seen.runs:
            return ""
        who = holder(self._folder.lock)
        return f"process {who.pid} on {who.host} renders" if who else "another process renders"

    @property
    def film(self) -> Path:
        """Where the film is, or would be: of the codec that the storyboard asks for now."""
        planned = self._planned
        return self._folder.film(planned.plan.film.delivery.suffix) if planned else self._folder.film()

    def _texts(self) -> Stamp:
        files = [self.made.path, *([self.made.vars_file] if self.made.vars_file else [])]
        return _stamp([*files, *(self._overview.files if self._overview is not None else ())])

    def _state(self) -> Stamp:
        database = self._folder.database
        return _stamp((database, database.with_name(f"{database.name}-wal"), self.film, self._folder.checks))

    def _film(self) -> str:
        found = _stamp((self.film,))
        return f"{found[0][1]:x}-{found[0][3]:x}" if found and found[0][3] else ""


def _stamp(paths: Iterable[Path]) -> Stamp:
    """What changes whenever one of the files does."""
    found: list[tuple[str, int, int, int]] = []
    for path in paths:
        try:
            about = path.stat()
        except OSError:
            found.append((str(path), 0, 0, 0))
        else:
            found.append((str(path), about.st_mtime_ns, about.st_ino, about.st_size))
    return tuple(found)


def _parts(folder: Path) -> set[str]:
    """The takes that a file is being made for, by the beginnings of its name."""
    try:
        names = os.listdir(folder)  # noqa: PTH208  # of thousands of clips the names alone
    except OSError:
        return set()
    return {match[1] for name in names if ".part" in name and (match := _DRAWING(name))}


def _overview(made: Production, planned: Planned) -> Overview:
    with no_cyclic_collection():
        return Overview(planned, lambda: [as_json(one) for one in made.seams(planned).seams])


def _shots(views: Iterable[Numbered]) -> int:
    """How many shots the plans of these views have, each counted once."""
    return sum(len(one.shots) for one in {id(one): one for one in (each.view.overview for each in views)}.values())
