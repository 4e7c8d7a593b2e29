"""Work in the media workers, with its progress told and kept fresh meanwhile."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

import trio

from storyboard.cli.options import worker_environment
from storyboard.cli.progress import Progress
from storyboard.media.executor import open_executor
from storyboard.media.jobs import Executor

T = TypeVar("T")


def processors() -> int:
    """How many clips are drawn at once unless somebody says otherwise."""
    return os.cpu_count() or 1


def work(act: Callable[[Executor], Awaitable[T]], progress: Progress, jobs: int | None = None) -> T:
    """Run `act` in trio with `jobs` worker processes."""

    async def run() -> T:
        workers = open_executor(jobs or processors(), worker_environment())
        async with workers as executor, trio.open_nursery() as nursery:
            nursery.start_soon(progress.keep_fresh)
            result = await act(executor)
            nursery.cancel_scope.cancel()
        return result

    return trio.run(run)
