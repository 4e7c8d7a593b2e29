import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from storyboard.film import Clip
from storyboard.media.animatic import Spec
from storyboard.media.jobs import (
    CardJob,
    ConformJob,
    DrawJob,
    FrameJob,
    Job,
    JoinJob,
    MediaError,
    Taken,
    VerifyJob,
)
from storyboard.media.reading.verify import verify
from storyboard.media.reel import Reel, Segment
from storyboard.media.wire import answer_from_json, job_to_json
from storyboard.media.worker import run_job
from tests.media.footage import film, silent

PATIENCE_S = 30


@contextmanager
def worker() -> Iterator["subprocess.Popen[str]"]:
    """A worker process to talk to."""
    command = [sys.executable, "-P", "-m", "storyboard.media.worker", "0"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def ask(process: "subprocess.Popen[str]", data: Any) -> list[dict[str, Any]]:
    """Hand over a job; everything the worker says about it."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(data) + "\n")
    said: list[dict[str, Any]] = []
    while not said or "share" in said[-1]:
        said.append(json.loads(process.stdout.readline()))
    return said


def long_job(folder: Path) -> Job:
    """A join that takes several seconds."""
    path = str(film(folder / "a.mp4"))
    reel = Reel(160, 90, Fraction(24), False, tuple(Segment(path, 0, 48) for _ in range(200)))
    return JoinJob(reel.to_json(), str(folder / "film.mp4"))


def test_every_kind_of_job_is_done(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    assert run_job(VerifyJob(str(path)), silent) == verify(path, silent)
    assert isinstance(run_job(FrameJob(str(path), 3, str(tmp_path / "a.png")), silent), Taken)
    conformed = ConformJob(str(path), "0", "1", "1", 160, 90, "24", "crop", None, True, str(tmp_path / "c.mp4"))
    assert run_job(conformed, silent) == verify(tmp_path / "c.mp4", silent)
    carded = CardJob("Oslo", "#000000", None, "1", 160, 90, "24", "crop", True, str(tmp_path / "d.mp4"))
    assert run_job(carded, silent) == verify(tmp_path / "d.mp4", silent)
    reel = Reel(160, 90, Fraction(24), False, (Segment(str(path), 0, 10),))
    joined = run_job(JoinJob(reel.to_json(), str(tmp_path / "film.mp4")), silent)
    assert isinstance(joined, Clip)
    assert joined.frames == 10


def test_a_drawn_clip_is_answered_as_it_was_verified(tmp_path: Path) -> None:
    spec = Spec(slate="1A", duration="0.5", width_px=160, height_px=90, audio=True)
    target = tmp_path / "1A.mp4"
    shares: list[float] = []
    drawn = run_job(DrawJob(spec.to_json(), str(target)), shares.append)
    assert isinstance(drawn, Clip)
    assert (drawn.frames, drawn.has_audio) == (13, True)
    assert drawn == verify(target, silent)
    assert shares == sorted(shares)
    assert [one.name for one in tmp_path.iterdir()] == ["1A.mp4"]


def test_a_job_that_cannot_be_done_raises_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as raised:
        run_job(VerifyJob(str(tmp_path / "missing.mp4")), silent)
    assert raised.value.code == "missing-media"


def test_a_worker_tells_progress_and_answers(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    with worker() as process:
        *shares, answer = ask(process, job_to_json(VerifyJob(str(path))))
        assert answer_from_json(answer) == verify(path, silent)
        assert shares
        assert [one["share"] for one in shares] == sorted(one["share"] for one in shares)


def test_a_worker_outlives_a_job_that_fails(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    with worker() as process:
        assert ask(process, job_to_json(VerifyJob("/missing.mp4")))[-1]["error"] == "missing-media"
        assert ask(process, {"job": "nonsense"})[-1]["error"] == "media-bug"
        assert ask(process, job_to_json(VerifyJob(str(path))))[-1]["frames"] == 48


def test_an_idle_worker_ends_when_its_parent_goes(tmp_path: Path) -> None:
    with worker() as process:
        ask(process, job_to_json(VerifyJob("/missing.mp4")))
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0


def test_a_worker_ends_in_the_middle_of_a_job_when_its_parent_goes(tmp_path: Path) -> None:
    with worker() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(job_to_json(long_job(tmp_path))) + "\n")
        assert "share" in json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0
    assert not (tmp_path / "film.mp4").exists()


def test_what_a_library_prints_does_not_enter_the_conversation() -> None:
    program = (
        "import os, sys; sys.argv = ['worker', '0']\n"
        "from storyboard.media import worker\n"
        "def noisy(job, report): print('print'); os.write(1, b'write'); raise MemoryError\n"
        "worker.run_job = noisy\n"
        "worker.main()"
    )
    line = json.dumps(job_to_json(VerifyJob("a.mp4"))) + "\n"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["error"] == "media-memory"
        process.kill()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="only Linux limits address space")
def test_memory_is_limited() -> None:
    program = (
        "from storyboard.media.worker import limit_memory\n"
        "limit_memory(2**30)\n"
        "try:\n    bytearray(2**31)\nexcept MemoryError:\n    print('limited')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )
    assert done.stdout == "limited\n"
