from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from storyboard.media.reading.frames import Reader
from storyboard.media.reel import Fit
from storyboard.media.shape import Shaper

RED = (255, 0, 0)


def frame(rgb: NDArray[np.uint8]) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24")


def seen(shaper: Shaper, given: av.VideoFrame) -> NDArray[np.uint8]:
    shaped = shaper.shaped(given)
    assert (shaped.width, shaped.height, shaped.format.name) == (shaper.width_px, shaper.height_px, "yuv420p")
    return Reader().rgb(shaped)


def coded(ycbcr: tuple[int, int, int], size: tuple[int, int], matrix: int, full: int = 0) -> av.VideoFrame:
    flat = av.VideoFrame(*size, "yuv420p")
    for plane, value in zip(flat.planes, ycbcr, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    flat.colorspace, flat.color_range = matrix, full
    return flat


def test_a_picture_that_is_right_already_is_itself() -> None:
    given = coded((63, 102, 240), (160, 90), 1, 1)
    assert Shaper(160, 90, "crop").shaped(given) is given


@pytest.mark.parametrize(
    ("ycbcr", "size", "matrix", "full", "foreign"),
    [
        ((63, 102, 240), (160, 90), 1, 1, True),
        ((63, 102, 240), (160, 90), 2, 0, False),
        ((81, 90, 240), (160, 90), 6, 1, False),
        ((81, 90, 240), (160, 90), 5, 1, True),
        ((81, 90, 240), (160, 90), 2, 0, True),
        ((63, 102, 240), (1920, 1080), 2, 0, True),
        ((54, 99, 255), (160, 90), 1, 2, True),
        ((76, 85, 255), (160, 90), 5, 2, True),
    ],
)
def test_red_is_red_however_it_was_coded(
    ycbcr: tuple[int, int, int], size: tuple[int, int], matrix: int, full: int, foreign: bool
) -> None:
    shaper = Shaper(320, 180, "crop", foreign=foreign)
    assert np.abs(seen(shaper, coded(ycbcr, size, matrix, full)).astype(int) - RED).max() <= 4


def test_crop_fills_the_frame_from_the_middle() -> None:
    rgb = np.zeros((100, 400, 3), np.uint8)
    rgb[:, 100:300] = 255
    assert seen(Shaper(200, 100, "crop"), frame(rgb))[:, 4:-4].min() > 245


@pytest.mark.parametrize(
    ("size", "box"), [((400, 100), (0, 200, 26, 74)), ((100, 400), (88, 112, 0, 100)), ((200, 100), (0, 200, 0, 100))]
)
def test_pad_shows_all_of_it_between_black_bars(size: tuple[int, int], box: tuple[int, int, int, int]) -> None:
    white = np.full((size[1], size[0], 3), 255, np.uint8)
    light = seen(Shaper(200, 100, "pad"), frame(white))[..., 1] > 128
    columns, rows = np.flatnonzero(light.any(axis=0)), np.flatnonzero(light.any(axis=1))
    found = (columns[0], columns[-1] + 1, rows[0], rows[-1] + 1)
    assert np.abs(np.array(found) - box).max() <= 2


def test_wide_pixels_are_shown_wide() -> None:
    """720x576 of 16:9 television: it fills a frame of 16:9 without a bar."""
    white = np.full((576, 720, 3), 255, np.uint8)
    assert seen(Shaper(320, 180, "pad", Fraction(64, 45)), frame(white)).min() > 245


@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize("size", [(3, 200), (201, 3), (17, 33), (641, 359), (2, 2)])
def test_odd_sizes_are_fitted_too(size: tuple[int, int], fit: Fit) -> None:
    grey = np.full((size[1], size[0], 3), 128, np.uint8)
    middle = seen(Shaper(320, 180, fit), frame(grey))[90, 158:160]
    assert np.abs(middle.astype(int) - 128).max() <= 3


def test_pictures_of_changing_kinds_go_through_one_shaper() -> None:
    shaper = Shaper(160, 90, "crop")
    for size in ((160, 90), (320, 180), (90, 160), (320, 180)):
        assert np.abs(seen(shaper, coded((81, 90, 240), size, 6, 1)).astype(int) - RED).max() <= 4
