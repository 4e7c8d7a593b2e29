"""The disk port: the few acts on files whose order decides what survives a power loss.

Laws. A name is durable only after its directory was synced; bytes only after the file was synced; an fsync that failed
is final and never retried. Production is `LocalDisk`; the simulation keeps durable and volatile names in memory.
`LocalDisk` follows no symbolic link, neither at the file nor at the folder that holds it, and opens regular files only.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from storyboard.diagnostics import Diagnostic, Refused

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors that more room would cure: a full disk, a quota, a limit on the size of files."""

_CHUNK_BYTES = 1 << 20
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_QUIET = _NOFOLLOW | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BY_FOLDER = os.open in os.supports_dir_fd


class Disk(Protocol):
    """What the clip store and the inbox do to files. Paths are absolute; errors are `OSError`."""

    def write(self, path: Path, data: bytes) -> None:
        """Create or replace a file with `data`; not yet durable."""

    def overwrite(self, path: Path, data: bytes) -> None:
        """Write over the beginning of a file that is there, in place, and make that durable."""

    def read(self, path: Path) -> bytes:
        """The file's bytes."""

    def digest(self, path: Path) -> str:
        """SHA-256 of the file, read again from the disk, 64 hex digits."""

    def size(self, path: Path) -> int:
        """Length of the file in bytes."""

    def sync(self, path: Path) -> None:
        """Make the file's bytes durable."""

    def sync_dir(self, path: Path) -> None:
        """Make the names in the folder durable."""

    def rename(self, old: Path, new: Path) -> None:
        """Move within one folder, replacing `new`."""

    def remove(self, path: Path) -> None:
        """Remove a file; a missing one is no error."""

    def exists(self, path: Path) -> bool:
        """Whether there is a regular file of that name."""

    def listing(self, path: Path) -> list[str]:
        """Names in the folder, sorted; empty when there is no such folder."""

    def make_dir(self, path: Path) -> None:
        """Create the folder and its parents where they are missing, durably."""


def refusal(error: OSError, path: Path) -> Refused:
    """What a person is told when the disk fails at `path`: `disk-full` or `state-unwritable`, exit code 14."""
    reason = error.strerror or str(error)
    if error.errno in FULL:
        full = Diagnostic("disk-full", f"no room left to write {path}: {reason}", hint="make room, then run it again")
        return Refused([full], exit_code=14)
    return Refused([Diagnostic("state-unwritable", f"cannot use {path}: {reason}")], exit_code=14)


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn an `OSError` inside into the `Refused` of `refusal`."""
    try:
        yield
    except OSError as error:
        raise refusal(error, path) from error


class LocalDisk:
    """The disk of this machine. New files have mode 0600, new folders 0700."""

    def write(self, path: Path, data: bytes) -> None:
        """See `Disk.write`."""
        with _opened(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as fd, open(fd, "wb", closefd=False) as file:
            file.write(data)

    def overwrite(self, path: Path, data: bytes) -> None:
        """See `Disk.overwrite`."""
        with _opened(path, os.O_WRONLY) as fd, open(fd, "wb", closefd=False) as file:
            file.write(data)
            file.flush()
            _flush(fd)

    def read(self, path: Path) -> bytes:
        """See `Disk.read`."""
        with _opened(path, os.O_RDONLY) as fd, open(fd, "rb", closefd=False) as file:
            return file.read()

    def digest(self, path: Path) -> str:
        """See `Disk.digest`. The pages kept in memory are dropped first where the platform allows it."""
        sha = hashlib.sha256()
        with _opened(path, os.O_RDONLY) as fd:
            if sys.platform == "linux":
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            while chunk := os.read(fd, _CHUNK_BYTES):
                sha.update(chunk)
        return sha.hexdigest()

    def size(self, path: Path) -> int:
        """See `Disk.size`."""
        return path.lstat().st_size

    def sync(self, path: Path) -> None:
        """See `Disk.sync`."""
        with _opened(path, os.O_RDWR) as fd:
            _flush(fd)

    def sync_dir(self, path: Path) -> None:
        """See `Disk.sync_dir`. Windows has no such act; renames there are journaled by the filesystem."""
        if sys.platform != "win32":
            with _folder(path) as fd:
                _flush(fd)

    def rename(self, old: Path, new: Path) -> None:
        """See `Disk.rename`. Raises ValueError for names of two folders."""
        if old.parent != new.parent:
            raise ValueError(f"{old} and {new} stand in two folders")
        if not _BY_FOLDER:
            old.replace(new)
            return
        with _folder(old.parent) as folder:
            os.replace(old.name, new.name, src_dir_fd=folder, dst_dir_fd=folder)

    def remove(self, path: Path) -> None:
        """See `Disk.remove`."""
        path.unlink(missing_ok=True)

    def exists(self, path: Path) -> bool:
        """See `Disk.exists`."""
        try:
            return stat.S_ISREG(path.lstat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False

    def listing(self, path: Path) -> list[str]:
        """See `Disk.listing`."""
        try:
            return sorted(entry.name for entry in path.iterdir())
        except FileNotFoundError:
            return []

    def make_dir(self, path: Path) -> None:
        """See `Disk.make_dir`."""
        if path.is_dir():
            return
        self.make_dir(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
        self.sync_dir(path.parent)


@contextmanager
def _folder(path: Path) -> Iterator[int]:
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _QUIET)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    """A descriptor of the regular file. It is opened without waiting, so that a FIFO cannot hang the run."""
    if _BY_FOLDER:
        with _folder(path.parent) as folder:
            fd = os.open(path.name, flags | _QUIET, 0o600, dir_fd=folder)
    else:
        fd = os.open(path, flags | _QUIET, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        yield fd
    finally:
        os.close(fd)


def _flush(fd: int) -> None:
    """fsync, and on macOS the one that reaches the platter."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fsync(fd)
