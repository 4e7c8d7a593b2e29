"""One connection to one Dask scheduler, driven by trio: jobs out, answers in, and when it is lost.

Laws.
- Dask's client lives in a thread of its own. What it tells comes over by trio's token; what blocks is called in
  another.
- No more jobs are sent than the workers have threads for, so that none waits behind another's long one.
- A job goes only to workers that were held against what it needs: the version, and the way to the production's files
  (see `ways`). One that joins later is held against it too, and left alone where it fails.
- A job that is lost with its worker is given to another by the scheduler itself. One that is sent again here is the
  same job: jobs are idempotent.
- What is cancelled here is stopped there.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from secrets import token_hex
from typing import Any, Self

import trio
from distributed import Client, Future, KilledWorker, Security
from distributed.client import FutureCancelledError
from msgspec import Struct, field

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.media.cluster.address import Scheduler
from storyboard.media.cluster.ways import Spoilt, Unmoved, Way
from storyboard.media.jobs import Answer, Job, MediaError, Report
from storyboard.media.worker import BUG
from storyboard.version import VERSION

CONNECT_S = 10.0
LOOK_S = 1.0
"""How often it is looked who is there."""
SILENCE_S = 30.0
"""A scheduler that answers nothing for so long is lost."""
NOBODY_S = 20.0
"""For so long a worker may be away: Dask's own nanny starts one again in less."""
FAREWELL_S = 3.0
MEDIA = "MEDIA"
"""The resource of workers for media jobs. Where no worker has it, all of them are."""
UNREACHABLE = 12
TRIES = 3
"""How often a job is sent whose files are not what they should be."""

GONE = (OSError, RuntimeError, trio.TooSlowError, asyncio.CancelledError)
"""What Dask's client raises when its scheduler goes while it is asked."""
Warn = Callable[[str, str], None]
"""Hears a code, and what is to be said."""


class Lost(Exception):
    """The scheduler, or every worker, is gone; the message says so."""


class _Flight(Struct, eq=False):
    """A job on its way to one of `workers`. `landed` is set when there is an answer, or when none of them is left."""

    workers: frozenset[str]
    report: Report | None
    landed: trio.Event = field(default_factory=trio.Event)


