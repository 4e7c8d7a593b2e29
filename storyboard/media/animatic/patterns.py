"""Pictures of no place: the patterns of shaders, title backgrounds and dreams, painted from what their words name.

A pattern is a field of phases over the canvas; its colours come from the shot's own seed, so that two patterns differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from storyboard.media.animatic.camera import Camera
from storyboard.media.animatic.layer import Layer
from storyboard.media.animatic.palette import Light
from storyboard.media.animatic.reading import Reading

Field = NDArray[np.float32]
TURN = np.float32(2 * np.pi)


def pattern(
    layer: Layer, camera: Camera, light: Light, reading: Reading
) -> list[tuple[tuple[float, float], float, float]]:
    """Fill the layer with the pattern that the words name, a sweep of colours where they name none. No lamps."""
    x, y = _grid(layer)
    drawn = next((drawer for words, drawer in PATTERNS if re.search(words, reading.text)), _sweep)
    phase, shine = drawn(x, y)
    hue = (reading.seed % 360) / 360
    shades = [0.5 + 0.5 * np.cos(TURN * (phase + hue + shift)) for shift in (0.0, 0.33, 0.67)]
    rgb = np.stack(shades, axis=-1) * (0.25 + 0.75 * shine[..., None])
    layer.ink.paste(Image.fromarray(np.asarray(np.clip(rgb * 235 + 10, 0, 255), np.uint8)))
    return []


def _grid(layer: Layer) -> tuple[Field, Field]:
    """The canvas in frame heights from the middle of the frame."""
    width, height = layer.size
    x = (np.arange(width, dtype=np.float32) - width / 2) / layer.height_px
    y = (np.arange(height, dtype=np.float32) - height / 2) / layer.height_px
    return np.meshgrid(x, y)


def _sweep(x: Field, y: Field) -> tuple[Field, Field]:
    """Bands of colour on a slant."""
    slant = 0.55 * x + 0.25 * y
    return slant, np.asarray(0.8 + 0.2 * np.cos(TURN * 2 * slant), np.float32)


def _tunnel(x: Field, y: Field) -> tuple[Field, Field]:
    """Rings that lead away into the dark, turned around one another."""
    far, angle = np.hypot(x, y) + 0.04, np.arctan2(y, x) / TURN
    depth = 0.22 / far
    rings = 0.5 + 0.5 * np.cos(TURN * (3 * depth + 4 * angle))
    return np.asarray(depth + angle, np.float32), np.asarray(rings * np.clip(far * 2.2, 0, 1), np.float32)


def _waves(x: Field, y: Field) -> tuple[Field, Field]:
    """Two slow waves that cross."""
    one, other = np.sin(TURN * (0.9 * x + 0.25 * np.sin(3 * y))), np.sin(TURN * (0.8 * y + 0.2 * np.sin(4 * x)))
    both = 0.25 * (one + other)
    return np.asarray(both + 0.3 * y, np.float32), np.asarray(0.65 + both * 0.7, np.float32)


def _dots(x: Field, y: Field) -> tuple[Field, Field]:
    """A grid of dots, larger towards the middle."""
    step = 0.11
    near = np.hypot(x - step * np.round(x / step), y - step * np.round(y / step))
    size = step * (0.16 + 0.26 * np.exp(-3 * (x * x + y * y)))
    soft = np.clip((size - near) / (0.03 * step) + 0.5, 0, 1)
    return np.asarray(0.4 * x + 0.3 * y, np.float32), np.asarray(soft, np.float32)


def _threads(x: Field, y: Field) -> tuple[Field, Field]:
    """Bright threads that fly out from the middle."""
    far, angle = np.hypot(x, y) + 0.02, np.arctan2(y, x) / TURN
    lines = np.abs(np.cos(TURN * (14 * angle + 0.4 * np.sin(7 * TURN * angle)))) ** 24
    return np.asarray(3 * angle, np.float32), np.asarray(lines * np.clip(far * 1.8, 0, 1) ** 0.7, np.float32)


PATTERNS: tuple[tuple[str, Callable[[Field, Field], tuple[Field, Field]]], ...] = (
    (r"tunnels?|rings?|spirals?|vortex|kaleidoscop\w+", _tunnel),
    (r"waves?|ripples?|plasma|water", _waves),
    (r"dots?|grid|particles?|bokeh", _dots),
    (r"threads?|lines?|rays?|streaks?|fibres?|fibers?", _threads),
)
"""Words and the pattern that they mean, the first that stands in the shot."""
