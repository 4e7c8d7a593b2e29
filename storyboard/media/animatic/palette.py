"""Colour: few muted hues for each hour and place, and what light does to a surface. Pure.

Colours are sRGB triples from 0 to 255. A picture takes its hues from one `Light`, so that sky, walls and coats belong
together; a place bends them a little by its own number.
"""

from __future__ import annotations

import colorsys
from math import pi, sin
from typing import cast

from msgspec import Struct
from PIL import Image

from storyboard.media.animatic.reading import Reading, Tone
from storyboard.structs import replace

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


class Light(Struct, frozen=True):
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


def _light(colours: str, rim: float, side: int) -> Light:
    """A light from eight hex colours in the order of its fields."""
    high, low, veil, ground, ambient, shade, key, glow = (
        (int(word[0:2], 16), int(word[2:4], 16), int(word[4:6], 16)) for word in colours.split()
    )
    return Light(high, low, veil, ground, ambient, shade, key, glow, rim, side)


OUTSIDE = {
    "night": _light("0c1424 345068 3e586c 1e262f 808ea0 0a1020 bed2e2 ffb056", 0.55, -1),
    "day": _light("7a9ab2 d6dcd4 c4cece 7c786a f6f4ee 404c62 fff8e6 ffe2aa", 0.30, -1),
    "dawn": _light("54627e e8bea0 c4aaa0 5c5656 cec0be 34344e ffd6aa ffce8c", 0.55, 1),
    "dusk": _light("2c3052 d88c68 966c6e 3e3840 b0989c 221e3a ffb27a ffc47a", 0.60, 1),
}
INSIDE = {
    "night": _light("282832 484446 464246 2c282a 968e8c 181824 e8caa0 fac476", 0.40, -1),
    "day": _light("968e80 b8ae9c beb6a6 705c4a ece6dc 3e3a42 fff6e2 ffe2aa", 0.25, -1),
    "dawn": _light("786e70 bea08c b49c8e 584a44 d0c2ba 36303e ffdcb4 ffd696", 0.40, 1),
    "dusk": _light("5c4c4e 966e5a 84685c 463834 bca698 2c2230 ffc48c ffc87c", 0.45, 1),
}
LAMPLIGHT = _light("4e3e32 7a6048 765e4a 523c2d cebca6 281c1e ffdeaa ffce80", 0.40, -1)
SCREENLIGHT = _light("0c1119 1c2632 1a2430 10151c 6c7c92 070a10 a8cdf4 9cc8ff", 0.50, -1)
CLINICAL = _light("566062 86908e 8c9694 4c5254 c8d2d0 222a34 ecf6f4 e8f4ee", 0.35, 1)


def light(reading: Reading) -> Light:
    """The light of a shot."""
    if reading.inside:
        found = INSIDE[reading.hour]
        if reading.screenlit:
            found = SCREENLIGHT
        elif reading.setting == "corridor" or any(
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
    min(255, max(0, round(255 * (level / 255) ** 0.80 - 20 * sin(2 * pi * (level / 255) ** 0.80))))
    for level in range(256)
]
"""Black-and-white stock: deeper shadows, brighter lights."""


def _curve(black: float, lift: float, bend: float) -> list[int]:
    """A tone curve for 8-bit levels: `black` becomes 0, the rest is stretched by `lift` and bent to an S."""
    levels = []
    for level in range(256):
        x = min(1.0, max(0.0, (level / 255 - black) * lift))
        levels.append(round(255 * min(1.0, max(0.0, x - bend * sin(2 * pi * x)))))
    return levels


_NIGHT, _LATE, _PLAIN = _curve(0.045, 1.20, 0.030), _curve(0.018, 1.12, 0.022), _curve(0.004, 1.04, 0.016)


def developed(picture: Image.Image, reading: Reading) -> Image.Image:
    """An RGB picture with the contrast of its hour: real blacks and lights at night, a gentle curve by day."""
    late = _LATE if reading.inside else _NIGHT
    return picture.point((late if reading.hour == "night" else _PLAIN) * 3)


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
