"""Memos: small files beside the journal that hold only what can be computed again, so that it need not be.

Laws. A memo is JSON behind its own SHA-256. One that is missing, damaged, too large, somebody else's or no regular file
is as good as none; it is never an error, and neither is a disk that takes none. It is made under another name, with
mode 0600, and renamed when whole; of two writers one wins. No folder is made for it.

What a memo says of a file holds as long as the file's *identity* is the same: device, number, size, and the times of
its last change of bytes and of anything. Two changes within a tick of the clock have one time, so a file that changed
less than `SETTLED_NS` before it was looked at has no identity yet (git calls such a file racily clean). The number and
the second time are given by this machine and cannot be packed into an archive, so a state folder that comes from a
stranger brings no memo that counts: whoever reads one asks for the identity of something on this disk.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

Identity = list[int]
"""Device, number, bytes, nanoseconds of the last change of bytes, and of the last change of anything."""

SETTLED_NS = 2_000_000_000
"""FAT counts time in steps of two seconds; nothing in use is coarser."""
MOST_BYTES = 512 << 20
_QUIET = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def identity(path: Path, now_ns: int) -> Identity | None:
    """What changes whenever the file does; None where it is no regular file or changed just before `now_ns`.

    `now_ns` is the wall clock's, in nanoseconds, read before anything is read of the file.
    """
    try:
        about = path.stat()
    except OSError:
        return None
    settled = max(about.st_mtime_ns, about.st_ctime_ns) <= now_ns - SETTLED_NS
    if not settled or not stat.S_ISREG(about.st_mode):
        return None
    return [about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns]


def read_memo(path: Path) -> Any:
    """What the memo holds, None where there is none to trust."""
    try:
        fd = os.open(path, os.O_RDONLY | _QUIET)
        with os.fdopen(fd, "rb") as file:
            if not _ours(os.fstat(fd)):
                return None
            digest, _, body = file.read(MOST_BYTES).partition(b"\n")
    except OSError:
        return None
    if digest != sha256(body).hexdigest().encode():
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _ours(about: os.stat_result) -> bool:
    if not stat.S_ISREG(about.st_mode) or about.st_size > MOST_BYTES:
        return False
    foreign = sys.platform != "win32" and about.st_uid != os.geteuid()
    return not foreign and not (sys.platform != "win32" and about.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def write_memo(path: Path, data: Any) -> None:
    """Keep `data`, which is JSON, where the folder is there and takes it; else nothing happens."""
    body = json.dumps(data, separators=(",", ":")).encode()
    part = path.with_name(f"{path.name}.part")
    with suppress(OSError):
        part.unlink(missing_ok=True)
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _QUIET, 0o600)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(sha256(body).hexdigest().encode() + b"\n" + body)
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
