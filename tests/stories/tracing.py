"""strace on a process that waits to be traced, and the system calls that matter: those that change or tell anything."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TRACING = [
    pytest.mark.strace,
    pytest.mark.skipif(sys.platform != "linux" or shutil.which("strace") is None, reason="strace is not installed"),
]

NETWORK = ("connect", "sendto", "sendmsg", "recvfrom", "recvmsg")
CALLS = (
    *(*NETWORK, "write"),
    *("fsync", "fdatasync", "rename", "renameat", "renameat2", "ftruncate", "unlink", "unlinkat"),
)
"""Of those below only every seventh is visited."""
MANY = ("pwrite64", "openat")
EVERY = int(os.environ.get("STRACE_EVERY", "7"))


@contextmanager
def traced(pid: int, *options: str) -> Iterator[None]:
    """strace laid on a stopped process, which goes on inside."""
    line = ["strace", "-p", str(pid), *options]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        said = strace.stderr.readline()
        while "attached" not in said:
            assert said, "strace ended"
            said = strace.stderr.readline()
        os.kill(pid, signal.SIGCONT)
        try:
            yield
        finally:
            strace.stderr.read()


def logging(log: Path) -> tuple[str, ...]:
    """strace's options to write every call of these down."""
    return "-o", str(log), "-e", f"trace={','.join((*CALLS, *MANY))}"


def calls_in(log: Path) -> dict[str, int]:
    """How often each call stands in what strace wrote."""
    calls = re.findall(r"^(\w+)\(", log.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return {call: calls.count(call) for call in (*CALLS, *MANY)}


def killing(call: str, number: int) -> tuple[str, ...]:
    """strace's options to kill a process just before its call of that number."""
    return "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"
