"""Patterns: each as its words name it, over the whole canvas."""

from itertools import combinations

import numpy as np

from storyboard.media.animatic.compose import SETS
from storyboard.media.animatic.layer import Layer
from storyboard.media.animatic.palette import light
from storyboard.media.animatic.patterns import pattern
from storyboard.media.animatic.reading import read
from storyboard.media.animatic.spec import Does
from storyboard.media.animatic.staging import stage
from tests.media.animatic.specs import spec

WORDS = ["Rainbow colours sweep.", "Tunnels of light.", "Waves of colour cross.", "A grid of dots.", "Rays of light."]


def drawn(words: str) -> np.ndarray:
    told = spec(cast=(), slug=None, location=None, action=(Does(words),), width_px=160, height_px=90)
    reading = read(told)
    assert SETS[reading.setting] is pattern
    layer = Layer(told.width_px, told.height_px)
    assert pattern(layer, stage(told, reading).camera, light(reading), reading) == []
    return np.asarray(layer.ink, np.int16)


def test_each_pattern_is_its_own_and_fills_the_canvas() -> None:
    pictures = [drawn(words) for words in WORDS]
    assert all(picture.std() > 20 for picture in pictures)
    assert all(np.abs(one - other).mean() > 15 for one, other in combinations(pictures, 2))


def test_a_pattern_is_the_same_every_time() -> None:
    assert np.array_equal(drawn(WORDS[0]), drawn(WORDS[0]))
