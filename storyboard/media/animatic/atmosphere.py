"""What lives in the air of a shot: fog that drifts, rain and snow that fall, lamps that flicker.

Each is prepared once and costs a few milliseconds a frame. All of it follows from the clip's seed and the time in it.
"""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from storyboard.media.animatic.layer import clouds
from storyboard.media.animatic.palette import Colour, Light, mix
from storyboard.media.animatic.planar import Planar
from storyboard.media.animatic.reading import Reading, Weather

COARSE = 8
"""Fog is prepared this many times smaller than the frame."""
DRIFT = 0.035
"""How far fog drifts, in frame widths a second."""
DIMMED = 0.34
"""How much of the light failing lamps lose at most."""
FALL = {"rain": 1.9, "snow": 0.13}
"""How fast it falls, in frame heights a second."""


class Air(Struct, frozen=True):
    """The air over a frame of `size` pixels: a colour laid through masks that move."""

    size: tuple[int, int]
    weather: Weather | None
    colour: Colour
    masks: tuple[Image.Image, ...]

    def veil(self, frame: Planar, seconds: float) -> None:
        """Lay what drifts far away over a frame of the set, before the people stand in it."""
        if self.weather == "fog":
            frame.tint(self.colour, self._fog(seconds))

    def lay(self, frame: Planar, seconds: float) -> None:
        """Lay what falls before everything over a frame."""
        for depth, mask in enumerate(self.masks if self.weather in ("rain", "snow") else ()):
            frame.tint(self.colour, self._falling(mask, depth, seconds))

    def _fog(self, seconds: float) -> Image.Image:
        """Two banks, the nearer one faster, joined small and shown large."""
        small = (-(-self.size[0] // COARSE), -(-self.size[1] // COARSE))
        banks = [self._seen(mask, seconds * (1 + 0.8 * depth), small) for depth, mask in enumerate(self.masks)]
        return ImageChops.screen(*banks).resize(self.size, Image.Resampling.BILINEAR)

    def _seen(self, mask: Image.Image, seconds: float, small: tuple[int, int]) -> Image.Image:
        left = max(0.0, min(DRIFT * seconds * small[0], mask.width - small[0] - 1.0))
        box = (left, 0.0, left + small[0], float(min(small[1], mask.height)))
        return mask.resize(small, Image.Resampling.BILINEAR, box=box)

    def _falling(self, mask: Image.Image, depth: int, seconds: float) -> Image.Image:
        """A tile as high as the frame, repeated downwards; nearer ones fall faster, snow sways."""
        high = self.size[1]
        speed = FALL["snow" if self.weather == "snow" else "rain"] * (1 + 0.5 * depth)
        top = high - round(speed * seconds * high) % high
        sway = 0.012 * math.sin(seconds * (0.9 + 0.4 * depth) + depth) if self.weather == "snow" else 0.0
        left = (mask.width - self.size[0]) // 2 + round(sway * high)
        return mask.crop((left, top, left + self.size[0], top + high))


def air(reading: Reading, light: Light, size: tuple[int, int], seconds: float, seed: int, horizon: float = 0.4) -> Air:
    """The air of a shot that lasts `seconds`; empty where no weather shows, and indoors. `horizon` is in frame heights
    from the top.
    """
    weather = reading.weather if not reading.inside else ("fog" if reading.weather == "fog" else None)
    generator = np.random.default_rng(seed)
    if weather == "fog":
        most = 0.26 if reading.inside else 0.70
        banks = tuple(_bank(size, seconds, generator, most, (horizon, near)) for near in (False, True))
        return Air(size, weather, mix(light.veil, light.key, 0.16), banks)
    if weather == "rain":
        return Air(
            size, weather, mix(light.key, light.low, 0.35), tuple(_streaks(size, generator, k) for k in range(2))
        )
    if weather == "snow":
        return Air(
            size, weather, mix(light.key, (255, 255, 255), 0.5), tuple(_flakes(size, generator, k) for k in range(3))
        )
    return Air(size, None, light.veil, ())


def _bank(
    size: tuple[int, int], seconds: float, generator: np.random.Generator, most: float, layer: tuple[float, bool]
) -> Image.Image:
    """A long bank of fog, wide enough to drift for all of the clip: far at the horizon, or near along the ground."""
    wide, high = size[0] // COARSE + 2, size[1] // COARSE + 1
    horizon, near = layer
    whole = math.ceil(wide * (1 + DRIFT * (1.8 if near else 1.0) * seconds)) + 2
    long = (max(2, whole // 3), max(2, high))
    noise = np.asarray(Image.fromarray(clouds(long, 6, generator, 4)).resize((whole, high), Image.Resampling.BICUBIC))
    torn = np.clip((noise - 0.36) / 0.34, 0, 1)
    rows = np.linspace(0, 1, high, dtype=np.float32)
    middle, reach = (horizon + 0.30, 0.13) if near else (horizon + 0.02, 0.20)
    rise = np.exp(-(((rows - middle) / reach) ** 2))[:, None] * (1.0 if near else 0.78)
    return Image.fromarray((np.clip((0.30 + 0.70 * torn) * rise, 0, 1) * most * 255).astype(np.uint8))


def _streaks(size: tuple[int, int], generator: np.random.Generator, depth: int) -> Image.Image:
    """Rain on a tile that joins itself at the foot, twice as high as the frame."""
    wide, high = size
    tile = Image.new("L", size)
    drawing = ImageDraw.Draw(tile)
    for _ in range(150 - 60 * depth):
        x, y = float(generator.uniform(-0.05, 1.05)) * wide, float(generator.uniform(0, 1)) * high
        long = high * float(generator.uniform(0.05, 0.09)) * (1 + 0.6 * depth)
        tone = int(generator.uniform(40, 84)) + 18 * depth
        for shift in (0, -high):
            drawing.line(
                (x, y + shift, x - long * 0.10, y + long + shift), fill=tone, width=max(1, high // 620 + depth)
            )
    return _twice(tile.filter(ImageFilter.GaussianBlur(high / 1400)))


def _flakes(size: tuple[int, int], generator: np.random.Generator, depth: int) -> Image.Image:
    """Snow on such a tile; nearer flakes are larger and softer."""
    wide, high = size[0] + size[1] // 12, size[1]
    tile = Image.new("L", (wide, high))
    drawing = ImageDraw.Draw(tile)
    for _ in (range(190), range(80), range(26))[depth]:
        x, y = float(generator.uniform(0, 1)) * wide, float(generator.uniform(0, 1)) * high
        r = high * (0.0016, 0.0030, 0.0065)[depth] * float(generator.uniform(0.7, 1.3))
        for shift in (0, -high, high):
            drawing.ellipse((x - r, y - r + shift, x + r, y + r + shift), fill=(150, 190, 130)[depth])
    return _twice(tile.filter(ImageFilter.GaussianBlur((0.6, 0.8, 2.4)[depth] * high / 720)))


def _twice(tile: Image.Image) -> Image.Image:
    whole = Image.new("L", (tile.width, 2 * tile.height))
    whole.paste(tile, (0, 0))
    whole.paste(tile, (0, tile.height))
    return whole


def dim(frame: Planar, seconds: float) -> None:
    """Darken a frame as failing lamps do at a moment."""
    frame.tint((6, 8, 12), Image.new("L", frame.size, round(DIMMED * 255 * (1 - flicker(seconds)))))


def flicker(seconds: float) -> float:
    """How bright failing lamps burn at a moment, 0 to 1: mostly steady, with short falls."""
    steady = 0.72 + 0.14 * math.sin(seconds * 9.1) * math.sin(seconds * 3.7 + 1)
    fall = max(0.0, math.sin(seconds * 2.1 + 0.6) * math.sin(seconds * 5.3)) ** 6
    return min(1.0, max(0.0, steady - 0.75 * fall))
