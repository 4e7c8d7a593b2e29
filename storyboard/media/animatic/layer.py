"""Painting on a plane: smooth shapes with a lit and a dark side, gradients, glows, grain.

Shapes are given in frame units (x from the middle in frame heights, y from the frame's top) and drawn at three times
the resolution, so that every edge is soft by a pixel and no more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from storyboard.media.animatic.palette import Colour, Light
from storyboard.media.animatic.plates import canvas_size

Point = tuple[float, float]
FINE = 3
"""Masks are drawn this many times larger."""


def smooth(points: Sequence[Point], steps: int = 7, closed: bool = True) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    p = np.asarray(points, float)
    around = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([p[:1], p, p[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    curve = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        curve.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    drawn = np.concatenate(curve if closed else [*curve, p[-1:]])
    return [(float(x), float(y)) for x, y in drawn]


class Layer:
    """A canvas-sized plane: `ink` and, where it is not all covered, `cover`. Frame of `width_px` by `height_px`."""

    def __init__(self, width_px: int, height_px: int, ink: Image.Image | None = None) -> None:
        self.width_px, self.height_px = width_px, height_px
        self.size = canvas_size(width_px, height_px)
        self.ink = ink.copy() if ink is not None else Image.new("RGB", self.size)
        self.cover = Image.new("L", self.size)

    @property
    def aspect(self) -> float:
        """Frame width over frame height."""
        return self.width_px / self.height_px

    def pixel(self, point: Point) -> Point:
        """A point of the frame on the canvas."""
        return point[0] * self.height_px + self.size[0] / 2, (point[1] - 0.5) * self.height_px + self.size[1] / 2

    def unit(self, x_px: float, y_px: float) -> Point:
        """A point of the canvas in the frame."""
        return (x_px - self.size[0] / 2) / self.height_px, (y_px - self.size[1] / 2) / self.height_px + 0.5

    def mask(self, points: Sequence[Point], blur: float = 0.0) -> tuple[Image.Image, tuple[int, int]] | None:
        """A polygon's mask, cut to what is on the canvas, and its place; `blur` in frame heights. None if outside."""
        pixels = [self.pixel(point) for point in points]
        soft = blur * self.height_px
        pad = 2 + int(soft * 2.5)
        left = max(0, int(min(x for x, _ in pixels)) - pad)
        top = max(0, int(min(y for _, y in pixels)) - pad)
        right = min(self.size[0], int(max(x for x, _ in pixels)) + pad + 1)
        bottom = min(self.size[1], int(max(y for _, y in pixels)) + pad + 1)
        if right <= left or bottom <= top:
            return None
        large = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE))
        ImageDraw.Draw(large).polygon([((x - left) * FINE, (y - top) * FINE) for x, y in pixels], fill=255)
        mask = large.reduce(FINE)
        return (mask.filter(ImageFilter.GaussianBlur(soft)) if soft > 0.3 else mask), (left, top)

    def paste(self, colour: Colour, mask: Image.Image, at: tuple[int, int], strength: float = 1.0) -> None:
        """Lay a colour through a mask."""
        if strength < 1:
            mask = mask.point([round(level * strength) for level in range(256)])
        box = (at[0], at[1], at[0] + mask.width, at[1] + mask.height)
        self.ink.paste(colour, box, mask)
        self.cover.paste(255, box, mask)

    def fill(self, points: Sequence[Point], colour: Colour, strength: float = 1.0, blur: float = 0.0) -> None:
        """A flat polygon."""
        found = self.mask(points, blur)
        if found is not None:
            self.paste(colour, *found, strength)

    def within(self, points: Sequence[Point], colour: Colour, strength: float, blur: float) -> None:
        """A flat polygon that shows only where something stands already: a shadow that one thing throws on another."""
        found = self.mask(points, blur)
        if found is not None:
            mask, at = found
            standing = self.cover.crop((at[0], at[1], at[0] + mask.width, at[1] + mask.height))
            self.paste(colour, ImageChops.multiply(mask, standing), at, strength)

    def form(self, points: Sequence[Point], colour: Colour, light: Light, round_by: float, rim: float = 1.0) -> None:
        """A polygon with a body: dark on the side away from the key, a thin rim towards it. `round_by` is how far the
        dark reaches in, in frame heights.
        """
        found = self.mask(points)
        if found is None:
            return
        mask, at = found
        self.paste(light.lit(colour), mask, at)
        reach = max(1, round(round_by * self.height_px))
        self.paste(light.dark(colour), side(mask, -light.side * reach, reach // 3, reach * 0.45), at, 0.62)
        if rim * light.rim > 0:
            edge = max(1, round(reach * 0.13))
            self.paste(light.key, side(mask, light.side * edge, -edge // 2, edge * 0.6), at, light.rim * rim * 0.7)

    def line(self, points: Sequence[Point], width: float, colour: Colour, strength: float = 1.0) -> None:
        """A stroke with round turns; `width` in frame heights."""
        p = np.asarray(points, float)
        along = np.gradient(p, axis=0)
        along /= np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-9)
        across = np.stack([-along[:, 1], along[:, 0]], 1) * width / 2
        ring = np.concatenate([p + across, (p - across)[::-1]])
        self.fill([(float(x), float(y)) for x, y in ring], colour, strength)

    def oval(
        self, centre: Point, across: float, down: float, colour: Colour, strength: float = 1.0, blur: float = 0.0
    ) -> None:
        """An ellipse by its half axes."""
        self.fill(ellipse(centre, across, down), colour, strength, blur)


def ellipse(centre: Point, across: float, down: float, points: int = 40) -> list[Point]:
    """An ellipse by its half axes."""
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return [(centre[0] + across * float(np.cos(a)), centre[1] + down * float(np.sin(a))) for a in turn]


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """A rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def side(mask: Image.Image, dx: int, dy: int, blur: float) -> Image.Image:
    """The part of a mask that itself, moved by (-dx, -dy), leaves free: a soft crescent on the side of (dx, dy)."""
    moved = Image.new("L", mask.size)
    moved.paste(mask, (-dx, -dy))
    crescent = ImageChops.subtract(mask, moved).filter(ImageFilter.GaussianBlur(max(0.5, blur)))
    return ImageChops.multiply(crescent, mask)


def gradient(size: tuple[int, int], stops: Sequence[tuple[float, Colour]]) -> Image.Image:
    """A vertical gradient; stops are (share of the height, colour) from the top."""
    at = np.linspace(0, 1, size[1])
    rows = np.stack([np.interp(at, [s for s, _ in stops], [c[k] for _, c in stops]) for k in range(3)], 1)
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (size[1], 64, 1))
    tile = np.clip(np.round(rows[:, None, :] + noise), 0, 255).astype(np.uint8)
    across = -(-size[0] // 64)
    return Image.fromarray(np.tile(tile, (1, across, 1))[:, : size[0]])


def clouds(size: tuple[int, int], cells: int, generator: np.random.Generator, octaves: int = 4) -> NDArray[np.float32]:
    """Soft noise from 0 to 1, [height, width]; `cells` across the long side in the coarsest octave."""
    total = np.zeros((size[1], size[0]), np.float32)
    weight = 0.0
    for octave in range(octaves):
        n = cells * 2**octave
        grid = generator.random(
            (max(2, round(n * size[1] / max(size)) + 1), max(2, round(n * size[0] / max(size)) + 1))
        )
        share = 0.5**octave
        wide = Image.fromarray(grid.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
        total += share * np.asarray(wide)
        weight += share
    return np.asarray(np.clip(total / weight, 0, 1), np.float32)


def glow(layer: Layer, at: Point, reach: float, colour: Colour, strength: float) -> None:
    """Light that spills from a lamp into what is already painted: added, strongest in the middle."""
    x, y = layer.pixel(at)
    r = max(2, round(reach * layer.height_px))
    left, top = max(0, round(x) - r), max(0, round(y) - r)
    right, bottom = min(layer.size[0], round(x) + r), min(layer.size[1], round(y) + r)
    if right <= left or bottom <= top:
        return
    coarse = 1 if r < 48 else 4
    wide, high = -(-(right - left) // coarse), -(-(bottom - top) // coarse)
    xs = (np.arange(wide, dtype=np.float32) + 0.5) * coarse + left - x
    ys = (np.arange(high, dtype=np.float32) + 0.5) * coarse + top - y
    near = np.clip(1 - np.hypot(xs[None, :], ys[:, None]) / r, 0, 1) ** 2.2 * min(1.0, strength)
    light = Image.fromarray((near[..., None] * np.asarray(colour, np.float32) + 0.5).astype(np.uint8))
    if coarse > 1:
        grown = light.resize((wide * coarse, high * coarse), Image.Resampling.BICUBIC)
        light = grown.crop((0, 0, right - left, bottom - top))
    layer.ink.paste(ImageChops.screen(layer.ink.crop((left, top, right, bottom)), light), (left, top))
