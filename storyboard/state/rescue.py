"""The last resort for a job that a provider has just named, when the journal cannot be written any more.

Laws. The file is made, as long as it will ever be, and synced before anything is ordered, so that a disk that is full
cannot keep a job's name out of it. It is written over in place. The next run takes in what it says before it does
anything else, and wipes it only after the journal holds that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from storyboard.film import JobId
from storyboard.state.disk import Disk, refusing
from storyboard.state.journal import AttemptRecord, History
from storyboard.structs import replace

RESERVE_BYTES = 64 * 1024


class Rescue:
    """The file at `path`, on `disk`."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._said: dict[str, str] = {}

    def prepare(self) -> None:
        """Make the file where it is missing. Raises Refused (14) where the disk has no room for it."""
        with refusing(self._path):
            if self._disk.exists(self._path) and self._disk.size(self._path) == RESERVE_BYTES:
                return
            part = self._path.with_name(f"{self._path.name}.part")
            self._disk.write(part, bytes(RESERVE_BYTES))
            self._disk.sync(part)
            self._disk.rename(part, self._path)
            self._disk.sync_dir(self._path.parent)

    def keep(self, attempts: Sequence[AttemptRecord]) -> bool:
        """Write down attempts that were accepted, beside those of this run; False where even that fails."""
        for one in attempts:
            charged = None if one.charged is None else str(one.charged)
            self._said[one.id] = json.dumps({"attempt": one.id, "job": one.job, "charged": charged})
        data = "\n".join([*self._said.values(), ""]).encode()
        if len(data) > RESERVE_BYTES:
            return False
        try:
            self._disk.overwrite(self._path, data)
        except OSError:
            return False
        return True

    def taken_in(self, history: History) -> list[AttemptRecord]:
        """What a journal lacks of what was written down, as records for it. Raises Refused (14)."""
        with refusing(self._path):
            data = self._disk.read(self._path) if self._disk.exists(self._path) else b""
        if data == bytes(len(data)):  # as nearly always, and it is quick to see
            return []
        found = [_read(line, history) for line in data.rstrip(b"\0").splitlines()]
        return [one for one in found if one is not None]

    def wipe(self) -> None:
        """Forget it all, once the journal holds it. Raises Refused (14)."""
        self._said.clear()
        with refusing(self._path):
            if self._disk.exists(self._path):
                self._disk.overwrite(self._path, bytes(RESERVE_BYTES))


def _read(line: bytes, history: History) -> AttemptRecord | None:
    """The record that a line makes of its attempt; None for one that is known, or is no such line."""
    try:
        said = json.loads(line)
        attempt, job, charged = history.attempts.get(said["attempt"]), said["job"], said["charged"]
        amount = None if charged is None else Decimal(charged)
    except (ValueError, TypeError, KeyError, InvalidOperation):
        return None
    if attempt is None or attempt.job is not None or not isinstance(job, str) or not job:
        return None
    return replace(attempt, state="accepted", job=JobId(job), charged=amount, reason=None)
