"""Laying a grade on pictures as films are coded: yuv420p, bt709, video levels."""

from __future__ import annotations

import numpy as np

from storyboard.media.blend import Planes, channels
from storyboard.media.grading.grade import KNOTS, STEP, Grade

GREY = 128
LOWEST, BRIGHTEST, STRONGEST = 16, 235, 240
"""Video levels: luma is 16 to 235, chroma 16 to 240."""


class Grader:
    """Lays one grade on any number of pictures: the same level always becomes the same one, so nothing flickers."""

    def __init__(self, grade: Grade) -> None:
        levels, knots = np.arange(256), np.arange(KNOTS) * STEP
        luma = np.interp(levels, knots, grade.luma)
        self._luma = np.clip(np.rint(luma), LOWEST, BRIGHTEST).astype(np.uint8)
        self._u, self._v = (np.interp(levels, knots, curve).astype(np.float32) for curve in (grade.u, grade.v))
        self._chroma = tuple(np.float32(one) for one in grade.chroma)

    def graded(self, of: Planes) -> Planes:
        """The planes of a picture in its new colours."""
        new = of.copy()
        luma, u, v = channels(of)
        new_luma, new_u, new_v = channels(new)
        quads = luma.reshape(luma.shape[0] // 2, 2, luma.shape[1] // 2, 2).astype(np.uint16)
        under = ((quads.sum(axis=(1, 3), dtype=np.uint16) + 2) >> 2).astype(np.uint8)
        a, b, c, d = self._chroma
        p, q = (plane.astype(np.float32) - GREY for plane in (u, v))
        new_luma[:] = self._luma[luma]
        new_u[:] = _levels(self._u[under] + a * p + b * q)
        new_v[:] = _levels(self._v[under] + c * p + d * q)
        return new


def _levels(chroma: np.typing.NDArray[np.float32]) -> Planes:
    return np.asarray(np.clip(np.rint(chroma + GREY), LOWEST, STRONGEST), np.uint8)
