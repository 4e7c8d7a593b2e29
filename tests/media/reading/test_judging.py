"""Which frames may be carried, and which of a stretch is chosen."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from storyboard.media.encode import Writer
from storyboard.media.jobs import Chosen
from storyboard.media.reading.frames import RGB
from storyboard.media.reading.judging import choose, exposed, flaw, sharpness

RATE = Fraction(24)


def scene(gain: float = 1.0, lift: float = 0.0, blur: float = 0.0) -> RGB:
    """Bars and noise, darkened, lifted and blurred."""
    noise = np.random.default_rng(7).integers(0, 60, (90, 160, 3))
    bars = np.where((np.arange(160) // 8) % 2, 190, 20)[None, :, None]
    picture = np.clip((bars + noise) * gain + lift, 0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(blur)))


@pytest.mark.parametrize(
    ("picture", "found"),
    [
        (scene(), ""),
        (scene(0.35), ""),
        (scene(0.05), "black"),
        (scene(0.1, 220), "faded"),
        (np.full((90, 160, 3), 120, np.uint8), "flat"),
        (np.zeros((90, 160, 3), np.uint8), "black"),
    ],
)
def test_a_flaw_is_named(picture: RGB, found: str) -> None:
    assert flaw(picture) == found


def test_a_blurred_picture_is_less_sharp_and_a_burnt_one_is_not_well_exposed() -> None:
    assert sharpness(scene()) > sharpness(scene(blur=1.5)) > sharpness(scene(blur=4))
    assert exposed(scene())
    assert not exposed(scene(2.5))


def clip(path: Path, frames: list[RGB]) -> Path:
    with Writer(path, 160, 90, RATE, audio=False) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def test_the_best_is_the_sharpest_good_frame_and_the_later_of_equals(tmp_path: Path) -> None:
    made = clip(tmp_path / "a.mp4", [scene(), scene(blur=3), scene(0.9), scene(blur=4), scene(0.04)])
    assert choose(made, 0, 4, True, lambda share: None).index in (0, 2)
    assert choose(made, 3, 4, True, lambda share: None) == Chosen(3)


def test_a_step_back_goes_to_the_nearest_earlier_good_frame(tmp_path: Path) -> None:
    made = clip(tmp_path / "a.mp4", [scene(), scene(), scene(0.08), scene(0.04), scene(0.0)])
    assert choose(made, 0, 4, False, lambda share: None) == Chosen(1)
    assert choose(made, 0, 1, False, lambda share: None) == Chosen(1)


def test_where_no_frame_is_good_the_flaw_is_told(tmp_path: Path) -> None:
    made = clip(tmp_path / "a.mp4", [scene(0.0)] * 3)
    assert choose(made, 0, 2, False, lambda share: None) == Chosen(2, "black")
