"""The joins of a film: where each shot meets the next, and whether the frame at the cut was carried over it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from storyboard.film import Film, Shot, ShotId
from storyboard.planning.carried import digest_of
from storyboard.planning.plan import Plan, PlannedTake
from storyboard.state.journal import History
from storyboard.timing import carried_index, continues, first_frame, frames_at, index_in, lengths, passed


def seams(plan: Plan, history: History) -> list[dict[str, Any]]:
    """One mapping a join, in film order: `from`, `to`, whether the shot `continues` the one before, the index of the
    frame at the cut in the outgoing clip (None while there is none), and whether that very frame was `carried`.
    """
    have = {take.key for take in plan.takes if take.clip is not None}
    shown = [(shot, plan.shown(shot.id, have) or plan.by_shot[plan.owner[shot.id]][-1]) for shot in plan.film.on_screen]
    counts = lengths(plan.film)
    return [_seam(plan.film, counts, *before, *after, history) for before, after in pairwise(shown)]


def _seam(
    film: Film,
    counts: Mapping[ShotId, int],
    before: Shot,
    out: PlannedTake,
    after: Shot,
    into: PlannedTake,
    history: History,
) -> dict[str, Any]:
    clip = history.clips.get(out.clip) if out.clip else None
    index = None
    if clip is not None:
        fps, length = film.delivery.fps, passed(counts[before.id], before.pace)
        index = index_in(clip, carried_index(first_frame(before, fps), length, frames_at(clip, fps)), fps)
    follows = continues(after, before)
    frame = history.frames.get((clip.id, index)) if clip and index is not None else None
    carried = None
    if follows and into.clip is not None and frame is not None:
        carried = digest_of(into.was_carried, "start") == frame.pixels
    return {"from": before.id, "to": after.id, "continues": follows, "frame": index, "carried": carried}
