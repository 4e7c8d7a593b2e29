import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from storyboard.media.cluster.cargo import Home, Making, reads, renamed
from storyboard.media.jobs import (
    CardJob,
    CheckJob,
    ChooseJob,
    ConformJob,
    DrawJob,
    FrameJob,
    Job,
    JoinJob,
    LoudnessJob,
    MatchJob,
    MeasureJob,
    PieceJob,
    RenderJob,
    SeamJob,
    VerifyJob,
)
from storyboard.media.wire import job_to_json

TIMELINE: Mapping[str, Any] = {
    "segments": [
        {"path": "/here/a.mp4", "footage": {"path": "/here/b.mov", "first": "0", "speed": "1"}},
        {"path": "/here/c.mp4", "footage": None},
    ],
    "tracks": [{"path": "/here/d.wav", "start": "1/2"}],
}
SPEC: Mapping[str, Any] = {
    "slate": "1A",
    "start": "/here/a.png",
    "guide": "/here/b.png",
    "cast": [{"name": "Mira", "image": "/here/c.png"}, {"name": "Ben", "image": None}],
    "location": {"name": "A pier", "image": "/here/d.png"},
    "under": {"path": "/here/e.mp4", "first": 3, "lettered": True},
    "before": [{"move": "pan", "text": "pan left", "seconds": "2", "share": "1"}],
}
REQUEST: Mapping[str, Any] = {
    "take": "1A-1",
    "start": "/here/a.png",
    "end": "/here/b.png",
    "references": [{"path": "/here/c.mp4", "kind": "video"}],
}
JOBS: list[Job] = [
    DrawJob(SPEC, "/there/t.mp4"),
    DrawJob({"slate": "1A", "location": None}, "/there/t.mp4"),
    ConformJob("/here/a.mov", "0", "2", "1", 64, 36, "24", "crop", None, False, "/there/t.mp4"),
    CardJob("Words", "#000000", "/here/a.png", "2", 64, 36, "24", "crop", False, "/there/t.mp4"),
    CardJob("Words", "#000000", None, "2", 64, 36, "24", "crop", False, "/there/t.mp4"),
    RenderJob(["paint"], REQUEST, "/there/t.mp4", {}),
    VerifyJob("/here/a.mp4"),
    FrameJob("/here/a.mp4", None, "/there/t.png"),
    ChooseJob("/here/a.mp4", 0, 4, True),
    PieceJob(TIMELINE, 0, 4, "/there/t.mp4"),
    MeasureJob("/here/a.mp4"),
    LoudnessJob(TIMELINE),
    CheckJob("/here/a.mp4"),
    SeamJob("/here/a.mp4", 1, 1, "/here/b.mp4", 0, 0, 64, 36, "crop", "24", "24"),
    MatchJob("/here/a.mp4", 1, "/here/b.mp4", 0, 64, 36, "crop"),
]


def paths(job: Job) -> set[str]:
    """Whatever in a job's text looks like a file that is read."""
    return {one for one in json.dumps(job_to_json(job)).split('"') if one.startswith("/here/")}


def test_every_kind_of_job_is_told_of() -> None:
    assert {type(job) for job in JOBS} == {*get_args(Job)} - {*get_args(Home)}
    assert {*get_args(Making)} == {type(job) for job in JOBS if hasattr(job, "target")}


@pytest.mark.parametrize("job", JOBS, ids=lambda job: type(job).__name__)
def test_all_that_a_job_reads_is_named_and_can_lie_elsewhere(job: Job) -> None:
    assert set(reads(job)) == paths(job)
    elsewhere = renamed(job, lambda path: f"/elsewhere/{Path(path).name}")
    assert not paths(elsewhere)
    assert renamed(elsewhere, lambda path: f"/here/{Path(path).name}") == renamed(job, str)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: type(job).__name__)
def test_under_the_same_names_it_is_the_same_job(job: Job) -> None:
    assert json.dumps(job_to_json(renamed(job, str)), sort_keys=True) == json.dumps(
        {**job_to_json(job), **({"timeline": {"tracks": [], **TIMELINE}} if "timeline" in job_to_json(job) else {})},
        sort_keys=True,
    )


def test_a_job_on_the_whole_film_goes_nowhere() -> None:
    with pytest.raises(TypeError, match="JoinJob is done here"):
        reads(JoinJob(TIMELINE, "/there/t.mp4"))
