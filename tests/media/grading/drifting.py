"""A chain of clips, each a little off the one before, as gateways drift: small and coded well."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storyboard.media.encode import Writer
from tests.media.quality.planted import scenery

RGB = NDArray[np.uint8]
SIZE, FPS, FRAMES = (160, 90), Fraction(24), 5
CONTRAST, GAMMA, TINT = 1.03, 1.02, (1.015, 1.0, 0.985)
"""Of a link."""


def drifted(rgb: RGB, links: int) -> RGB:
    """A picture after so many links."""
    value = rgb.astype(np.float32) / 255
    for _ in range(links):
        value = np.clip((value - 0.5) * CONTRAST + 0.5, 0, 1) ** GAMMA * np.asarray(TINT, np.float32)
    return np.clip(np.rint(value * 255), 0, 255).astype(np.uint8)


def seen(number: int) -> RGB:
    """What the camera sees at a frame of the chain."""
    wide, high = SIZE
    return scenery()[::2, ::2][:high, number : number + wide]


def clip(path: Path, link: int) -> Path:
    """A clip of the chain: its frame 0 is the last of the one before, drifted once more."""
    with Writer(path, *SIZE, FPS, exact_frames=(0, FRAMES - 1)) as writer:
        for number in range(FRAMES):
            writer.write(np.ascontiguousarray(drifted(seen(link * (FRAMES - 1) + number), link)))
    return path
