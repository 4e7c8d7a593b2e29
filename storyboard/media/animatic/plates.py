"""The planes of a drawn shot, larger than the frame, and how a camera sees them.

Coordinates. A *canvas* is `OVERSCAN` times the frame in both directions, the frame in its middle, so that moves have
somewhere to go. Frame units count in frame heights: x from the middle to the right, y from the frame's top down.
"""

from __future__ import annotations

from math import ceil, floor

from msgspec import Struct
from PIL import Image

from storyboard.media.animatic.motion import View
from storyboard.media.animatic.planar import Box, Planar

OVERSCAN = 1.22


def canvas_size(width_px: int, height_px: int) -> tuple[int, int]:
    """Width and height of the canvas around a frame, in pixels; even."""
    return 2 * round(width_px * OVERSCAN / 2), 2 * round(height_px * OVERSCAN / 2)


def window(view: View, width_px: int, height_px: int, canvas: tuple[int, int]) -> Box:
    """The stretch of the canvas that a view shows: left, top, right, bottom in pixels, always inside the canvas."""
    wide, high = canvas
    zoom = max(view.zoom, width_px / wide, height_px / high)
    w, h = width_px / zoom, height_px / zoom
    left = max(0.0, min(wide / 2 + view.x * height_px - w / 2, wide - w))
    top = max(0.0, min(high / 2 + view.y * height_px - h / 2, high - h))
    return left, top, min(left + w, float(wide)), min(top + h, float(high))


class Cutout(Struct, frozen=True):
    """What stands before the background: ink and its coverage, cut to what is not empty; `at` is its place on the
    canvas. Places and sizes are even; a margin of empty pixels is kept around it.
    """

    ink: Planar
    cover: Image.Image
    at: tuple[int, int]


class Plates(Struct, frozen=True):
    """A composed shot: the background canvas, and the cutout before it."""

    far: Planar
    near: Cutout | None = None


def bounds(cover: Image.Image) -> tuple[int, int, int, int] | None:
    """The even box around what a mask covers, with a margin; None where it is empty."""
    found = cover.getbbox()
    if found is None:
        return None
    left, top = (max(0, edge - 4) // 2 * 2 for edge in found[:2])
    right, bottom = (min(most, edge + 4) // 2 * 2 for edge, most in zip(found[2:], cover.size, strict=True))
    return left, top, right, bottom


def flattened(plates: Plates) -> Plates:
    """The cutout laid on its background for good, for a camera that cannot tell them apart."""
    if plates.near is not None:
        plates.far.lay(plates.near.ink, plates.near.at, plates.near.cover)
    return Plates(plates.far)


def see(far: Planar, size: tuple[int, int], view: View) -> Planar:
    """The frame that a view shows of a canvas."""
    return far.seen(size, window(view, *size, far.size))


def stand_before(frame: Planar, near: Cutout, canvas: tuple[int, int], view: View) -> None:
    """Draw the cutout into a frame, as a view sees it."""
    wide, high = frame.size
    left, top, right, bottom = window(view, wide, high, canvas)
    sx, sy = (right - left) / wide, (bottom - top) / high
    x0, y0 = (
        max(0, 2 * ceil((at - edge) / scale / 2))
        for at, edge, scale in zip(near.at, (left, top), (sx, sy), strict=True)
    )
    x1 = min(wide, 2 * floor((near.at[0] + near.cover.width - left) / sx / 2))
    y1 = min(high, 2 * floor((near.at[1] + near.cover.height - top) / sy / 2))
    if x1 <= x0 or y1 <= y0:
        return
    box = (
        max(0.0, left + x0 * sx - near.at[0]),
        max(0.0, top + y0 * sy - near.at[1]),
        min(float(near.cover.width), left + x1 * sx - near.at[0]),
        min(float(near.cover.height), top + y1 * sy - near.at[1]),
    )
    size = (x1 - x0, y1 - y0)
    cover = near.cover.resize(size, Image.Resampling.BILINEAR, box=box)
    frame.lay(near.ink.seen(size, box), (x0, y0), cover)
