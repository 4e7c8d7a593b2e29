"""Takes that cost nothing: what the schedule, the runner and the durable journal add to bare trio; resuming halfway."""

import itertools
import shutil
import tempfile
from pathlib import Path

import trio

from bench import noop
from bench.ratio import Ratio, interleaved


def takes(count: int) -> list[Ratio]:
    """Plan and render, every transition durable, against trio tasks that decide and keep nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = noop.read(noop.written(folder, count))
        run = itertools.count()
        return [
            interleaved(
                f"{count} takes rendered durably / bare trio tasks",
                lambda: noop.render(film, folder / f"{next(run)}.db"),
                lambda: trio.run(noop.bare, count),
                5.0,
                pairs=5,
            )
        ]


def resume(count: int) -> list[Ratio]:
    """The second half of a film whose first half is done, against all of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = noop.read(noop.written(folder, count))
        half = folder / "half.db"
        noop.render(film, half, only=count // 2)
        run = itertools.count()
        halves = [Path(shutil.copy(half, folder / f"half-{n}.db")) for n in range(6)]
        waiting = iter(halves)
        return [
            interleaved(
                f"resume of a half-done film of {count} takes / all of it",
                lambda: noop.render(film, next(waiting)),
                lambda: noop.render(film, folder / f"{next(run)}.db"),
                0.7,
                pairs=5,
            )
        ]
