"""A clip made by a program of somebody's own: what it is told, what it tells, and how it ends.

The program reads one JSON object from its standard input. On standard output it may tell, a line each, how far it is,
as `{"share": 0.4}`; other lines are passed over. It writes the clip to the request's `target`, an MP4, and ends with 0.
Ending otherwise says that there is no clip, and what it last wrote to standard error says why.

Laws.
- It sees what a media worker sees of the environment: no keys. It runs in an empty folder of its own, which goes with
  it.
- It lives in the group of processes of its worker, and dies with it. It may have all the memory there is.
- One that works for longer than it may is killed; its worker is ended then, and with it whatever else it has started.
- The clip counts when all of it has been decoded, like any other.
"""

from __future__ import annotations

import json
import math
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from storyboard.film import Clip
from storyboard.media.jobs import MediaError, RenderJob, Report
from storyboard.media.reading.verify import verify
from storyboard.media.worker import FIXED_ENVIRONMENT, OVERTIME

FAILED = "renderer-failed"
BEAT_S = 0.5
"""How often it is told that the program is at work, also where it says nothing itself."""
RENDERING = 0.95
"""The share of the work that is the program's; the rest is decoding its clip."""
LAST_WORDS_BYTES, LAST_WORDS_LINES = 4096, 3
MOST_LINE_BYTES = 65536


def render(job: RenderJob, report: Report) -> Clip:
    """Run the program of a job and verify its clip.

    Raises MediaError `renderer-failed`, `renderer-timeout`, and as `verify` does.
    """
    part = Path(f"{job.target}.mp4")
    try:
        with tempfile.TemporaryDirectory(prefix="storyboard-") as folder, tempfile.TemporaryFile() as complaints:
            code = _run(job, part, Path(folder), complaints, report)
            if code:
                raise MediaError(FAILED, _obituary(job, code, complaints))
        if not part.is_file():
            raise MediaError(FAILED, f"{_name(job)} ended well, and there is no clip at the target that it was given")
        clip = verify(part, lambda share: report(RENDERING + (1 - RENDERING) * share))
        part.replace(job.target)
    finally:
        part.unlink(missing_ok=True)
    return clip


def _run(job: RenderJob, part: Path, folder: Path, complaints: IO[bytes], report: Report) -> int:
    """Run the program to its end; its exit code."""
    if shutil.which(job.command[0]) is None:
        raise MediaError(FAILED, f"there is no program {job.command[0]} on this machine")
    plain = ["env", *(f"--unset={name}" for name in FIXED_ENVIRONMENT)] if sys.platform == "linux" else []
    with _all_memory():
        process = subprocess.Popen(
            [*plain, *job.command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, cwd=folder
        )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with suppress(BrokenPipeError), process.stdin:  # one that ends without reading says why itself
                process.stdin.write(json.dumps({**job.request, "target": str(part)}).encode() + b"\n")
            _follow(process, process.stdout.fileno(), report, job)
            return process.wait()
        finally:
            process.kill()


def _follow(process: subprocess.Popen[bytes], output: int, report: Report, job: RenderJob) -> None:
    """Pass progress on until the program ends. Raises MediaError `renderer-timeout`."""
    told, heard, speaks = 0.0, b"", True
    until = time.monotonic() + (job.timeout_s or math.inf)
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while True:
            if speaks and selector.select(BEAT_S):
                piece = os.read(output, MOST_LINE_BYTES)
                speaks = piece != b""
                *lines, heard = (heard + piece)[-MOST_LINE_BYTES:].split(b"\n")
                told = max([told, *(share for share in map(_share, lines) if share is not None)])
            elif _has_ended(process, 0 if speaks else BEAT_S):  # a child of it may still hold its output open
                return
            if time.monotonic() >= until:
                message = (
                    f"{_name(job)} was at it for longer than timeout_s = {job.timeout_s:g} allows, and was stopped"
                )
                raise MediaError(OVERTIME, message)
            report(RENDERING * told)


def _has_ended(process: subprocess.Popen[bytes], within_s: float) -> bool:
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def _share(line: bytes) -> float | None:
    """What a line tells, None where it is no progress."""
    try:
        said: Any = json.loads(line)
        share = float(said["share"])
    except (ValueError, TypeError, KeyError):
        return None
    return share if 0 <= share <= 1 else None


@contextmanager
def _all_memory() -> Iterator[None]:
    """Let what is started meanwhile have as much memory as the machine allows."""
    try:
        import resource
    except ImportError:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _obituary(job: RenderJob, code: int, complaints: IO[bytes]) -> str:
    """How the program ended, with its last words."""
    complaints.seek(max(0, complaints.seek(0, 2) - LAST_WORDS_BYTES))
    said = complaints.read().decode(errors="replace").split("\n")
    words = "; ".join([line.strip() for line in said if line.strip()][-LAST_WORDS_LINES:])
    how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
    return f"{_name(job)} {how}" + (f": {words}" if words else "")


def _name(job: RenderJob) -> str:
    return Path(job.command[0]).name
