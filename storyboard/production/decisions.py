"""Decisions of a person: which take is circled, whose clip stays. They are written into the storyboard.

A render that runs meanwhile is told through its inbox; where none runs, nothing is left there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import JobId, ShotId, TakeId
from storyboard.language import edit
from storyboard.language.text.names import normal
from storyboard.planning import plan, uses
from storyboard.planning.naming import shot_of_takes
from storyboard.production.planned import Planned, existing
from storyboard.production.production import Production
from storyboard.rendering.edge import random_id
from storyboard.rendering.mail import DECISION
from storyboard.rendering.settling import adoptable, adopted, alternative, duplicate, owner, unsettled
from storyboard.state.disk import LocalDisk
from storyboard.state.inbox import Inbox, Message
from storyboard.state.journal import AttemptRecord
from storyboard.state.lock import Lock, is_held
from storyboard.state.rewrite import rewrite
from storyboard.state.sqlite import SqliteJournal

Files = Sequence[tuple[str, bytes]]


def circle(made: Production, name: str, take: int, profiles: Sequence[str] = ()) -> Path | None:
    """Circle a take; the file that was changed, None where it said so already.

    Raises Refused: 2 for a shot or a take that is not there, 10, 14.
    """
    planned = made.plan()
    shot = shot_of_takes(planned.plan.film, name)
    takes = [one.number for one in planned.plan.by_shot.get(shot.id, ())]
    if take not in takes:
        has = f"takes {', '.join(map(str, takes))}" if len(takes) > 1 else "only take 1" if takes else "no takes"
        hint = f"storyboard render {made.spelt} --retake {shot.id} makes another"
        raise Refused([Diagnostic("circled-take", f'shot "{shot.id}" has {has}, not {take}', hint=hint)], 2)
    file = _write(made, planned, lambda files: edit.circle(files, shot.id, take, profiles))
    if not _tell(made, {"shot": shot.id, "circled": take, "profiles": list(profiles)}):
        _accept(made, planned, shot.id, take, profiles)
    return file


def _accept(made: Production, planned: Planned, shot: ShotId, take: int, profiles: Sequence[str]) -> None:
    """Remember that a person has looked at a take and circled it. Raises Refused: 11, 13, 14."""
    seen = list(uses.circled(planned.plan, made.name or "", planned.history, shot, take, profiles))
    if seen:
        with Lock(made.folder.lock, time.time()), SqliteJournal(made.folder.database) as journal:
            journal.append(seen)


def lock(made: Production, name: str) -> Path | None:
    """Let a shot's clip stay, whatever changes. See `circle`."""
    return _locked(made, name, True)


def unlock(made: Production, name: str) -> Path | None:
    """Let a shot's clip go with what is asked for again. See `circle`."""
    return _locked(made, name, False)


def adopt(made: Production, name: str, job: str) -> TakeId:
    """Bind a job that the provider holds to a take of unknown fate, so that the next render fetches its clip. The job
    of a duplicate becomes the next take of its shot.

    Raises Refused: 2 where no such take waits or the job belongs to another one, 11 while a render runs, 13, 14.
    """
    planned, folder = made.plan(), made.folder
    with Lock(folder.lock, time.time()), SqliteJournal(folder.database) as journal:
        history = journal.read()
        double = duplicate(JobId(job), history)
        if double is not None:
            return _kept_too(made, planned, name, double, journal)
        found = [one for one in unsettled(planned.plan.takes, history) if adoptable(one)]
        one = next((one for one in found if one.take.id == normal(name)), None)
        if one is None:
            waiting = ", ".join(each.take.id for each in found) or "none"
            hint = f"takes of unknown fate: {waiting}"
            raise Refused([Diagnostic("cannot-adopt", f'no take "{name}" waits for its job', hint=hint)], 2)
        bound = owner(JobId(job), history)
        if bound is not None:
            raise Refused([Diagnostic("cannot-adopt", f'job "{job}" belongs to take {bound}')], 2)
        journal.append(adopted(one, JobId(job), time.time()))
    return one.take.id


def _kept_too(made: Production, planned: Planned, name: str, double: AttemptRecord, journal: SqliteJournal) -> TakeId:
    """Make the job of a duplicate the next take of its shot. Raises Refused (2) where it is not that shot's."""
    history = journal.read()
    of = history.takes[double.take]
    shot = next((take.shot for take in planned.plan.takes if take.key == of.key), None)
    if shot is None or normal(name) not in (of.take, shot.id):
        raise Refused([Diagnostic("cannot-adopt", f'job "{double.job}" is a duplicate of take {of.take}')], 2)
    film, named = planned.plan.film, made.name or ""
    again = plan.make(
        film, made.capabilities, existing(history, made.folder.store(LocalDisk())), planned.digests, {shot.id}, named
    )
    take = again.by_shot[shot.id][-1]
    journal.append(alternative(take, of, double, time.time()))
    return take.id


def _locked(made: Production, name: str, locked: bool) -> Path | None:
    planned = made.plan()
    shot = shot_of_takes(planned.plan.film, name)
    act = edit.lock if locked else edit.unlock
    file = _write(made, planned, lambda files: act(files, shot.id))
    _tell(made, {"shot": shot.id, "locked": locked})
    return file


def _write(made: Production, planned: Planned, act: Callable[[Files], edit.Edited]) -> Path | None:
    """Let `act` decide on the main file and those in which shots stand, and write the one that it changed."""
    shots = {shot.place.file: Path(shot.place.file) for shot in planned.plan.film.shots}
    paths = [made.path, *(path for path in shots.values() if path != made.path)]
    try:
        files = [(str(path), path.read_bytes()) for path in paths]
    except OSError as error:
        message = f"cannot read {error.filename}: {error.strerror}"
        raise Refused([Diagnostic("unreadable-file", message)]) from error
    edited = act(files)
    if edited.before == edited.after:
        return None
    path = paths[edited.source]
    rewrite(path, edited.before, edited.after, (made.path.absolute().parent, *made.allow))
    return path


def _tell(made: Production, decision: dict[str, object]) -> bool:
    """Tell a render that runs; False where none does."""
    folder = made.folder
    held = is_held(folder.lock)
    if held:
        Inbox(folder.inbox, LocalDisk()).send(Message(random_id(), DECISION, time.time(), decision))
    return held
