"""The pixels of a resolution and an aspect, as Seedance 2.0 delivers them.

480p, 720p and 1080p are the official table of Seedance 2.0; its 1080p was delivered as 720p, its 720p as 480p where
people paid and measured. 4k is twice 1080p, as no table has it. All sizes are even.
"""

from __future__ import annotations

from fractions import Fraction

CLASSES = ("480p", "720p", "1080p", "4k")
ASPECTS = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9")
_LANDSCAPE: dict[str, dict[str, tuple[int, int]]] = {
    "480p": {"16:9": (864, 496), "4:3": (752, 560), "1:1": (640, 640), "21:9": (992, 432)},
    "720p": {"16:9": (1280, 720), "4:3": (1112, 834), "1:1": (960, 960), "21:9": (1470, 630)},
    "1080p": {"16:9": (1920, 1080), "4:3": (1664, 1248), "1:1": (1440, 1440), "21:9": (2206, 946)},
}


def size(resolution: str, aspect: str) -> tuple[int, int]:
    """Width and height in pixels. Raises KeyError for what is in neither `CLASSES` nor `ASPECTS`."""
    if resolution == "4k":
        wide, high = size("1080p", aspect)
        return wide * 2, high * 2
    row = _LANDSCAPE[resolution]
    if aspect in row:
        return row[aspect]
    wide, high = row[":".join(reversed(aspect.split(":")))]
    return high, wide


def lower(resolution: str) -> str:
    """The class below; the lowest is its own."""
    return CLASSES[max(0, CLASSES.index(resolution) - 1)]


def nearest(width_px: int, height_px: int) -> str:
    """The aspect that a picture's is nearest to."""
    shape = Fraction(width_px, height_px)

    def apart(aspect: str) -> Fraction:
        wide, high = aspect.split(":")
        named = Fraction(int(wide), int(high))
        return max(shape / named, named / shape)

    return min(ASPECTS, key=apart)


def bounded(pixels: tuple[int, int], shorter_px: int | None) -> tuple[int, int]:
    """The same shape with a shorter side of `shorter_px` at the most, even."""
    shorter = min(pixels)
    if shorter_px is None or shorter <= shorter_px:
        return pixels
    wide, high = (round(side * shorter_px / shorter / 2) * 2 for side in pixels)
    return wide, high