class Link:
    """A client of one scheduler, to whose workers files come by `way`. Made by `open_link`; `close` ends it.

    `warn` hears of workers that are left alone.
    """

    def __init__(self, client: Client, url: str, way: Way, warn: Warn) -> None:
        self.url = url
        self._client = client
        self._way = way
        self._unmoved = ""
        self._warn = warn
        self._trio = trio.lowlevel.current_trio_token()
        self._topic = f"storyboard-{token_hex(8)}"
        self._flights: dict[str, _Flight] = {}
        self._slots = trio.CapacityLimiter(1)
        self._workers: dict[str, Mapping[str, Any]] = {}
        self._good: set[str] = set()
        self._strange: set[str] = set()
        self._changed = trio.Event()
        self._lost: Lost | None = None
        client.subscribe_topic(self._topic, self._heard)

    @property
    def moves(self) -> bool:
        """Whether files go through something that may be lost by itself."""
        return self._way.moves

    @property
    def places(self) -> int:
        """How many media jobs the workers do at once."""
        return sum(self._threads(one) for one in self._workers.values())

    def _threads(self, worker: Mapping[str, Any]) -> int:
        media = worker["resources"].get(MEDIA, 0 if self._tags else math.inf)
        return int(min(worker["nthreads"], media))

    @property
    def _tags(self) -> Mapping[str, float]:
        """What a media job takes of a worker."""
        return {MEDIA: 1} if any(MEDIA in one["resources"] for one in self._workers.values()) else {}

    # ── jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self, job: Job, report: Report | None = None, resources: Mapping[str, float] | None = None) -> Answer:
        """Do a job on a worker that has `resources`, else on any for media.

        Raises MediaError: what the job raised, `worker-died` where several workers died of it, `no-worker`,
        `cluster-version`; Lost; AtHome and Unmoved, as its way does.
        """
        for _ in range(TRIES):
            await self._way.bring(job)
            sent, said = await self._said(job, report, resources)
            try:
                return await self._way.unpacked(job, said, sent)
            except Spoilt as spoilt:
                what = str(spoilt)
        raise Unmoved(f"files do not come as they were put: {what}")

    async def _said(
        self, job: Job, report: Report | None, resources: Mapping[str, float] | None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was sent, and what a worker says to it."""
        async with self._slots if resources is None else nullcontext():
            while True:
                workers = await self._able(resources)
                tags = self._tags if resources is None else resources
                sent = await self._way.packed(job)
                said = await self._sent(sent, _Flight(workers, report), tags)
                if said is not None:
                    return sent, said

    async def _able(self, resources: Mapping[str, float] | None) -> frozenset[str]:
        """The workers that a job may go to; waits for one. Raises MediaError `no-worker` where none comes; Lost."""
        with trio.move_on_after(NOBODY_S if resources else math.inf):
            while True:
                if self._lost is not None:
                    raise self._lost
                tags = self._tags if resources is None else resources
                if able := frozenset(name for name, one in self._workers.items() if _offers(one, tags)):
                    return able
                await self._changed.wait()
        tagged = ",".join(f"{name}={amount:g}" for name, amount in (resources or {}).items())
        message = f'no worker at {self.url} has {tagged}; one that has: dask worker {self.url} --resources "{tagged}"'
        raise MediaError("no-worker", message)

    async def _sent(self, told: Mapping[str, Any], flight: _Flight, tags: Mapping[str, float]) -> dict[str, Any] | None:
        """What the worker says; None where the job is to be sent again, as when somebody restarts the scheduler."""
        key = f"storyboard-{told['job']['job']}-{token_hex(16)}"
        text = json.dumps({"storyboard": VERSION, "key": key, "topic": self._topic, **told})
        self._flights[key] = flight
        future = self._client.submit(
            self._way.perform, text, key=key, pure=False, resources=dict(tags), workers=sorted(flight.workers)
        )
        future.add_done_callback(lambda _: self._soon(flight.landed))
        try:
            await flight.landed.wait()
            if self._lost is not None:
                raise self._lost
            return await self._result(future) if future.done() else None
        finally:
            del self._flights[key]
            future.release()  # a job that nobody holds any more is stopped

    async def _result(self, future: Future[Any]) -> dict[str, Any] | None:
        try:
            with trio.fail_after(SILENCE_S):
                text = await trio.to_thread.run_sync(future.result, abandon_on_cancel=True)
        except FutureCancelledError:
            if self._client.status != "running":
                self.lose(f"the connection to {self.url} is lost")
            return None
        except KilledWorker:
            raise MediaError("worker-died", "several workers of the cluster died of this job") from None
        except GONE:
            self.lose(f"{self.url} does not answer")
            return None
        except Exception as error:  # whatever our own end over there raises
            raise MediaError(BUG, f"{type(error).__name__}: {error}") from error
        said: dict[str, Any] = json.loads(text)
        return said

    def _soon(self, event: trio.Event) -> None:
        with suppress(trio.RunFinishedError):
            self._trio.run_sync_soon(event.set)

    def _heard(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """Progress of a job; told in Dask's thread."""
        with suppress(trio.RunFinishedError):
            self._trio.run_sync_soon(self._told, event[1])

    def _told(self, said: Mapping[str, Any]) -> None:
        flight = self._flights.get(said["key"])
        if flight is not None and flight.report is not None:
            flight.report(said["share"])

    # ── who is there ─────────────────────────────────────────────────────────────────────────────────────────────

    async def watch(self) -> Lost:
        """Look who is there until the scheduler, or every worker, is gone for good."""
        nobody_from = math.inf
        while self._lost is None:
            await trio.sleep(LOOK_S)
            for found in await self.look():
                self._warn(found.code, f"{found.message}; it is left alone")
            nobody_from = math.inf if self._workers else min(nobody_from, trio.current_time())
            if trio.current_time() > nobody_from + NOBODY_S:
                self.lose(f"no worker is left at {self.url}")
        return self._lost

    async def look(self) -> list[Diagnostic]:
        """See who is there; what speaks against those that are seen for the first time."""
        try:
            if self._client.status != "running":
                raise ConnectionError
            with trio.fail_after(SILENCE_S):
                info = await trio.to_thread.run_sync(
                    partial(self._client.scheduler_info, n_workers=-1), abandon_on_cancel=True
                )
                there = {one["id"]: name for name, one in info["workers"].items()}
                new = {one: there[one] for one in there.keys() - self._good - self._strange}
                found = await self._way.greeted(self._client, new) if new else {}
        except GONE:
            self.lose(f"the connection to {self.url} is lost")
            return []
        except Unmoved as unmoved:  # who is new is asked again
            self._unmoved, found = str(unmoved), {}
        self._good |= {name for name, problem in found.items() if problem is None}
        self._strange |= found.keys() - self._good
        self._workers = {name: one for name, one in info["workers"].items() if one["id"] in self._good}
        self._slots.total_tokens = max(1, self.places)
        for flight in self._flights.values():
            if self._workers.keys().isdisjoint(flight.workers):
                flight.landed.set()
        self._change()
        return [problem for problem in found.values() if problem is not None]

    def _change(self) -> None:
        """Wake what waits for a worker."""
        self._changed.set()
        self._changed = trio.Event()

    def lose(self, message: str) -> None:
        """Nothing more comes over this connection."""
        if self._lost is None:
            self._lost = Lost(message)
        for flight in self._flights.values():
            flight.landed.set()
        self._change()

    async def close(self) -> None:
        """End the connection; a scheduler that does not answer is not waited for."""
        with trio.CancelScope(shield=True), trio.move_on_after(FAREWELL_S), suppress(Exception):
            await trio.to_thread.run_sync(partial(self._client.close, timeout=FAREWELL_S), abandon_on_cancel=True)

    async def greet(self) -> Self:
        """Hold every worker against what a render needs. Raises Refused (12): `no-cluster`, `no-worker`,
        `cluster-version`, and `cluster-files` where files do not come to a worker and back.
        """
        found = await self.look()
        if self._lost is not None:
            raise _refused("no-cluster", str(self._lost))
        if found:
            raise Refused(found, UNREACHABLE)
        if self._unmoved and not self._workers:
            raise _refused("cluster-files", self._unmoved, "storyboard explain cluster-files")
        if not self._workers:
            hint = f"start one on each machine with storyboard's environment: dask worker {self.url}"
            raise _refused("no-worker", f"no worker is connected to {self.url}", hint)
        return self


def _offers(worker: Mapping[str, Any], resources: Mapping[str, float]) -> bool:
    return all(worker["resources"].get(name, 0) >= amount for name, amount in resources.items())


def _refused(code: str, message: str, hint: str | None = None) -> Refused:
    return Refused([Diagnostic(code, message, hint=hint)], UNREACHABLE)


async def open_link(scheduler: Scheduler, way: Way, warn: Warn) -> Link:
    """Connect, and hold all workers against what a render needs. `way` and `warn` as in `Link`.

    Raises Refused (12) as `Link.greet` does, and `no-cluster` where no scheduler answers; 14 where the disk fails.
    """
    client = await _connected(scheduler)
    link = Link(client, scheduler.url, way, warn)
    try:
        return await link.greet()
    except BaseException:
        await link.close()
        raise


async def _connected(scheduler: Scheduler) -> Client:
    found, security = scheduler.certificates, None
    if found is not None:
        security = Security(
            tls_ca_file=str(found.ca),
            tls_client_cert=str(found.cert),
            tls_client_key=str(found.key),
            require_encryption=True,
        )

    def connect() -> Client:
        with warnings.catch_warnings(action="ignore"):  # that versions differ: what matters of that is looked at later
            return Client(scheduler.url, security=security, timeout=CONNECT_S, set_as_default=False)

    try:
        with trio.fail_after(CONNECT_S):  # a wait that can be broken off, which Dask's own is not
            await (await trio.open_tcp_stream(*scheduler.place)).aclose()
        return await trio.to_thread.run_sync(connect)
    except (OSError, trio.TooSlowError, ValueError) as error:
        hint = f"start one with: dask scheduler --host {scheduler.url.rpartition(':')[0]}"
        why = str(error) or type(error).__name__
        raise _refused("no-cluster", f"no Dask scheduler answers at {scheduler.url}: {why}", hint) from error


@contextmanager
def hushed() -> Iterator[None]:
    """Silence Dask's log meanwhile: it says at length what is said here in a line. Then it is as it was."""
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict if _is_dask(name)]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)


def _is_dask(logger: str) -> bool:
    return logger.partition(".")[0] == "distributed"
