"""From clips to the film: what is joined, and the joining, unless the very same film is there already."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Clip, ClipId, Film, Shot, ShotId
from storyboard.finishing.loudness import gain, missed
from storyboard.finishing.pieces import Pieces
from storyboard.finishing.subtitles import subtitles
from storyboard.finishing.timeline import Placed, Timeline, timeline
from storyboard.finishing.tracks import narration, tracks
from storyboard.media.coding import CODINGS
from storyboard.media.grading.grade import Grade
from storyboard.media.jobs import (
    Answer,
    Drafted,
    DraftJob,
    Executor,
    Job,
    JoinJob,
    Loudness,
    LoudnessJob,
    MediaError,
    Report,
)
from storyboard.media.reel import Reel, Segment, Stretch
from storyboard.state.disk import LocalDisk
from storyboard.state.journal import FilmRecord, Journal
from storyboard.structs import replace
from storyboard.timecode import MIDNIGHT
from storyboard.version import VERSION

UNCUT = "the film was not cut"
UNGRADED: Mapping[ShotId, Grade] = MappingProxyType({})
MOST_SPARE = 2
MEASURING = 0.1
"""The share of a draft's time in which its loudness is measured."""


def reel(
    line: Timeline,
    film: Film,
    clips: Mapping[ShotId, Clip],
    paths: Mapping[ShotId, Path],
    captioned: Collection[ShotId] = (),
    grades: Mapping[ShotId, Grade] = UNGRADED,
) -> Reel:
    """What is joined: every placed stretch with the file of its clip, and the sounds laid over.

    Where no clip is heard and no sound laid, the film has no sound.
    """
    laid, master = tracks(film, line), CODINGS[film.delivery.codec].master
    shots = {shot.id: shot for shot in film.on_screen}
    return Reel(
        width_px=film.delivery.width_px,
        height_px=film.delivery.height_px,
        fps=line.fps,
        audio=bool(laid) or any(clips[placed.shot].has_audio and not placed.mute for placed in line.picture),
        segments=tuple(
            replace(
                _segment(placed, shots[placed.shot], paths[placed.shot]),
                grade=grades.get(placed.shot),
                spare=_spare(placed, clips[placed.shot]),
            )
            for placed in line.picture
        ),
        fit=film.delivery.fit,
        tracks=laid,
        loudness=film.delivery.loudness,
        subtitles=subtitles(film, line, narration(film, line), captioned),
        burn=film.subtitles is not None and film.subtitles.burn,
        timecode=film.delivery.start.written(line.fps) if master or film.delivery.start != MIDNIGHT else None,
        codec=film.delivery.codec,
    )


def _segment(placed: Placed, shot: Shot, path: Path) -> Segment:
    return Segment(
        path=str(path),
        first=placed.first,
        speed=placed.pace,
        frames=placed.frames,
        gain_db=placed.gain_db,
        mute=placed.mute,
        transition=placed.transition,
        overlap=placed.overlap,
        direction=placed.direction,
        fade_in=placed.fade_in,
        fade_out=placed.fade_out,
        titles=placed.titles,
        lead=placed.lead,
        tail=placed.tail,
        speech=bool(shot.dialogue),
        footage=_footage(shot) if placed.lead or placed.tail else None,
    )


def _spare(placed: Placed, clip: Clip) -> int:
    """For how many frames of the film the clip goes on after what is shown of it, as far as a cut needs them."""
    return min(MOST_SPARE, int(max(0, clip.frames - placed.last - 1) / placed.pace))


def _footage(shot: Shot) -> Stretch | None:
    """The footage beyond the clip, from which what leads and trails is heard; a still has no sound."""
    if shot.footage is None or shot.footage.file.kind == "image" or not shot.audio:
        return None
    return Stretch(shot.footage.file.path, shot.in_, shot.speed)


def cut(
    film: Film,
    clips: Mapping[ShotId, Clip],
    paths: Mapping[ShotId, Path],
    target: Path,
    captioned: Collection[ShotId] = (),
    grades: Mapping[ShotId, Grade] = UNGRADED,
) -> JoinJob:
    """The job that joins the film's clips to `target`; `captioned` are shots with letters drawn at the foot, `grades`
    what is laid on the pictures of some.

    Raises KeyError for a shot without a clip or a file, Refused (`clip-too-short`) as `timeline` does.
    """
    return JoinJob(reel(timeline(film, clips), film, clips, paths, captioned, grades).to_json(), str(target))


