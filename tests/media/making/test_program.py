"""Programs that are no renderers at all, or slow, or good: real ones."""

import json
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
import trio

from storyboard.media.executor import open_executor
from storyboard.media.jobs import MediaError, RenderJob
from storyboard.media.making.program import render
from storyboard.media.reading.verify import verify
from storyboard.structs import replace
from tests.media.footage import film, silent
from tests.media.test_executor import ENVIRONMENT, PATIENCE_S

REQUEST = {"prompt": "Fog.", "seed": 7}
FOREVER = (
    "import os, signal, sys\n"
    "open(sys.argv[1], 'w').write(str(os.getpid()))\n"
    "print('{\"share\": 0.1}', flush=True)\n"
    "signal.pause()"
)


def job(folder: Path, program: str, *arguments: str | Path) -> RenderJob:
    return RenderJob([sys.executable, "-c", program, *map(str, arguments)], REQUEST, str(folder / "1A.part"), {})


def copying(folder: Path, more: str = "") -> RenderJob:
    """A job whose program delivers a clip that lies there, and notes what it was told and what it saw."""
    clip = film(folder / "there.mp4")
    program = (
        "import json, os, resource, shutil, sys\n"
        "asked = json.load(sys.stdin)\n"
        "print('hello'); print(json.dumps({'share': 0.5}), flush=True)\n"
        "seen = {'asked': asked, 'environment': dict(os.environ), 'folder': os.listdir(), 'at': os.getcwd(),\n"
        "        'memory': resource.getrlimit(resource.RLIMIT_AS)[0]}\n"
        "json.dump(seen, open(sys.argv[2], 'w'))\n"
        f"{more}shutil.copy(sys.argv[1], asked['target'])\n"
    )
    return job(folder, program, clip, folder / "seen.json")


async def test_a_program_makes_a_clip_and_sees_no_key_and_no_bound(tmp_path: Path) -> None:
    shares: list[float] = []
    one = copying(tmp_path)
    async with open_executor(1, ENVIRONMENT) as executor:
        clip = await executor.run(one, shares.append)
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert clip == verify(tmp_path / "there.mp4", silent)
    assert (tmp_path / "1A.part").read_bytes() == (tmp_path / "there.mp4").read_bytes()
    assert seen["asked"] == {**REQUEST, "target": str(tmp_path / "1A.part.mp4")}
    assert set(seen["environment"]) <= {*ENVIRONMENT, "LC_CTYPE"}
    assert (seen["folder"], seen["memory"]) == ([], -1)
    assert not await trio.Path(seen["at"]).exists()
    assert shares == sorted(shares)
    assert 0.475 in shares
    assert {one.name for one in tmp_path.iterdir()} == {"1A.part", "seen.json", "there.mp4"}  # noqa: ASYNC240


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("import sys; sys.exit('no GPU is free')", "ended with 1: no GPU is free"),
        ("import os; os.kill(os.getpid(), 9)", "was killed by signal 9"),
        ('print(\'{"share": "most"}\')', "there is no clip at the target"),
    ],
)
def test_why_there_is_no_clip_is_told_in_its_own_words(tmp_path: Path, program: str, told: str) -> None:
    with pytest.raises(MediaError) as raised:
        render(job(tmp_path, program), silent)
    assert raised.value.code == "renderer-failed"
    assert told in raised.value.message


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="there is no program no-such-renderer on this machine") as raised:
        render(RenderJob(["no-such-renderer"], REQUEST, str(tmp_path / "1A.part"), {}), silent)
    assert raised.value.code == "renderer-failed"


