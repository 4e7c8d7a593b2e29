"""Decisions of a person: which take is circled, whose clip stays. They are written into the storyboard.

A render that runs meanwhile is told through its inbox; where none runs, nothing is left there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.language import edit
from storyboard.planning.naming import shot_of_takes
from storyboard.production import Production
from storyboard.rendering.edge import random_id
from storyboard.rendering.run import DECISION
from storyboard.session import Planned
from storyboard.state.disk import LocalDisk
from storyboard.state.inbox import Inbox, Message
from storyboard.state.lock import is_held
from storyboard.state.rewrite import rewrite

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
        hint = f"storyboard render {made.path} --retake {shot.id} makes another"
        raise Refused([Diagnostic("circled-take", f'shot "{shot.id}" has {has}, not {take}', hint=hint)], 2)
    file = _write(made, planned, lambda files: edit.circle(files, shot.id, take, profiles))
    if not _tell(made, {"shot": shot.id, "circled": take, "profiles": list(profiles)}):
        made.accept(planned, shot.id, take, profiles)
    return file


def lock(made: Production, name: str) -> Path | None:
    """Let a shot's clip stay, whatever changes. See `circle`."""
    return _locked(made, name, True)


def unlock(made: Production, name: str) -> Path | None:
    """Let a shot's clip go with what is asked for again. See `circle`."""
    return _locked(made, name, False)


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
    held = is_held(folder.lock, time.time())
    if held:
        Inbox(folder.inbox, LocalDisk()).send(Message(random_id(), DECISION, time.time(), decision))
    return held
