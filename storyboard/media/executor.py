"""Where media jobs run: in this process, or in local worker processes.

Laws of the worker processes.
- They are spawned, never forked, so that no lock and no connection of the parent reaches them; each leads a session of
  its own, so that a Ctrl-C in the terminal does not either.
- They start when work comes and are used again. One that dies, falls silent past the deadline or loses its job to a
  cancellation is killed and replaced; jobs are idempotent and leave nothing that matters.
- One whose program worked for longer than it may is ended too, with whatever that has left behind.
- They see only the environment that the caller passes, and modules are never looked up in the working folder.
- They end when the executor closes, and by themselves when the parent is killed; a program that one runs ends with
  it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager, nullcontext, suppress
from typing import IO, Any

import trio

from storyboard.media.jobs import Answer, Job, MediaError, RenderJob, Report
from storyboard.media.wire import answer_from_json, job_to_json
from storyboard.media.worker import BUG, FIXED_ENVIRONMENT, MEMORY_BYTES, OVERTIME, command_line, run_job

SILENCE_S = 120.0
"""A worker says something at least this often while it works; past it, it counts as stuck."""
FAREWELL_S = 2.0
LAST_WORDS_BYTES, LAST_WORDS_LINES = 4096, 3
READ_BYTES = 65536


class InProcess:
    """Runs jobs in threads of this process: for tests, and where processes cannot be spawned."""

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        """Do the job in a thread. Raises MediaError. A cancellation takes effect at the job's next report."""

        def tell(share: float) -> None:
            trio.from_thread.check_cancelled()
            trio.from_thread.run_sync(report or _nobody, share)

        return await trio.to_thread.run_sync(run_job, job, tell)


class LocalProcesses:
    """Runs up to `workers` jobs at once, its `places`, each in a worker process. Made by `open_executor`."""

    def __init__(self, workers: int, environment: Mapping[str, str], memory_bytes: int, silence_s: float) -> None:
        self._environment = {**environment, **FIXED_ENVIRONMENT}
        self._memory_bytes = memory_bytes
        self._silence_s = silence_s
        self.places = workers
        self._slots = trio.CapacityLimiter(workers)
        self._idle: list[_Worker] = []
        self._alive: set[_Worker] = set()

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        """Do the job in the next free worker. A program of somebody's own is run beside those, at once.

        Raises MediaError: what the job raised, `worker-died`, or `media-timeout` where the worker fell silent.
        """
        async with nullcontext() if isinstance(job, RenderJob) else self._slots:
            worker = await self._next()
            try:
                said = await worker.converse(job_to_json(job), report or _nobody, self._silence_s)
            except BaseException:
                await self._bury(worker)
                raise
            if said.get("error") == OVERTIME:
                await self._bury(worker)
            else:
                self._idle.append(worker)
            if "error" in said:
                raise worker.failure(said)
        return answer_from_json(said)

    @property
    def processes(self) -> frozenset[int]:
        """The ids of the worker processes that are alive, at work or idle."""
        return frozenset(worker.pid for worker in self._alive)

    async def _next(self) -> _Worker:
        """An idle worker, else a new one. One that died while idle did no harm and is only cleared away."""
        while self._idle:
            worker = self._idle.pop()
            if worker.lives:
                return worker
            await self._bury(worker)
        return await self._start()

    async def _bury(self, worker: _Worker) -> None:
        self._alive.discard(worker)
        await worker.kill()

    async def _start(self) -> _Worker:
        # A file, not a pipe: it needs no reader and never fills. The worker's `kill` closes it.
        with ExitStack() as stack:
            complaints = stack.enter_context(tempfile.TemporaryFile())
            try:
                process = await trio.lowlevel.open_process(
                    command_line(self._memory_bytes),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    env=self._environment,
                    start_new_session=True,
                )
            except OSError as error:
                raise MediaError("worker-died", f"a media worker could not start: {error.strerror}") from error
            stack.pop_all()
        worker = _Worker(process, complaints)
        self._alive.add(worker)
        return worker

    async def close(self) -> None:
        """Let every idle worker end by itself; kill those that do not, and those still at work."""
        for worker in self._idle:
            await worker.dismiss()
        with trio.move_on_after(FAREWELL_S):
            for worker in self._idle:
                await worker.gone()
        self._idle.clear()
        for worker in tuple(self._alive):
            await self._bury(worker)


