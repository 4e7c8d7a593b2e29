"""Where shots are left once it is known which frames they handed on.

A frame that was chosen (`frame: best`, `if_bad: step_back`) cuts the shot that it is of where the next shot on screen
opens on it: what the film then shows of that shot ends before that frame. What the next take was made from decides, so
that the cut fits the clip there is.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from fractions import Fraction

from storyboard.film import Film, Shot, TakeKey
from storyboard.planning.carried import chosen_of, digest_of
from storyboard.planning.plan import Plan
from storyboard.structs import replace


def left(plan: Plan, have: Container[TakeKey], carried: Mapping[TakeKey, str]) -> Film:
    """The film of the takes one has, its shots left at the frames that were chosen.

    `carried` are the digests that takes were made from; one that is not there is read from the plan.
    """
    if not any(shot.start is not None and shot.start.chosen for shot in plan.film.shots):
        return plan.film
    shots = {shot.id: shot for shot in plan.film.shots}
    fps = plan.film.delivery.fps
    before = None
    for shot in plan.film.on_screen:
        take, start = plan.shown(shot.id, have), shot.start
        if take is not None and before is not None and start is not None and start.shot == before:
            index = chosen_of(digest_of(carried.get(take.key, take.was_carried), "start"))
            if index >= 0 and start.mode == "first_frame":
                shots[before] = _left_at(shots[before], index / fps)
                shots[shot.id] = replace(shot, start=replace(start, frame="last"))
        before = shot.id
    return replace(plan.film, shots=tuple(shots.values()))


def _left_at(shot: Shot, seconds: Fraction) -> Shot:
    """A shot that is left at a time of its clip, where that is earlier than it was."""
    out = shot.in_ + seconds * shot.speed if shot.footage is not None else seconds
    return replace(shot, out=min(out, shot.out)) if out > shot.in_ else shot
