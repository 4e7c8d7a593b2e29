"""Which frames can be carried: not black, not faded, not flat; and the sharpest of a stretch.

A frame is judged by its luma alone, between the 0.5th and the 99.5th percentile, so that a few bright pixels save
nothing. *Black*: nothing is brighter than 28 of 255. *Flat*: all lies within 8 levels, a single colour. *Faded*: all
lies within 40, a picture on its way to black or white. The limits are wide of what a dark scene has: a night with one
lamp spans more than 80.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from storyboard.media.jobs import Chosen, MediaError, Report
from storyboard.media.reading.frames import RGB, Reader, pictures

BLACK, FLAT, FADED = 28, 8, 40
CLIPPED = 0.12
"""The share of a well-exposed frame that may be at either end of the scale."""
SMALL = (320, 180)


def flaw(rgb: RGB) -> str:
    """What is wrong with a picture: `black`, `flat`, `faded`, or nothing."""
    counts = np.bincount(_luma(rgb).reshape(-1), minlength=256).cumsum()
    low, high = (int(np.searchsorted(counts, share * counts[-1])) for share in (0.005, 0.995))
    if high < BLACK:
        return "black"
    return "flat" if high - low < FLAT else "faded" if high - low < FADED else ""


def sharpness(rgb: RGB) -> float:
    """How much fine detail a picture has: the variance of its Laplacian, at one small size for all."""
    small = np.asarray(Image.fromarray(rgb).convert("L").resize(SMALL, Image.Resampling.BILINEAR), np.float32)
    centre = small[1:-1, 1:-1]
    return float((small[:-2, 1:-1] + small[2:, 1:-1] + small[1:-1, :-2] + small[1:-1, 2:] - 4 * centre).var())


def exposed(rgb: RGB) -> bool:
    """Whether hardly anything of a picture is lost in black or white."""
    luma = _luma(rgb)
    return float(((luma <= 4) | (luma >= 251)).mean()) <= CLIPPED


def choose(path: Path, first: int, last: int, best: bool, report: Report) -> Chosen:
    """The frame to carry of frames `first` to `last` of a clip: the `best`, else the last good one; and its flaw.

    The best is the sharpest of the well-exposed good ones, of the good ones where none is; the later of equals. Where
    no frame is good it is the last, with its flaw. Raises MediaError as `frames.pictures` does.
    """
    chosen, rank, wrong = last, (False, False, 0.0), "none"
    for index, rgb in _stretch(path, first, last):
        found = flaw(rgb)
        judged = (not found, best and exposed(rgb), sharpness(rgb) if best else 0.0)
        if wrong == "none" or judged >= rank:
            chosen, rank, wrong = index, judged, found
        report((index - first) / (last - first + 1))
    if wrong == "none":
        raise MediaError("no-such-frame", f"{path.name} has no frame {first}")
    return Chosen(chosen, wrong)


def _stretch(path: Path, first: int, last: int) -> Iterator[tuple[int, RGB]]:
    reader = Reader()
    for index, frame in enumerate(pictures(path, first), first):
        if index > last:
            return
        yield index, reader.rgb(frame)


def _luma(rgb: RGB) -> RGB:
    return np.asarray(Image.fromarray(rgb).convert("L"))
