"""Setting text: runs in the font that draws them, lines that fit a measure, paragraphs that fit a height.

A text that is too long is set smaller down to a floor, then cut with an ellipsis; nothing ever leaves its box.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont

from storyboard.media.fonts import draws, face, substitutes

LEADING = 1.28
"""Distance of two baselines, in font sizes."""
WIDE = ("W", "F")


@dataclass(frozen=True, slots=True)
class Hand:
    """How a text is set: size in pixels, weight 200 to 900, slant."""

    size_px: int
    weight: int = 400
    italic: bool = False

    @property
    def font(self) -> ImageFont.FreeTypeFont:
        """The font itself."""
        return face(self.size_px, self.weight, self.italic)

    @property
    def leading_px(self) -> int:
        """Distance of two baselines."""
        return round(self.size_px * LEADING)


def _font_for(char: str, hand: Hand) -> ImageFont.FreeTypeFont:
    if draws(hand.font, char):
        return hand.font
    return next((font for font in substitutes(hand.size_px) if draws(font, char)), hand.font)


def _runs(text: str, hand: Hand) -> list[tuple[ImageFont.FreeTypeFont, str]]:
    """The text cut into stretches that one font draws."""
    if text.isascii():
        return [(hand.font, text)] if text else []
    keyed = [(_font_for(char, hand), char) for char in text]
    return [
        (pairs[0][0], "".join(c for _, c in pairs)) for _, g in groupby(keyed, lambda k: id(k[0])) if (pairs := list(g))
    ]


def length(text: str, hand: Hand) -> float:
    """Width of a line in pixels."""
    return sum(font.getlength(run) for font, run in _runs(text, hand))


def write(image: Image.Image, at: tuple[float, float], text: str, hand: Hand, fill: object) -> float:
    """Draw one line, `at` its left end on the baseline; answers the x where it ends."""
    drawing = ImageDraw.Draw(image)
    x, y = at
    for font, run in _runs(text, hand):
        drawing.text((x, y), run, fill=fill, font=font, anchor="ls")  # type: ignore[arg-type]  # any ink PIL knows
        x += font.getlength(run)
    return x


def clean(text: str) -> str:
    """A text as one paragraph: white space folded, what no font here draws left out; empty where that is most of it,
    because crumbs of a sentence say less than none.
    """
    plain = "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    kept = plain if plain.isascii() else "".join(c for c in plain if _drawable(c))
    letters, left = (sum(c.isalnum() for c in part) for part in (plain, kept))
    return " ".join(kept.split()) if 2 * left >= letters else ""


@cache
def _drawable(char: str) -> bool:
    return any(draws(font, char) for font in (face(20), *substitutes(20)))


def _pieces(text: str) -> list[str]:
    """Where a line may break: after spaces, and around every wide character."""
    pieces: list[str] = []
    word = ""
    for char in text:
        if unicodedata.east_asian_width(char) in WIDE and not unicodedata.category(char).startswith("P"):
            pieces += [word] if word else []
            word = char
        elif char == " ":
            pieces.append(word + " ")
            word = ""
        else:
            word += char
    return [*pieces, word] if word else pieces


def _fold(piece: str, hand: Hand, measure_px: float) -> list[str]:
    """A piece longer than the measure, cut into parts that fit."""
    parts, part = [], ""
    for char in piece:
        if part and length(part + char, hand) > measure_px:
            parts.append(part)
            part = ""
        part += char
    return [*parts, part]


def wrap(text: str, hand: Hand, measure_px: float) -> list[str]:
    """Lines of at most `measure_px`, broken at spaces where possible; none for an empty text."""
    lines: list[str] = []
    line, width = "", 0.0
    for piece in _pieces(clean(text)):
        bare = length(piece.rstrip(), hand)
        if line and width + bare > measure_px:
            lines.append(line.rstrip())
            line, width = "", 0.0
        if bare > measure_px:
            *full, piece = _fold(piece, hand, measure_px)
            lines += full
        line += piece
        width += length(piece, hand)
    return [*lines, line.rstrip()] if line.strip() else lines


def shorten(lines: list[str], most: int, hand: Hand, measure_px: float) -> list[str]:
    """At most `most` lines; where some are lost, the last one kept ends in an ellipsis."""
    if len(lines) <= most:
        return lines
    kept = lines[: max(0, most)]
    if kept:
        last = kept[-1].rstrip(" .,;:—-")
        while last and length(last + "…", hand) > measure_px:
            last = last[:-1].rstrip(" .,;:—-")
        kept[-1] = last + "…"
    return kept


def fit(
    text: str,
    measure_px: float,
    height_px: float,
    largest_px: int,
    smallest_px: int,
    weight: int = 400,
    italic: bool = False,
) -> tuple[Hand, list[str]]:
    """The largest setting of a text that fits the box, from `largest_px` down to `smallest_px`; there it is cut."""
    for size in range(largest_px, smallest_px - 1, -1):
        hand = Hand(size, weight, italic)
        lines = wrap(text, hand, measure_px)
        if len(lines) * hand.leading_px <= height_px:
            return hand, lines
    hand = Hand(max(1, smallest_px), weight, italic)
    most = int(height_px // hand.leading_px)
    return hand, shorten(wrap(text, hand, measure_px), most, hand, measure_px)
