"""Which shots of a film are brought to the colours of their chain's first, and by what grade. Pure.

Laws. A shot is matched where it begins with a frame of another: the two frames show the same, so what lies between
them is drift and nothing else. Its grade is that between these two, then the grade of the other shot; so all of a chain
comes to its first. What is carried to a provider stays as it was: only the cut is graded. A shot that begins otherwise
stays as it is, and those that go on from it come to it. Another shot's clip shown again has that one's grade.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from storyboard.film import Clip, ClipId, Film, Shot, ShotId, TakeKey
from storyboard.media.grading.grade import Grade
from storyboard.media.jobs import Answer, Job, Matched, MatchJob
from storyboard.planning.carried import chosen_of, digest_of
from storyboard.planning.plan import PlannedTake


def matches(
    film: Film,
    takes: Mapping[ShotId, PlannedTake],
    clips: Mapping[ShotId, Clip],
    paths: Callable[[ClipId], Path],
    carried: Mapping[TakeKey, str],
) -> dict[ShotId, tuple[ShotId, MatchJob]]:
    """By shot: the one whose frame it begins with, and the job that finds the grade between the two.

    `takes` and `clips` are those that each shot shows, `carried` the digests that takes of this run were made from.
    """
    found: dict[ShotId, tuple[ShotId, MatchJob]] = {}
    for shot in film.on_screen:
        take, start = takes.get(shot.id), shot.start
        if take is None or start is None or start.shot is None or not start.matched:
            continue
        if start.shot not in clips or shot.id not in clips:
            continue
        edge = next((one for one in take.carries if one.slot == "start"), None)
        if edge is None:
            continue
        source, own = clips[start.shot], clips[shot.id]
        chosen = chosen_of(digest_of(carried.get(take.key, take.was_carried), "start"))
        found[shot.id] = (
            start.shot,
            MatchJob(
                before=str(paths(source.id)),
                carried=chosen if chosen >= 0 else edge.index(source),
                after=str(paths(own.id)),
                opening=0,
                width_px=film.delivery.width_px,
                height_px=film.delivery.height_px,
                fit=film.delivery.fit,
            ),
        )
    return found


def grades(
    film: Film, found: Mapping[ShotId, tuple[ShotId, MatchJob]], answers: Mapping[Job, Answer]
) -> dict[ShotId, Grade]:
    """The grade of every shot that has one."""
    known: dict[ShotId, Grade | None] = {}

    def of(shot: ShotId) -> Grade | None:
        if shot not in known:
            known[shot] = None
            source, job = found.get(shot, (None, None))
            answer = answers.get(job) if job is not None else None
            if source is not None and isinstance(answer, Matched) and answer.grade:
                own, rest = Grade.from_json(answer.grade), of(source)
                known[shot] = own.then(rest) if rest is not None else own
        return known[shot]

    every = {shot.id: of(_shown(shot)) for shot in film.on_screen}
    return {shot: grade for shot, grade in every.items() if grade is not None}


def _shown(shot: Shot) -> ShotId:
    """The shot whose clip it shows."""
    return shot.clip_of or shot.id
