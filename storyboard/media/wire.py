"""Jobs and answers as JSON, so that another process or another machine can do the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

from storyboard.film import Clip, ClipId
from storyboard.media.jobs import (
    Answer,
    CardJob,
    ChooseJob,
    Chosen,
    ConformJob,
    DrawJob,
    FrameJob,
    Job,
    JoinJob,
    Length,
    Loudness,
    LoudnessJob,
    MeasureJob,
    Taken,
    VerifyJob,
)

JOBS: Mapping[str, type[Job]] = {
    "draw": DrawJob,
    "conform": ConformJob,
    "card": CardJob,
    "verify": VerifyJob,
    "frame": FrameJob,
    "choose": ChooseJob,
    "join": JoinJob,
    "measure": MeasureJob,
    "loudness": LoudnessJob,
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
    if isinstance(answer, Length):
        return {"answer": "length", **asdict(answer)}
    if isinstance(answer, Loudness):
        lufs = None if answer.lufs is None else str(answer.lufs)
        return {"answer": "loudness", "lufs": lufs, "peak_db": str(answer.peak_db)}
    return {"answer": "clip", **asdict(answer), "fps": str(answer.fps)}


def answer_from_json(data: Mapping[str, Any]) -> Answer:
    """The answer that `answer_to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    fields = dict(data)
    match fields.pop("answer"):
        case "taken":
            return Taken(**fields)
        case "chosen":
            return Chosen(**fields)
        case "length":
            return Length(**fields)
        case "loudness":
            lufs = fields["lufs"]
            return Loudness(None if lufs is None else Decimal(lufs), Decimal(fields["peak_db"]))
    return Clip(**{**fields, "id": ClipId(fields["id"]), "fps": Fraction(fields["fps"])})
