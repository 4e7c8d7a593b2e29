"""Colours mix, light falls, tones are graded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from storyboard.media.animatic.palette import INSIDE, OUTSIDE, graded, light, mix, scaled, turned
from storyboard.media.animatic.reading import read
from storyboard.media.animatic.spec import Does
from tests.media.animatic.specs import spec

colours = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


@given(colours, colours, st.floats(0, 1))
def test_a_mix_lies_between(a: tuple[int, int, int], b: tuple[int, int, int], share: float) -> None:
    assert mix(a, b, 0) == a
    assert mix(a, b, 1) == b
    for one, two, mixed in zip(a, b, mix(a, b, share), strict=True):
        assert min(one, two) <= mixed <= max(one, two)


@given(colours, st.floats(0, 4), st.floats(-1, 1))
def test_colours_stay_colours(colour: tuple[int, int, int], by: float, hue: float) -> None:
    assert all(0 <= channel <= 255 for channel in (*scaled(colour, by), *turned(colour, hue)))


def test_the_dark_side_is_darker_and_night_dims() -> None:
    coat = (150, 140, 130)
    for one in (*OUTSIDE.values(), *INSIDE.values()):
        assert sum(one.dark(coat)) < sum(one.lit(coat)) <= sum(coat)
    assert sum(OUTSIDE["night"].lit(coat)) < sum(OUTSIDE["day"].lit(coat)) * 0.7


def test_rain_closes_the_sky() -> None:
    clear, rainy = (
        light(read(spec(slug="EXT. STREET - DAY", location=None, action=(Does(does),))))
        for does in ("He waits.", "Rain.")
    )
    spread = [max(one.high) - min(one.high) for one in (clear, rainy)]
    assert spread[1] < spread[0]


def test_tones() -> None:
    picture = Image.new("RGB", (4, 4), (180, 90, 60))
    assert graded(picture, "colour").getpixel((0, 0)) == (180, 90, 60)
    mono = graded(picture, "mono").getpixel((0, 0))
    assert isinstance(mono, tuple)
    assert max(mono) - min(mono) <= 6
    sepia = graded(picture, "sepia").getpixel((0, 0))
    assert isinstance(sepia, tuple)
    assert sepia[0] > sepia[2]
