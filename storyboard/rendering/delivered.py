"""What a provider delivered, or a person brought in, held against what the shot wants: pure.

Laws. A clip that is less than was ordered is kept, since it was paid for, and told. Sizes are compared by their pixels,
since a provider chooses the sides of a shape; a clip counts as less where it is nearer to the class below. No provider
is asked for a rate: a clip has fewer frames a second than the film, or than its provider is known for, where more are
missing than the thousandth that broadcast takes off.
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

NTSC = Fraction(998, 1000)
"""23.976 is taken for 24."""


def shortfall(shot: Shot, duration: Fraction, fps: Fraction, clip: Clip) -> str:
    """In what a clip of `duration` ordered seconds is less than was ordered; empty where it is not.

    `fps` are the frames a second that may be expected.
    """
    return ", ".join(_shortfalls(shot, duration, fps, clip))


def _shortfalls(shot: Shot, duration: Fraction, fps: Fraction, clip: Clip) -> Iterator[str]:
    wanted = _lines(shot.resolution)
    pixels = 9 * SHARE.denominator * clip.width_px * clip.height_px  # whole numbers: this is looked at for every clip
    if wanted is not None and pixels < 16 * SHARE.numerator * wanted * wanted:
        yield f"{clip.width_px}×{clip.height_px} where {shot.resolution} was ordered"
    if clip.frames * clip.fps.denominator * duration.denominator < duration.numerator * clip.fps.numerator:
        yield f"{float(clip.duration):.3g} s where {float(duration):g} s were ordered"
    if clip.fps != fps and clip.fps < fps * NTSC:
        yield f"{float(clip.fps):.5g} frames a second where {float(fps):.5g} were expected"
    if shot.audio and not clip.has_audio:
        yield "without the sound that was ordered"


def _lines(resolution: str) -> int | None:
    """The lines of a class: 720 for `720p`, 2160 for `4k`."""
    if resolution == "4k":
        return 2160
    found = re.fullmatch(r"([0-9]{3,4})p", resolution)
    return int(found[1]) if found else None
