"""A take that was made elsewhere is brought in: `storyboard adopt FILE SHOT --file CLIP`.

Laws. Its clip is decoded from end to end like every other, and kept as it was delivered: what it lacks of what the shot
wants is told, not mended. It is a take of the shot as it is written now: later words ask for another. Nothing was
carried into it, so it is never stale. An order of the same take whose fate is unknown is given up, and stays counted;
one whose job runs is left alone, and the clip becomes the next take.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import ADOPTED, Clip, Film, Shot, TakeId
from storyboard.language.text.names import folded, normal
from storyboard.media.jobs import Executor, MediaError, VerifyJob
from storyboard.planning import uses
from storyboard.planning.naming import shot_of_takes
from storyboard.planning.plan import PlannedTake
from storyboard.production.production import Production
from storyboard.rendering.attempts import OPEN
from storyboard.rendering.delivered import shortfall
from storyboard.rendering.edge import random_id
from storyboard.state.disk import refusing
from storyboard.state.journal import AttemptRecord, History, TakeRecord
from storyboard.structs import replace

HEAD = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
"""The boxes that an MP4 begins with."""


class Adopted(Struct, frozen=True):
    """The take that a clip has become, what it lacks (empty: nothing), and whether it was that already."""

    take: TakeId
    clip: Clip
    lacks: str
    already: bool = False


async def adopt_file(made: Production, name: str, path: Path, executor: Executor) -> Adopted:
    """Bring a clip in as a take of a shot, by the name of either.

    Raises Refused: 2 where there is no such shot or take, or the clip cannot be one; 10, 11, 13, 14.
    """
    loaded = made.load()
    shot, number = named(loaded.film, name)
    if shot.locked:
        hint = f"storyboard unlock {made.spelt} {shot.id}"
        raise Refused([Diagnostic("locked-shot", f'the clip of "{shot.id}" is locked', shot.place, hint)], 2)
    _is_mp4(path)
    with made.inside((shot.id,)) as (planned, store, journal):
        part = store.part_path(TakeId(f"{shot.id}-adopted"), random_id())
        try:
            clip = await _decoded(path, part, executor)
            takes, history = planned.plan.by_shot[shot.id], planned.history
            there = next((take for take in takes if take.clip == clip.id), None)
            if there is not None:
                return Adopted(there.id, clip, "", already=True)
            take = chosen(takes, number, history)
            record = TakeRecord(
                take.key, take.id, ADOPTED, take.number, take.rank, take.own, "done", clip=clip.id, changed=time.time()
            )
            store.keep(part, clip, _provenance(take, path))
            given_up = [replace(one, state="given-up", reason="a clip was brought in") for one in _open(take, history)]
            journal.append([clip, record, *given_up])
            history.keep(record)
            history.keep(clip)
            journal.append(list(uses.used(planned.plan, made.name or "", history, {take.key})))
        finally:
            part.unlink(missing_ok=True)
        made.folder.link_take(take.id, clip.id)
        return Adopted(take.id, clip, shortfall(shot, take.duration, loaded.film.delivery.fps, clip))


def named(film: Film, name: str) -> tuple[Shot, int | None]:
    """The shot that a name means, and the number where it is a take's. Raises Refused `unknown-shot` (2)."""
    shots = {folded(shot.id) for shot in film.shots}
    before, dash, number = name.rpartition("-")
    if folded(normal(name)) not in shots and dash and number.isascii() and number.isdigit():
        return shot_of_takes(film, before), int(number[:9])
    return shot_of_takes(film, name), None


def chosen(takes: Collection[PlannedTake], number: int | None, history: History) -> PlannedTake:
    """The take that a clip becomes: the one of that number; else the circled one, the first or the next that has no
    clip and no job. `takes` end with one that is nobody's yet. Raises Refused `cannot-adopt` (2).
    """
    free = [take for take in takes if take.clip is None and not _runs(take, history)]
    if number is None:
        circled = [take for take in free if take.number == take.shot.circled]
        return [*circled, *free][0]
    take = next((one for one in takes if one.number == number), None)
    shot = next(iter(takes)).shot.id
    if take is None:
        raise _refused(f"the next take of {shot} is {max(one.number for one in takes)}, not {number}")
    if take not in free:
        why = "has a clip already" if take.clip is not None else "has a job that runs"
        raise _refused(f"take {take.id} {why}; {shot} alone, without a number, makes it another take")
    return take


def _runs(take: PlannedTake, history: History) -> bool:
    """Whether a job of the take is known that has not ended without a clip."""
    return any(one.take == take.key and one.state in ("accepted", "succeeded") for one in history.attempts.values())


def _open(take: PlannedTake, history: History) -> list[AttemptRecord]:
    """The orders of a take whose fate is unknown."""
    return [one for one in history.attempts.values() if one.take == take.key and one.state in ("ambiguous", *OPEN)]


def _is_mp4(path: Path) -> None:
    """Raises Refused `cannot-adopt` (2) for what is no file, or no MP4."""
    try:
        if not path.is_file():
            raise _refused(f"{path} is no file")
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise _refused(f"cannot read {path}: {error.strerror}") from error
    if head[4:] not in HEAD:
        raise _refused(f"{path} is no MP4; convert it, or let a shot be footage of it: file: {path.name}")


async def _decoded(path: Path, part: Path, executor: Executor) -> Clip:
    """A copy of a clip, decoded. Raises Refused: 2 where it is not good, 14 where the disk fails."""
    with refusing(part):
        shutil.copyfile(path, part)
    try:
        clip = await executor.run(VerifyJob(str(part)))
    except MediaError as error:
        raise _refused(f"{path} is no good clip: {error.message.replace(part.name, path.name)}") from error
    if not isinstance(clip, Clip):
        raise TypeError("a verify job answers a clip")
    return clip


def _provenance(take: PlannedTake, path: Path) -> dict[str, object]:
    told = {"take": take.id, "provider": ADOPTED, "number": take.number, "rank": take.rank, "own": take.own}
    return {"key": take.key, **told, "ask": "", "carried": "", "attempt": None, "file": path.name}


def _refused(message: str) -> Refused:
    return Refused([Diagnostic("cannot-adopt", message)], 2)
