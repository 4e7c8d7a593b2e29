"""Colour: few muted hues for each hour and place, and what light does to a surface. Pure.

Colours are sRGB triples from 0 to 255. A picture takes its hues from one `Light`, so that sky, walls and coats belong
together; a place bends them a little by its own number.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, replace
from math import pi, sin
from typing import cast

from PIL import Image

from storyboard.media.animatic.reading import Reading, Tone

Colour = tuple[int, int, int]


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of `b` in `a`."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def scaled(colour: Colour, by: float) -> Colour:
    """Lighter or darker by a factor."""
    return tuple(min(255, max(0, round(c * by))) for c in colour)  # type: ignore[return-value]  # three stay three


def turned(colour: Colour, hue: float, saturation: float = 1.0) -> Colour:
    """The hue turned by a share of the circle, the saturation multiplied."""
    h, s, v = colorsys.rgb_to_hsv(*(c / 255 for c in colour))
    r, g, b = colorsys.hsv_to_rgb((h + hue) % 1, min(1, s * saturation), v)
    return round(r * 255), round(g * 255), round(b * 255)


@dataclass(frozen=True, slots=True)
class Light:
    """The hues of a picture. `high` and `low` are the top and foot of sky or wall, `veil` what distance fades to,
    `ground` what is stood on, `ambient` multiplies every surface, `shade` tints its dark side, `key` rims it, `glow` is
    the colour of lamps; `side` is where the key comes from (-1 left, 1 right).
    """

    high: Colour
    low: Colour
    veil: Colour
    ground: Colour
    ambient: Colour
    shade: Colour
    key: Colour
    glow: Colour
    rim: float
    side: int

    def lit(self, colour: Colour) -> Colour:
        """A surface in this light."""
        return tuple(c * a // 255 for c, a in zip(colour, self.ambient, strict=True))  # type: ignore[return-value]  # three stay three

    def dark(self, colour: Colour) -> Colour:
        """Its dark side."""
        return mix(scaled(self.lit(colour), 0.5), self.shade, 0.3)

    def far(self, colour: Colour, distance: float) -> Colour:
        """A colour seen from afar: 0 here, 1 all veil."""
        return mix(colour, self.veil, distance)


OUTSIDE = {
    "night": Light((15, 23, 38), (58, 80, 98), (66, 88, 104), (30, 38, 47), (128, 142, 160), (14, 20, 34), (190, 210, 226), (248, 190, 112), 0.55, -1),
    "day": Light((122, 154, 178), (214, 220, 212), (196, 206, 206), (124, 120, 106), (246, 244, 238), (64, 76, 98), (255, 248, 230), (255, 226, 170), 0.30, -1),
    "dawn": Light((84, 98, 126), (232, 190, 160), (196, 170, 160), (92, 86, 86), (206, 192, 190), (52, 52, 78), (255, 214, 170), (255, 206, 140), 0.55, 1),
    "dusk": Light((44, 48, 82), (216, 140, 104), (150, 108, 110), (62, 56, 64), (176, 152, 156), (34, 30, 58), (255, 178, 122), (255, 196, 122), 0.60, 1),
}  # fmt: skip
INSIDE = {
    "night": Light((40, 40, 50), (72, 68, 70), (70, 66, 70), (44, 40, 42), (150, 142, 140), (24, 24, 36), (232, 202, 160), (250, 196, 118), 0.40, -1),
    "day": Light((150, 142, 128), (184, 174, 156), (190, 182, 166), (112, 92, 74), (236, 230, 220), (62, 58, 66), (255, 246, 226), (255, 226, 170), 0.25, -1),
    "dawn": Light((120, 110, 112), (190, 160, 140), (180, 156, 142), (88, 74, 68), (208, 194, 186), (54, 48, 62), (255, 220, 180), (255, 214, 150), 0.40, 1),
    "dusk": Light((92, 76, 78), (150, 110, 90), (132, 104, 92), (70, 56, 52), (188, 166, 152), (44, 34, 48), (255, 196, 140), (255, 200, 124), 0.45, 1),
}  # fmt: skip
LAMPLIGHT = Light((78, 62, 50), (122, 96, 72), (118, 94, 74), (82, 60, 45), (206, 188, 166), (40, 28, 30), (255, 222, 170), (255, 206, 128), 0.40, -1)  # fmt: skip
CLINICAL = Light((86, 96, 98), (134, 144, 142), (140, 150, 148), (76, 82, 84), (200, 210, 208), (34, 42, 52), (236, 246, 244), (232, 244, 238), 0.35, 1)  # fmt: skip


def light(reading: Reading) -> Light:
    """The light of a shot."""
    if reading.inside:
        found = INSIDE[reading.hour]
        if reading.setting == "corridor" or any(
            w in reading.text for w in ("institution", "clinical", "hospital", "lab", "concrete")
        ):
            found = CLINICAL
        elif reading.hour == "day" and any(
            w in reading.text for w in ("lamp", "warm", "candle", "wood", "brick", "bar")
        ):
            found = LAMPLIGHT
    else:
        found = OUTSIDE[reading.hour]
    if not reading.inside and reading.weather in ("rain", "snow"):
        found = _overcast(found)
    return _bent(found, (reading.seed % 97 / 96 - 0.5) * 0.05)


def _overcast(base: Light) -> Light:
    """The same hour under a closed sky."""
    grey = round(sum(base.low) / 3)
    cover: Colour = (grey - 6, grey, grey + 4)
    return replace(
        base, high=mix(base.high, scaled(cover, 0.72), 0.65), low=mix(base.low, scaled(cover, 0.9), 0.65),
        veil=mix(base.veil, cover, 0.6), ambient=scaled(base.ambient, 0.88), rim=base.rim * 0.5,
    )  # fmt: skip


def _bent(base: Light, hue: float) -> Light:
    """The same light with the hues of its place."""
    return Light(
        turned(base.high, hue), turned(base.low, hue / 2), turned(base.veil, hue / 2), turned(base.ground, hue),
        base.ambient, base.shade, base.key, base.glow, base.rim, base.side,
    )  # fmt: skip


_TINTS: dict[Tone, tuple[float, Colour]] = {
    "colour": (1.0, (255, 255, 255)),
    "mono": (0.0, (255, 253, 249)),
    "sepia": (0.0, (255, 236, 206)),
    "warm": (0.95, (255, 246, 230)),
    "cold": (0.8, (238, 248, 255)),
}
"""Saturation kept, and the colour that white becomes."""


_HARD = [
    min(255, max(0, round(level + 26 * sin(2 * pi * (level / 255 - 0.5)) * (0.35 + 0.65 * level / 255))))
    for level in range(256)
]
"""Black-and-white stock: deeper shadows, brighter lights."""


def graded_light(base: Light, tone: Tone) -> Light:
    """The colours of the air in the film's tone, for what is laid over finished frames."""
    swatch = Image.new("RGB", (3, 1))
    swatch.putdata([base.veil, base.key, base.low])
    data = [graded(swatch, tone).getpixel((k, 0)) for k in range(3)]
    veil, key, low = (cast(Colour, colour) for colour in data)
    return replace(base, veil=veil, key=key, low=low)


def graded(picture: Image.Image, tone: Tone) -> Image.Image:
    """An RGB picture in the film's tone."""
    keep, white = _TINTS[tone]
    luma = (0.2126, 0.7152, 0.0722)
    rows: list[float] = []
    for channel in range(3):
        gain = white[channel] / 255
        rows += [gain * ((1 - keep) * luma[k] + (keep if k == channel else 0)) for k in range(3)] + [0.0]
    if tone == "colour":
        return picture
    toned = picture.convert("RGB", tuple(rows))
    return toned.point(_HARD * 3) if tone == "mono" else toned
