"""Words as a block of lines that fit a box, and that block as ink with a soft shadow.

Written line breaks are kept; a text that does not fit is set smaller down to a floor, then cut with an ellipsis.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from PIL import Image, ImageFilter

from storyboard.media.animatic.lettering import Hand, length, shorten, wrap, write

Align = Literal["left", "center", "right"]
RGB = tuple[int, int, int]


class Block(Struct, frozen=True):
    """Lines in one hand; `width` and `height` in pixels, without the shadow."""

    lines: tuple[str, ...]
    hand: Hand
    width: int
    height: int
    align: Align = "center"


def block(
    text: str,
    measure_px: float,
    height_px: float,
    largest_px: int,
    smallest_px: int,
    weight: int,
    align: Align = "center",
    italic: bool = False,
) -> Block:
    """The largest setting of a text that fits the box, from `largest_px` down to `smallest_px`; there it is cut."""
    for size in range(max(largest_px, smallest_px), smallest_px - 1, -1):
        hand = Hand(size, weight, italic)
        lines = _lines(text, hand, measure_px)
        if len(lines) * hand.leading_px <= height_px and _whole_words(text, hand, measure_px):
            return _block(lines, hand, align)
    hand = Hand(max(1, smallest_px), weight, italic)
    most = max(1, int(height_px // hand.leading_px))
    return _block(shorten(_lines(text, hand, measure_px), most, hand, measure_px), hand, align)


def _lines(text: str, hand: Hand, measure_px: float) -> list[str]:
    lines = [line for written in text.strip().split("\n") for line in wrap(written, hand, measure_px) or [""]]
    return lines if any(lines) else []


def _whole_words(text: str, hand: Hand, measure_px: float) -> bool:
    """Whether no word has to be broken; scripts that write without spaces break where they like."""
    return all(length(word, hand) <= measure_px for word in text.split() if word.isascii())


def _block(lines: list[str], hand: Hand, align: Align) -> Block:
    width = max((length(line, hand) for line in lines), default=0.0)
    return Block(tuple(lines), hand, max(1, round(width + 0.5)), max(1, len(lines) * hand.leading_px), align)


def shadowed(words: Block, ink: RGB, shade: RGB, strength: float) -> tuple[Image.Image, int]:
    """The block as RGBA, with a margin on every side, and that margin in pixels.

    `strength` of the soft shadow, 0 for none; around 1 it carries white letters over a bright sky.
    """
    margin = max(2, round(words.hand.size_px * 0.7))
    size = (words.width + 2 * margin, words.height + 2 * margin)
    letters = Image.new("RGBA", size, (*ink, 0))
    y: float = margin + (words.hand.leading_px - words.hand.size_px) / 2 + words.hand.size_px * 0.83
    for line in words.lines:
        spare = words.width - length(line, words.hand)
        x = margin + {"left": 0.0, "center": spare / 2, "right": spare}[words.align]
        write(letters, (x, y), line, words.hand, (*ink, 255))
        y += words.hand.leading_px
    if strength <= 0:
        return letters, margin
    cover = letters.getchannel("A")
    wide = cover.filter(ImageFilter.GaussianBlur(words.hand.size_px * 0.22))
    near = cover.filter(ImageFilter.GaussianBlur(max(0.8, words.hand.size_px * 0.05)))
    levels = [min(255, round(level * 1.35 * strength)) for level in range(256)]
    shadow = Image.new("RGBA", size, (*shade, 0))
    dark = wide.point(levels)
    dark.paste(255, (0, 0), near.point([round(level * 0.6 * min(1.0, strength)) for level in range(256)]))
    shadow.putalpha(dark)
    shadow.alpha_composite(letters)
    return shadow, margin
