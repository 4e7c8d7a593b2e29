import gc
import json
import os
import select
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import trio

from storyboard.media.executor import InProcess, LocalProcesses, open_executor
from storyboard.media.jobs import FrameJob, JoinJob, MediaError, VerifyJob
from storyboard.media.reading.verify import verify
from storyboard.media.reel import Reel, Segment
from tests.media.footage import film, silent

ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
PATIENCE_S = 30


def long_job(folder: Path) -> JoinJob:
    """A join that takes several seconds."""
    path = str(film(folder / "long.mp4"))
    reel = Reel(160, 90, Fraction(24), False, tuple(Segment(path, 0, 48) for _ in range(200)))
    return JoinJob(reel.to_json(), str(folder / "film.mp4"))


async def start(executor: LocalProcesses) -> int:
    """Have one worker running, idle; its process id."""
    with pytest.raises(MediaError):
        await executor.run(VerifyJob("/missing.mp4"))
    (pid,) = executor.processes
    return pid


async def test_a_job_in_process_answers_and_tells_progress(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    shares: list[float] = []
    assert await InProcess().run(VerifyJob(str(path)), shares.append) == verify(path, silent)
    assert shares[-1] == 1.0
    assert await InProcess().run(VerifyJob(str(path))) == verify(path, silent)


async def test_a_job_in_process_stops_when_it_is_cancelled(tmp_path: Path) -> None:
    job = long_job(tmp_path)
    with trio.CancelScope() as scope:
        await InProcess().run(job, lambda share: scope.cancel())
    assert scope.cancelled_caught
    assert [one.name for one in await trio.Path(tmp_path).iterdir()] == ["long.mp4"]


async def test_a_worker_answers_as_this_process_would(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    shares: list[float] = []
    async with open_executor(1, ENVIRONMENT) as executor:
        assert await executor.run(VerifyJob(str(path)), shares.append) == verify(path, silent)
        taken = await executor.run(FrameJob(str(path), None, str(tmp_path / "a.png")))
        assert taken == await InProcess().run(FrameJob(str(path), None, str(tmp_path / "b.png")))
    assert shares == sorted(shares)
    assert shares


async def test_a_film_has_the_same_bytes_wherever_it_is_joined(tmp_path: Path) -> None:
    path = str(film(tmp_path / "a.mp4", sound_s=2.0))
    reel = Reel(160, 90, Fraction(24), True, (Segment(path, 0, 30), Segment(path, 5, 20))).to_json()
    async with open_executor(1, ENVIRONMENT) as executor:
        there = await executor.run(JoinJob(reel, str(tmp_path / "there.mp4")))
    here = await InProcess().run(JoinJob(reel, str(tmp_path / "here.mp4")))
    assert there == here
    assert (tmp_path / "there.mp4").read_bytes() == (tmp_path / "here.mp4").read_bytes()


async def test_what_goes_wrong_in_a_worker_is_raised_here(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"<html>")
    async with open_executor(1, ENVIRONMENT) as executor:
        with pytest.raises(MediaError) as raised:
            await executor.run(VerifyJob(str(tmp_path / "a.mp4")))
    assert raised.value.code == "not-media"


async def test_workers_start_with_the_work_and_are_used_again(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    async with open_executor(2, ENVIRONMENT) as executor:
        assert executor.processes == frozenset()
        first = await start(executor)
        assert await start(executor) == first
        async with trio.open_nursery() as nursery:
            for _ in range(6):
                nursery.start_soon(executor.run, VerifyJob(str(path)))
        assert len(executor.processes) == 2
        assert first in executor.processes


async def test_a_worker_that_is_killed_is_reported_and_replaced(tmp_path: Path) -> None:
    path, job = film(tmp_path / "a.mp4"), long_job(tmp_path)
    async with open_executor(1, ENVIRONMENT) as executor:
        pid = await start(executor)
        with pytest.raises(MediaError) as raised:
            await executor.run(job, lambda share: os.kill(pid, signal.SIGTERM))
        assert raised.value.code == "worker-died"
        assert "signal 15" in raised.value.message
        assert await executor.run(VerifyJob(str(path))) == verify(path, silent)
        assert pid not in executor.processes
        assert len(executor.processes) == 1


async def test_the_last_words_of_a_worker_are_not_lost(tmp_path: Path) -> None:
    async with open_executor(1, {"PYTHONHOME": str(tmp_path)}) as executor:
        with pytest.raises(MediaError) as raised:
            await executor.run(VerifyJob("/missing.mp4"))
    assert raised.value.code == "worker-died"
    assert "ended with 1: " in raised.value.message
    assert "encodings" in raised.value.message


async def test_a_mistake_of_ours_carries_the_workers_trace(tmp_path: Path) -> None:
    async with open_executor(1, ENVIRONMENT) as executor:
        with pytest.raises(MediaError) as raised:
            await executor.run(JoinJob({}, str(tmp_path / "film.mp4")))
    assert raised.value.code == "media-bug"
    assert "from_json" in raised.value.__notes__[0]


async def test_a_worker_that_cannot_start_is_said_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    async with open_executor(1, ENVIRONMENT) as executor:
        with pytest.raises(MediaError) as raised:
            await executor.run(VerifyJob("/missing.mp4"))
    assert raised.value.code == "worker-died"


async def test_a_worker_that_falls_silent_is_stopped() -> None:
    async with open_executor(1, ENVIRONMENT, silence_s=0.001) as executor:
        with pytest.raises(MediaError) as raised:
            await executor.run(VerifyJob("/missing.mp4"))
        assert raised.value.code == "media-timeout"
        assert executor.processes == frozenset()


async def test_a_cancellation_kills_the_worker_and_leaves_no_film(tmp_path: Path) -> None:
    job = long_job(tmp_path)
    async with open_executor(1, ENVIRONMENT) as executor:
        pid = await start(executor)
        with trio.CancelScope() as scope:
            await executor.run(job, lambda share: scope.cancel())
        assert scope.cancelled_caught
        assert executor.processes == frozenset()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert not (tmp_path / "film.mp4").exists()


async def test_a_job_that_is_cancelled_before_its_worker_starts_leaves_nothing_open(tmp_path: Path) -> None:
    """It waits for the only place, and is cancelled when it has just got it."""
    job, waiting = long_job(tmp_path), trio.CancelScope()

    async def wait() -> None:
        with waiting:
            await executor.run(job)

    async with open_executor(1, ENVIRONMENT) as executor, trio.open_nursery() as nursery:
        with trio.CancelScope() as scope:
            nursery.start_soon(wait)
            await executor.run(job, lambda share: scope.cancel())
        waiting.cancel()
    assert waiting.cancelled_caught
    gc.collect()  # a file that nobody closed is told of now


async def test_no_worker_outlives_the_executor(tmp_path: Path) -> None:
    async with open_executor(2, ENVIRONMENT) as executor:
        pid = await start(executor)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert executor.processes == frozenset()


async def test_a_failing_caller_leaves_no_worker_behind(tmp_path: Path) -> None:
    job = long_job(tmp_path)
    executor: LocalProcesses | None = None
    with pytest.raises(IndexError):
        async with open_executor(1, ENVIRONMENT) as executor:
            await executor.run(job, lambda share: [][1])
    assert executor is not None
    assert executor.processes == frozenset()


@pytest.mark.skipif(sys.platform == "win32", reason="sessions are POSIX")
async def test_a_worker_leads_a_session_of_its_own() -> None:
    async with open_executor(1, ENVIRONMENT) as executor:
        pid = await start(executor)
        assert os.getsid(pid) == pid


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
async def test_a_worker_sees_only_the_environment_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEDANCE2AI_API_KEY", "canary")
    async with open_executor(1, {"LANG": "C.UTF-8"}) as executor:
        pid = await start(executor)
        seen = await trio.Path(f"/proc/{pid}/environ").read_text()
    assert sorted(pair.partition("=")[0] for pair in seen.split("\0") if pair) == [
        "LANG",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "PYTHONHASHSEED",
    ]


async def test_a_module_in_the_working_folder_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A storyboard from a stranger may bring a folder called storyboard, or a json.py."""
    (tmp_path / "json.py").write_text("raise SystemExit('the stranger runs')")
    monkeypatch.chdir(tmp_path)
    async with open_executor(1, ENVIRONMENT) as executor:
        await start(executor)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for another's child needs Linux")
def test_workers_end_by_themselves_when_the_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import json, sys, trio\n"
        "from storyboard.media.executor import open_executor\n"
        "from storyboard.media.jobs import JoinJob\n"
        "async def main():\n"
        "    async with open_executor(1, {}) as executor:\n"
        "        job = JoinJob(json.loads(sys.argv[1]), sys.argv[2])\n"
        "        await executor.run(job, lambda share: print(*executor.processes, flush=True))\n"
        "trio.run(main)"
    )
    job = long_job(tmp_path)
    parent = subprocess.Popen(
        [sys.executable, "-c", program, json.dumps(job.timeline), job.target], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        worker = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        gone, _, _ = select.select([worker], [], [], PATIENCE_S)
        os.close(worker)
    assert gone
    assert not (tmp_path / "film.mp4").exists()
