"""A media worker: does one job after another, in a process of its own.

The conversation is JSON, one object a line. In: jobs. Out, for every job: any number of `{"share": 0.5}`, then one
answer or one `{"error": CODE, "message": TEXT}`. Standard output belongs to the conversation alone; whatever a library
prints goes to standard error. When standard input closes, the parent is gone and the worker ends at once, also in the
middle of a job: jobs leave nothing that matters.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from storyboard.media.jobs import (
    Answer,
    AssembleJob,
    CardJob,
    CheckJob,
    ChooseJob,
    ConformJob,
    DraftJob,
    DrawJob,
    FrameJob,
    Job,
    JoinJob,
    Length,
    LoudnessJob,
    MatchJob,
    MeasureJob,
    MediaError,
    MixJob,
    PieceJob,
    RenderJob,
    Report,
    SeamJob,
    SheetJob,
    VerifyJob,
)
from storyboard.media.wire import answer_to_json, job_from_json

BUG = "media-bug"
"""The code of what should not happen: a mistake in this program, not in its input."""
OVERTIME = "renderer-timeout"
"""The code of a program that was stopped: what it has started itself is left, and ends with this process."""
SHARE_STEP, SHARE_S = 0.01, 0.1
HEARTBEAT_S = 1.0
"""Progress is told in steps of a hundredth ten times a second, or once a second: never so often that it costs, never so
seldom that the worker seems stuck."""

MEMORY_BYTES = 8 * 2**30
"""Address space of one worker; a film in 4K takes about a quarter of it."""
FIXED_ENVIRONMENT = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""What every worker is given besides: one thread each, and nothing left to chance."""

HARMLESS = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV")
"""What a process needs of an environment to start: no keys."""


def harmless(environment: Mapping[str, str]) -> dict[str, str]:
    """What workers may see of an environment."""
    return {name: environment[name] for name in HARMLESS if name in environment}


def command_line(most_bytes: int) -> list[str]:
    """What starts a worker that may have `most_bytes` of address space (0: any); no module of the working folder."""
    return [sys.executable, "-P", "-m", "storyboard.media.worker", str(most_bytes)]


def run_job(job: Job, report: Report) -> Answer:
    """Do a job here and now. Raises MediaError."""
    match job:
        case DrawJob():
            return _draw(job, report)
        case ConformJob():
            from storyboard.media.making.conform import conform

            return conform(job, report)
        case CardJob():
            from storyboard.media.making.card import card

            return card(job, report)
        case RenderJob():
            from storyboard.media.making.program import render

            return render(job, report)
        case VerifyJob():
            from storyboard.media.reading.verify import verify

            return verify(Path(job.path), report)
        case FrameJob():
            from storyboard.media.reading.taking import take_frame

            return take_frame(Path(job.path), job.index, Path(job.target), report, job.width_px)
        case ChooseJob():
            from storyboard.media.reading.judging import choose

            return choose(Path(job.path), job.first, job.last, job.best, report)
        case JoinJob():
            from storyboard.media.joining.join import join
            from storyboard.media.reel import Reel

            return join(Reel.from_json(job.timeline), Path(job.target), report)
        case PieceJob():
            from storyboard.media.joining.pieces import encode
            from storyboard.media.pieces import Piece
            from storyboard.media.reel import Reel

            return encode(Piece(Reel.from_json(job.timeline), job.first, job.last), Path(job.target), report)
        case AssembleJob():
            from storyboard.media.joining.pieces import assemble
            from storyboard.media.reel import Reel

            paths, sound = [Path(one) for one in job.pieces], Path(job.sound) if job.sound is not None else None
            return assemble(Reel.from_json(job.timeline), paths, sound, Path(job.target), report)
        case MixJob():
            from storyboard.media.reel import Reel
            from storyboard.media.sound.mix import encoded

            return encoded(Reel.from_json(job.timeline), Path(job.target), report)
        case MeasureJob():
            from storyboard.media.reading.measure import measure, measure_sound

            path = Path(job.path)
            seconds, sounds = measure(path) if job.of == "picture" else (measure_sound(path), True)
            return Length(str(seconds), sounds)
        case LoudnessJob():
            from storyboard.media.reel import Reel
            from storyboard.media.sound.mix import loudness

            return loudness(Reel.from_json(job.timeline), report)
        case DraftJob():
            from storyboard.media.joining.draft import draft
            from storyboard.media.reel import Reel

            return draft(Reel.from_json(job.timeline), Path(job.target), report)
        case SheetJob():
            from storyboard.media.making.sheet import print_sheet

            return print_sheet(job, report)
        case CheckJob():
            from storyboard.media.quality.clip import check_clip

            return check_clip(job, report)
        case SeamJob():
            from storyboard.media.quality.join import measure_join

            return measure_join(job, report)
        case MatchJob():
            from storyboard.media.grading.match import match

            return match(job, report)


def _draw(job: DrawJob, report: Report) -> Answer:
    """Draw a clip, then verify what was written."""
    from storyboard.media.animatic import Spec
    from storyboard.media.animatic.draw import draw
    from storyboard.media.reading.verify import verify

    target = Path(job.target)
    draw(Spec.from_json(job.spec), target, lambda share: report(share * 0.9))
    return verify(target, lambda share: report(0.9 + share * 0.1))


def main() -> None:
    """Serve jobs from standard input until it closes. The first argument limits the memory, in bytes; 0 does not."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop; a console may signal us both
    limit_memory(int(sys.argv[1]))
    speech = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines: queue.Queue[str] = queue.Queue()
    serving = threading.Event()
    threading.Thread(target=_listen, args=(lines, serving), daemon=True).start()
    while True:
        data = json.loads(lines.get())
        serving.set()
        said = _served(data, speech)
        serving.clear()
        _say(speech, said)


def _listen(lines: queue.Queue[str], serving: threading.Event) -> None:
    """Pass on what the parent says; end the process when the parent is gone, with the program that it runs."""
    for line in sys.stdin:
        lines.put(line)
    if serving.is_set() and os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _served(data: Mapping[str, Any], speech: TextIO) -> dict[str, Any]:
    """Do the job and give the last word about it. Nothing a job raises ends the worker, except what is meant to."""
    told, last = 0.0, time.monotonic() - SHARE_S  # the first is told at once

    def report(share: float) -> None:
        nonlocal told, last
        now = time.monotonic()
        if now >= last + (SHARE_S if share >= told + SHARE_STEP else HEARTBEAT_S):
            told, last = share, now
            _say(speech, {"share": round(share, 4)})

    try:
        return answer_to_json(run_job(job_from_json(data), report))
    except MediaError as error:
        return {"error": error.code, "message": error.message}
    except MemoryError:
        return {"error": "media-memory", "message": "the memory allowed for one job was not enough"}
    except Exception as error:  # noqa: BLE001 -- a worker reports whatever goes wrong in a job, with its trace on stderr
        traceback.print_exc()
        return {"error": BUG, "message": f"{type(error).__name__}: {error}"}


def _say(speech: TextIO, data: Mapping[str, Any]) -> None:
    speech.write(json.dumps(data) + "\n")
    speech.flush()


def limit_memory(most_bytes: int) -> None:
    """Let this process have no more than `most_bytes` of address space, where the platform can; 0 is no limit.

    It is the soft limit, so that it need not be that of a program that the process runs.
    """
    try:
        import resource
    except ImportError:
        return
    if most_bytes and sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    main()
