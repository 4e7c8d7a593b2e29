import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.film import Clip, ClipId
from storyboard.media.jobs import (
    Answer,
    CardJob,
    Checked,
    CheckJob,
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
    Printed,
    RenderJob,
    SeamFigures,
    SeamJob,
    SheetJob,
    Taken,
    VerifyJob,
)
from storyboard.media.wire import answer_from_json, answer_to_json, job_from_json, job_to_json

JSON = st.dictionaries(st.text(), st.recursive(st.text() | st.integers() | st.booleans(), st.lists))
JOBS: st.SearchStrategy[Job] = st.one_of(
    st.builds(DrawJob, JSON, st.text()),
    st.builds(ConformJob),
    st.builds(CardJob),
    st.builds(VerifyJob, st.text()),
    st.builds(RenderJob, st.lists(st.text()), JSON, st.text(), st.dictionaries(st.text(), st.floats(allow_nan=False))),
    st.builds(FrameJob, st.text(), st.none() | st.integers(), st.text()),
    st.builds(JoinJob, JSON, st.text()),
    st.builds(MeasureJob, st.text()),
    st.builds(LoudnessJob, JSON),
    st.builds(MixJob, JSON, st.text()),
    st.builds(DraftJob, JSON, st.text()),
    st.builds(SheetJob, st.text(), JSON, st.text()),
    st.builds(CheckJob, st.text()),
    st.builds(MatchJob),
    st.builds(SeamJob, gain_db=st.floats(allow_nan=False)),
)
CLIPS = st.builds(
    Clip,
    id=st.text().map(ClipId),
    frames=st.integers(),
    fps=st.fractions(1, 120),
    width_px=st.integers(),
    height_px=st.integers(),
    has_audio=st.booleans(),
    bytes=st.integers(),
)
ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    CLIPS,
    st.builds(Taken, st.integers(), st.text()),
    st.builds(Mixed, st.text()),
    st.builds(Length, st.text(), st.booleans()),
    st.builds(Loudness, st.none() | st.decimals(-70, 0, places=3), st.decimals(-70, 12, places=2)),
    st.builds(Drafted, CLIPS, st.integers()),
    st.builds(Matched, st.text()),
    st.builds(Printed, st.integers(), st.integers(), st.integers()),
    st.builds(Checked, silent=st.lists(st.tuples(st.just(0.5), st.just(1.5))).map(tuple)),
    st.builds(SeamFigures, *[st.floats(allow_nan=False)] * 3, st.integers(), *[st.floats(allow_nan=False)] * 2),
)


@given(JOBS)
def test_a_job_travels_as_json(job: Job) -> None:
    assert job_from_json(json.loads(json.dumps(job_to_json(job)))) == job


@given(ANSWERS)
def test_an_answer_travels_as_json(answer: Answer) -> None:
    assert answer_from_json(json.loads(json.dumps(answer_to_json(answer)))) == answer


def test_a_rate_travels_exactly() -> None:
    clip = Clip(ClipId("0" * 64), 1, Fraction(24000, 1001), 2, 2, False, 1)
    assert answer_to_json(clip)["fps"] == "24000/1001"


def test_what_is_no_job_is_refused() -> None:
    with pytest.raises(KeyError):
        job_from_json({"job": "mine-bitcoin"})
