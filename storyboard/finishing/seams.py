"""The joins of a film: where each shot meets the next, and whether the frame at the cut was carried over it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from storyboard.planning.plan import Plan, PlannedTake, digest_of
from storyboard.state.journal import History
from storyboard.timing import carried_index, continues


def seams(plan: Plan, history: History) -> list[dict[str, Any]]:
    """One mapping a join, in film order: `from`, `to`, whether the shot `continues` the one before, the index of the
    frame at the cut in the outgoing clip (None while there is none), and whether that very frame was `carried`.
    """
    have = {take.key for take in plan.takes if take.clip is not None}
    shown = [plan.shown(shot.id, have) or plan.by_shot[shot.id][-1] for shot in plan.film.on_screen]
    return [_seam(before, after, history) for before, after in pairwise(shown)]


def _seam(before: PlannedTake, after: PlannedTake, history: History) -> dict[str, Any]:
    clip = history.clips.get(before.clip) if before.clip else None
    index = carried_index(before.first, before.length, clip.frames) if clip else None
    follows = continues(after.shot, before.shot)
    frame = history.frames.get((clip.id, index)) if clip and index is not None else None
    carried = None
    if follows and after.clip is not None and frame is not None:
        carried = digest_of(after.was_carried, "start") == frame.pixels
    return {"from": before.shot.id, "to": after.shot.id, "continues": follows, "frame": index, "carried": carried}
