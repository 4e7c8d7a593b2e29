"""One connection to one Dask scheduler, driven by trio: jobs out, answers in, and when it is lost.

Laws.
- Dask's client lives in a thread of its own. What it tells comes over by trio's token; what blocks is called in
  another.
- No more jobs are sent than the workers have threads for, so that none waits behind another's long one.
- A job that is lost with its worker is given to another by the scheduler itself. One that is sent again here is the
  same job: jobs are idempotent.
- What is cancelled here is stopped there.
"""

from __future__ import annotations

import json
import logging
import math
import warnings
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

import trio
from distributed import Client, Future, KilledWorker, Security
from distributed.client import FutureCancelledError

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.media.cluster.address import Scheduler
from storyboard.media.cluster.crew import greet, perform
from storyboard.media.jobs import Answer, Job, MediaError, Report
from storyboard.media.wire import answer_from_json, job_to_json
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


class Lost(Exception):
    """The scheduler, or every worker, is gone; the message says so."""


@dataclass(eq=False, slots=True)
class _Flight:
    """A job on its way. `landed` is set when there is something to look at; `failure` says that it is given up."""

    resources: Mapping[str, float]
    report: Report | None
    landed: trio.Event = field(default_factory=trio.Event)
    failure: MediaError | None = None
    missed_from: float = math.inf


class Link:
    """A client of one scheduler. Made by `open_link`; `close` ends it."""

    def __init__(self, client: Client, url: str) -> None:
        self.url = url
        self._client = client
        self._trio = trio.lowlevel.current_trio_token()
        self._topic = f"storyboard-{token_hex(8)}"
        self._flights: dict[str, _Flight] = {}
        self._slots = trio.CapacityLimiter(1)
        self._workers: list[Mapping[str, Any]] = []
        self._lost: Lost | None = None
        client.subscribe_topic(self._topic, self._heard)

    @property
    def places(self) -> int:
        """How many media jobs the workers do at once."""
        return sum(self._threads(one) for one in self._workers)

    def _threads(self, worker: Mapping[str, Any]) -> int:
        media = worker["resources"].get(MEDIA, 0 if self._tagged else math.inf)
        return int(min(worker["nthreads"], media))

    @property
    def _tagged(self) -> bool:
        return any(MEDIA in one["resources"] for one in self._workers)

    # ── jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self, job: Job, report: Report | None = None, resources: Mapping[str, float] | None = None) -> Answer:
        """Do a job on a worker that has `resources`, else on any for media.

        Raises MediaError: what the job raised, `worker-died` where several workers died of it, `no-worker`,
        `cluster-version`; Lost.
        """
        async with self._slots if resources is None else nullcontext():
            tags = resources if resources is not None else {MEDIA: 1} if self._tagged else {}
            while True:
                said = await self._sent(job, _Flight(tags, report))
                if said is not None:
                    return _answer(said)

    async def _sent(self, job: Job, flight: _Flight) -> dict[str, Any] | None:
        """What the worker says; None where the scheduler forgot the job, as when somebody restarts it."""
        if self._lost is not None:
            raise self._lost
        said = job_to_json(job)
        key = f"storyboard-{said['job']}-{token_hex(16)}"
        text = json.dumps({"storyboard": VERSION, "key": key, "topic": self._topic, "job": said})
        self._flights[key] = flight
        future = self._client.submit(perform, text, key=key, pure=False, resources=dict(flight.resources))
        future.add_done_callback(lambda _: self._soon(flight.landed))
        try:
            await flight.landed.wait()
            if self._lost is not None:
                raise self._lost
            if flight.failure is not None:
                raise flight.failure
            return await self._result(future)
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
        except (OSError, TimeoutError, trio.TooSlowError):
            self.lose(f"{self.url} does not answer")
            return None
        except ImportError as error:
            raise MediaError("cluster-version", f"a worker of {self.url} has no storyboard: {error}") from error
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
            await self._look()
            now = trio.current_time()
            nobody_from = math.inf if self._workers else min(nobody_from, now)
            if now > nobody_from + NOBODY_S:
                self.lose(f"no worker is left at {self.url}")
            for flight in self._flights.values():
                self._miss(flight, now)
        return self._lost

    def _miss(self, flight: _Flight, now: float) -> None:
        """Give a job up for which there has been no worker for long."""
        if any(_offers(one, flight.resources) for one in self._workers):
            flight.missed_from = math.inf
            return
        flight.missed_from = min(flight.missed_from, now)
        if flight.resources and now > flight.missed_from + NOBODY_S:
            tags = ",".join(f"{name}={amount:g}" for name, amount in flight.resources.items())
            message = f'no worker at {self.url} has {tags}; one that has: dask worker {self.url} --resources "{tags}"'
            flight.failure = MediaError("no-worker", message)
            flight.landed.set()

    async def _look(self) -> None:
        try:
            if self._client.status != "running":
                raise ConnectionError
            with trio.fail_after(SILENCE_S):
                info = await trio.to_thread.run_sync(
                    partial(self._client.scheduler_info, n_workers=-1), abandon_on_cancel=True
                )
        except (OSError, trio.TooSlowError, RuntimeError):
            self.lose(f"the connection to {self.url} is lost")
            return
        self._workers = list(info["workers"].values())
        self._slots.total_tokens = max(1, self.places)

    def lose(self, message: str) -> None:
        """Nothing more comes over this connection."""
        if self._lost is None:
            self._lost = Lost(message)
        for flight in self._flights.values():
            flight.landed.set()

    async def close(self) -> None:
        """End the connection; a scheduler that does not answer is not waited for."""
        with trio.CancelScope(shield=True), trio.move_on_after(FAREWELL_S), suppress(Exception):
            await trio.to_thread.run_sync(partial(self._client.close, timeout=FAREWELL_S), abandon_on_cancel=True)

    # ── the beginning ────────────────────────────────────────────────────────────────────────────────────────────

    async def greet(self, folder: Path) -> Self:
        """Hold every worker against what a render needs. Raises Refused (12) `no-worker`, `cluster-version` and
        `cluster-files`, where a worker does not read and write `folder`.
        """
        await self._look()
        if self._lost is not None:
            raise _refused("no-cluster", str(self._lost))
        if not self._workers:
            hint = f"start one on each machine with storyboard's environment: dask worker {self.url}"
            raise _refused("no-worker", f"no worker is connected to {self.url}", hint)
        words, token = token_hex(16), folder / f".storyboard-{token_hex(8)}.part"
        text = json.dumps({"folder": str(folder), "token": token.name})
        try:
            token.write_text(words, encoding="utf-8")
            said = await trio.to_thread.run_sync(partial(self._client.run, greet, text, on_error="return"))
            for worker, answer in said.items():
                self._check(worker, answer, words, folder)
        except OSError as error:
            raise _refused("no-cluster", f"{self.url}: {error}") from error
        finally:
            _sweep(token)
        return self

    def _check(self, worker: str, answer: str | Exception, words: str, folder: Path) -> None:
        install = "all workers take the same storyboard: pip install 'storyboard-render[cluster]'"
        if isinstance(answer, Exception):
            raise _refused("cluster-version", f"the worker {worker} has no storyboard: {answer}", install)
        said = json.loads(answer)
        if said["storyboard"] != VERSION:
            message = f"the worker {worker} has storyboard {said['storyboard']}, this is {VERSION}"
            raise _refused("cluster-version", message, install)
        wrote = said["wrote"]
        if said["read"] != words or wrote is None or not (folder / wrote).exists():
            message = f"the worker {worker} on {said['host']} does not read and write {folder} as this machine does"
            hint = "mount the production's folder there under the same path, and let its user write to it"
            raise _refused("cluster-files", message, hint)


