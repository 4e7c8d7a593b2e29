"""The kinds of values that fields take: text, times, shapes, choices. Each says what is wrong in its own words.

Text fields take a scalar as spelt: the id `1.10` stays `1.10`, the action `1987` is a year.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from storyboard.language.models import colors
from storyboard.language.text.reading import Leaf, Read, Reading, wrong
from storyboard.language.text.spelling import did_you_mean, listed
from storyboard.language.text.tree import Node, Scalar
from storyboard.language.values import quantities
from storyboard.timecode import Timecode
from storyboard.timecode import read as read_timecode

SLOWEST, FASTEST = Fraction(1, 100), Fraction(1000)
"""The speeds that footage may be shown at."""
NUMBER_OR_TEXT: Mapping[str, Any] = {"type": ["number", "string"]}
TEXT: Mapping[str, Any] = {"type": ["string", "number", "boolean"]}
"""Text takes scalars as spelt, so that an editor must not object to a number."""


def _text(text: str, node: Node, reading: Reading) -> str:
    return text


def _truth(text: str, node: Node, reading: Reading) -> bool:
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    meant = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}.get(text.lower())
    if meant:
        raise wrong("bad-boolean", f'"{text}" is text, not a boolean', f"write {meant}")
    quoted = isinstance(node, str) and text.lower() in ("true", "false")
    hint = "write it without quotes" if quoted else {"1": "write true", "0": "write false"}.get(text)
    hint = hint or did_you_mean(text, ("true", "false"))
    raise wrong("bad-boolean", f'expected true or false, found "{text}"', hint)


def _exact(code: str, read: Callable[[str], Any]) -> Read:
    """A reader of `quantities` as a field's."""

    def validate(text: str, node: Node, reading: Reading) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise wrong(code, str(error)) from error

    return validate


def _time(text: str, node: Node, reading: Reading) -> Fraction:
    if isinstance(node, Scalar) and isinstance(node.value, float) and not math.isfinite(node.value):
        raise wrong("bad-time", f"{text} is no time", f"write {quantities.TIME_FORMS}")
    if quantities.in_beats(text) and reading.beat is None:
        message = "a time in beats, and no sound of this film is its clock and has a tempo"
        raise wrong("bad-clock", message, "write clock: {bpm: 120} in the sound that it follows")
    try:
        found = quantities.time(text, reading.fps, reading.beat)
    except ValueError as error:
        raise wrong("bad-time", str(error)) from error
    if found < 0:
        raise wrong("bad-time", "a time is not negative")
    return found


def _length(text: str, node: Node, reading: Reading) -> Fraction:
    found = _time(text, node, reading)
    if not found:
        raise wrong("bad-time", "a length of time is more than zero")
    return found


def _place(text: str, node: Node, reading: Reading) -> Fraction:
    found = _time(text, node, reading)
    return found + reading.downbeat if quantities.in_beats(text) else found


def _timecode(text: str, node: Node, reading: Reading) -> Timecode:
    try:
        return read_timecode(text, reading.fps)
    except ValueError as error:
        raise wrong("bad-time", str(error)) from error


