"""A spoken text as subtitles are set: parts of two balanced lines, and how long each takes to read. Pure.

Laws. No character but white space is lost or moved. A line holds at most 42 Latin letters or 16 squares (Han, kana,
Hangul), or what its parts add up to; in a picture higher than wide 32 and 15. One line where it fits, else two: broken
where the script breaks, best after a mark, the upper line not the longer one. A text of more than two lines is parted
into as few as will do, best at the end of a sentence. It is read at 17 letters or 7 squares a second.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from itertools import accumulate

from msgspec import Struct

from storyboard.media.letters.scripts import clusters, is_hangul, is_wide, pieces

LETTERS_PER_SECOND, SQUARES_PER_SECOND = 17, 7
SENTENCE, CLAUSE = frozenset(".!?…。！？؟"), frozenset(",;:—–，、；：،؛")
"""Marks after which a text may well be parted."""
QUOTES = "\"'”’»」』）)]"
_UNMARKED, _CLAUSE_COST, _LITTLE_COST, _TOP_HEAVY = 0.7, 0.15, 0.2, 0.1
_LITTLE = 3


class Measure(Struct, frozen=True):
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
    row = _Row(_torn(" ".join(text.split()), measure), measure)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(row.pieces) + 1):
        begin = end - 1
        tries = []
        while begin >= 0 and row.fits(begin, end):
            waste = (1 - min(row.width(begin, end) / row.line, 2) / 2) ** 2
            last = end == len(row.pieces)
            tries.append((best[begin][0] + 1 + waste + (0 if last else _cost(row.pieces[end - 1])), begin))
            begin -= 1
        best.append(min(tries))
    cuts, end = [], len(row.pieces)
    while end:
        cuts.append((best[end][1], end))
        end = best[end][1]
    return [row.lines(begin, end) for begin, end in reversed(cuts)]


class _Row:
    """Pieces of a text one after another, and how wide stretches of them are, in parts of a letter and a square."""

    def __init__(self, pieces: list[str], measure: Measure) -> None:
        self.pieces = pieces
        self.line = measure.letters * measure.squares
        wide = [int(measure.room(piece) * self.line) for piece in pieces]
        self._sums = [0, *accumulate(wide)]
        self._spare = [
            full - int(measure.room(piece.rstrip()) * self.line) for full, piece in zip(wide, pieces, strict=True)
        ]

    def width(self, begin: int, end: int) -> int:
        """Of the pieces from `begin` up to `end`, without the space at their end; a line is `line` wide."""
        return self._sums[end] - self._sums[begin] - self._spare[end - 1]

    def fits(self, begin: int, end: int) -> bool:
        """Whether the pieces stand on two lines. One piece always does."""
        if end - begin == 1:
            return True
        place = bisect_right(self._sums, self._sums[begin] + self.line) - 1
        place += place < end and self.width(begin, place + 1) <= self.line
        return place >= end or (place > begin and self.width(place, end) <= self.line)

    def lines(self, begin: int, end: int) -> tuple[str, ...]:
        """The pieces on one line where they fit, else on the best two."""
        tries = []
        for place in range(begin + 1, end):
            upper, lower = self.width(begin, place), self.width(place, end)
            if upper <= self.line and lower <= self.line:
                uneven = abs(upper - lower) / self.line + (_TOP_HEAVY if upper > lower else 0)
                tries.append((uneven + _cost(self.pieces[place - 1]), place))
        if not tries or self.width(begin, end) <= self.line:
            return (self._text(begin, end),)
        _, place = min(tries)
        return self._text(begin, place), self._text(place, end)

    def _text(self, begin: int, end: int) -> str:
        return "".join(self.pieces[begin:end]).strip()


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


def _cost(piece: str) -> float:
    """How much a reader minds a break after a piece: least after a mark, most after a little word, as articles are."""
    word = piece.rstrip().rstrip(QUOTES)
    if word[-1:] in SENTENCE:
        return 0.0
    if word[-1:] in CLAUSE:
        return _CLAUSE_COST
    return _UNMARKED + (_LITTLE_COST if len(word) <= _LITTLE and not any(map(_is_square, word)) else 0)
