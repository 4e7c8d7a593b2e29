"""How far apart two colours look, in Oklab.

Oklab: B. Ottosson, *A perceptual color space for image processing* (2020), for linear sRGB. The distance is ΔE OK of
CSS Color 4 (a straight line in Oklab), times 100, as ΔE is usually told: side by side, about 2 is the least that is
seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from storyboard.media.reading.frames import RGB

Lab = NDArray[np.float64]
"""Oklab times 100: [..., 3], lightness 0 to 100, green to red, blue to yellow."""

_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OPPONENTS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LINEAR = np.array([one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in np.arange(256) / 255])
"""sRGB's transfer: what video levels look like on the usual screen."""


def oklab(rgb: RGB) -> Lab:
    """A picture of at least `CELL` pixels a side in Oklab, averaged over a grid of cells so that noise and edges count
    for little: [rows, columns, 3].
    """
    high, wide = (side // CELL for side in rgb.shape[:2])
    linear = _LINEAR[rgb[: high * CELL, : wide * CELL]]
    cells = linear.reshape(high, CELL, wide, CELL, 3).mean(axis=(1, 3))
    return np.asarray(np.cbrt(cells @ _CONES.T) @ _OPPONENTS.T * 100, np.float64)


CELL = 10
"""The side of a cell, in pixels."""


def distance(one: Lab, other: Lab) -> float:
    """The mean ΔE OK between the cells of two pictures of one size."""
    return float(np.sqrt(np.square(one - other).sum(axis=-1)).mean())
