"""What a provider delivered, held against what was ordered of it: pure.

Laws. A clip that is less than was ordered is kept, since it was paid for, and told. Sizes are compared by their pixels,
since a provider chooses the sides of a shape; a clip counts as less where it is nearer to the class below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from storyboard.film import Clip, Shot

LESS = "delivered-less"
"""The code of a clip that is less than was ordered."""
SHARE = Fraction(7, 10)
"""The share of the pixels that were ordered below which a clip is of a lower class; 480p has 0.46 of those of 720p."""


def shortfall(shot: Shot, duration: Fraction, clip: Clip) -> str:
    """In what a clip of `duration` ordered seconds is less than was ordered; empty where it is not."""
    return ", ".join(_shortfalls(shot, duration, clip))


def _shortfalls(shot: Shot, duration: Fraction, clip: Clip) -> Iterator[str]:
    wanted = _lines(shot.resolution)
    if wanted is not None and clip.width_px * clip.height_px < SHARE * wanted * wanted * 16 / 9:
        yield f"{clip.width_px}×{clip.height_px} where {shot.resolution} was ordered"
    if clip.duration < duration:
        yield f"{float(clip.duration):.3g} s where {float(duration):g} s were ordered"
    if shot.audio and not clip.has_audio:
        yield "without the sound that was ordered"


def _lines(resolution: str) -> int | None:
    """The lines of a class: 720 for `720p`, 2160 for `4k`."""
    if resolution == "4k":
        return 2160
    found = re.fullmatch(r"([0-9]{3,4})p", resolution)
    return int(found[1]) if found else None
