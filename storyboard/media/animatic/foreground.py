"""What stands before everything in a wide shot with nobody in it: dark, near, out of focus, an edge of light on it.

An empty frame needs a near thing to be deep, and a camera that travels needs one to travel past.
"""

from __future__ import annotations

from PIL import ImageFilter

from storyboard.media.animatic.layer import Layer, Point, ellipse, smooth
from storyboard.media.animatic.palette import Colour, Light, mix, scaled
from storyboard.media.animatic.reading import Reading

FOCUS = 0.0032
"""How far out of focus it is, in frame heights."""


def wanted(reading: Reading) -> bool:
    """Whether a shot has room for something near."""
    return not reading.people and reading.setting == "deck" and reading.size in ("WS", "EWS") and reading.angle == "eye"


def near(layer: Layer, light: Light, reading: Reading) -> None:
    """A pair of bollards and the rope around them, in the corner away from the lamp."""
    if any(word in reading.place for word in ("beach", "shore", "sand", "lake")):
        return
    x = -light.side * (0.5 * layer.aspect - 0.27)
    dark = scaled(mix(light.ground, light.shade, 0.75), 0.55)
    layer.fill([(x - 0.21, 0.945), (x + 0.21, 0.945), (x + 0.25, 1.2), (x - 0.25, 1.2)], dark)
    for dx in (-0.10, 0.10):
        _bollard(layer, light, (x + dx, 0.735), dark)
    _rope(layer, light, x)
    soft = ImageFilter.GaussianBlur(FOCUS * layer.height_px)
    layer.ink, layer.cover = layer.ink.filter(soft), layer.cover.filter(soft)


def _bollard(layer: Layer, light: Light, top: Point, dark: Colour) -> None:
    """A post with a cap; its edge towards the lamp shines."""
    x, y = top
    post = [(x - 0.052, y + 0.03), (x + 0.052, y + 0.03), (x + 0.058, 1.0), (x - 0.058, 1.0)]
    layer.fill(post, dark)
    layer.fill(smooth([*ellipse((x, y + 0.018), 0.072, 0.030, 12)]), dark)
    shine, lit = mix(light.glow, light.key, 0.3), light.side
    layer.line([(x + lit * 0.050, y + 0.05), (x + lit * 0.055, 0.98)], 0.007, shine, 0.45)
    rim: list[Point] = [(x + lit * 0.070, y + 0.016), (x + lit * 0.045, y - 0.006), (x - lit * 0.02, y - 0.011)]
    layer.line(smooth(rim, closed=False), 0.006, shine, 0.85)


def _rope(layer: Layer, light: Light, x: float) -> None:
    """Turns of rope around both posts, and the end that runs out of the frame."""
    hemp, shine = scaled(mix((124, 104, 76), light.shade, 0.55), 0.75), mix(light.glow, (170, 140, 96), 0.5)
    for k in range(4):
        y = 0.825 + 0.026 * k
        turn = smooth([(x - 0.165, y), (x - 0.06, y + 0.018), (x + 0.06, y - 0.004), (x + 0.165, y + 0.010)], 8, False)
        layer.line(turn, 0.024, hemp)
        layer.line([(px, py - 0.007) for px, py in turn], 0.005, shine, 0.35)
    end = smooth(
        [(x + light.side * 0.16, 0.915), (x + light.side * 0.32, 0.955), (x + light.side * 0.50, 1.12)], 8, False
    )
    layer.line(end, 0.026, hemp)
    layer.line([(px, py - 0.008) for px, py in end], 0.005, shine, 0.4)
