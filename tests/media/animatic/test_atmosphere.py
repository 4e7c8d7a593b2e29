"""Air that moves: fog drifts, rain and snow fall, lamps flicker, nothing repeats by accident."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from storyboard.media.animatic.atmosphere import Air, air, flicker
from storyboard.media.animatic.palette import light
from storyboard.media.animatic.planar import Planar
from storyboard.media.animatic.reading import read
from storyboard.media.animatic.spec import Does
from tests.media.animatic.specs import spec


def outside(words: str, seconds: float = 10.0) -> Air:
    reading = read(spec(action=(Does(words),)))
    return air(reading, light(reading), (160, 90), seconds, 7)


def laid(over: Air, seconds: float) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    frame = Planar.of(Image.new("RGB", (160, 90), (40, 44, 50)))
    over.veil(frame, seconds)
    over.lay(frame, seconds)
    return np.asarray(frame.y).astype(np.int16)


@pytest.mark.parametrize("words", ["Fog rolls in.", "Rain falls.", "Snow falls."])
def test_weather_shows_and_moves(words: str) -> None:
    over = outside(words)
    still = laid(outside("Nothing happens."), 0)
    assert np.abs(laid(over, 0) - still).mean() > 0.2
    assert np.abs(laid(over, 1.0) - laid(over, 0)).mean() > 0.05


def test_fog_drifts_softly_to_the_end_of_the_clip() -> None:
    over = outside("Fog rolls in.")
    for second in np.arange(0, 10, 0.5):
        assert np.abs(laid(over, second + 1 / 24) - laid(over, second)).max() <= 4
    assert np.abs(laid(over, 10) - laid(over, 9)).mean() > 0.05


def test_rain_falls_faster_than_snow() -> None:
    def travelled(words: str) -> float:
        over = outside(words)
        return float(np.abs(laid(over, 1 / 24) - laid(over, 0)).mean() / np.abs(laid(over, 0) - 48).mean())

    assert travelled("Rain falls.") > travelled("Snow falls.")


def test_a_flicker_stays_within_bounds_and_never_stands_still() -> None:
    burning = [flicker(k / 24) for k in range(240)]
    assert all(0 <= one <= 1 for one in burning)
    assert max(burning) - min(burning) > 0.2


def test_fog_is_behind_people_and_rain_before_them() -> None:
    for words, behind in (("Fog rolls in.", True), ("Rain falls.", False)):
        over = outside(words)
        frame = Planar.of(Image.new("RGB", (160, 90), (40, 44, 50)))
        still = np.asarray(frame.y).astype(np.int16)
        over.lay(frame, 1.0)
        assert (np.abs(np.asarray(frame.y).astype(np.int16) - still).max() == 0) == behind
