"""Two pictures as one, plane by plane, as films are coded: bt709, video levels, 8 bits and 4:2:0 (yuv420p), or 10 bits
and 4:2:2 (yuv422p10le), as `media.coding` says.

Laws.
- The k-th of n frames of a dissolve or a wipe is (k + 1) / (n + 1) of the way: each of them shows both pictures, and
  the frames before and after show one.
- A fade's darkest frame is black, and the first one outside it is untouched.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import av.video.plane
import numpy as np
from numpy.typing import NDArray

from storyboard.media.coding import DEEP, PLAIN
from storyboard.media.reel import Toward

Planes = NDArray[np.unsignedinteger[Any]]
"""Y, U and V one after another in rows of the picture's width: of 8 bits in 4:2:0, [height * 3 / 2, width]; of 10 bits
in 4:2:2, uint16 and [height * 2, width].
"""
Cover = NDArray[np.uint16]
"""How much of something is seen, 0 to 256."""

BLACK, GREY = 16, 128
WHOLE = 256
SOFT = Fraction(1, 160)
"""How wide a wipe's soft edge is, as a share of the way it goes; at least two pixels."""


def planes(picture: av.VideoFrame) -> Planes:
    """The planes of a picture, yuv420p or yuv422p10le."""
    if picture.format.name != DEEP:
        return np.asarray(picture.to_ndarray(), np.uint8)
    rows = [_samples(plane)[:, : plane.width] for plane in picture.planes]
    return np.concatenate([one.reshape(-1) for one in rows]).reshape(-1, picture.width)


def picture(of: Planes) -> av.VideoFrame:
    """The picture of planes."""
    if of.dtype == np.uint8:
        return av.VideoFrame.from_ndarray(np.ascontiguousarray(of, np.uint8), PLAIN)
    made = av.VideoFrame(of.shape[1], _height(of), DEEP)
    for plane, given in zip(made.planes, channels(of), strict=True):
        _samples(plane)[:, : plane.width] = given
    return made


def _samples(plane: av.video.plane.VideoPlane) -> NDArray[np.uint16]:
    """A plane of 16-bit samples as a view, with the padding of its rows."""
    return np.frombuffer(memoryview(plane), np.uint16).reshape(plane.height, plane.line_size // 2)


def _height(of: Planes) -> int:
    """How high the picture of planes is."""
    return len(of) * 2 // 3 if of.dtype == np.uint8 else len(of) // 2


def fineness(of: Planes) -> int:
    """How many levels of planes are one level of 8 bits."""
    return 1 if of.dtype == np.uint8 else 4


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
    dark = np.full_like(of, GREY * fineness(of))
    dark[: _height(of)] = BLACK * fineness(of)
    return _mixed(dark, of, np.uint16(round(share * WHOLE)))


def wiped(out: Planes, in_: Planes, share: Fraction, direction: Toward) -> Planes:
    """The incoming picture up to an edge that moves in `direction`; the outgoing one beyond it."""
    covers = [_edge(plane.shape[1], plane.shape[0], share, direction) for plane in channels(out)]
    pairs = zip(channels(out), channels(in_), covers, strict=True)
    return np.concatenate([_mixed(*pair).reshape(-1) for pair in pairs]).reshape(out.shape)


def channels(of: Planes) -> tuple[Planes, Planes, Planes]:
    """Y [height, width], U and V [height / 2 or height, width / 2] of planes, as views: what is done to them is done to
    `of`.
    """
    high, wide = _height(of), of.shape[1]
    small = (high // 2 if of.dtype == np.uint8 else high, wide // 2)
    flat, luma, chroma = of.reshape(-1), high * wide, small[0] * small[1]
    u, v = flat[luma : luma + chroma].reshape(small), flat[luma + chroma :].reshape(small)
    return flat[:luma].reshape(high, wide), u, v


def _mixed(under: Planes, over: Planes, cover: Cover | np.uint16) -> Planes:
    """`cover` of one over the other, rounded to the nearest level."""
    room: type[np.unsignedinteger[Any]] = np.uint16 if under.dtype == np.uint8 else np.uint32
    summed = under.astype(room) * (np.uint16(WHOLE) - cover) + over.astype(room) * cover
    return np.asarray((summed + room(WHOLE // 2)) >> room(8), under.dtype)


def _edge(wide: int, high: int, share: Fraction, direction: Toward) -> Cover:
    """How much of the incoming picture is seen at each pixel of a plane, or of a row or column of it."""
    way = wide if direction in ("left", "right") else high
    soft = max(2.0, float(SOFT * way))
    ramp = np.arange(way) + 0.5
    cover = np.clip((float(share) * (way + soft) - ramp) / soft, 0, 1) * WHOLE
    levels = np.rint(cover).astype(np.uint16)
    levels = levels[::-1] if direction in ("left", "up") else levels
    return np.asarray(levels[None, :] if direction in ("left", "right") else levels[:, None], np.uint16)
