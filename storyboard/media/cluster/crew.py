"""The workers' end: a Dask worker's own media processes, and what it is asked by name.

Laws.
- What comes is JSON text, and what goes is JSON text: a worker of another Python understands it, and one of another
  storyboard says so instead of guessing.
- A job runs in a media process, under the laws of `executor`, never in the Dask worker's: it has bounded memory, and of
  the environment only what a process needs to start.
- Two workers may do the same job at once, when one was given up for lost. So a job writes under a name of its own, and
  what is finished is renamed.
- A job that nobody waits for any more is stopped: its client has cancelled it, died or lost its scheduler.
- Links are nobody else's: what goes wrong with a job is told to its client, never raised, since Dask would write what
  the job was given into its log.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import platform
import threading
import time
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

import trio
from dask.typing import Key
from distributed import Reschedule, Worker, WorkerPlugin, get_worker

from storyboard.film import Clip
from storyboard.media.cluster.cargo import Making
from storyboard.media.cluster.carrying import Carrier, Carrying
from storyboard.media.cluster.shelf import Shelf
from storyboard.media.cluster.workplace import Workplace
from storyboard.media.executor import LocalProcesses, open_executor
from storyboard.media.jobs import Answer, Job, MediaError, PieceJob
from storyboard.media.pieces import whole_name
from storyboard.media.wire import answer_to_json, job_from_json
from storyboard.media.worker import BUG, harmless
from storyboard.structs import replace
from storyboard.version import VERSION

NAME = f"storyboard-media-{VERSION}"
START_S = 30.0
BEAT_S = 0.25
"""Progress is told no more often: each time takes work of the worker's loop, the scheduler and the client."""
OTHER_VERSION = "cluster-version"
SHELF = "storyboard-files"
"""What a machine keeps of the files that it was sent, beside the folders of its Dask workers (`--local-directory`)."""
Said = dict[str, Any]


def greet(text: str) -> str:
    """Say who this worker is, and show that it has the files: JSON in and out.

    In: `folder`, and `token`, the name of a file in it. Out: `storyboard` and `python`, versions; `host`; `read`, what
    the token says, None where it is not there; `wrote`, the name of a file with the same words that was written beside
    it, None where nothing can be.
    """
    asked = json.loads(text)
    token = Path(asked["folder"]) / asked["token"]
    read = wrote = None
    with suppress(OSError):
        read = token.read_text(encoding="utf-8")
        answer = token.with_name(f"{token.name}.{token_hex(8)}")
        answer.write_text(read, encoding="utf-8")
        wrote = answer.name
    host, python = platform.node(), platform.python_version()
    return json.dumps({"storyboard": VERSION, "python": python, "host": host, "read": read, "wrote": wrote})


async def greet_stored(text: str, carrying: Carrying, worker: Worker) -> str:
    """Say who this worker is, and show that files come and go by links: JSON in and out.

    In: `link` and `bytes` of an object, `slots`, where to put it, by worker, and `trust`. Out: as `greet`, with
    `problem`, why it does not, None where it does.
    """
    asked, crew = json.loads(text), await _crew(worker)

    async def echo() -> Said:
        async with carrying(asked["trust"]) as carrier:
            return {"problem": await crew.workplace(carrier).echo(asked, asked["slots"][worker.address])}

    said = await crew.call(echo)
    return json.dumps({"storyboard": VERSION, "python": platform.python_version(), "host": platform.node(), **said})


async def perform(text: str, carrying: Carrying | None = None) -> str:
    """Do a job: JSON in and out.

    In: `storyboard`, the version that asks; `key`, the task's; `topic`, where progress is told as `{"key", "share"}`;
    `job`; with `carrying`, also `files`, see `freight`. Out: the answer, or `error`, `message` and `notes`; with
    `carrying`, as `Workplace.do` has it.
    """
    asked = json.loads(text)
    if asked["storyboard"] != VERSION:
        message = f"a worker on {platform.node()} has storyboard {VERSION}, this is {asked['storyboard']}"
        return json.dumps({"error": OTHER_VERSION, "message": message, "notes": []})
    worker = get_worker()
    crew = await _crew(worker)

    told = -math.inf

    def report(share: float) -> None:
        nonlocal told
        if (now := time.monotonic()) >= told + BEAT_S:
            told = now
            worker.log_event(asked["topic"], {"key": asked["key"], "share": share})

    async def act() -> Said:
        job = job_from_json(asked["job"])
        if carrying is None:
            return answer_to_json(await _done(job, crew.executor, report))
        async with carrying(asked["files"]["trust"]) as carrier:
            return await crew.workplace(carrier).do(job, asked["files"], report)

    return json.dumps(await crew.call(act, asked["key"]))


