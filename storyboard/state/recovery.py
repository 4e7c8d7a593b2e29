"""A damaged state made usable again: what can be read of it goes into a new one, beside a copy of the old.

Laws. Copies first: the damaged files are copied and synced before anything is replaced, and nothing of them is deleted.
A crash at any point leaves what a second recovery needs. What is lost is taken for the worst: a take that was being
paid for and whose attempt is gone is `ambiguous`, so nothing is bought again unasked; an attempt whose take is gone
keeps its charge and its job. A newer state and one that others may write are refused as ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from storyboard.diagnostics import Refused
from storyboard.film import TakeId, TakeKey
from storyboard.state.disk import LocalDisk, refusing
from storyboard.state.journal import AttemptRecord, History, Record, TakeRecord, TakeState
from storyboard.state.refusals import check_owner
from storyboard.state.salvage import salvage
from storyboard.state.schema import STEPS
from storyboard.state.sqlite import make, verify
from storyboard.structs import replace

_SENT = frozenset(("submitting", "submitted", "downloading"))
_OPEN = frozenset(("intended", "unsure", "ambiguous"))
GONE = "what was known of its order is lost with the state"


class Recovered(Struct, frozen=True):
    """What a damaged state still told, and where the old files are kept."""

    history: History
    kept: Path


def recover(path: Path, aside: Path, paid: Mapping[str, str]) -> Recovered | None:
    """Replace a damaged state file; None where it is sound, or there is none. Hold the lock.

    `aside` is a new folder for the copies. `paid` are the providers that are paid, each with its unit. Raises Refused:
    `state-newer`, `state-unsafe` (13), `disk-full`, `state-unwritable` (14).
    """
    log = path.with_name(f"{path.name}-wal")
    with refusing(path):
        if not (check_owner(path) | check_owner(log)):
            return None
        try:
            if path.exists():
                verify(path)
                return None
        except Refused as refused:
            if refused.diagnostics[0].code != "state-corrupt":
                raise
        disk = LocalDisk()
        old, logged = _bytes(path), _bytes(log)
        if not logged:
            logged = _earlier_log(old, aside.parent, path.name)
        disk.make_dir(aside)
        for name, data in ((path.name, old), (log.name, logged)):
            if data:
                disk.write(aside / name, data)
                disk.sync(aside / name)
        disk.sync_dir(aside)
    history = mended(salvage(old, logged, STEPS), paid)
    make(path, _records(history))
    return Recovered(history, aside)


def mended(found: History, paid: Mapping[str, str]) -> History:
    """What was read, with the gaps closed between records that refer to each other."""
    history = History(attempts=dict(found.attempts), clips=dict(found.clips))
    by_take = {attempt.take: attempt for attempt in sorted(found.attempts.values(), key=lambda one: one.created)}
    for key, take in found.takes.items():
        attempt = by_take.get(key)
        history.keep(_with_clip(take, attempt, found))
        if attempt is None and take.state in _SENT and take.provider in paid:
            history.keep(replace(take, state="ambiguous", error_code="ambiguous", error_message=GONE))
            history.keep(_unknown(take, paid[take.provider]))
    for key, attempt in by_take.items():
        if key not in history.takes:
            history.keep(_stand_in(key, attempt))
    history.frames = {key: one for key, one in found.frames.items() if one.clip in history.clips}
    history.films = {name: one for name, one in found.films.items() if one.clip in history.clips}
    history.uses = {
        key: replace(one, accepted=one.accepted if one.accepted in history.takes else None)
        for key, one in found.uses.items()
        if one.key in history.takes
    }
    return history


def _with_clip(take: TakeRecord, attempt: AttemptRecord | None, found: History) -> TakeRecord:
    """The take, without a clip that nothing is known of: it is adopted by its sidecar, fetched or drawn again."""
    if take.clip is None or take.clip in found.clips:
        return take
    state: TakeState = "downloading" if attempt is not None and attempt.job is not None else "planned"
    return replace(take, state=state if take.state == "done" else take.state, clip=None)


def _unknown(take: TakeRecord, unit: str) -> AttemptRecord:
    """The attempt that a take was on, of which nothing is left."""
    return AttemptRecord(
        id=f"recovered-{take.key[:32]}",
        take=take.key,
        provider=take.provider,
        state="ambiguous",
        key="",
        path="",
        headers="{}",
        body=b"",
        account="",
        created=take.changed,
        unit=unit,
        reason=GONE,
    )


def _stand_in(key: TakeKey, attempt: AttemptRecord) -> TakeRecord:
    """A record for a take of which only an attempt is left: its job is asked for again, and its charge counts."""
    state: TakeState = "submitted" if attempt.job is not None else "failed"
    if attempt.job is None and attempt.state in _OPEN:
        state = "ambiguous"
    name = TakeId(f"recovered-{key[:16]}")
    message = GONE if state != "submitted" else None
    return TakeRecord(
        key,
        name,
        attempt.provider,
        1,
        0,
        "",
        state,
        error_code=state if message else None,
        error_message=message,
        changed=attempt.created,
    )


def _records(history: History) -> list[Record]:
    kinds = (history.clips, history.takes, history.attempts, history.frames, history.films, history.uses)
    return [record for kind in kinds for record in kind.values()]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _earlier_log(database: bytes, kept: Path, name: str) -> bytes:
    """The log that a recovery before this one had copied, and removed, when it was cut off."""
    same = hashlib.sha256(database).digest()
    for folder in sorted(kept.glob("*"), reverse=True):
        copy = folder / name
        if copy.is_file() and hashlib.sha256(copy.read_bytes()).digest() == same:
            return _bytes(folder / f"{name}-wal")
    return b""
