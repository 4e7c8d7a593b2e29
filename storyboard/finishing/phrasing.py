"""A spoken text as subtitles are set: parts of two balanced lines, and how long each takes to read. Pure.

Laws. No character but white space is lost or moved. A line holds at most 42 Latin letters or 16 squares (Han, kana,
Hangul), or what its parts add up to; in a picture higher than wide 32 and 15. One line where it fits, else two: broken
where the script breaks, best after a mark, the upper line not the longer one. A text of more than two lines is parted
into as few as will do, best at the end of a sentence. It is read at 17 letters or 7 squares a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from storyboard.media.scripts import clusters, is_hangul, is_wide, pieces

LETTERS_PER_SECOND, SQUARES_PER_SECOND = 17, 7
SENTENCE, CLAUSE = frozenset(".!?…。！？؟"), frozenset(",;:—–，、；：،؛")
"""Marks after which a text may well be parted."""
QUOTES = "\"'”’»」』）)]"
_UNMARKED, _CLAUSE_COST, _TOP_HEAVY = 0.4, 0.15, 0.1


@dataclass(frozen=True, slots=True)
class Measure:
    """How much a line holds: so many Latin letters, or so many squares."""

    letters: int = 42
    squares: int = 16

    def room(self, text: str) -> Fraction:
        """How much of a line a text takes; 1 is all of it."""
        squares = sum(map(_is_square, text))
        return Fraction(squares, self.squares) + Fraction(len(text) - squares, self.letters)


WIDE, HIGH = Measure(), Measure(32, 15)
"""The measures of pictures that are wider than high, and of the others."""


def _is_square(char: str) -> bool:
    return is_wide(char) or is_hangul(char)


def measure_of(width_px: int, height_px: int) -> Measure:
    """The measure of a picture of that size."""
    return WIDE if width_px >= height_px else HIGH


def reading_s(text: str) -> Fraction:
    """How long a text takes to read, in seconds."""
    squares = sum(map(_is_square, text))
    return Fraction(squares, SQUARES_PER_SECOND) + Fraction(len(text) - squares, LETTERS_PER_SECOND)


def parts(text: str, measure: Measure) -> list[tuple[str, ...]]:
    """The text as subtitles, one after another, each of one or two lines; none where it has no letter."""
    found = _torn(" ".join(text.split()), measure)
    rooms = [measure.room(piece) for piece in found]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(found) + 1):
        tries = []
        held = Fraction(0)
        for begin in range(end - 1, -1, -1):
            held += rooms[begin]
            if held > 3:
                break
            if begin == end - 1 or _lines(found[begin:end], measure) is not None:
                last = end == len(found)
                waste = float(1 - min(held, Fraction(2)) / 2) ** 2
                tries.append((best[begin][0] + 1 + waste + (0 if last else _cost("".join(found[begin:end]))), begin))
        best.append(min(tries))
    cuts, end = [], len(found)
    while end:
        cuts.append((best[end][1], end))
        end = best[end][1]
    return [_lines(found[begin:end], measure) or ("".join(found[begin:end]).strip(),) for begin, end in reversed(cuts)]


def _torn(text: str, measure: Measure) -> list[str]:
    """The text's pieces; one that is longer than a line is torn."""
    found = []
    for piece in pieces(text):
        part = ""
        for cluster in clusters(piece) if measure.room(piece.rstrip()) > 1 else [piece]:
            if part and measure.room((part + cluster).rstrip()) > 1:
                found.append(part)
                part = ""
            part += cluster
        found.append(part)
    return found


def _lines(found: list[str], measure: Measure) -> tuple[str, ...] | None:
    """The pieces on one line, else on the best two; None where they need more."""
    whole = "".join(found).strip()
    if measure.room(whole) <= 1:
        return (whole,)
    tries = []
    for place in range(1, len(found)):
        upper, lower = "".join(found[:place]).strip(), "".join(found[place:]).strip()
        high, low = measure.room(upper), measure.room(lower)
        if high <= 1 and low <= 1:
            tries.append((abs(float(high - low)) + (_TOP_HEAVY if high > low else 0) + _cost(upper), upper, lower))
    return min(tries)[1:] if tries else None


def _cost(text: str) -> float:
    """How much a reader minds a break after a text."""
    mark = text.rstrip().rstrip(QUOTES)[-1:]
    return 0.0 if mark in SENTENCE else _CLAUSE_COST if mark in CLAUSE else _UNMARKED
