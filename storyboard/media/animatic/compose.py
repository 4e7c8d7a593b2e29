"""From a spec to its plates: what the shot shows, drawn once."""

from __future__ import annotations

import numpy as np
from PIL import Image

from storyboard.media.animatic import motion
from storyboard.media.animatic.plates import Plates, canvas_size
from storyboard.media.animatic.spec import Spec


def move_of(spec: Spec) -> motion.Kind:
    """The shot's camera move, from `move`, else from what its texts say about the camera."""
    texts = [spec.prompt or "", *(beat.does for beat in spec.action)]
    return motion.read(spec.move, "\n".join(texts))


def compose(spec: Spec) -> Plates:
    """Draw the shot's planes."""
    wide, high = canvas_size(spec.width_px, spec.height_px)
    down = np.linspace(0, 1, high)[:, None, None]
    colours = np.array([40, 52, 66]) * (1 - down) + np.array([104, 98, 92]) * down
    grain = np.random.default_rng(spec.seed).normal(0, 2, (high, wide, 1))
    return Plates(Image.fromarray(np.clip(colours + grain, 0, 255).astype(np.uint8)))
