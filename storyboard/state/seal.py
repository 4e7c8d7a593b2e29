"""A seal: what a state's file was when its last writer let go of it, so that the next need not judge every row again.

Laws. The writer has verified the whole state before it writes, holds the lock, and seals the file it leaves: which file
of this disk, and what its bytes are. One bit that is other than then breaks the seal, and so does a log beside it, a
copy, a restored backup; whoever finds it broken verifies as if there had never been one. A seal is a memo: it is never
an error.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from storyboard.state.memo import read_memo, write_memo


def seal(path: Path) -> None:
    """Say of a state at rest what it is. Hold the lock."""
    with suppress(OSError):
        write_memo(_place(path), _said(path))


def is_sealed(path: Path) -> bool:
    """Whether a state at rest is what its last writer left. Raises OSError where it cannot be read."""
    said = read_memo(_place(path))
    return said is not None and said == _said(path)


def _said(path: Path) -> list[object]:
    about = path.stat()
    with path.open("rb") as file:
        return [about.st_dev, about.st_ino, hashlib.file_digest(file, "blake2b").hexdigest()]


def _place(path: Path) -> Path:
    return path.with_name("seal.json")
