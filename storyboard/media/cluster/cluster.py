"""The executor on a cluster: jobs go to its workers, and to local processes for as long as there is no scheduler.

Laws.
- Losing anything loses nothing: a job that was under way when the scheduler went is done here, and says so once. A
  scheduler that comes back to the address is used again. What the whole film passes through, its assembly, stays here.
- The same holds for the store through which files go, where they do.
- A job that takes what this machine may not have, as a renderer does, is never done here. It waits for what is lost,
  says so, and fails when it has waited for five minutes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import trio

from storyboard.diagnostics import Refused
from storyboard.media.cluster.cargo import Home
from storyboard.media.cluster.link import Link, Lost, Warn, hushed
from storyboard.media.cluster.ways import AtHome, Unmoved
from storyboard.media.executor import LocalProcesses
from storyboard.media.jobs import Answer, Job, MediaError, RenderJob, Report

RETURN_S = 5.0
"""How often a scheduler is looked for that was lost."""
STORE_S = 15.0
"""How often a job that has to wait for a store tries it."""
WAIT_S = 300.0
"""For so long a job waits for what is lost, where it takes what this machine may not have."""
Connect = Callable[[Warn], Awaitable[Link]]


class Cluster:
    """Runs jobs on a cluster, or on `here`. Made by `open_cluster`."""

    def __init__(self, link: Link, connect: Connect, here: LocalProcesses, warn: Warn, wait_s: float) -> None:
        self._link: Link | None = link
        self._connect = connect
        self._here = here
        self._warn = warn
        self._wait_s = wait_s
        self._returned = trio.Event()
        self._stuck = False
        self._waiting = False

    @property
    def places(self) -> int:
        """How many media jobs are done at once."""
        return self._link.places if self._link is not None else self._here.places

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        """Do the job on the cluster, else here. Raises MediaError; `cluster-lost` and `store-lost` for a job that can
        only be done there.
        """
        resources = job.resources if isinstance(job, RenderJob) else None
        if resources:
            return await self._only_there(job, report, resources)
        while not isinstance(job, Home) and (link := self._link) is not None:
            try:
                return await self._on(link, job, report, resources)
            except Lost as lost:
                self._lose(link, lost)
            except (AtHome, Unmoved):
                break
        return await self._here.run(job, report)

    async def _only_there(self, job: Job, report: Report | None, resources: Mapping[str, float]) -> Answer:
        """Do a job on the cluster, whenever that is there."""
        until = trio.current_time() + self._wait_s
        while True:
            link = await self._there(until)
            began = trio.current_time()
            try:
                return await self._on(link, job, report, resources)
            except Lost as lost:
                self._lose(link, lost)
            except AtHome as home:
                raise MediaError("renderer-failed", f"its files do not get to a worker: {home}") from None
            except Unmoved as unmoved:
                if trio.current_time() >= until:
                    raise MediaError("store-lost", str(unmoved)) from None
                await trio.sleep(STORE_S)
                continue
            until += trio.current_time() - began  # what it was at is no waiting

    async def _on(self, link: Link, job: Job, report: Report | None, resources: Mapping[str, float] | None) -> Answer:
        """Do a job over a connection. Raises as `Link.run` does."""
        try:
            answer = await link.run(job, report, resources)
        except Unmoved as unmoved:
            if not self._stuck:
                self._stuck = True
                self._warn("store-lost", f"{unmoved}; what can be done on this machine is done here")
            raise
        if self._stuck and link.moves:
            self._stuck = False
            self._warn("store-back", "files get through again")
        return answer

    async def _there(self, until: float) -> Link:
        """The connection, once there is one. Raises MediaError `cluster-lost` where none comes in time."""
        if self._link is None and not self._waiting:
            self._waiting = True
            message = f"what only a worker can make waits for the cluster, for up to {self._wait_s / 60:g} minutes"
            self._warn("cluster-waiting", message)
        with trio.move_on_at(until):
            while self._link is None:
                await self._returned.wait()
        if self._link is None:
            raise MediaError("cluster-lost", "the cluster is lost, and this takes a worker of it")
        return self._link

    def _lose(self, link: Link, lost: Lost) -> None:
        if self._link is link:
            self._link = None
            self._returned = trio.Event()
            self._waiting = False
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
async def open_cluster(
    connect: Connect, here: LocalProcesses, warn: Warn, wait_s: float = WAIT_S
) -> AsyncIterator[Cluster]:
    """An executor on the cluster that `connect` leads to; what only that can do waits for it for `wait_s`.

    Raises Refused as `open_link` does, at first.
    """
    with hushed():
        cluster = Cluster(await connect(warn), connect, here, warn, wait_s)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(cluster.keep)
            yield cluster
            nursery.cancel_scope.cancel()
