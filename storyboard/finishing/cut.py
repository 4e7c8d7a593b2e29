"""From a timeline to the job that joins the film."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from storyboard.film import Clip, Film, ShotId
from storyboard.finishing.timeline import Timeline, timeline
from storyboard.media.jobs import JoinJob
from storyboard.media.reel import Reel, Segment


def reel(line: Timeline, film: Film, clips: Mapping[ShotId, Clip], paths: Mapping[ShotId, Path]) -> Reel:
    """What is joined: every placed stretch with the file of its clip. Where no clip has sound, the film has none."""
    return Reel(
        width_px=film.delivery.width_px,
        height_px=film.delivery.height_px,
        fps=line.fps,
        audio=any(clips[placed.shot].has_audio for placed in line.picture),
        segments=tuple(
            Segment(str(paths[placed.shot]), placed.first, placed.frames, placed.gain_db, placed.mute)
            for placed in line.picture
        ),
    )


def cut(film: Film, clips: Mapping[ShotId, Clip], paths: Mapping[ShotId, Path], target: Path) -> JoinJob:
    """The job that joins the film's clips to `target`.

    Raises KeyError for a shot without a clip or a file, Refused (`clip-too-short`) as `timeline` does.
    """
    return JoinJob(reel(timeline(film, clips), film, clips, paths).to_json(), str(target))
