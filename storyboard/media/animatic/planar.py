"""A frame as the encoder stores it: luma in full, two chroma planes of half the size, bt709, video levels.

Why. A third of the work of moving RGB is moving colour that 4:2:0 throws away again. Plates are converted once, frames
are resampled and layered plane by plane, and the encoder takes them as they are: twice as fast as RGB.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PIL import Image

_R, _G, _B = 0.2126, 0.7152, 0.0722
_Y, _C = 219 / 255, 224 / 255
TO_PLANES = (
    _R * _Y, _G * _Y, _B * _Y, 16.0,
    -_R / 1.8556 * _C, -_G / 1.8556 * _C, 0.5 * _C, 128.0,
    0.5 * _C, -_G / 1.5748 * _C, -_B / 1.5748 * _C, 128.0,
)  # fmt: skip
"""ITU-R BT.709 with limited range, rows Y Cb Cr over columns R G B and an offset."""
_RV, _GU, _GV, _BU = 1.5748 / _C, 0.1873 / _C, 0.4681 / _C, 1.8556 / _C
TO_RGB = (
    1 / _Y, 0.0, _RV, -16 / _Y - 128 * _RV,
    1 / _Y, -_GU, -_GV, -16 / _Y + 128 * (_GU + _GV),
    1 / _Y, _BU, 0.0, -16 / _Y - 128 * _BU,
)  # fmt: skip
Box = tuple[float, float, float, float]


class Planar(Struct, frozen=True):
    """Three 8-bit planes: `y` in full size (even), `u` and `v` in half."""

    y: Image.Image
    u: Image.Image
    v: Image.Image

    @classmethod
    def of(cls, rgb: Image.Image, tall: bool = False) -> Planar:
        """The planes of an RGB picture of even size; with `tall` chroma is half as wide only, as 4:2:2 has it."""
        y, u, v = rgb.convert("RGB", TO_PLANES).split()
        return cls(y, _halved(u, tall), _halved(v, tall))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.y.size

    def rgb(self) -> Image.Image:
        """The picture as RGB."""
        u, v = (_doubled(plane) for plane in (self.u, self.v))
        return Image.merge("RGB", (self.y, u, v)).convert("RGB", TO_RGB)

    def array(self) -> NDArray[np.uint8]:
        """The planes one after another, as the encoder takes them: [height * 3 / 2, width]."""
        flat = np.concatenate([np.asarray(plane).reshape(-1) for plane in (self.y, self.u, self.v)])
        return flat.reshape(-1, self.size[0])

    def seen(self, size: tuple[int, int], box: Box) -> Planar:
        """The stretch `box` of this picture, scaled to an even `size`; between pixels where need be."""
        half = (size[0] // 2, size[1] // 2)
        small = (box[0] / 2, box[1] / 2, min(box[2] / 2, self.u.width), min(box[3] / 2, self.u.height))
        soft = Image.Resampling.BILINEAR
        return Planar(
            self.y.resize(size, soft, box=box),
            self.u.resize(half, soft, box=small),
            self.v.resize(half, soft, box=small),
        )

    def lay(self, ink: Planar, at: tuple[int, int], cover: Image.Image) -> None:
        """Lay a picture over this one through a mask of its size; `at` is even."""
        self.y.paste(ink.y, at, cover)
        small, half = cover.reduce(2), (at[0] // 2, at[1] // 2)
        self.u.paste(ink.u, half, small)
        self.v.paste(ink.v, half, small)

    def tint(self, colour: tuple[int, int, int], cover: Image.Image) -> None:
        """Lay one RGB colour over all of it through a mask."""
        y, u, v = Planar.of(Image.new("RGB", (2, 2), colour)).array().reshape(-1)[[0, 4, 5]]
        small = cover.reduce(2)
        self.y.paste(int(y), (0, 0), cover)
        self.u.paste(int(u), (0, 0), small)
        self.v.paste(int(v), (0, 0), small)

    def blended(self, other: Planar, share: float) -> Planar:
        """`share` of the other picture in this one."""
        return Planar(_mixed(self.y, other.y, share), _mixed(self.u, other.u, share), _mixed(self.v, other.v, share))


def _mixed(a: Image.Image, b: Image.Image, share: float) -> Image.Image:
    """`share` of `b` in `a`, rounded (Image.blend rounds down, which turns chroma green)."""
    mixed = a.copy()
    mixed.paste(b, (0, 0), Image.new("L", a.size, round(255 * share)))
    return mixed


def _halved(plane: Image.Image, tall: bool) -> Image.Image:
    """Half the size, or half the width; each value sits on the left one of its two columns, as H.264 has it."""
    wide, high = plane.size
    padded = Image.new(plane.mode, (wide + 2, high))
    for x in (2, 0, 1):
        padded.paste(plane, (x, 0))
    return padded.resize(
        (wide // 2, high if tall else high // 2), Image.Resampling.BILINEAR, box=(0.5, 0, wide + 0.5, high)
    )


def _doubled(plane: Image.Image) -> Image.Image:
    """Back to the full size from values that sit on left columns."""
    wide, high = plane.size
    padded = Image.new(plane.mode, (wide + 1, high))
    padded.paste(plane, (1, 0))
    padded.paste(plane, (0, 0))
    return padded.resize((2 * wide, 2 * high), Image.Resampling.BILINEAR, box=(0.25, 0, wide + 0.25, high))
