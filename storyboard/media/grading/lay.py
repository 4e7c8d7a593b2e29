"""Laying a grade on pictures as films are coded: bt709, video levels, 8 bits or 10."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from storyboard.media.blend import Planes, channels, fineness
from storyboard.media.grading.grade import KNOTS, STEP, Grade

GREY = 128
LOWEST, BRIGHTEST, STRONGEST = 16, 235, 240
"""Video levels: luma is 16 to 235, chroma 16 to 240."""


class Grader:
    """Lays one grade on any number of pictures: the same level always becomes the same one, so nothing flickers.

    All are of one coding, 8 bits or (`deep`) 10.
    """

    def __init__(self, grade: Grade, deep: bool = False) -> None:
        fine = 4 if deep else 1
        levels, knots = np.arange(256 * fine) / fine, np.arange(KNOTS) * STEP
        luma = np.interp(levels, knots, grade.luma) * fine
        self._luma = np.clip(np.rint(luma), LOWEST * fine, BRIGHTEST * fine).astype(np.uint16 if deep else np.uint8)
        self._u, self._v = (np.interp(levels, knots, curve).astype(np.float32) for curve in (grade.u, grade.v))
        self._chroma = tuple(np.float32(one) for one in grade.chroma)

    def graded(self, of: Planes) -> Planes:
        """The planes of a picture in its new colours."""
        new, fine = of.copy(), np.float32(fineness(of))
        luma, u, v = channels(of)
        new_luma, new_u, new_v = channels(new)
        under = _means(luma, u.shape)
        a, b, c, d = self._chroma
        p, q = (plane.astype(np.float32) / fine - GREY for plane in (u, v))
        new_luma[:] = self._luma[luma]
        new_u[:] = _levels(self._u[under] + a * p + b * q, fine)
        new_v[:] = _levels(self._v[under] + c * p + d * q, fine)
        return new


def _means(luma: Planes, shape: tuple[int, ...]) -> NDArray[np.uint16]:
    """The mean luma, rounded, under each value of chroma planes of that shape."""
    high, wide = luma.shape[0] // shape[0], luma.shape[1] // shape[1]
    patches = luma.reshape(shape[0], high, shape[1], wide).astype(np.uint16)
    count = high * wide
    return np.asarray((patches.sum(axis=(1, 3), dtype=np.uint16) + count // 2) // count, np.uint16)


def _levels(chroma: NDArray[np.float32], fine: np.float32) -> NDArray[np.uint16]:
    return np.asarray(np.clip(np.rint((chroma + GREY) * fine), LOWEST * fine, STRONGEST * fine), np.uint16)
