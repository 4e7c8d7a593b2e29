"""From clips to the film: what is joined, and the joining, unless the very same film is there already."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Clip, ClipId, Film, ShotId
from storyboard.finishing.subtitles import subtitles
from storyboard.finishing.timeline import Placed, Timeline, timeline
from storyboard.media.jobs import Executor, JoinJob, MediaError, Report
from storyboard.media.reel import Reel, Segment
from storyboard.state.disk import LocalDisk
from storyboard.state.journal import FilmRecord, Journal
from storyboard.version import VERSION


def reel(
    line: Timeline,
    film: Film,
    clips: Mapping[ShotId, Clip],
    paths: Mapping[ShotId, Path],
    captioned: Collection[ShotId] = (),
) -> Reel:
    """What is joined: every placed stretch with the file of its clip. Where no clip is heard, the film has no sound."""
    return Reel(
        width_px=film.delivery.width_px,
        height_px=film.delivery.height_px,
        fps=line.fps,
        audio=any(clips[placed.shot].has_audio and not placed.mute for placed in line.picture),
        segments=tuple(_segment(placed, paths[placed.shot]) for placed in line.picture),
        fit=film.delivery.fit,
        subtitles=subtitles(film, line, captioned=captioned),
        burn=film.subtitles is not None and film.subtitles.burn,
    )


def _segment(placed: Placed, path: Path) -> Segment:
    return Segment(
        path=str(path),
        first=placed.first,
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
    )


def cut(
    film: Film,
    clips: Mapping[ShotId, Clip],
    paths: Mapping[ShotId, Path],
    target: Path,
    captioned: Collection[ShotId] = (),
) -> JoinJob:
    """The job that joins the film's clips to `target`; `captioned` are shots with letters drawn at the foot.

    Raises KeyError for a shot without a clip or a file, Refused (`clip-too-short`) as `timeline` does.
    """
    return JoinJob(reel(timeline(film, clips), film, clips, paths, captioned).to_json(), str(target))


def digest(job: JoinJob, clips: Mapping[ShotId, Clip]) -> str:
    """SHA-256 of what a job joins: the clips' addresses in place of their paths, and the version that joins them."""
    names = [clip.id for clip in clips.values()]
    segments = [{**segment, "path": ""} for segment in job.timeline["segments"]]
    what = {**job.timeline, "segments": segments, "clips": names, "version": VERSION}
    return sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()


async def make(
    job: JoinJob, clips: Mapping[ShotId, Clip], executor: Executor, journal: Journal, report: Report
) -> Clip:
    """The film at the job's target; joined again only where it is not there as it was recorded.

    Raises Refused with the join's own code: 14 where the disk failed, else 3.
    """
    target, joined, history = Path(job.target), digest(job, clips), journal.read()
    known = history.films.get(target.name)
    if known is not None and known.joined == joined and _is(target, known.clip):
        return history.clips[known.clip]
    try:
        answer = await executor.run(job, report)
    except MediaError as error:
        code = 14 if error.code in ("disk-full", "cannot-write") else 3
        raise Refused([Diagnostic(error.code, f"the film was not cut: {error.message}")], exit_code=code) from error
    if not isinstance(answer, Clip):
        raise TypeError("a join job answers a clip")
    journal.append([answer, FilmRecord(target.name, joined, answer.id)])
    return answer


def _is(path: Path, clip: ClipId) -> bool:
    """Whether the file has the very bytes of that address."""
    disk = LocalDisk()
    return disk.exists(path) and disk.digest(path) == clip
