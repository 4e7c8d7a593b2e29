"""What a worker keeps of the files that it was sent: a folder of bounded size that the workers of a machine share.

Laws.
- A file is named by its SHA-256. It comes here whole, by a rename or a link, and is hashed whenever it is taken out: a
  disk that lost its end in a power cut is as good as one that never had it.
- What is taken out is a link of its own, so that whoever drops the file meanwhile takes it from nobody.
- Of too much, what was not used for longest goes. Two workers that fetch the same file at once do it twice, and
  neither minds.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path

MOST_BYTES = 20 << 30
"""What is kept at most; and never more than half of the room that the disk has for it."""
ROOM = 0.9
"""What is kept of that when something has to go, so that not every file makes another go."""
STEP = 0.01
"""The share of it that comes in before it is counted again."""


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hex digits. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class Shelf:
    """The files in `folder`, `most_bytes` of them at most."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._uncounted = most_bytes

    def take(self, digest: str, target: Path) -> bool:
        """Put a file to `target`; whether it is there. Raises OSError where the disk does not take it."""
        kept = self._folder / digest
        try:
            os.utime(kept)
        except OSError:
            return False
        try:
            _link(kept, target)
        except FileNotFoundError:  # it was dropped this moment
            return False
        if digest_of(target) == digest:
            return True
        for path in (target, kept):
            path.unlink(missing_ok=True)
        return False

    def keep(self, path: Path, digest: str) -> None:
        """Keep a file whose digest that is; it stays at `path` too. Where the disk takes no more it is not kept."""
        kept = self._folder / digest
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not kept.exists():
                beside = path.with_name(f"{path.name}.kept")
                _link(path, beside)
                beside.replace(kept)
                self._uncounted += kept.stat().st_size
            if self._uncounted >= self._most_bytes * STEP:
                self._tidy()

    def _tidy(self) -> None:
        self._uncounted, found = 0, list[tuple[int, int, Path]]()
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):
                about = path.stat()
                found.append((about.st_mtime_ns, about.st_size, path))
        total = sum(size for _, size, _ in found)
        most = min(self._most_bytes, (shutil.disk_usage(self._folder).free + total) // 2)
        if total <= most:
            return
        for _, size, path in sorted(found):
            if total <= most * ROOM:
                return
            path.unlink(missing_ok=True)
            total -= size


def _link(path: Path, target: Path) -> None:
    """The same file under another name; a copy where the disk knows no such names. Raises OSError."""
    try:
        target.hardlink_to(path)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(path, target)