def whole(lowest: int, highest: int) -> Leaf:
    """A whole number in these bounds, both included."""

    def read(text: str, node: Node, reading: Reading) -> int:
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, float) and value.is_integer() and math.isfinite(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            hint = "write it without quotes" if isinstance(node, str) and text.isdecimal() else None
            raise wrong("bad-number", f'expected a whole number from {lowest} to {highest}, found "{text}"', hint)
        if not lowest <= value <= highest:
            raise wrong("out-of-range", f"{text} is not from {lowest} to {highest}")
        return value

    return Leaf(read, "a whole number", {"type": "integer", "minimum": lowest, "maximum": highest})


def choice(*words: str, also: Mapping[str, str] | None = None, hint: str | None = None) -> Leaf:
    """One of `words`; `also` maps other spellings (lower case, single spaces) to one of them.

    `hint` is said where no known word is near.
    """
    known = {**{word.casefold(): word for word in words}, **(also or {})}

    def read(text: str, node: Node, reading: Reading) -> str:
        folded = text.strip().casefold()
        found = known.get(folded) or known.get(" ".join(folded.replace("-", " ").replace("_", " ").split()))
        if found:
            return found
        expected = f'expected {listed(words)}, found "{text}"'
        raise wrong("bad-choice", expected, did_you_mean(text, known.values(), known) or hint)

    hyphened = [word.replace("close up", "close-up") for word in also or () if "close up" in word]
    return Leaf(read, listed(words), {"type": "string", "enum": [*words, *(also or {}), *hyphened]})


def _resolution(text: str, node: Node, reading: Reading) -> str:
    try:
        return quantities.resolution(text)
    except ValueError as error:
        bare = text.isdecimal() and len(text) in (3, 4)
        raise wrong("bad-resolution", str(error), f'did you mean "{text}p"?' if bare else None) from error


def _aspect(text: str, node: Node, reading: Reading) -> str:
    try:
        return quantities.aspect(text)
    except ValueError as error:
        sides = [side.strip() for side in text.lower().replace("/", "x").replace("×", "x").split("x")]
        meant = ":".join(sides) if len(sides) == 2 and all(side.isdecimal() for side in sides) else None
        raise wrong("bad-aspect", str(error), f'did you mean "{meant}"?' if meant else None) from error


def _decibels(text: str, node: Node, reading: Reading) -> Decimal:
    try:
        found = quantities.amount(text.lower().removesuffix("db").strip())
    except ValueError as error:
        raise wrong("bad-number", "expected decibels, like -6 or 3.5") from error
    if not -60 <= found <= 24:
        raise wrong("out-of-range", f"{text} is not from -60 to 24 decibels")
    return found


def _lufs(text: str, node: Node, reading: Reading) -> Decimal:
    try:
        found = quantities.amount(text.lower().removesuffix("lufs").strip())
    except ValueError as error:
        raise wrong("bad-number", "expected a loudness in LUFS, like -16 or -23") from error
    if not -40 <= found <= -5:
        hint = f"write -{text}" if -40 <= -found <= -5 else "-23 for broadcast, -16 or -14 for the web"
        raise wrong("out-of-range", f"{text} is not from -40 to -5 LUFS", hint)
    return found


def _spending(text: str, node: Node, reading: Reading) -> Decimal:
    try:
        found = quantities.amount(text)
    except ValueError as error:
        raise wrong("bad-number", str(error)) from error
    if found < 0:
        raise wrong("out-of-range", "a budget is not negative")
    return found


def _limit(text: str, node: Node, reading: Reading) -> Decimal:
    try:
        found = quantities.amount(text.removesuffix("%").strip())
    except ValueError as error:
        raise wrong("bad-number", str(error)) from error
    if not 0 <= found <= 255:
        raise wrong("out-of-range", f"{text} is not from 0 to 255")
    return found


def _speed(text: str, node: Node, reading: Reading) -> Fraction:
    try:
        found = Fraction(quantities.amount(text.lower().removesuffix("x").strip()))
    except ValueError as error:
        raise wrong("bad-number", "expected a speed, like 2 (twice as fast) or 0.5") from error
    if not SLOWEST <= found <= FASTEST:
        raise wrong("out-of-range", f"{text} is not from 0.01 to 1000 times its own speed")
    return found


def _color(text: str, node: Node, reading: Reading) -> str:
    try:
        return colors.color(text)
    except ValueError as error:
        digits = re.fullmatch(r"[0-9a-fA-F]{6}", text, re.ASCII)
        hint = f'write "#{text}"' if digits else did_you_mean(text, colors.NAMES)
        raise wrong("bad-color", str(error), hint) from error


def _version(text: str, node: Node, reading: Reading) -> int:
    if text != "1":
        raise wrong("wrong-version", f"this version reads storyboards of language version 1, not {text}")
    return 1


def _frame(text: str, node: Node, reading: Reading) -> str | Fraction:
    if text in FRAMES:
        return text
    if isinstance(node, Scalar) or text[:1].isdigit():
        return _time(text, node, reading)
    raise wrong("bad-choice", f'expected last, first, best or a time, found "{text}"', did_you_mean(text, FRAMES))


FRAMES = ("last", "first", "best")
CarriedFrame = Annotated[
    str | Fraction,
    Leaf(_frame, "last, first, best or a time", {"anyOf": [{"enum": list(FRAMES)}, {"type": ["number", "string"]}]}),
]
"""Which frame of a shot is carried: a word, or a time in its clip, in seconds."""
Version = Annotated[int, Leaf(_version, "1", {"const": 1})]
"""The version of the language."""
Text = Annotated[str, Leaf(_text, "text", TEXT, prose=True)]
"""Text, as spelt."""
ProviderName = Annotated[str, Leaf(_text, "a provider's name", TEXT)]
"""One provider."""
Truth = Annotated[bool, Leaf(_truth, "true or false", {"type": "boolean"})]
"""`true` or `false`."""
Length = Annotated[Fraction, Leaf(_length, quantities.TIME_FORMS, NUMBER_OR_TEXT)]
"""A length of time in seconds, more than zero."""
Moment = Annotated[Fraction, Leaf(_time, quantities.TIME_FORMS, NUMBER_OR_TEXT)]
"""A moment in seconds, zero or more."""
Place = Annotated[Fraction, Leaf(_place, quantities.TIME_FORMS, NUMBER_OR_TEXT)]
"""A place in the film in seconds, zero or more; in beats it counts from the first beat of the clock."""
StartTimecode = Annotated[
    Timecode,
    Leaf(
        _timecode,
        "a timecode, like 01:00:00:00",
        {"type": "string", "pattern": "^[0-9]{2}(:[0-9]{2}){2}[:;][0-9]{2,3}$"},
    ),
]
"""A frame's name in a day."""
Tempo = Annotated[Fraction, Leaf(_exact("bad-number", quantities.tempo), "beats a minute", NUMBER_OR_TEXT)]
"""Beats a minute."""
Rate = Annotated[Fraction, Leaf(_exact("bad-fps", quantities.rate), "frames a second", NUMBER_OR_TEXT)]
"""Frames a second, exact."""
Aspect = Annotated[str, Leaf(_aspect, "a shape, like 16:9", {"type": "string", "pattern": r"^[0-9.]+ ?: ?[0-9.]+$"})]
"""A shape, `W:H`."""
Resolution = Annotated[
    str,
    Leaf(_resolution, "the short side, like 720p", {"type": "string", "pattern": "^([0-9]{3,4}[pP]|[24][kK])$"}),
]
"""The short side, `720p`."""
Size = Annotated[
    tuple[int, int],
    Leaf(
        _exact("bad-size", quantities.size),
        "pixels, like 1080x1350",
        {"type": "string", "pattern": "^[0-9]+ ?[xX×] ?[0-9]+$"},
    ),
]
"""Width and height in pixels."""
Decibels = Annotated[Decimal, Leaf(_decibels, "decibels", {"type": "number", "minimum": -60, "maximum": 24})]
"""A gain in decibels."""
Lufs = Annotated[Decimal, Leaf(_lufs, "a loudness, like -16", {"type": "number", "minimum": -40, "maximum": -5})]
"""A loudness in LUFS."""
Limit = Annotated[Decimal, Leaf(_limit, "a number", {"type": ["number", "string"], "minimum": 0})]
"""The most of a figure that is let pass."""
Spending = Annotated[Decimal, Leaf(_spending, "a number", {"type": ["number", "string"], "minimum": 0})]
"""An amount in a provider's own unit."""
Speed = Annotated[Fraction, Leaf(_speed, "a speed, like 2 or 0.5", NUMBER_OR_TEXT)]
"""How many times as fast as its own time footage is shown."""
Color = Annotated[str, Leaf(_color, "a colour, like black or #02aab0", {"type": "string"})]
"""A colour, `#rrggbb`."""
