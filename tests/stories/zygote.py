"""Commands in processes that have everything imported: forked from this one, and stopped before their first act.

So a tracer that is laid on then counts only what the command does, and a run takes no time to start. What production
does in threads is done inline: the same calls, all in one order, so that each has a number of its own.

Run as `python -m tests.stories.zygote`: a JSON object a line, `{"argv", "environment", "out", "stop"}`, answered by the
process id and, once it has ended, its exit code (negative for a signal).
"""

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import trio

from tests.stories.command import environment

T = TypeVar("T")
PRELOADED = (
    "storyboard.cli.render",
    "storyboard.cli.rendering",
    "storyboard.network.client",
    "storyboard.network.hosting",
    "storyboard.cli.status",
)


class Zygote:
    """The process that forks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.stories.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )

    def begin(self, *argv: str | Path, given: Mapping[str, str], out: Path, stop: bool = False) -> int:
        """Fork a command; its id. With `stop` it waits for SIGCONT before it does anything."""
        told = {"argv": list(map(str, argv)), "environment": environment(**given), "out": str(out), "stop": stop}
        return self._ask(json.dumps(told))

    def end(self) -> int:
        """Wait for the command; its exit code, negative for a signal."""
        return self._ask("")

    def close(self) -> None:
        """Let it end."""
        self._process.communicate(timeout=30)

    def _ask(self, line: str) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())


async def _inline(act: Callable[..., T], *arguments: Any, **_: object) -> T:
    await trio.lowlevel.checkpoint()
    return act(*arguments)


def _become(told: Mapping[str, Any]) -> None:
    """Be the command from here on."""
    from storyboard.cli import main

    os.environ.clear()
    os.environ.update(told["environment"])
    out = os.open(told["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (out, 1), (out, 2)):
        os.dup2(source, target)
    os.closerange(3, 20)
    trio.to_thread.run_sync = _inline  # type: ignore[assignment]  # the same act, without a thread of its own
    if told["stop"]:
        os.kill(os.getpid(), signal.SIGSTOP)
    main(told["argv"])


def _serve() -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    pid = 0
    for line in sys.stdin:
        if not line.strip():
            _, status = os.waitpid(pid, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(told)
        if told["stop"]:
            os.waitpid(pid, os.WUNTRACED)
        print(pid, flush=True)


if __name__ == "__main__":
    _serve()
