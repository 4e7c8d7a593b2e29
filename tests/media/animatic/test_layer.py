"""Shapes land where they are said to, with a lit and a dark side."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.animatic.layer import Layer, box, clouds, ellipse, glow, gradient, smooth
from storyboard.media.animatic.palette import OUTSIDE

POINT = st.tuples(st.floats(-3, 3), st.floats(-3, 3))


@given(POINT)
def test_frame_units_and_pixels_are_the_same_place(point: tuple[float, float]) -> None:
    layer = Layer(320, 180)
    back = layer.unit(*layer.pixel(point))
    assert abs(back[0] - point[0]) < 1e-9
    assert abs(back[1] - point[1]) < 1e-9


def test_a_box_of_the_frame_is_the_frame() -> None:
    layer = Layer(320, 180)
    layer.fill(box(-320 / 180 / 2, 0, 320 / 180 / 2, 1), (200, 100, 50))
    found = layer.cover.getbbox()
    assert found is not None
    assert abs(found[2] - found[0] - 320) <= 2
    assert abs(found[3] - found[1] - 180) <= 2


@given(st.lists(POINT, min_size=3, max_size=6))
def test_what_lies_outside_the_canvas_is_no_error(points: list[tuple[float, float]]) -> None:
    layer = Layer(32, 18)
    layer.fill([(x + 40, y) for x, y in points], (255, 0, 0))
    assert layer.cover.getbbox() is None
    layer.form(points, (200, 180, 160), OUTSIDE["day"], 0.1)
    layer.line(points, 0.02, (10, 10, 10))


def test_a_form_is_darker_away_from_the_light() -> None:
    layer = Layer(320, 180)
    light = OUTSIDE["day"]
    layer.form(ellipse((0, 0.5), 0.3, 0.3), (180, 160, 140), light, 0.12, rim=0)
    at = [layer.pixel((side * 0.24, 0.5)) for side in (light.side, -light.side)]
    lit, dark = (sum(np.asarray(layer.ink)[int(y), int(x)].tolist()) for x, y in at)
    assert lit > dark + 60


def test_a_curve_goes_through_its_points() -> None:
    corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    for closed in (True, False):
        curve = smooth(corners, 8, closed)
        for x, y in corners:
            assert min(abs(x - px) + abs(y - py) for px, py in curve) < 1e-9


def test_a_glow_only_adds_light() -> None:
    layer = Layer(160, 90)
    layer.fill(box(-2, -1, 2, 2), (60, 70, 80))
    before = np.asarray(layer.ink).astype(int)
    glow(layer, (0, 0.5), 0.4, (255, 220, 160), 0.8)
    after = np.asarray(layer.ink).astype(int)
    assert (after >= before).all()
    assert (after - before).max() > 60


def test_gradients_and_clouds_keep_their_range() -> None:
    ramp = np.asarray(gradient((64, 100), [(0, (10, 20, 30)), (1, (200, 180, 160))])).astype(int)
    assert np.abs(ramp[0] - (10, 20, 30)).max() <= 1
    assert np.abs(ramp[-1] - (200, 180, 160)).max() <= 1
    noise = clouds((90, 60), 4, np.random.default_rng(1))
    assert noise.shape == (60, 90)
    assert 0 <= noise.min() < noise.max() <= 1
