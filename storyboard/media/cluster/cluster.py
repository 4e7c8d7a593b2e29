"""The executor on a cluster: jobs go to its workers, and to local processes for as long as there is no scheduler.

Losing anything loses nothing: a job that was under way when the scheduler went is done here, and says so once. A
scheduler that comes back to the address is used again. What the whole film passes through, its assembly, stays here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import trio

from storyboard.diagnostics import Refused
from storyboard.media.cluster.link import Link, Lost, Warn
from storyboard.media.executor import LocalProcesses
from storyboard.media.jobs import (
    Answer,
    AssembleJob,
    DraftJob,
    Job,
    JoinJob,
    MediaError,
    MixJob,
    RenderJob,
    Report,
    SheetJob,
)

RETURN_S = 5.0
"""How often a scheduler is looked for that was lost."""
WAIT_S = 300.0
"""For so long a clip waits for a cluster that is lost, where it takes what this machine may not have."""
Connect = Callable[[Warn], Awaitable[Link]]
Home = AssembleJob | DraftJob | JoinJob | MixJob | SheetJob
"""Jobs on a whole film: they read all of it once and write it where it was asked for."""


class Cluster:
    """Runs jobs on a cluster, or on `here`. Made by `open_cluster`."""

    def __init__(self, link: Link, connect: Connect, here: LocalProcesses, warn: Warn) -> None:
        self._link: Link | None = link
        self._connect = connect
        self._here = here
        self._warn = warn
        self._returned = trio.Event()

    @property
    def places(self) -> int:
        """How many media jobs are done at once."""
        return self._link.places if self._link is not None else self._here.places

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        """Do the job on the cluster, else here. Raises MediaError."""
        resources = job.resources if isinstance(job, RenderJob) else None
        while not isinstance(job, Home) and (link := await self._there(resources)) is not None:
            try:
                return await link.run(job, report, resources)
            except Lost as lost:
                self._lose(link, lost)
        return await self._here.run(job, report)

    async def _there(self, resources: Mapping[str, float] | None) -> Link | None:
        """The connection that there is; for what this machine may not have it is waited for.

        Raises MediaError `cluster-lost` where it does not come back.
        """
        if resources and self._link is None:
            with trio.move_on_after(WAIT_S):
                await self._returned.wait()
            if self._link is None:
                raise MediaError("cluster-lost", "the cluster is lost, and this takes a worker of it")
        return self._link

    def _lose(self, link: Link, lost: Lost) -> None:
        if self._link is link:
            self._link = None
            self._returned = trio.Event()
            self._warn("cluster-lost", f"{lost}; what it was at is done on this machine")

    async def keep(self) -> None:
        """Watch the connection, and look for a scheduler where it is lost; until it is cancelled."""
        link = self._link
        try:
            while True:
                if link is not None:
                    self._lose(link, await link.watch())
                    await link.close()
                await trio.sleep(RETURN_S)
                link = await self._again()
        finally:
            if link is not None:
                await link.close()

    async def _again(self) -> Link | None:
        try:
            self._link = await self._connect(self._warn)
        except Refused:
            return None
        self._returned.set()
        self._warn("cluster-back", f"{self._link.url} is there again, and is used")
        return self._link


@asynccontextmanager
async def open_cluster(connect: Connect, here: LocalProcesses, warn: Warn) -> AsyncIterator[Cluster]:
    """An executor on the cluster that `connect` leads to. Raises Refused as `open_link` does, at first."""
    cluster = Cluster(await connect(warn), connect, here, warn)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(cluster.keep)
        yield cluster
        nursery.cancel_scope.cancel()
