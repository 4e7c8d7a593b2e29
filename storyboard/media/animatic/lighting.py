"""Light with intent on people: a key from the lamp's side, a fill from the sky, a rim on the other side. Mostly pure.

Figures are painted nearly as white light shows them, then each is lit as one body: its outline, softened, says which
way a surface turns. Near people are therefore clear at any hour, while the set behind them keeps the hour's own dark.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from storyboard.media.animatic.layer import Layer, side
from storyboard.media.animatic.palette import Colour, Light, mix
from storyboard.media.animatic.plates import bounds
from storyboard.media.animatic.pose import Pose
from storyboard.media.animatic.reading import Reading
from storyboard.structs import replace

Gain = tuple[float, float, float]
"""How much of red, green and blue a surface gives back; 1 is all of it."""
WHITE: Colour = (226, 226, 230)
"""The light in which figures are painted where a key will shape them."""
MOON: Gain = (0.80, 0.88, 0.98)
TUNGSTEN: Gain = (1.18, 0.95, 0.71)
SCREEN: Gain = (0.66, 0.86, 1.06)
TURN = 0.20
"""How far from its edge a body turns away, in heads."""


class Lighting(Struct, frozen=True):
    """`fill` reaches every surface, `key` those that turn `towards` it (x right, y down, z to the camera), `rim` is
    added along the edge away from the key, `strength` of it.
    """

    fill: Gain
    key: Gain
    towards: tuple[float, float, float]
    rim: Colour
    strength: float


def lighting(reading: Reading, light: Light) -> Lighting:
    """How a shot's people are lit."""
    towards = (light.side * 0.70, -0.38, 0.60) if not reading.hard else (light.side * 0.90, -0.26, 0.30)
    rim = mix(light.key, (150, 196, 246), 0.6) if reading.hour == "night" else light.key
    if reading.screenlit:
        made = Lighting((0.20, 0.23, 0.29), SCREEN, towards, rim, 0.55)
    elif reading.hour == "night":
        colour = TUNGSTEN if reading.lamplit or reading.inside else MOON
        fill: Gain = (0.34, 0.37, 0.44) if not reading.inside else (0.42, 0.40, 0.42)
        made = Lighting(fill, colour, towards, rim, 0.62)
    elif reading.hour == "day":
        made = Lighting((0.84, 0.85, 0.88), (0.28, 0.27, 0.24), towards, rim, 0.22)
    else:
        made = Lighting((0.70, 0.70, 0.76), (0.62, 0.54, 0.44), towards, rim, 0.42)
    if reading.hard:
        made = replace(made, fill=_times(made.fill, 0.65), key=_times(made.key, 1.15), strength=0.75)
    return made


def painted(reading: Reading, light: Light) -> Light:
    """The light in which figures are painted before they are lit."""
    soft = replace(light, rim=light.rim * 0.35)
    return replace(soft, ambient=WHITE) if reading.hour == "night" or reading.screenlit else soft


def dimmed(of: Lighting) -> Lighting:
    """The same light on somebody in the foreground, out of it but for the rim."""
    return replace(of, fill=_times(of.fill, 0.70), key=_times(of.key, 0.42), strength=of.strength * 0.9)


def relight(layer: Layer, pose: Pose, of: Lighting) -> None:
    """Light what a layer covers as one body, in place."""
    found = bounds(layer.cover)
    if found is None:
        return
    mask, head = layer.cover.crop(found), max(2.0, pose.head * layer.height_px)
    facing = _facing(mask, head, of.towards)
    crown = layer.pixel(pose.at(0, 0))[1] - found[1]
    down = (np.arange(mask.height, dtype=np.float32) - crown) / head
    facing *= np.clip(1.06 - 0.085 * down, 0.55, 1.0)[:, None]
    ink = np.asarray(layer.ink.crop(found)).astype(np.float32)
    inside = np.asarray(mask).astype(np.float32)[..., None] / 255
    gain = np.asarray(of.fill, np.float32) + np.asarray(of.key, np.float32) * facing[..., None]
    lit = ink * (1 + (gain - 1) * inside)
    edge = _edge(mask, head, -1 if of.towards[0] > 0 else 1)[..., None] * of.strength
    lit += (255 - np.minimum(lit, 255)) * edge * np.asarray(of.rim, np.float32) / 255
    layer.ink.paste(Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8)), found[:2])


def _facing(mask: Image.Image, head: float, towards: tuple[float, float, float]) -> NDArray[np.float32]:
    """How much a surface turns to the light, 0 to 1, [height, width]; reckoned coarsely, for its slopes are soft."""
    coarse = max(1, round(head / 26))
    turn = TURN * head / coarse
    small = mask.reduce(coarse).filter(ImageFilter.GaussianBlur(turn))
    high = np.asarray(small).astype(np.float32) / 255
    down, right = np.gradient(high) if min(high.shape) > 1 else (np.zeros_like(high), np.zeros_like(high))
    x, y = -right * turn * 2.5, -down * turn * 2.5
    steep = np.maximum(1.0, np.hypot(x, y) / 0.98)
    x, y = x / steep, y / steep
    z = np.sqrt(1 - x * x - y * y)
    turned = np.clip(x * towards[0] + y * towards[1] + z * towards[2], 0, 1).astype(np.float32)
    wide = Image.fromarray(turned).resize(mask.size, Image.Resampling.BICUBIC, box=_reduced(mask, coarse))
    return np.array(wide, dtype=np.float32)


def _reduced(mask: Image.Image, by: int) -> tuple[float, float, float, float]:
    """Where a mask ends in itself reduced, which rounds up."""
    return 0.0, 0.0, mask.width / by, mask.height / by


def _edge(mask: Image.Image, head: float, away: int) -> NDArray[np.float32]:
    """The thin edge of a body on one side, 0 to 1."""
    wide = max(1, round(head * 0.035))
    return np.asarray(np.asarray(side(mask, away * wide, -wide // 2, wide * 0.5)) / 255, np.float32)


def _times(gain: Gain, by: float) -> Gain:
    return gain[0] * by, gain[1] * by, gain[2] * by
