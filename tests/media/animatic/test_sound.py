"""The bed: quiet, as long as the picture, without clicks, louder where somebody speaks."""

from __future__ import annotations

import numpy as np
import pytest

from storyboard.media.animatic.sound import VOICES, bed
from storyboard.media.animatic.spec import Says
from tests.media.animatic.specs import spec

RATE = 48_000


def level_db(wave: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(wave.astype(float) ** 2)) + 1e-12))


@pytest.mark.parametrize("duration", ["0.04", "0.5", "3"])
@pytest.mark.parametrize("fps", ["24/1", "30000/1001"])
def test_it_is_as_long_as_the_picture(duration: str, fps: str) -> None:
    shot = spec(duration=duration, fps=fps)
    assert len(bed(shot, RATE)) == round(shot.frames * RATE / shot.rate)


@pytest.mark.parametrize(
    "sounds",
    [
        None,
        "wind",
        "rain on the roof",
        "waves",
        "engine",
        "electrical humming",
        "a fire",
        "footsteps",
        "keyboard",
        "a clock",
        "foghorn",
        "gulls",
    ],
)
def test_it_is_quiet_and_starts_and_ends_in_silence(sounds: str | None) -> None:
    wave = bed(spec(duration="3", sounds=sounds), RATE)
    assert wave.dtype == np.float32
    assert -36 < level_db(wave) < -30
    assert np.abs(wave).max() <= 0.5
    assert max(abs(wave[0]), abs(wave[-1])) < 1e-4


def test_each_word_sounds_different() -> None:
    waves = {bed(spec(duration="3", sounds=words), RATE).tobytes() for words in ("wind", "rain", "engine", "footsteps")}
    assert len(waves) == 4
    assert len(VOICES) >= 10


def test_a_spoken_line_is_heard_where_it_falls() -> None:
    shot = spec(duration="4", dialogue=(Says("You kept the coat, Mira.", ("Jonas",), at="2"),))
    wave = bed(shot, RATE)
    assert level_db(wave[2 * RATE : 3 * RATE]) > level_db(wave[RATE // 2 : 3 * RATE // 2]) + 4


def test_the_same_shot_sounds_the_same() -> None:
    assert bed(spec(duration="1"), RATE).tobytes() == bed(spec(duration="1"), RATE).tobytes()
