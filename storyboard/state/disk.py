"""The disk port: the few acts on files whose order decides what survives a power loss.

Laws. A name is durable only after its directory was synced; bytes only after the file was synced; an fsync that failed
is final and never retried. Production is `LocalDisk`; the simulation keeps durable and volatile names in memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """What the clip store and the inbox do to files. Paths are absolute; errors are `OSError`."""

    def write(self, path: Path, data: bytes) -> None:
        """Create or replace a file with `data`; not yet durable."""

    def read(self, path: Path) -> bytes:
        """The file's bytes."""

    def digest(self, path: Path) -> str:
        """SHA-256 of the file, read again from the disk, 64 hex digits."""

    def sync(self, path: Path) -> None:
        """Make the file's bytes durable."""

    def sync_dir(self, path: Path) -> None:
        """Make the names in the folder durable."""

    def rename(self, old: Path, new: Path) -> None:
        """Move within one filesystem, replacing `new`."""

    def remove(self, path: Path) -> None:
        """Remove a file; a missing one is no error."""

    def exists(self, path: Path) -> bool:
        """Whether there is a regular file of that name."""

    def listing(self, path: Path) -> list[str]:
        """Names in the folder, sorted; empty when there is no such folder."""

    def make_dir(self, path: Path) -> None:
        """Create the folder and its parents where they are missing."""
