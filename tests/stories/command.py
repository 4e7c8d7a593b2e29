"""The command as a person runs it: a process of its own, nothing shared with the test."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

LINE = [sys.executable, "-W", "error", "-m", "storyboard"]


def environment(**more: str) -> dict[str, str]:
    """A bare environment, wide enough to start Python."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "NO_COLOR": "1", **more}


def storyboard(
    *arguments: str | Path, cwd: Path | None = None, given: Mapping[str, str] = MappingProxyType({}), **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; `given` and `more` join its environment."""
    return subprocess.run(
        [*LINE, *map(str, arguments)],
        cwd=cwd,
        env=environment(**given, **more),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )


def start(
    *arguments: str | Path, cwd: Path | None = None, given: Mapping[str, str] = MappingProxyType({})
) -> subprocess.Popen[str]:
    """Start a command and leave it running."""
    return subprocess.Popen(
        [*LINE, *map(str, arguments)],
        cwd=cwd,
        env=environment(**given),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def events(output: str) -> list[dict[str, Any]]:
    """The objects of `render --json`."""
    return [json.loads(line) for line in output.splitlines()]
