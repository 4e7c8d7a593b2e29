"""What a state file is refused for, and how SQLite's errors are told to a person.

Laws. A file is looked at before SQLite opens it: a regular file of ours that nobody else may write, marked as a
storyboard's state. The same holds for the log beside it, which SQLite would replay. A damaged or newer state ends with
exit code 13, a disk that fails with 14.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.state.disk import refusing
from storyboard.state.schema import APPLICATION_ID, VERSION

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_APPLICATION_ID = slice(68, 72)
_UNWRITABLE = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_TAKEN = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def corrupt(reason: str) -> Refused:
    """`state-corrupt`, exit code 13."""
    hint = "nothing was changed; restore a copy, or let storyboard repair read what is left of it"
    return Refused([Diagnostic("state-corrupt", f"the state is damaged: {reason}", hint=hint)], exit_code=13)


def newer(version: int) -> Refused:
    """`state-newer`, exit code 13."""
    message = f"the state has version {version}; this program knows versions up to {VERSION}"
    return Refused([Diagnostic("state-newer", message, hint="update storyboard")], exit_code=13)


def unsafe(path: Path, reason: str, hint: str | None = None) -> Refused:
    """`state-unsafe`, exit code 13."""
    return Refused([Diagnostic("state-unsafe", f"{path} {reason}", hint=hint)], exit_code=13)


def unwritable(path: Path, reason: str) -> Refused:
    """`state-unwritable`, exit code 14."""
    return Refused([Diagnostic("state-unwritable", f"cannot use {path}: {reason}")], exit_code=14)


def check_file(path: Path) -> bool:
    """Whether there is a state, as far as its files and their first bytes tell; nothing is changed.

    Raises Refused: `state-corrupt`, `state-unsafe` (exit code 13), `state-unwritable` (14) where it cannot be read.
    """
    with refusing(path):
        log = path.with_name(path.name + "-wal")
        logged = check_owner(log)
        if not check_owner(path):
            if logged:
                raise corrupt(f"{log.name} is there without {path.name}")
            return False
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
            raise corrupt(f"{path.name} is not a database, or was cut short")
        if int.from_bytes(header[_APPLICATION_ID], "big") != APPLICATION_ID:
            raise corrupt(f"{path.name} is not a storyboard's state")
        return True


def check_owner(path: Path) -> bool:
    """Whether the file exists. Raises Refused `state-unsafe` for one that others may have written."""
    try:
        about = path.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(about.st_mode):
        raise unsafe(path, "is not a regular file")
    if sys.platform != "win32":
        if about.st_uid != os.geteuid():
            raise unsafe(path, "belongs to another user")
        if about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise unsafe(path, "may be written by others", f"if you trust it: chmod 600 {path.name}")
    return True


@contextmanager
def speaking(path: Path) -> Iterator[None]:
    """Tell SQLite's errors inside as `Refused`; a broken rule of the tables is ValueError, the caller's mistake."""
    try:
        with refusing(path):
            yield
    except sqlite3.IntegrityError as error:
        raise ValueError(f"the records do not fit together: {error}") from error
    except sqlite3.ProgrammingError:
        raise
    except UnicodeDecodeError as error:
        raise corrupt("it holds text that is no UTF-8") from error
    except sqlite3.DatabaseError as error:
        raise _told(error, path) from error


def _told(error: sqlite3.DatabaseError, path: Path) -> Refused:
    extended = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    code = extended & 0xFF
    if code == sqlite3.SQLITE_FULL:
        hint = "make room, then run it again"
        return Refused([Diagnostic("disk-full", f"no room left to write {path}", hint=hint)], exit_code=14)
    if code in _TAKEN:
        return Refused([Diagnostic("already-running", f"another process is writing {path}")], exit_code=11)
    if code in _UNWRITABLE and extended != sqlite3.SQLITE_IOERR_SHORT_READ:
        return unwritable(path, str(error))
    return corrupt(str(error))
