"""Takes that cost nothing: what the schedule, the runner and the durable journal add to bare trio; resuming halfway."""

import itertools
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import trio

from bench import noop
from bench.ratio import Ratio, interleaved
from storyboard.state.sqlite import SqliteJournal

PAIRS = 5


def takes(count: int) -> list[Ratio]:
    """Run what is planned and composed, every transition durable, against tasks that decide and keep nothing."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as open_journals:
        folder = Path(name)
        film = noop.read(noop.written(folder, count))
        journals = [open_journals.enter_context(SqliteJournal(folder / f"{n}.db")) for n in range(PAIRS + 1)]
        ready = iter([(noop.scheduled(film, journal), journal) for journal in journals])
        what = f"{count} takes run durably / bare trio tasks"
        return [
            interleaved(what, lambda: noop.perform(*next(ready)), lambda: trio.run(noop.bare, count), 5.0, pairs=PAIRS)
        ]


def resume(count: int) -> list[Ratio]:
    """The second half of a film whose first half is done, against all of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = noop.read(noop.written(folder, count))
        half = folder / "half.db"
        noop.render(film, half, only=count // 2)
        run = itertools.count()
        halves = [Path(shutil.copy(half, folder / f"half-{n}.db")) for n in range(PAIRS + 1)]
        waiting = iter(halves)
        return [
            interleaved(
                f"resume of a half-done film of {count} takes / all of it",
                lambda: noop.render(film, next(waiting)),
                lambda: noop.render(film, folder / f"{next(run)}.db"),
                0.7,
                pairs=PAIRS,
            )
        ]
