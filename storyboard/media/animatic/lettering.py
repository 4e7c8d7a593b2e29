"""Setting text: runs in the font that draws them, lines that fit a measure, paragraphs that fit a height.

A text that is too long is set smaller down to a floor, then cut with an ellipsis; nothing ever leaves its box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from itertools import groupby

from msgspec import Struct
from PIL import Image, ImageDraw, ImageFont

from storyboard.media.letters.fonts import Family, face, family_of, missing, source_sans
from storyboard.media.letters.scripts import (
    Direction,
    clusters,
    direction,
    needs_shaping,
    pieces,
    squared,
    stretches,
    tongue,
)

LEADING = 1.28
"""Distance of two baselines, in font sizes."""
LEADS: Mapping[Direction, str] = {"ltr": "\u200e", "rtl": "\u200f"}
"""The mark that leads a line in a direction."""
TRAILING = " .,;:—-，。、；：…"
"""What an ellipsis takes the place of at the end of a line."""
JOINERS = "\u200c\u200d"
"""Marks that say whether letters of Arabic and Indic scripts join."""


class Hand(Struct, frozen=True):
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


Run = tuple[ImageFont.FreeTypeFont, str, Direction | None]
"""A stretch that one font draws in one direction; None where the direction needs no saying."""


def _runs(text: str, hand: Hand) -> list[Run]:
    """The text cut into runs, in the order in which they stand from left to right."""
    if text.isascii():
        return [(hand.font, text, None)] if text else []
    found: list[Run] = []
    mixed = any(map(needs_shaping, text))
    for way, part in stretches(text) if mixed else [(None, text)]:
        runs = [(family.at(hand.size_px, hand.weight), run, way) for family, run in _by_family(part, text, hand)]
        found += runs[::-1] if way == "rtl" else runs
    return found


def _by_family(part: str, text: str, hand: Hand) -> list[tuple[Family, str]]:
    """A stretch of one direction cut by the family that draws it; spaces and marks go with what is before them."""
    spoken = tongue(text)
    keyed: list[tuple[Family, str]] = []
    for char, wide in zip(part, squared(part), strict=True):
        if keyed and (char == " " or char in JOINERS or unicodedata.category(char).startswith("M")):
            keyed.append((keyed[-1][0], char))
        else:
            keyed.append((family_of(char, spoken, wide, hand.italic) or source_sans(hand.italic), char))
    return [(family, "".join(char for _, char in group)) for family, group in groupby(keyed, lambda pair: pair[0])]


def length(text: str, hand: Hand) -> float:
    """Width of a line in pixels."""
    return sum(font.getlength(run, direction=way) for font, run, way in _runs(text, hand))


def write(image: Image.Image, at: tuple[float, float], text: str, hand: Hand, fill: object) -> float:
    """Draw one line, `at` its left end on the baseline; answers the x where it ends."""
    drawing = ImageDraw.Draw(image)
    x, y = at
    for font, run, way in _runs(text, hand):
        drawing.text((x, y), run, fill=fill, font=font, anchor="ls", direction=way)  # type: ignore[arg-type]  # any ink
        x += font.getlength(run, direction=way)
    return x


def begins_right(text: str) -> bool:
    """Whether a line begins at the right, as Hebrew and Arabic do."""
    return not text.isascii() and direction(text) == "rtl"


def clean(text: str) -> str:
    """A text as one paragraph: white space folded, what no font here draws left out; empty where that is most of it,
    because crumbs of a sentence say less than none.
    """
    plain = "".join(c for c in text if c.isspace() or c in JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    if not any(map(needs_shaping, plain)):
        plain = plain.translate(dict.fromkeys(map(ord, JOINERS)))
    lost = set(missing(plain))
    kept = "".join(c for c in plain if c not in lost)
    letters, left = (sum(c.isalnum() for c in part) for part in (plain, kept))
    return " ".join(kept.split()) if 2 * left >= letters else ""


def _fold(piece: str, hand: Hand, measure_px: float) -> list[str]:
    """A piece longer than the measure, cut into parts that fit."""
    parts, part = [], ""
    for cluster in clusters(piece):
        if part and length(part + cluster, hand) > measure_px:
            parts.append(part)
            part = ""
        part += cluster
    return [*parts, part]


def _led(line: str, way: Direction, hand: Hand, measure_px: float) -> str:
    """A line that keeps the direction of its paragraph, by a mark that is not seen, where its first letter misleads."""
    led = line if direction(line) == way else LEADS[way] + line
    return led if length(led, hand) <= measure_px else line


def wrap(text: str, hand: Hand, measure_px: float) -> list[str]:
    """Lines of at most `measure_px`, broken where the script breaks if that is possible; none for an empty text."""
    lines: list[str] = []
    line = ""
    text = clean(text)
    for piece in pieces(text):
        if line and length((line + piece).rstrip(), hand) > measure_px:
            lines.append(line.rstrip())
            line = ""
        if not line and length(piece.rstrip(), hand) > measure_px:
            *full, piece = _fold(piece, hand, measure_px)
            lines += full
        line += piece
    lines += [line.rstrip()] if line.strip() else []
    return lines if text.isascii() else [_led(line, direction(text), hand, measure_px) for line in lines]


def shorten(lines: list[str], most: int, hand: Hand, measure_px: float) -> list[str]:
    """At most `most` lines; where some are lost, the last one kept ends in an ellipsis."""
    if len(lines) <= most:
        return lines
    kept = lines[: max(0, most)]
    if kept:
        last = kept[-1].rstrip(TRAILING)
        while last and length(last + "…", hand) > measure_px:
            last = last[:-1].rstrip(TRAILING)
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
