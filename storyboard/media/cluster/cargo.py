"""Which files a job reads and writes, and the same job with other names for them. Pure.

Law. Every kind of job that goes to a worker is told here; its words hold no other path. So a job whose files lie
elsewhere is the same job.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from storyboard.media.jobs import (
    AssembleJob,
    CardJob,
    CheckJob,
    ChooseJob,
    ConformJob,
    DraftJob,
    DrawJob,
    FrameJob,
    Job,
    JoinJob,
    LoudnessJob,
    MatchJob,
    MeasureJob,
    MixJob,
    PieceJob,
    RenderJob,
    SeamJob,
    SheetJob,
    VerifyJob,
)
from storyboard.structs import replace

Home = AssembleJob | DraftJob | JoinJob | MixJob | SheetJob
"""Jobs on a whole film: they read all of it once and write it where it was asked for."""
Making = DrawJob | ConformJob | CardJob | FrameJob | PieceJob | RenderJob
"""The jobs that write a file, of those that go to a worker."""
Rename = Callable[[str], str]


def reads(job: Job) -> Sequence[str]:
    """The paths of the files that a job reads, each once."""
    found: dict[str, None] = {}

    def seen(path: str) -> str:
        found[path] = None
        return path

    renamed(job, seen)
    return tuple(found)


def renamed(job: Job, name: Rename) -> Job:
    """The same job, with what `name` calls each file that it reads. Raises TypeError for a `Home` job."""
    match job:
        case ConformJob() | VerifyJob() | FrameJob() | ChooseJob() | MeasureJob() | CheckJob():
            return replace(job, path=name(job.path))
        case SeamJob() | MatchJob():
            return replace(job, before=name(job.before), after=name(job.after))
        case CardJob():
            return replace(job, image=name(job.image) if job.image is not None else None)
        case DrawJob():
            return replace(job, spec=_spec(job.spec, name))
        case RenderJob():
            return replace(job, request=_request(job.request, name))
        case PieceJob() | LoudnessJob():
            return replace(job, timeline=_timeline(job.timeline, name))
    raise TypeError(f"a {type(job).__name__} is done here")


def _spec(spec: Mapping[str, Any], name: Rename) -> dict[str, Any]:
    """An animatic's: pictures of people and places, and what it opens on, follows and lies over."""
    found = _at(spec, name, "start", "guide")
    if "cast" in spec:
        found["cast"] = [_at(one, name, "image") for one in spec["cast"]]
    for within, key in (("location", "image"), ("under", "path")):
        if spec.get(within) is not None:
            found[within] = _at(spec[within], name, key)
    return found


def _request(request: Mapping[str, Any], name: Rename) -> dict[str, Any]:
    """A renderer's: the pictures to open and to end on, and its references."""
    found = _at(request, name, "start", "end")
    return {**found, "references": [_at(one, name, "path") for one in request["references"]]}


def _timeline(timeline: Mapping[str, Any], name: Rename) -> dict[str, Any]:
    """A reel's: its clips, the footage behind them, and its sounds."""
    segments = [_at(one, name, "path") for one in timeline["segments"]]
    for one in segments:
        if one.get("footage") is not None:
            one["footage"] = _at(one["footage"], name, "path")
    return {**timeline, "segments": segments, "tracks": [_at(one, name, "path") for one in timeline.get("tracks", ())]}


def _at(fields: Mapping[str, Any], name: Rename, *keys: str) -> dict[str, Any]:
    return {**fields, **{key: name(fields[key]) for key in keys if fields.get(key) is not None}}
