"""Shots that follow the colours of a reference."""

from pathlib import Path

import numpy as np
from PIL import Image

from storyboard.media.animatic import draw
from storyboard.structs import replace
from tests.media.animatic.specs import FIRST, NEXT, far


def test_a_reference_lends_its_colours_without_being_the_first_frame(tmp_path: Path) -> None:
    path = tmp_path / "guide.png"
    guide = Image.new("RGB", (FIRST.width_px, FIRST.height_px), (150, 60, 40))
    guide.save(path)
    plain, guided = draw.frame(NEXT, 0), draw.frame(replace(NEXT, guide=str(path)), 0)
    means = [np.asarray(one, float).mean((0, 1)) for one in (plain, guided, guide)]
    assert np.abs(means[1] - means[2]).sum() < np.abs(means[0] - means[2]).sum() * 0.7
    assert far(guided, guide) > 2
