"""Wet ground: what stands above it, its lamps above all, drawn out downwards and broken by its own roughness."""

from __future__ import annotations

import numpy as np
from PIL import Image

from storyboard.media.animatic.camera import Camera
from storyboard.media.animatic.layer import Layer, clouds
from storyboard.media.animatic.palette import Light

FOOT = 0.085
"""Where the ground begins at nearness 1, in set units below the horizon."""
BRIGHT = 92
"""Levels above which something shows on wet ground."""


def wet(layer: Layer, camera: Camera, light: Light, seed: int) -> None:
    """Let the ground shine, in place."""
    line = round(layer.pixel(camera.at(0, FOOT))[1])
    high = layer.size[1] - line
    if line < 8 or high < 8:
        return
    above = layer.ink.crop((0, max(0, line - high), layer.size[0], line)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    few = (max(1, layer.size[0] // 6), max(2, above.height // 26))
    small = np.asarray(above.resize(few, Image.Resampling.BOX)).astype(np.float32)
    shown = np.clip((small.mean(-1, keepdims=True) - BRIGHT) / 60, 0, 1)
    lamps = small * (0.10 + 1.1 * shown) * (0.45 + 0.55 * np.asarray(light.glow, np.float32) / 255)
    lamps *= 225 / max(225.0, float(lamps.max()))
    wide = (layer.size[0], high)
    long = Image.fromarray(lamps.astype(np.uint8)).resize(wide, Image.Resampling.BICUBIC)
    rough = _rough(wide, seed)
    away = np.linspace(1.0, 0.35, high, dtype=np.float32)[:, None]
    ground = np.asarray(layer.ink.crop((0, line, layer.size[0], layer.size[1]))).astype(np.float32)
    shine = np.asarray(long).astype(np.float32) * (rough * away)[..., None]
    shone = 255 - (255 - ground) * (255 - np.clip(shine, 0, 255)) / 255
    layer.ink.paste(Image.fromarray(shone.astype(np.uint8)), (0, line))


def _rough(size: tuple[int, int], seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Long flat patches that shine more or less, finer far away, 0 to 1, [height, width]."""
    generator = np.random.default_rng(seed)
    wide, high = size
    flat = clouds((max(2, wide // 5), max(2, high)), 9, generator, 3)
    rows = np.clip((np.linspace(0, 1, high) ** 0.6 * (high - 1)).astype(int), 0, high - 1)
    patches = Image.fromarray(flat[rows]).resize(size, Image.Resampling.BICUBIC)
    return np.asarray(np.clip((np.asarray(patches) - 0.22) / 0.50, 0.15, 1), np.float32)