def test_what_is_no_clip_does_not_count(tmp_path: Path) -> None:
    program = "import json, sys; open(json.load(sys.stdin)['target'], 'w').write('<html>')"
    with pytest.raises(MediaError) as raised:
        render(job(tmp_path, program), silent)
    assert raised.value.code == "not-media"
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for another's child needs Linux")
async def test_a_program_that_nobody_waits_for_is_killed(tmp_path: Path) -> None:
    one = job(tmp_path, FOREVER, tmp_path / "pid")
    told: list[int] = []

    def watch(share: float) -> None:
        if share > 0:
            told.append(os.pidfd_open(int((tmp_path / "pid").read_text())))
            scope.cancel()

    async with open_executor(1, ENVIRONMENT) as executor:
        with trio.CancelScope() as scope:
            await executor.run(one, watch)
        assert _gone(told[0])


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for another's child needs Linux")
async def test_a_program_that_takes_too_long_is_killed_with_what_it_started(tmp_path: Path) -> None:
    program = (
        "import os, signal, subprocess, sys\n"
        "child = subprocess.Popen(['sleep', '1000'])\n"
        "open(sys.argv[1], 'w').write(f'{os.getpid()} {child.pid}')\n"
        "print('{\"share\": 0.1}', flush=True)\n"
        "signal.pause()"
    )
    one = replace(job(tmp_path, program, tmp_path / "pids"), timeout_s=3.0)
    opened: list[int] = []

    def watch(share: float) -> None:
        if share > 0 and not opened:
            opened.extend(os.pidfd_open(int(pid)) for pid in (tmp_path / "pids").read_text().split())

    async with open_executor(1, ENVIRONMENT) as executor:
        with pytest.raises(MediaError) as raised:
            await executor.run(one, watch)
        assert len(opened) == 2
        assert all(_gone(one) for one in opened)
        assert not executor.processes
    assert raised.value.code == "renderer-timeout"
    assert "for longer than timeout_s = 3 allows" in raised.value.message
    assert {path.name for path in tmp_path.iterdir()} == {"pids"}  # noqa: ASYNC240


def test_a_program_that_closes_its_output_is_waited_for(tmp_path: Path) -> None:
    shares: list[float] = []
    wait = "import time; sys.stdout.flush(); os.close(1); time.sleep(1.2)\n"
    render(copying(tmp_path, more=wait), shares.append)
    assert sum(share == 0.475 for share in shares) >= 2


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for another's child needs Linux")
def test_a_program_ends_with_the_render_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import json, sys, trio\n"
        "from storyboard.media.executor import open_executor\n"
        "from storyboard.media.jobs import RenderJob\n"
        "async def main():\n"
        "    async with open_executor(1, {}) as executor:\n"
        "        job = RenderJob(json.loads(sys.argv[1]), {}, sys.argv[2], {})\n"
        "        await executor.run(job, lambda share: share and print('begun', flush=True))\n"
        "trio.run(main)"
    )
    one = job(tmp_path, FOREVER, tmp_path / "pid")
    line = [sys.executable, "-c", program, json.dumps(one.command), one.target]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        renderer = os.pidfd_open(int((tmp_path / "pid").read_text()))
        parent.kill()
        assert _gone(renderer)


async def test_programs_run_beside_the_media_jobs(tmp_path: Path) -> None:
    """Two of them at once on an executor of one process: each waits until the other has begun."""
    wait = (
        "import os, time\n"
        "open(sys.argv[2] + '.begun', 'w').close()\n"
        "while not os.path.exists(sys.argv[3] + '.begun'): time.sleep(0.01)\n"
    )
    jobs = []
    for name, other in (("a", "b"), ("b", "a")):
        folder = tmp_path / name
        folder.mkdir()
        one = copying(folder, more=wait)
        jobs.append(RenderJob([*one.command, str(tmp_path / other / "seen.json")], REQUEST, one.target, {}))
    with trio.fail_after(PATIENCE_S):
        async with open_executor(1, ENVIRONMENT) as executor, trio.open_nursery() as nursery:
            for one in jobs:
                nursery.start_soon(executor.run, one)
    assert all(Path(one.target).exists() for one in jobs)  # noqa: ASYNC240


def _gone(process: int) -> bool:
    """Whether a process ends, in time."""
    found, _, _ = select.select([process], [], [], PATIENCE_S)
    os.close(process)
    return bool(found)
