"""The first signal drains, the second stops; both leave a state that resumes."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.stories.command import start, storyboard

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX signals")

BOARD = """\
storyboard: 1
delivery: {size: 320x180}
defaults: {duration: SECONDS}
shots:
""" + "".join(f"  - {{id: {n}A, action: Something happens for the {n}. time.}}\n" for n in range(1, 7))


def board(folder: Path, seconds: int) -> Path:
    path = folder / "signals.yaml"
    path.write_text(BOARD.replace("SECONDS", str(seconds)), encoding="utf-8")
    return path


def first_done(process: subprocess.Popen[str]) -> None:
    """Read events until a take is done."""
    assert process.stdout is not None
    for line in process.stdout:
        if '"event": "done"' in line:
            return
    raise AssertionError("the render ended before a take was done")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_the_first_signal_lets_running_clips_finish(number: signal.Signals, code: int, tmp_path: Path) -> None:
    path = board(tmp_path, 1)
    process = start("render", path, "--jobs", "1", "--json")
    first_done(process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (-number, code)
    assert f"Resume: storyboard render {path}" in err
    assert "Traceback" not in err
    assert not list((tmp_path / "signals.storyboard" / "clips").glob("*.part"))
    assert '"event": "finished"' in out
    again = storyboard("render", path)
    assert again.returncode == 0, again.stderr


def test_the_second_signal_stops_at_once(tmp_path: Path) -> None:
    path = board(tmp_path, 60)
    process = start("render", path, "--jobs", "1", "--json")
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    time.sleep(1.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode in (-signal.SIGINT, 130)
    assert "Traceback" not in err
    assert storyboard("status", path).returncode == 0


def test_stop_drains_a_render_in_another_process(tmp_path: Path) -> None:
    path = board(tmp_path, 60)
    process = start("render", path, "--jobs", "1", "--json")
    first_done(process)
    assert storyboard("stop", path).returncode == 0
    _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "Resume: storyboard render" in err
    assert "no render" in storyboard("stop", path).stderr
