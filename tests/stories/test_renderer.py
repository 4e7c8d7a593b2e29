"""A renderer of one's own, as the reference shows it: declared in the settings, named by a storyboard."""

import json
import os
import re
import select
import signal
import sys
from pathlib import Path

import pytest

from tests.media.cluster.room import room
from tests.media.test_executor import PATIENCE_S
from tests.stories.command import events, start, storyboard

PAGE = (Path(__file__).parents[2] / "storyboard" / "reference" / "cluster.md").read_text(encoding="utf-8")
BOARD = """\
storyboard: 1
title: Painted
delivery: {size: 192x108}
chain: previous
defaults: {provider: paint, duration: 1}
shots:
  - {id: 1A, action: Fog rolls over an empty deck.}
  - {id: 1B, action: A hand on the rail., seed: 3}
"""


@pytest.fixture
def painted(tmp_path: Path) -> Path:
    """A storyboard, and the reference's own renderer in the settings of whoever has it."""
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "paint.py").write_text(program)
    settings = tmp_path / "config" / "storyboard" / "config.toml"
    settings.parent.mkdir(parents=True)
    command = json.dumps([sys.executable, str(tmp_path / "paint.py")])
    settings.write_text(f'[providers.paint]\nkind = "command"\ncommand = {command}\nresources = {{GPU = 1}}\n')
    path = tmp_path / "painted.yaml"
    path.write_text(BOARD)
    return path


def render(path: Path, *options: str) -> list[dict[str, object]]:
    done = storyboard("render", path, "--json", *options, given=settings(path), SEEDANCE2AI_API_KEY="sk_live_1")
    assert done.returncode == 0, done.stderr
    return events(done.stdout)


def settings(path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(path.parent / "config"), "XDG_STATE_HOME": str(path.parent / "user")}


def test_a_storyboard_names_it_and_its_clips_become_the_film(painted: Path) -> None:
    planned = storyboard("plan", painted, "--json", given=settings(painted))
    assert {take["price"]["unit"] for take in json.loads(planned.stdout)["takes"]} == {""}
    told = render(painted)
    assert [one["take"] for one in told if one["event"] == "done"] == ["1A-1", "1B-1"]
    assert any(0 < float(str(one["share"])) < 1 for one in told if one["event"] == "progress" and "share" in one)
    assert told[-1]["frames"] == 48
    assert not any(one["event"] == "submitted" for one in render(painted))


def test_why_it_made_no_clip_is_told_at_the_shot(painted: Path) -> None:
    (painted.parent / "paint.py").write_text("raise SystemExit('no GPU is free')")
    done = storyboard("render", painted, given=settings(painted))
    assert done.returncode == 3
    assert "ended with 1: no GPU is free" in done.stderr
    assert "painted.yaml:7:10" in done.stderr


def test_no_storyboard_brings_one(painted: Path) -> None:
    painted.write_text(BOARD.replace("defaults:", "providers: {paint: {command: [rm]}}\ndefaults:"))
    assert storyboard("check", painted, given=settings(painted)).returncode == 10


@pytest.mark.parametrize(
    ("command", "written"), [("render", "tcp://10.0.0.1:8786"), ("cut", "tls://farm.example:8786")]
)
def test_a_cluster_that_is_not_safe_is_refused_before_anything_happens(
    painted: Path, command: str, written: str
) -> None:
    done = storyboard(command, painted, "--cluster", written, given=settings(painted))
    assert done.returncode == 2
    assert "error[bad-cluster]" in done.stderr
    assert not painted.with_suffix(".storyboard").exists()


@pytest.mark.cluster
def test_it_runs_where_its_resources_are(painted: Path) -> None:
    with room(workers=0) as rack:
        rack.work("--resources", "MEDIA=1")
        gpu = rack.work("--resources", "GPU=1")
        where = painted.parent / "where"
        program = painted.parent / "paint.py"
        program.write_text(
            f"import os\nopen({str(where)!r}, 'a').write(f'{{os.getppid()}}\\n')\n" + program.read_text()
        )
        told = render(painted, "--cluster", rack.url)
        assert told[-1]["frames"] == 48
        assert {_grandparent(int(one)) for one in where.read_text().split()} == {gpu.pid}


@pytest.mark.cluster
def test_where_nobody_has_them_that_is_told(painted: Path) -> None:
    with room() as rack:
        done = storyboard("render", painted, "--cluster", rack.url, given=settings(painted))
    assert done.returncode == 3
    assert f'one that has: dask worker {rack.url} --resources "GPU=1"' in done.stderr


@pytest.mark.cluster
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_on_a_worker_it_ends_with_the_render_that_is_stopped(painted: Path, number: signal.Signals) -> None:
    pid = painted.parent / "pid"
    program = f"import os, signal\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\n"
    program += "print('{\"share\": 0.5}', flush=True)\nsignal.pause()\n"
    (painted.parent / "paint.py").write_text(program)
    with room(workers=0) as rack:
        rack.work("--resources", "GPU=1")
        process = start("render", painted, "--cluster", rack.url, "--json", given=settings(painted))
        assert process.stdout is not None
        assert any('"share": 0.4' in line for line in process.stdout)
        painting = os.pidfd_open(int(pid.read_text()))
        gone: list[int] = []
        while not gone:  # the first signal lets it finish, which it never does; one that comes a second later stops
            process.send_signal(number)
            gone, _, _ = select.select([painting], [], [], 1.5)
        os.close(painting)
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == -number


def _grandparent(pid: int) -> int:
    """The parent of the media worker that had the program run."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
