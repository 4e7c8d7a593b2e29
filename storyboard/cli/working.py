"""Work in the media workers, with its progress told and kept fresh meanwhile."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import trio

from storyboard.cli.options import worker_environment
from storyboard.cli.progress import Progress
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.media.cluster.address import Processes, Scheduler, address
from storyboard.media.executor import open_executor
from storyboard.media.jobs import Executor
from storyboard.rendering.events import News

if TYPE_CHECKING:
    from storyboard.media.cluster.ways import Way
    from storyboard.production.production import Production

T = TypeVar("T")
USAGE = 2


class Crowd(Executor, Protocol):
    """An executor that says how many jobs it does at once."""

    @property
    def places(self) -> int:
        """So many."""


def processors() -> int:
    """How many clips are drawn at once unless somebody says otherwise."""
    return os.cpu_count() or 1


def place(made: Production, written: str | None) -> Processes | Scheduler:
    """Where media jobs run, as `--cluster` says; here without it. Raises Refused `bad-cluster` (2)."""
    if written is None:
        return Processes(processors())
    try:
        return address(written, made.gateways.certificates)
    except ValueError as error:
        hint = "storyboard explain bad-cluster"
        raise Refused([Diagnostic("bad-cluster", str(error), hint=hint)], USAGE) from None


def work(
    act: Callable[[Crowd], Awaitable[T]],
    progress: Progress,
    where: Processes | Scheduler | None = None,
    made: Production | None = None,
) -> T:
    """Run `act` in trio with the worker processes of this machine, or with a cluster that works for `made`."""

    async def run() -> T:
        async with _crowd(where or Processes(processors()), made, progress) as crowd, trio.open_nursery() as nursery:
            nursery.start_soon(progress.keep_fresh)
            result = await act(crowd)
            nursery.cancel_scope.cancel()
        return result

    return trio.run(run)


@asynccontextmanager
async def _crowd(where: Processes | Scheduler, made: Production | None, progress: Progress) -> AsyncIterator[Crowd]:
    if isinstance(where, Processes) or made is None:
        count = where.count if isinstance(where, Processes) else processors()
        async with open_executor(count, worker_environment()) as executor:
            yield executor
        return
    try:
        from storyboard.media.cluster.cluster import open_cluster
        from storyboard.media.cluster.link import open_link
    except ImportError:
        hint = "pip install 'storyboard-render[cluster]'"
        raise Refused([Diagnostic("needs-extra", "a cluster needs dask.distributed", hint=hint)], USAGE) from None

    def warn(code: str, message: str) -> None:
        progress.hear(News("warning", facts={"code": code, "message": message, "hint": f"storyboard explain {code}"}))

    async with (
        open_executor(processors(), worker_environment()) as here,
        _way(made) as way,
        open_cluster(partial(open_link, where, way), here, warn) as cluster,
    ):
        yield cluster


@asynccontextmanager
async def _way(made: Production) -> AsyncIterator[Way]:
    """How files come to the workers of a cluster: by the bucket of the settings, else by the folder."""
    from storyboard.media.cluster.greeting import SharedFolder

    settings = made.gateways
    if settings.exchange is None:
        yield SharedFolder(_folder(made))
        return
    from storyboard.media.cluster.freight import open_freight
    from storyboard.network.depot import open_depot

    async with open_depot(settings.exchange, settings.ca_file) as depot, open_freight(depot) as freight:
        yield freight


def _folder(made: Production) -> Path:
    """The folder that a cluster has to have in common with this machine: the film's, or the nearest there is."""
    root = made.folder.root
    return next(one for one in (root, *root.parents) if one.is_dir())