async def _crew(worker: Worker) -> Crew:
    """That of a Dask worker, made when it is needed first."""
    crew = worker.plugins.get(NAME)
    if crew is None:
        crew = Crew()
        await worker.plugin_add(crew, NAME)
    if not isinstance(crew, Crew):
        raise TypeError(f"{NAME} is a plugin of somebody else's")
    return crew


class Crew(WorkerPlugin):
    """The media processes of one Dask worker, as many as it has threads, in a thread of trio's."""

    def setup(self, worker: Worker) -> None:
        """Open the executor; its processes start when work comes."""
        self._desks = Path(worker.local_directory)
        self._shelf = Shelf(self._desks.parent / SHELF)
        self._running: dict[str, trio.CancelScope] = {}
        self._ready = threading.Event()
        self._thread = threading.Thread(
            target=trio.run, args=(self._serve, worker.state.nthreads), name=NAME, daemon=True
        )
        self._thread.start()
        if not self._ready.wait(START_S):
            raise TimeoutError("the media processes did not start")

    def teardown(self, worker: Worker) -> None:
        """End the processes and the thread."""
        with suppress(trio.RunFinishedError):
            self._trio.run_sync_soon(self._scope.cancel)
        self._thread.join()

    def transition(self, key: Key, start: str, finish: str, **_: Any) -> None:
        """Dask moves a task on: one that is released while it is done has nobody who waits for it."""
        if finish == "released" and isinstance(key, str):
            with suppress(trio.RunFinishedError):
                self._trio.run_sync_soon(self._stop, key)

    def workplace(self, carrier: Carrier) -> Workplace:
        """Where jobs are done whose files `carrier` brings."""
        return Workplace(self._desks, self._shelf, self.executor, carrier)

    async def call(self, act: Callable[[], Awaitable[Said]], key: str = "") -> Said:
        """What `act` says; called in Dask's loop, done in trio's, and stopped with the task `key`."""
        future: Future[Said] = Future()
        self._trio.run_sync_soon(self._begin, act, key or token_hex(8), future)
        return await asyncio.wrap_future(future)

    def _begin(self, act: Callable[[], Awaitable[Said]], key: str, future: Future[Said]) -> None:
        self._running[key] = trio.CancelScope()
        self._nursery.start_soon(self._do, act, key, future)

    def _stop(self, key: str) -> None:
        if key in self._running:
            self._running[key].cancel()

    async def _serve(self, threads: int) -> None:
        self._trio = trio.lowlevel.current_trio_token()
        async with open_executor(threads, harmless(os.environ)) as executor, trio.open_nursery() as nursery:
            self.executor, self._nursery, self._scope = executor, nursery, nursery.cancel_scope
            self._ready.set()
            await trio.sleep_forever()

    async def _do(self, act: Callable[[], Awaitable[Said]], key: str, future: Future[Said]) -> None:
        try:
            with self._running[key]:
                future.set_result(await _said(act))
                return
            future.set_exception(Reschedule())
        finally:
            del self._running[key]
            if not future.done():  # the crew ends, and another worker does the job
                future.set_exception(Reschedule())


async def _said(act: Callable[[], Awaitable[Said]]) -> Said:
    try:
        return await act()
    except MediaError as error:
        return {"error": error.code, "message": error.message, "notes": getattr(error, "__notes__", [])}
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is for the client to hear
        return {
            "error": BUG,
            "message": f"{type(error).__name__}: {error}",
            "notes": traceback.format_exc().split("\n"),
        }


async def _done(job: Job, executor: LocalProcesses, report: Callable[[float], None]) -> Answer:
    """Do a job, its file under a name of its own until it is whole."""
    if not isinstance(job, Making):
        return await executor.run(job, report)
    target = Path(job.target)
    own = target.with_name(f"{target.stem}.part.{token_hex(8)}{target.suffix}")
    try:
        answer = await executor.run(replace(job, target=str(own)), report)
        if isinstance(job, PieceJob) and isinstance(answer, Clip):
            whole_name(own, answer.id).replace(whole_name(target, answer.id))
        else:
            own.replace(target)
    except OSError as error:
        raise MediaError("cannot-write", f"cannot write {target}: {error.strerror}") from error
    finally:  # what a process left that was killed; its own laws name it so
        for left in ("", ".part", ".mp4"):
            own.with_name(f"{own.name}{left}").unlink(missing_ok=True)
    return answer
