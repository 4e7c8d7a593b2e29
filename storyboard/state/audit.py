"""The audit of a film's clips: what the journal calls done, held against what is on the disk. Findings are values.

Whether a clip still decodes is not asked here: the caller sends the good ones through the media executor.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from storyboard.film import Clip, TakeId
from storyboard.state.clips import ClipStore
from storyboard.state.disk import Disk, refusing
from storyboard.state.journal import History, TakeRecord


class Finding(Struct, frozen=True):
    """Something wrong with a done take's clip."""

    code: Literal["clip-missing", "clip-damaged"]
    take: TakeId
    message: str


def audit(history: History, store: ClipStore, disk: Disk, *, read_data: bool = False) -> list[Finding]:
    """Every done take's clip: recorded, there, of its size; with `read_data` also of its bytes. In order of takes.

    Raises Refused `state-unwritable` (exit code 14) where the disk fails.
    """
    found: list[Finding] = []
    for take in sorted(history.takes.values(), key=lambda record: (record.take, record.key)):
        if take.state == "done":
            finding = examine(take, history.clips.get(take.clip) if take.clip else None, store, disk, read_data)
            found += [finding] if finding else []
    return found


def examine(take: TakeRecord, clip: Clip | None, store: ClipStore, disk: Disk, read_data: bool) -> Finding | None:
    """What is wrong with one take's clip. Raises Refused as `audit` does."""
    if clip is None:
        return Finding("clip-missing", take.take, f"take {take.take} is done, but no clip of it was recorded")
    path = store.clip_path(clip.id)
    with refusing(path):
        if not disk.exists(path):
            return Finding("clip-missing", take.take, f"the clip of take {take.take} is gone: clips/{path.name}")
        size = disk.size(path)
        if size != clip.bytes:
            message = f"the clip of take {take.take} has {size} bytes, not {clip.bytes}: clips/{path.name}"
            return Finding("clip-damaged", take.take, message)
        if read_data and disk.digest(path) != clip.id:
            message = f"the clip of take {take.take} has other bytes than when it was stored: clips/{path.name}"
            return Finding("clip-damaged", take.take, message)
    return None
