"""Jobs and answers as JSON, so that another process or another machine can do the work."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec.structs import asdict

from storyboard.film import Clip, ClipId
from storyboard.media.jobs import (
    Answer,
    AssembleJob,
    CardJob,
    Checked,
    CheckJob,
    ChooseJob,
    Chosen,
    ConformJob,
    Drafted,
    DraftJob,
    DrawJob,
    FrameJob,
    Job,
    JoinJob,
    Length,
    Loudness,
    LoudnessJob,
    Matched,
    MatchJob,
    MeasureJob,
    Mixed,
    MixJob,
    PieceJob,
    Printed,
    RenderJob,
    SeamFigures,
    SeamJob,
    SheetJob,
    Taken,
    VerifyJob,
)

JOBS: Mapping[str, type[Job]] = {
    "draw": DrawJob,
    "conform": ConformJob,
    "card": CardJob,
    "render": RenderJob,
    "verify": VerifyJob,
    "frame": FrameJob,
    "choose": ChooseJob,
    "join": JoinJob,
    "piece": PieceJob,
    "mix": MixJob,
    "assemble": AssembleJob,
    "measure": MeasureJob,
    "loudness": LoudnessJob,
    "draft": DraftJob,
    "sheet": SheetJob,
    "check": CheckJob,
    "seam": SeamJob,
    "match": MatchJob,
}


def job_to_json(job: Job) -> dict[str, Any]:
    """A job as a JSON object: its fields, and `job`, the name of its kind."""
    name = next(name for name, kind in JOBS.items() if isinstance(job, kind))
    return {"job": name, **asdict(job)}


def job_from_json(data: Mapping[str, Any]) -> Job:
    """The job that `job_to_json` wrote. Raises KeyError or TypeError for anything else."""
    fields = dict(data)
    return JOBS[fields.pop("job")](**fields)


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """An answer as a JSON object."""
    if isinstance(answer, Taken):
        return {"answer": "taken", **asdict(answer)}
    if isinstance(answer, Chosen):
        return {"answer": "chosen", **asdict(answer)}
    if isinstance(answer, Mixed):
        return {"answer": "mixed", **asdict(answer)}
    if isinstance(answer, Length):
        return {"answer": "length", **asdict(answer)}
    if isinstance(answer, Loudness):
        lufs = None if answer.lufs is None else str(answer.lufs)
        return {"answer": "loudness", "lufs": lufs, "peak_db": str(answer.peak_db)}
    if isinstance(answer, Drafted):
        return {"answer": "drafted", "film": _clip_to_json(answer.film), "copied": answer.copied}
    if isinstance(answer, Printed):
        return {"answer": "printed", **asdict(answer)}
    if isinstance(answer, Checked):
        return {"answer": "checked", **asdict(answer)}
    if isinstance(answer, SeamFigures):
        return {"answer": "seam", **asdict(answer)}
    if isinstance(answer, Matched):
        return {"answer": "matched", **asdict(answer)}
    return {"answer": "clip", **_clip_to_json(answer)}


def answer_from_json(data: Mapping[str, Any]) -> Answer:
    """The answer that `answer_to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    fields = dict(data)
    match fields.pop("answer"):
        case "taken":
            return Taken(**fields)
        case "chosen":
            return Chosen(**fields)
        case "mixed":
            return Mixed(**fields)
        case "length":
            return Length(**fields)
        case "loudness":
            lufs = fields["lufs"]
            return Loudness(None if lufs is None else Decimal(lufs), Decimal(fields["peak_db"]))
        case "drafted":
            return Drafted(_clip(fields["film"]), fields["copied"])
        case "printed":
            return Printed(**fields)
        case "checked":
            return Checked(**{name: _whole(value) for name, value in fields.items()})
        case "seam":
            return SeamFigures(**fields)
        case "matched":
            return Matched(**fields)
        case _:
            return _clip(fields)


def _clip_to_json(clip: Clip) -> dict[str, Any]:
    return {**asdict(clip), "fps": str(clip.fps)}


def _clip(fields: Mapping[str, Any]) -> Clip:
    return Clip(**{**fields, "id": ClipId(fields["id"]), "fps": Fraction(fields["fps"])})


def _whole(value: Any) -> Any:
    """Lists as the tuples that they were."""
    return tuple(map(_whole, value)) if isinstance(value, list | tuple) else value
