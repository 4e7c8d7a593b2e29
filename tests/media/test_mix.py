from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from storyboard.media.mix import Mix
from storyboard.media.reel import Reel, Segment
from storyboard.media.sound import sample_at
from storyboard.media.voices import SOFT_SAMPLES, starts
from tests.media.footage import film, tone

RATE = Fraction(24)
FRAME = 2000
FULL = 0.3 / np.sqrt(2)


def mixed(*segments: Segment, fps: Fraction = RATE) -> NDArray[np.float32]:
    reel = Reel(160, 90, fps, True, segments)
    heard = np.concatenate(list(Mix(reel).until(reel.frames)), axis=1)
    assert heard.shape == (2, sample_at(reel.frames, fps))
    assert np.array_equal(heard[0], heard[1])
    return heard[0]


def level(heard: NDArray[np.float32], first: float, last: float) -> float:
    """How loud it is between two frames, in shares of the whole tone."""
    return float(np.sqrt(np.mean(heard[round(first * FRAME) : round(last * FRAME)] ** 2)) / FULL)


@pytest.fixture
def loud(tmp_path: Path) -> Segment:
    return Segment(str(film(tmp_path / "a.mp4", sound_s=4.0)), 24, 24)


@pytest.fixture
def quiet(tmp_path: Path) -> Segment:
    return Segment(str(film(tmp_path / "b.mp4")), 0, 24)


def test_sound_lies_under_its_own_picture(loud: Segment, quiet: Segment) -> None:
    heard = mixed(quiet, loud, quiet)
    assert level(heard, 0, 24) == 0
    assert np.abs(heard[50_000:94_000] - tone(44_000, 50_000)).max() < 0.03
    assert level(heard, 48, 72) == 0


def test_a_rate_that_does_not_divide_the_samples_does_not_drift(loud: Segment) -> None:
    rate = Fraction(24000, 1001)
    pieces = [replace(loud, first=at % 48, frames=1) for at in range(300)]
    assert len(mixed(*pieces, fps=rate)) == sample_at(300, rate)


def test_a_dissolve_crosses_two_sounds_with_equal_power(loud: Segment, quiet: Segment) -> None:
    heard = mixed(loud, replace(quiet, transition="dissolve", overlap=12))
    assert level(heard, 4, 11.9) == pytest.approx(1, abs=0.03)
    assert level(heard, 17.5, 18.5) == pytest.approx(np.sqrt(0.5), abs=0.04)
    assert level(heard, 23.5, 24) < 0.2
    assert level(heard, 24, 36) == 0


def test_a_fade_takes_the_sound_with_it(loud: Segment) -> None:
    heard = mixed(replace(loud, fade_out=12), replace(loud, transition="fade", fade_in=12))
    assert level(heard, 17.5, 18.5) == pytest.approx(0.5, abs=0.05)
    assert level(heard, 23.8, 24.2) < 0.05
    assert level(heard, 29.5, 30.5) == pytest.approx(0.5, abs=0.05)
    assert level(heard, 37, 47) == pytest.approx(1, abs=0.03)


def test_a_lead_is_heard_before_its_picture_and_lies_where_it_would(loud: Segment, quiet: Segment) -> None:
    heard = mixed(quiet, replace(loud, lead=8))
    assert level(heard, 0, 16) == 0
    inside = slice(16 * FRAME + SOFT_SAMPLES, 47 * FRAME)
    assert np.abs(heard[inside] - tone(96_000)[inside]).max() < 0.03


def test_a_tail_is_heard_after_its_picture(loud: Segment, quiet: Segment) -> None:
    heard = mixed(replace(loud, tail=8), quiet)
    assert level(heard, 24, 29) == pytest.approx(1, abs=0.03)
    assert level(heard, 32, 48) == 0


def test_a_lead_begins_with_its_clip_at_the_earliest(loud: Segment, quiet: Segment) -> None:
    heard = mixed(quiet, replace(loud, first=2, lead=20))
    assert level(heard, 0, 22) == 0
    assert level(heard, 22, 24) > 0.2


def test_a_lead_of_the_first_and_a_tail_of_the_last_segment_end_with_the_film(loud: Segment) -> None:
    assert len(mixed(replace(loud, lead=9), replace(loud, tail=9))) == 48 * FRAME


def test_a_lead_longer_than_the_segment_before_reaches_past_it(loud: Segment, quiet: Segment) -> None:
    heard = mixed(quiet, replace(quiet, frames=4), replace(loud, first=30, lead=20))
    assert level(heard, 0, 8) == 0
    assert level(heard, 14, 50) == pytest.approx(1, abs=0.03)


def test_gain_and_mute(loud: Segment) -> None:
    heard = mixed(replace(loud, gain_db=Decimal(-20)), replace(loud, mute=True))
    assert level(heard, 1, 23) == pytest.approx(0.1, rel=0.1)
    assert level(heard, 24, 48) == 0


def test_where_the_pictures_begin(loud: Segment) -> None:
    crossing = replace(loud, transition="dissolve", overlap=6)
    assert starts(Reel(160, 90, RATE, True, (loud, crossing, loud, crossing))) == [0, 18, 42, 60]
