"""Views stay on the canvas, and cutouts stand where the background says."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from storyboard.media.animatic.motion import View
from storyboard.media.animatic.planar import Planar
from storyboard.media.animatic.plates import Cutout, Plates, bounds, canvas_size, flattened, see, stand_before, window

sizes = st.tuples(st.integers(8, 900).map(lambda n: 2 * n), st.integers(8, 900).map(lambda n: 2 * n))
views = st.builds(View, st.floats(0.5, 2), st.floats(-1, 1), st.floats(-1, 1))


@given(sizes, views)
def test_a_window_never_leaves_its_canvas(size: tuple[int, int], view: View) -> None:
    canvas = canvas_size(*size)
    left, top, right, bottom = window(view, *size, canvas)
    assert 0 <= left < right <= canvas[0] + 1e-6
    assert 0 <= top < bottom <= canvas[1] + 1e-6


@given(sizes)
def test_at_rest_a_pixel_is_a_pixel(size: tuple[int, int]) -> None:
    left, top, right, bottom = window(View(), *size, canvas_size(*size))
    assert abs((right - left) - size[0]) < 1e-6
    assert abs((bottom - top) - size[1]) < 1e-6


def scene() -> tuple[Image.Image, Cutout]:
    """A grey canvas for 160x90 and a red square to stand on it."""
    canvas = canvas_size(160, 90)
    cover = Image.new("L", canvas)
    cover.paste(255, (80, 40, 110, 70))
    box = bounds(cover)
    assert box is not None
    red = Planar.of(Image.new("RGB", (box[2] - box[0], box[3] - box[1]), (220, 40, 30)))
    return Image.new("RGB", canvas, (100, 100, 100)), Cutout(red, cover.crop(box), box[:2])


@given(views)
def test_a_cutout_stands_where_the_same_paint_on_the_background_would(view: View) -> None:
    grey, near = scene()
    painted = grey.copy()
    painted.paste((220, 40, 30), (80, 40, 110, 70))
    apart = see(Planar.of(grey), (160, 90), view)
    stand_before(apart, near, grey.size, view)
    together = see(Planar.of(painted), (160, 90), view)
    assert np.abs(np.asarray(apart.y).astype(int) - np.asarray(together.y)).mean() < 0.6


def test_flattening_keeps_the_picture() -> None:
    grey, near = scene()
    apart = see(Planar.of(grey), (160, 90), View())
    stand_before(apart, near, grey.size, View())
    flat = flattened(Plates(Planar.of(grey), near))
    assert flat.near is None
    assert np.abs(np.asarray(see(flat.far, (160, 90), View()).y).astype(int) - np.asarray(apart.y)).max() <= 1


def test_nothing_has_no_bounds() -> None:
    assert bounds(Image.new("L", (20, 20))) is None
