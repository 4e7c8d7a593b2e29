"""Measuring footage and sounds from code that waits: a storyboard is read before there is anything to run in trio.

A file may come from a stranger, so it is opened in a worker process, under the laws of `executor`: spawned, with no
secrets and bounded memory, killed when it says nothing. One worker measures all files of a film; it starts at the first
one, in a quarter of a second.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from storyboard.film import Stream
from storyboard.media.jobs import Length, MeasureJob, MediaError
from storyboard.media.wire import answer_from_json, job_to_json
from storyboard.media.worker import FIXED_ENVIRONMENT, MEMORY_BYTES, command_line

SILENCE_S = 900.0
"""The largest file that is opened at all, read from a slow disk, takes half of it."""
NOTHING: Mapping[str, str] = MappingProxyType({})


class Measuring:
    """The measure of files, by a worker that lives until `close`. `environment` is all that the worker sees."""

    def __init__(self, environment: Mapping[str, str] = NOTHING, silence_s: float = SILENCE_S) -> None:
        self._environment = {**environment, **FIXED_ENVIRONMENT}
        self._silence_s = silence_s
        self._worker: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __call__(self, path: Path, of: Stream = "picture") -> tuple[Fraction, bool]:
        """Seconds of picture, or of sound, and whether there is sound.

        Raises MediaError: what `measure` and `measure_sound` do, `worker-died`, `media-timeout`.
        """
        said = self._asked(MeasureJob(str(path), of))
        if "error" in said:
            raise MediaError(said["error"], said["message"])
        length = answer_from_json(said)
        assert isinstance(length, Length)
        return Fraction(length.seconds), length.sounds

    def close(self) -> None:
        """End the worker; the next file would start another."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _asked(self, job: MeasureJob) -> dict[str, Any]:
        worker = self._worker = self._worker or self._started()
        assert worker.stdin is not None
        assert worker.stdout is not None
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            worker.kill()

        deadline = threading.Timer(self._silence_s, stop)
        deadline.start()
        line = ""
        try:
            with suppress(OSError):  # its end says enough
                worker.stdin.write(json.dumps(job_to_json(job)) + "\n")
                worker.stdin.flush()
                line = worker.stdout.readline()
        finally:
            deadline.cancel()
        if not line.endswith("\n"):
            raise self._obituary(worker, timed_out=stopped.is_set())
        said: dict[str, Any] = json.loads(line)
        return said

    def _started(self) -> subprocess.Popen[str]:
        try:
            return subprocess.Popen(
                command_line(MEMORY_BYTES),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environment,
                encoding="utf-8",
                start_new_session=True,
            )
        except OSError as error:
            raise MediaError("worker-died", f"a media worker could not start: {error.strerror}") from error

    def _obituary(self, worker: subprocess.Popen[str], *, timed_out: bool) -> MediaError:
        code = worker.wait()
        self.close()
        if timed_out:
            return MediaError("media-timeout", f"a media worker said nothing for {self._silence_s:g} s and was stopped")
        return MediaError("worker-died", f"a media worker ended with {code}")