@asynccontextmanager
async def open_executor(
    workers: int,
    environment: Mapping[str, str],
    memory_bytes: int = MEMORY_BYTES,
    silence_s: float = SILENCE_S,
) -> AsyncIterator[LocalProcesses]:
    """An executor of up to `workers` processes; all of them are gone when the context ends.

    `environment` is all that a worker sees (`PATH`, `HOME`, a locale; never a key); `memory_bytes` limits the address
    space of one worker where the platform can (0: not); `silence_s` is the deadline between two signs of life.
    """
    executor = LocalProcesses(workers, environment, memory_bytes, silence_s)
    try:
        yield executor
    finally:
        with trio.CancelScope(shield=True):
            await executor.close()


class _Worker:
    """One process and what was last heard from it."""

    def __init__(self, process: trio.Process, complaints: IO[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._stdin, self._stdout = process.stdin, process.stdout
        self._heard = bytearray()
        self._complaints = complaints

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    async def converse(self, job: Mapping[str, Any], report: Report, silence_s: float) -> dict[str, Any]:
        """Hand over a job, pass progress on, give the last word. Raises MediaError."""
        try:
            with trio.fail_after(silence_s):
                await self._stdin.send_all(json.dumps(job).encode() + b"\n")
            while True:
                with trio.fail_after(silence_s):
                    said = await self._sentence()
                if "share" not in said:
                    return said
                report(said["share"])
        except trio.TooSlowError:
            message = f"a media worker said nothing for {silence_s:g} s and was stopped"
            raise MediaError("media-timeout", message) from None
        except (trio.BrokenResourceError, EOFError):
            raise MediaError("worker-died", await self._obituary()) from None

    async def _sentence(self) -> dict[str, Any]:
        """The next object that the worker says. Raises EOFError when it says no more."""
        while b"\n" not in self._heard:
            piece = await self._stdout.receive_some(READ_BYTES)
            if not piece:
                raise EOFError
            self._heard += piece
        line, _, rest = bytes(self._heard).partition(b"\n")
        self._heard = bytearray(rest)
        said: dict[str, Any] = json.loads(line)
        return said

    async def _obituary(self) -> str:
        """How the worker ended, with its last words."""
        with trio.move_on_after(FAREWELL_S):
            await self._process.wait()
            self._kill_group()  # what it was running has nobody any more
        code = self._process.returncode
        killed = code is not None and code < 0
        how = "fell mute" if code is None else f"was killed by signal {-code}" if killed else f"ended with {code}"
        said = "; ".join(self._last_words()[-LAST_WORDS_LINES:])
        return f"a media worker {how}" + (f": {said}" if said else "")

    def failure(self, said: Mapping[str, Any]) -> MediaError:
        """What the worker says went wrong; a mistake of ours carries the worker's own trace as a note."""
        error = MediaError(said["error"], said["message"])
        if error.code == BUG:
            error.add_note("\n".join(self._last_words()))
        return error

    def _last_words(self) -> list[str]:
        """The end of what it wrote to standard error, without empty lines."""
        size = self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, size - LAST_WORDS_BYTES))
        words = self._complaints.read().decode(errors="replace").split("\n")
        return [line.rstrip() for line in words if line.strip()]

    async def dismiss(self) -> None:
        """Close its standard input, upon which it ends."""
        await self._stdin.aclose()

    async def gone(self) -> None:
        """Wait for its end."""
        await self._process.wait()

    async def kill(self) -> None:
        """End it now, whatever it is doing; reap it and close its pipes."""
        with trio.CancelScope(shield=True):
            if self._process.returncode is None:
                self._kill_group()
            self._process.kill()
            await self._process.wait()
            await self._stdin.aclose()
            await self._stdout.aclose()
            self._complaints.close()

    def _kill_group(self) -> None:
        """End it and the program that it runs, where there are groups of processes: it leads its own."""
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)


def _nobody(share: float) -> None:
    """A report that nobody reads."""
