"""Timecode, held against OpenTimelineIO's."""

from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.timecode import Timecode, may_drop, read

RATES = [Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001), Fraction(60)]


@given(st.sampled_from(RATES), st.integers(0, 2_000_000), st.booleans())
def test_a_frame_has_the_name_that_others_give_it(fps: Fraction, frames: int, drop: bool) -> None:
    drop = drop and may_drop(fps)
    frames %= 24 * 3600 * 24
    time = otio.opentime.RationalTime(frames, float(fps))
    assert Timecode(frames, drop).written(fps) == otio.opentime.to_timecode(time, float(fps), drop)


@given(st.sampled_from(RATES), st.integers(0, 2_000_000), st.booleans())
def test_what_is_written_reads_back(fps: Fraction, frames: int, drop: bool) -> None:
    start = Timecode(frames, drop and may_drop(fps))
    assert read(start.written(fps), fps) == start


def test_a_day_begins_again_at_midnight() -> None:
    fps = Fraction(30000, 1001)
    assert read("23:59:59;29", fps).written(fps, 1) == "00:00:00;00"
    assert read("23:59:59:24", Fraction(25)).written(Fraction(25), 2) == "00:00:00:01"


@pytest.mark.parametrize(
    ("text", "fps", "why"),
    [
        ("1:00:00", Fraction(24), "expected a timecode"),
        ("01:00:00:24", Fraction(24), "a second here 24 frames"),
        ("24:00:00:00", Fraction(24), "does not exist"),
        ("01:00:00;00", Fraction(24), "only 29.97 and 59.94"),
        ("00:01:00;01", Fraction(30000, 1001), "leaves it out"),
    ],
)
def test_a_name_that_no_frame_has_is_refused(text: str, fps: Fraction, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(text, fps)
