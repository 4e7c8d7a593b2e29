"""The planes of a drawn shot, larger than the frame, and how a camera sees them.

Coordinates. A *canvas* is `OVERSCAN` times the frame in both directions, the frame in its middle, so that moves have
somewhere to go. Frame units count in frame heights: x from the middle to the right, y from the frame's top down.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from storyboard.media.animatic.motion import View

OVERSCAN = 1.22
Box = tuple[float, float, float, float]


def canvas_size(width_px: int, height_px: int) -> tuple[int, int]:
    """Width and height of the canvas around a frame, in pixels."""
    return round(width_px * OVERSCAN), round(height_px * OVERSCAN)


def window(view: View, width_px: int, height_px: int, canvas: tuple[int, int]) -> Box:
    """The stretch of the canvas that a view shows: left, top, right, bottom in pixels, always inside the canvas."""
    wide, high = canvas
    zoom = max(view.zoom, width_px / wide, height_px / high)
    w, h = width_px / zoom, height_px / zoom
    left = min(max(0.0, wide / 2 + view.x * height_px - w / 2), wide - w)
    top = min(max(0.0, high / 2 + view.y * height_px - h / 2), high - h)
    return left, top, left + w, top + h


@dataclass(frozen=True, slots=True)
class Cutout:
    """What stands before the background: ink and its coverage, cut to what is not empty; `at` is its place on the
    canvas. A margin of empty pixels is kept around it.
    """

    ink: Image.Image
    cover: Image.Image
    at: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Plates:
    """A composed shot: the background canvas, the cutout before it, and a darker background where lamps flicker."""

    far: Image.Image
    near: Cutout | None = None
    dimmed: Image.Image | None = None


def cut_out(ink: Image.Image, cover: Image.Image) -> Cutout | None:
    """The part of a canvas-sized layer that is not empty; None where nothing is."""
    found = cover.getbbox()
    if found is None:
        return None
    left, top, right, bottom = found
    box = (max(0, left - 2), max(0, top - 2), min(cover.width, right + 2), min(cover.height, bottom + 2))
    return Cutout(ink.crop(box), cover.crop(box), (box[0], box[1]))


def see(far: Image.Image, size: tuple[int, int], view: View) -> Image.Image:
    """The frame that a view shows of a canvas."""
    box = window(view, *size, far.size)
    return far.resize(size, Image.Resampling.BILINEAR, box=box)


def stand_before(frame: Image.Image, near: Cutout, canvas: tuple[int, int], view: View) -> None:
    """Draw the cutout into a frame, as a view sees it."""
    left, top, right, bottom = window(view, *frame.size, canvas)
    scale_x, scale_y = (right - left) / frame.width, (bottom - top) / frame.height
    x0 = max(0, int((near.at[0] - left) / scale_x) + 1)
    y0 = max(0, int((near.at[1] - top) / scale_y) + 1)
    x1 = min(frame.width, int((near.at[0] + near.ink.width - left) / scale_x))
    y1 = min(frame.height, int((near.at[1] + near.ink.height - top) / scale_y))
    if x1 <= x0 or y1 <= y0:
        return
    box = (
        max(0.0, left + x0 * scale_x - near.at[0]),
        max(0.0, top + y0 * scale_y - near.at[1]),
        min(float(near.ink.width), left + x1 * scale_x - near.at[0]),
        min(float(near.ink.height), top + y1 * scale_y - near.at[1]),
    )
    size = (x1 - x0, y1 - y0)
    ink = near.ink.resize(size, Image.Resampling.BILINEAR, box=box)
    cover = near.cover.resize(size, Image.Resampling.BILINEAR, box=box)
    frame.paste(ink, (x0, y0), cover)
