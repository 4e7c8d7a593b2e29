"""Quantities as people write them: times, rates, shapes, sizes, decibels. Text in, exact numbers out.

Every function takes the text as spelt and raises `ValueError` with a sentence for a person. Nothing passes through a
float: `23.976` is 24000/1001 because that is what every camera means by it, `0.1` is one tenth.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

LONGEST_S = 24 * 60 * 60
"""No time in a storyboard is longer than a day."""

TIME_FORMS = "seconds, like 2.5, 400ms or 1:02.5, or frames of the film, like 60f, or beats of its clock, like 8b"

_NUMBER = r"\d{1,18}(?:\.\d{0,18})?|\.\d{1,18}"
_TIME = re.compile(rf"(?P<sign>[-+]?)(?P<number>{_NUMBER})\s?(?P<unit>s|sec|ms|f|b)?", re.ASCII)
_CLOCK = re.compile(r"(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,4}):(?P<seconds>\d{1,2}(?:\.\d{1,18})?)", re.ASCII)
_RATIO = re.compile(rf"({_NUMBER})\s?:\s?({_NUMBER})", re.ASCII)
_RATE = re.compile(rf"(?P<top>{_NUMBER})(?:/(?P<bottom>\d{{1,9}}))?", re.ASCII)
_PIXELS = re.compile(r"(\d{1,6})\s?[x×X]\s?(\d{1,6})", re.ASCII)
_LINES = re.compile(r"(\d{3,4})p", re.ASCII)

_NTSC = {
    Decimal("23.976"): Fraction(24000, 1001),
    Decimal("23.98"): Fraction(24000, 1001),
    Decimal("29.97"): Fraction(30000, 1001),
    Decimal("47.952"): Fraction(48000, 1001),
    Decimal("59.94"): Fraction(60000, 1001),
    Decimal("119.88"): Fraction(120000, 1001),
}
_NAMED_LINES = {"2k": 1440, "4k": 2160}


def time(text: str, fps: Fraction, beat: Fraction | None = None) -> Fraction:
    """Seconds of `2.5`, `2.5s`, `400ms`, `1:02.5`, `60f` (frames of the film at `fps`), `8b` (beats of `beat` seconds).

    May be negative or zero.
    """
    clock = _CLOCK.fullmatch(text)
    if clock:
        seconds = Fraction(clock["seconds"])
        if seconds >= 60 or (clock["hours"] and int(clock["minutes"]) >= 60):
            raise ValueError("minutes and seconds end at 59")
        return _bounded(seconds + 60 * int(clock["minutes"]) + 3600 * int(clock["hours"] or 0))
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError(f"expected {TIME_FORMS}")
    number = Fraction(match["sign"] + match["number"])
    if match["unit"] == "b":
        if beat is None:
            raise ValueError("no clock of this film says how long a beat is")
        return _bounded(number * beat)
    if match["unit"] == "f":
        if number.denominator != 1:
            raise ValueError("frames are whole numbers")
        return _bounded(number / fps)
    return _bounded(number / 1000 if match["unit"] == "ms" else number)


def in_beats(text: str) -> bool:
    """Whether a time is written in beats of a clock (`8b`)."""
    match = _TIME.fullmatch(text)
    return match is not None and match["unit"] == "b"


def tempo(text: str) -> Fraction:
    """Beats a minute: 20 to 400."""
    found = Fraction(amount(text))
    if not 20 <= found <= 400:
        raise ValueError("a clock has 20 to 400 beats a minute")
    return found


def _bounded(seconds: Fraction) -> Fraction:
    if abs(seconds) > LONGEST_S:
        raise ValueError("longer than a day")
    return seconds


def rate(text: str) -> Fraction:
    """Frames a second: `24`, `23.976` (24000/1001), `30000/1001`; 1 to 240."""
    match = _RATE.fullmatch(text)
    if not match or match["bottom"] == "0":
        raise ValueError("expected frames a second, like 24, 23.976 or 30000/1001")
    found = Fraction(match["top"]) / Fraction(match["bottom"] or 1)
    if not match["bottom"]:
        found = _NTSC.get(Decimal(match["top"]), found)
    if not 1 <= found <= 240:
        raise ValueError("a film has 1 to 240 frames a second")
    return found


def aspect(text: str) -> str:
    """A shape, `WIDTH:HEIGHT`, as written but for spaces; at most ten times as wide as high, or as high as wide."""
    match = _RATIO.fullmatch(text)
    if not match or not Fraction(match[1]) or not Fraction(match[2]):
        raise ValueError("expected a shape, like 16:9, 9:16, 1:1 or 2.39:1")
    if not Fraction(1, 10) <= Fraction(match[1]) / Fraction(match[2]) <= 10:
        raise ValueError("a picture is at most ten times as wide as high, or as high as wide")
    return f"{match[1]}:{match[2]}"


def ratio(shape: str) -> Fraction:
    """Width over height of a shape that `aspect` has read."""
    width, height = shape.split(":")
    return Fraction(width) / Fraction(height)


def resolution(text: str) -> str:
    """The short side: `720p`, `1080p`, `4k` (2160p); 144 to 4320 lines, an even number."""
    lowered = text.lower()
    lines = _LINES.fullmatch(lowered)
    if lowered not in _NAMED_LINES and not lines:
        raise ValueError("expected the picture's short side, like 720p, 1080p or 4k")
    if lines and not (144 <= int(lines[1]) <= 4320 and int(lines[1]) % 2 == 0):
        raise ValueError("the short side is an even number from 144 to 4320")
    return lowered


def short_side(named: str) -> int:
    """Pixels of a resolution that `resolution` has read."""
    return _NAMED_LINES.get(named) or int(named.removesuffix("p"))


def even(value: Fraction) -> int:
    """The even number of pixels nearest `value`, halves up; video is coded in pairs of pixels."""
    return 2 * int(value / 2 + Fraction(1, 2))


def pixels(shape: str, named: str) -> tuple[int, int]:
    """Width and height in pixels of a shape at a resolution: the short side is exact, the long one even."""
    wide, short = ratio(shape), short_side(named)
    return (even(short * wide), short) if wide >= 1 else (short, even(short / wide))


def size(text: str) -> tuple[int, int]:
    """Width and height of `1080x1350`: even numbers from 16 to 8192."""
    match = _PIXELS.fullmatch(text)
    if not match:
        raise ValueError("expected pixels, like 1080x1350")
    width, height = int(match[1]), int(match[2])
    if not (16 <= width <= 8192 and 16 <= height <= 8192):
        raise ValueError("each side is 16 to 8192 pixels")
    if width % 2 or height % 2:
        raise ValueError("both sides are even numbers of pixels: video is coded in pairs")
    return width, height


def shape_of(width_px: int, height_px: int) -> str:
    """The shape of a size in lowest terms: 1080 x 1350 is `4:5`."""
    whole = Fraction(width_px, height_px)
    return f"{whole.numerator}:{whole.denominator}"


def amount(text: str) -> Decimal:
    """A plain decimal number as written. No exponent, no infinity, at most 18 digits on either side of the point."""
    if not re.fullmatch(rf"[-+]?(?:{_NUMBER})", text, re.ASCII):
        raise ValueError("expected a number, like 600 or 12.5")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("expected a number, like 600 or 12.5") from error


def seconds(time: Fraction) -> str:
    """A time for a sentence, to the millisecond."""
    return f"{float(time):.3f}".rstrip("0").rstrip(".")