def _sweep(token: Path) -> None:
    """Remove a token and what was written beside it."""
    for path in (token, *token.parent.glob(f"{token.name}.*")):
        path.unlink(missing_ok=True)


def _offers(worker: Mapping[str, Any], resources: Mapping[str, float]) -> bool:
    return all(worker["resources"].get(name, 0) >= amount for name, amount in resources.items())


def _answer(said: dict[str, Any]) -> Answer:
    """The answer. Raises the MediaError that the worker told, with its trace as notes."""
    if "error" not in said:
        return answer_from_json(said)
    error = MediaError(said["error"], said["message"])
    for note in said["notes"]:
        error.add_note(note)
    raise error


def _refused(code: str, message: str, hint: str | None = None) -> Refused:
    return Refused([Diagnostic(code, message, hint=hint)], UNREACHABLE)


async def open_link(scheduler: Scheduler, folder: Path) -> Link:
    """Connect, and hold all workers against what a render needs; `folder` has to be theirs too.

    Raises Refused (12) as `Link.greet` does, and `no-cluster` where no scheduler answers.
    """
    _hush()
    client = await _connected(scheduler)
    link = Link(client, scheduler.url)
    try:
        return await link.greet(folder)
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
        return await trio.to_thread.run_sync(connect)
    except (OSError, TimeoutError, ValueError) as error:
        hint = f"start one with: dask scheduler --host {scheduler.url.rpartition(':')[0]}"
        raise _refused("no-cluster", f"no Dask scheduler answers at {scheduler.url}: {error}", hint) from error


def _hush() -> None:
    """Dask's log says at length what is said here in a line."""
    for name in logging.root.manager.loggerDict:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
