"""The peers: installed once into an environment of their own, and commands measured from outside."""

import hashlib
import json
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = """
import json, os, sys, time
quiet = os.open(os.devnull, os.O_WRONLY)
actions = [(os.POSIX_SPAWN_DUP2, quiet, 1), (os.POSIX_SPAWN_DUP2, quiet, 2)]
os.chdir(sys.argv[1])
began = time.perf_counter()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], dict(os.environ), file_actions=actions)
_, status, usage = os.wait4(child, 0)
print(json.dumps([time.perf_counter() - began, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]))
"""
"""A process small enough that its own memory does not stand in the child's peak."""
PREFECT = """
import os, sys
os.environ["PREFECT_HOME"] = sys.argv[1]
os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "true"
os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "180"
os.environ["PREFECT_LOGGING_LEVEL"] = "ERROR"
os.environ["DO_NOT_TRACK"] = "1"
from prefect import flow, task
from prefect.cache_policies import INPUTS
"""
"""How a flow of Prefect begins: its server comes and goes with it, in the folder that is its first argument."""


def environment(*packages: str) -> Path:
    """The `bin` folder of an environment that holds these packages, made where it is not there yet."""
    name = hashlib.sha256(" ".join([sys.version, *packages]).encode()).hexdigest()[:16]
    home = Path(tempfile.gettempdir()) / f"storyboard-bench-{name}"
    bin_folder = home / ("Scripts" if sys.platform == "win32" else "bin")
    if not (home / "whole").exists():
        print(f"installing {', '.join(packages)} …", file=sys.stderr, flush=True)
        venv.create(home, with_pip=True, clear=True)
        command = [
            str(bin_folder / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            *packages,
        ]
        subprocess.run(command, check=True, stdout=sys.stderr)
        (home / "whole").touch()
    return bin_folder


@dataclass(frozen=True)
class Usage:
    """What one command took."""

    wall_s: float
    peak_mib: float


def measured(command: list[str], folder: Path) -> Usage:
    """Run a command in a folder, by its absolute path. Raises RuntimeError where it fails."""
    launched = [sys.executable, "-S", "-E", "-c", LAUNCHER, str(folder), *command]
    answer = subprocess.run(launched, check=True, capture_output=True, text=True)
    seconds, peak, code = json.loads(answer.stdout)
    if code:
        raise RuntimeError(f"{command[0]} ended with {code}")
    return Usage(seconds, peak / (2**20 if sys.platform == "darwin" else 2**10))