def digest(job: JoinJob, clips: Mapping[ShotId, Clip], digests: Mapping[str, str]) -> str:
    """SHA-256 of what a job joins, and of the version that joins it: the clips' addresses in place of their paths, the
    `digests` of other files, by path, in place of theirs.
    """
    names = [clip.id for clip in clips.values()]
    segments = [{**one, "path": "", "footage": _named(one["footage"], digests)} for one in job.timeline["segments"]]
    laid = [_named(track, digests) for track in job.timeline["tracks"]]
    what = {**job.timeline, "segments": segments, "tracks": laid, "clips": names, "version": VERSION}
    return sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()


def _named(one: Mapping[str, Any] | None, digests: Mapping[str, str]) -> dict[str, Any] | None:
    """A use of a file, its digest in place of its path."""
    return {**one, "path": digests[one["path"]]} if one is not None else None


async def make(
    job: JoinJob,
    clips: Mapping[ShotId, Clip],
    digests: Mapping[str, str],
    pieces: Pieces,
    executor: Executor,
    journal: Journal,
    report: Report,
    warn: Callable[[Diagnostic], None],
) -> tuple[Clip, bool]:
    """The film at the job's target, and whether it is unchanged; joined again only where it is not there as it was
    recorded, and of `pieces` only those encoded that are not there.

    Where a loudness is asked for, all the sound is measured before it is mixed; `warn` hears where it is missed.
    Raises Refused with the join's own code: 14 where the disk failed, else 3.
    """
    target, joined, history = Path(job.target), digest(job, clips, digests), journal.read()
    known = history.films.get(target.name)
    if known is not None and known.joined == joined and _is(target, known.clip):
        return history.clips[known.clip], True

    async def level(asked: JoinJob, tell: Report) -> JoinJob:
        return await _levelled(asked, executor, tell, warn)

    try:
        answer = await pieces.film(job, executor, report, level)
    except MediaError as error:
        raise _uncut(error, UNCUT) from error
    journal.append([answer, FilmRecord(target.name, joined, answer.id)])
    return answer, False


async def draft(job: JoinJob, executor: Executor, report: Report, warn: Callable[[Diagnostic], None]) -> Drafted:
    """A draft of the film at the job's target, as loud as the film, made anew each time and recorded nowhere. It is for
    people to watch, H.264, whatever the film is.

    Raises Refused as `make` does.
    """
    measuring = MEASURING if Reel.from_json(job.timeline).loudness is not None else 0
    try:
        levelled = await _levelled(job, executor, lambda share: report(measuring * share), warn)
    except MediaError as error:
        raise _uncut(error, UNCUT) from error
    drafting = DraftJob({**levelled.timeline, "codec": "h264"}, levelled.target)
    answer = await perform(drafting, executor, UNCUT, lambda share: report(measuring + (1 - measuring) * share))
    if not isinstance(answer, Drafted):
        raise TypeError("a draft job answers a draft")
    return answer


async def perform(job: Job, executor: Executor, failing: str, report: Report | None = None) -> Answer:
    """Do a job on a whole film; `failing` says what did not happen where it fails.

    Raises Refused with the job's own code: 14 where the disk failed, else 3.
    """
    try:
        return await executor.run(job, report)
    except MediaError as error:
        raise _uncut(error, failing) from error


def _uncut(error: MediaError, failing: str) -> Refused:
    """What is said where a job on a whole film fails."""
    code = 14 if error.code in ("disk-full", "cannot-write") else 3
    return Refused([Diagnostic(error.code, f"{failing}: {error.message}")], exit_code=code)


async def _levelled(job: JoinJob, executor: Executor, report: Report, warn: Callable[[Diagnostic], None]) -> JoinJob:
    """The job with the gain that brings the film to its loudness; itself where none is asked for. Raises MediaError."""
    asked = Reel.from_json(job.timeline)
    if asked.loudness is None or not asked.audio:
        return job
    measured = await executor.run(LoudnessJob(job.timeline), report)
    if not isinstance(measured, Loudness):
        raise TypeError("a loudness job answers a loudness")
    warning = missed(asked.loudness, measured)
    if warning is not None:
        warn(warning)
    levelled = replace(asked, gain_db=gain(asked.loudness, measured))
    return replace(job, timeline=levelled.to_json())


def _is(path: Path, clip: ClipId) -> bool:
    """Whether the file has the very bytes of that address."""
    disk = LocalDisk()
    return disk.exists(path) and disk.digest(path) == clip
