"""The lock: one process writes a film's state.

Laws. The lock is the operating system's, on a file of its own that is never deleted, so it dies with its holder. The
holder writes its process, host and start into the file. Taking the lock and writing who took it happen behind a short
lock on the folder, so the loser always reads the holder's own words, never those of a process that was killed before.
The descriptor is not inheritable and workers are spawned, so no child keeps a lock that its parent lost.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct
from msgspec.structs import asdict

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.state.disk import refusing

_HOLDER_BYTES = 4096


class Holder(Struct, frozen=True):
    """Who holds a lock: process id, host name, wall seconds when it was taken."""

    pid: int
    host: str
    started: float


class Lock:
    """The lock of one film, held inside `with`. `now` is wall seconds.

    Entering raises Refused: `already-running` (exit code 11) when another process holds it, `state-unwritable` (14)
    when the file cannot be used.
    """

    def __init__(self, path: Path, now: float) -> None:
        self._path = path
        self._holder = Holder(os.getpid(), platform.node(), now)
        self._fd: int | None = None

    def __enter__(self) -> Self:
        with refusing(self._path), _gate(self._path.parent):
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
            fd = os.open(self._path, flags, 0o600)
            try:
                if not taken(fd):
                    raise _refused(_read(fd))
                _write(fd, self._holder)
            except BaseException:
                os.close(fd)
                raise
            self._fd = fd
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def is_held(path: Path) -> bool:
    """Whether a process holds the lock. Nothing is created or written to find out, on a read-only disk neither, and
    nobody who wants the lock meanwhile is turned away. Raises Refused (14).
    """
    if not path.exists():
        return False
    with refusing(path), _gate(path.parent):
        flags = os.O_RDWR if sys.platform == "win32" else os.O_RDONLY
        fd = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            return not taken(fd)
        finally:
            os.close(fd)


def holder(path: Path) -> Holder | None:
    """Who took the lock last, as the file says; None where it says nothing. It may have ended since."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    try:
        return _read(fd)
    finally:
        os.close(fd)


def _refused(by: Holder | None) -> Refused:
    who = f"process {by.pid} on {by.host}" if by else "another process"
    message = f"{who} is working on this film"
    hint = "wait for it, or end it: storyboard stop FILE"
    return Refused([Diagnostic("already-running", message, hint=hint)], exit_code=11)


def _read(fd: int) -> Holder | None:
    try:
        os.lseek(fd, 0, os.SEEK_SET)
        said = json.loads(os.read(fd, _HOLDER_BYTES))
        return Holder(int(said["pid"]), str(said["host"]), float(said["started"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(fd: int, by: Holder) -> None:
    text = json.dumps(asdict(by)).encode() + b"\n"
    os.lseek(fd, 0, os.SEEK_SET)
    os.write(fd, text)
    os.ftruncate(fd, len(text))


if sys.platform == "win32":
    _BYTE_AT = 1 << 30  # far behind the text: Windows forbids others to read a locked stretch

    def taken(fd: int) -> bool:
        """Lock an open file, unless another process has; it ends with the process, or when the file is closed."""
        import msvcrt

        os.lseek(fd, _BYTE_AT, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    @contextmanager
    def _gate(folder: Path) -> Iterator[None]:
        yield  # a folder cannot be locked here; a loser may read an older holder

else:

    def taken(fd: int) -> bool:
        """Lock an open file, unless another process has; it ends with the process, or when the file is closed."""
        import fcntl

        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def _gate(folder: Path) -> Iterator[None]:
        import fcntl

        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)
