"""A signal in every phase of a paid render: it ends by that signal, loses no word, and nothing is paid twice."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.command import LINE, environment, storyboard
from tests.stories.paying import Gateways, Production, gateways, production

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX signals")

BOARD = """\
storyboard: 1
defaults: {provider: PROVIDER, duration: 5}
shots:
  - {id: 1A, action: Gulls lift.}
  - {id: 1B, provider: animatic, duration: 1, action: Fog.}
"""
PHASES = ("planned", "submitted", "downloaded", "done", "cut")
WAYS = {
    "INT": (signal.SIGINT,),
    "TERM": (signal.SIGTERM,),
    "HUP": (signal.SIGHUP,),
    "INT twice at once": (signal.SIGINT, signal.SIGINT),
    "INT, and later again": (signal.SIGINT, 1.1, signal.SIGINT),
}
SAMPLE = {("submitted", "INT, and later again")}
PAIRS = [
    pytest.param(phase, way, marks=[] if (phase, way) in SAMPLE else pytest.mark.slow)
    for phase in PHASES
    for way in WAYS
]


@pytest.fixture(scope="module")
def at() -> Iterator[Gateways]:
    with gateways() as one:
        yield one


def new(folder: Path, at: Gateways, key: str) -> Production:
    return production(folder, at, "seedance2ai", key, BOARD.replace("PROVIDER", "seedance2ai"))


def once(made: Production, at: Gateways, key: str) -> None:
    """Both takes are done, and one was paid, once."""
    takes = made.status()["takes"]
    assert [take["state"] for take in takes] == ["done", "done"]
    assert [row["task"] for row in at.rows(made.provider, key, "reserve")] == [takes[0]["job"]]


def reached(process: subprocess.Popen[str], phase: str) -> None:
    """Read the news until a phase; `cut` begins with its progress."""
    assert process.stdout is not None
    for line in process.stdout:
        if f'"event": "{phase}"' in line or (phase == "cut" and '"cut": ' in line):
            return


@pytest.mark.parametrize(("phase", "way"), PAIRS)
def test_a_signal_in_any_phase_leaves_what_resumes(phase: str, way: str, tmp_path: Path, at: Gateways) -> None:
    key = f"{phase} {way}".replace(" ", "_").replace(",", "")
    made, numbers = new(tmp_path, at, key), WAYS[way]
    line = [*LINE, "render", str(made.path), "--yes", "--json", "--jobs", "1"]
    pipe = subprocess.PIPE
    with subprocess.Popen(line, env=environment(**made.environment), stdout=pipe, stderr=pipe, text=True) as process:
        reached(process, phase)
        for one in numbers:
            if isinstance(one, float):
                time.sleep(one)  # what is tried is the time between two signals
            elif process.poll() is None:
                process.send_signal(one)
        _, err = process.communicate(timeout=120)
    assert process.returncode in (0, -numbers[0], 128 + int(numbers[0])), err
    assert "Traceback" not in err
    again = made.render()
    assert again.returncode == 0, again.stderr
    once(made, at, key)


def test_a_hang_up_drains_although_nobody_can_be_told(tmp_path: Path, at: Gateways) -> None:
    made = new(tmp_path, at, "hung_up")
    line = [*LINE, "render", str(made.path), "--yes", "--json", "--jobs", "1"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(line, env=environment(**made.environment), stdout=pipe, stderr=pipe, text=True)
    reached(process, "submitted")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()
    process.send_signal(signal.SIGHUP)
    assert process.wait(120) in (-signal.SIGHUP, 129)
    assert storyboard("status", made.path, given=made.environment).returncode == 0
    again = made.render()
    assert again.returncode == 0, again.stderr
    once(made, at, "hung_up")
