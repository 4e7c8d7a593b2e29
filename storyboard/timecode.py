"""SMPTE timecode: a number of frames as hours, minutes, seconds and frames of a film's rate. Pure.

Laws (SMPTE ST 12-1).
- A second of timecode has as many frames as the rate rounded: 24 of 23.976, 30 of 29.97. A frame has one name.
- Drop frame exists where the rate is 30 or 60 over 1.001: names, not frames, are left out, two (four) at the start of
  every minute but each tenth, so that timecode keeps up with the clock. It is written with `;` before the frames.
- After 23:59:59 and its last frame comes 00:00:00:00.
"""

from __future__ import annotations

import re
from fractions import Fraction

from msgspec import Struct

_FORM = re.compile(r"(\d\d):(\d\d):(\d\d)([:;])(\d\d\d?)")
NTSC = Fraction(1000, 1001)
DAY_S = 24 * 3600


class Timecode(Struct, frozen=True):
    """A frame's name: `frames` counted from midnight, `drop` where names are dropped."""

    frames: int = 0
    drop: bool = False

    def written(self, fps: Fraction, after: int = 0) -> str:
        """`HH:MM:SS:FF`, or `HH:MM:SS;FF` in drop frame, of the frame that comes `after` frames later."""
        second = per_second(fps)
        number = (self.frames + after) % _day(second, drop=self.drop)
        if self.drop:
            number += _dropped(number, second)
        rest, frame = divmod(number, second)
        minutes, seconds = divmod(rest, 60)
        digits = len(str(second - 1))
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{';' if self.drop else ':'}{frame:0{max(2, digits)}}"


MIDNIGHT = Timecode()
"""Where timecode begins."""


def per_second(fps: Fraction) -> int:
    """How many frames a second of timecode has."""
    return max(1, int(fps + Fraction(1, 2)))


def may_drop(fps: Fraction) -> bool:
    """Whether a rate has drop frame timecode."""
    return fps in (30 * NTSC, 60 * NTSC)


def read(text: str, fps: Fraction) -> Timecode:
    """The timecode of a text. Raises ValueError, with a sentence, for one that the rate does not have."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError("expected a timecode, like 01:00:00:00")
    hours, minutes, seconds, frame = (int(match[place]) for place in (1, 2, 3, 5))
    second, drop = per_second(fps), match[4] == ";"
    if hours > 23 or minutes > 59 or seconds > 59 or frame >= second:
        raise ValueError(f"{text} does not exist: a day has 24 hours, and a second here {second} frames")
    if drop and not may_drop(fps):
        raise ValueError("only 29.97 and 59.94 frames a second have drop frame timecode, with ; before the frames")
    number = ((hours * 60 + minutes) * 60 + seconds) * second + frame
    if drop:
        skipped = second // 15
        if not seconds and frame < skipped and minutes % 10:
            raise ValueError(f"{text} does not exist: drop frame timecode leaves it out")
        whole = hours * 60 + minutes
        number -= skipped * (whole - whole // 10)
    return Timecode(number, drop)


def _day(second: int, *, drop: bool) -> int:
    """How many frames a day of timecode has."""
    return DAY_S * second - (24 * 54 * (second // 15) if drop else 0)


def _dropped(number: int, second: int) -> int:
    """How many names were left out before frame `number`."""
    skipped = second // 15
    ten, minute = 600 * second - 9 * skipped, 60 * second - skipped
    tens, rest = divmod(number, ten)
    within = (rest - skipped) // minute if rest >= 60 * second else 0
    return skipped * (9 * tens + within)
