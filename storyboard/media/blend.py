"""Two pictures as one, plane by plane, as films are coded: yuv420p, bt709, video levels.

Laws.
- The k-th of n frames of a dissolve or a wipe is (k + 1) / (n + 1) of the way: each of them shows both pictures, and
  the frames before and after show one.
- A fade's darkest frame is black, and the first one outside it is untouched.
"""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from storyboard.media.reel import Toward

Planes = NDArray[np.uint8]
"""Y, U and V one after another in rows of the picture's width: [height * 3 / 2, width]."""
Cover = NDArray[np.uint16]
"""How much of something is seen, 0 to 256."""

BLACK, GREY = 16, 128
WHOLE = 256
SOFT = Fraction(1, 160)
"""How wide a wipe's soft edge is, as a share of the way it goes; at least two pixels."""


def planes(picture: av.VideoFrame) -> Planes:
    """The planes of a yuv420p picture."""
    return np.asarray(picture.to_ndarray(), np.uint8)


def picture(of: Planes) -> av.VideoFrame:
    """The yuv420p picture of planes."""
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(of), "yuv420p")


def progress(number: int, frames: int) -> Fraction:
    """How far a dissolve or a wipe is in its frame `number` of `frames`."""
    return Fraction(number + 1, frames + 1)


def light(number: int, frames: int, fade_in: int, fade_out: int) -> Fraction:
    """How much of the picture is seen in frame `number` of a stretch that fades in and out, 0 to 1."""
    rising = Fraction(number, fade_in) if number < fade_in else Fraction(1)
    left = frames - 1 - number
    falling = Fraction(left, fade_out) if left < fade_out else Fraction(1)
    return min(rising, falling)


def dissolved(out: Planes, in_: Planes, share: Fraction) -> Planes:
    """`share` of the incoming picture over the outgoing one."""
    return _mixed(out, in_, np.uint16(round(share * WHOLE)))


def darkened(of: Planes, share: Fraction) -> Planes:
    """`share` of the light of a picture; 0 is black."""
    high = len(of) * 2 // 3
    dark = np.full_like(of, GREY)
    dark[:high] = BLACK
    return _mixed(dark, of, np.uint16(round(share * WHOLE)))


def wiped(out: Planes, in_: Planes, share: Fraction, direction: Toward) -> Planes:
    """The incoming picture up to an edge that moves in `direction`; the outgoing one beyond it."""
    covers = _edges(out.shape[1], len(out) * 2 // 3, share, direction)
    pairs = zip(channels(out), channels(in_), covers, strict=True)
    return np.concatenate([_mixed(*pair).reshape(-1) for pair in pairs]).reshape(out.shape)


def channels(of: Planes) -> tuple[Planes, Planes, Planes]:
    """Y [height, width], U and V [height / 2, width / 2] of planes, as views: what is done to them is done to `of`."""
    high, wide = len(of) * 2 // 3, of.shape[1]
    flat, luma, chroma = of.reshape(-1), high * wide, high * wide // 4
    small = (high // 2, wide // 2)
    u, v = flat[luma : luma + chroma].reshape(small), flat[luma + chroma :].reshape(small)
    return flat[:luma].reshape(high, wide), u, v


def _edges(wide: int, high: int, share: Fraction, direction: Toward) -> tuple[Cover, Cover, Cover]:
    small = _edge(wide // 2, high // 2, share, direction)
    return _edge(wide, high, share, direction), small, small


def _mixed(under: Planes, over: Planes, cover: Cover | np.uint16) -> Planes:
    """`cover` of one over the other, rounded to the nearest level."""
    summed = under.astype(np.uint16) * (np.uint16(WHOLE) - cover) + over.astype(np.uint16) * cover
    return np.asarray((summed + np.uint16(WHOLE // 2)) >> np.uint16(8), np.uint8)


def _edge(wide: int, high: int, share: Fraction, direction: Toward) -> Cover:
    """How much of the incoming picture is seen at each pixel of a plane, or of a row or column of it."""
    way = wide if direction in ("left", "right") else high
    soft = max(2.0, float(SOFT * way))
    ramp = np.arange(way) + 0.5
    cover = np.clip((float(share) * (way + soft) - ramp) / soft, 0, 1) * WHOLE
    levels = np.rint(cover).astype(np.uint16)
    levels = levels[::-1] if direction in ("left", "up") else levels
    return np.asarray(levels[None, :] if direction in ("left", "right") else levels[:, None], np.uint16)
