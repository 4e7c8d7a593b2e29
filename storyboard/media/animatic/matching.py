"""One picture in the colours of another: mean and spread are brought over, as a table for each plane."""

from __future__ import annotations

from msgspec import Struct
from PIL import Image, ImageStat

from storyboard.media.animatic.planar import Planar

LUMA, CHROMA = 0.55, 0.75
"""How much of the way luma and chroma go."""


class Match(Struct, frozen=True):
    """The tables that lead the colours of one picture towards those of another."""

    y: tuple[int, ...]
    u: tuple[int, ...]
    v: tuple[int, ...]

    @classmethod
    def towards(cls, own: Planar, other: Planar) -> Match:
        """From the colours of `own` towards those of `other`."""
        return cls(
            _table(own.y, other.y, LUMA, (16, 235)),
            _table(own.u, other.u, CHROMA, (16, 240)),
            _table(own.v, other.v, CHROMA, (16, 240)),
        )

    def of(self, picture: Planar) -> Planar:
        """A picture through the tables."""
        return Planar(picture.y.point(self.y), picture.u.point(self.u), picture.v.point(self.v))


def _table(own: Image.Image, other: Image.Image, share: float, legal: tuple[int, int]) -> tuple[int, ...]:
    (mean,), (spread,) = ImageStat.Stat(own).mean, ImageStat.Stat(own).stddev
    (to_mean,), (to_spread,) = ImageStat.Stat(other).mean, ImageStat.Stat(other).stddev
    gain = 1 + share * (min(2.0, max(0.5, to_spread / max(spread, 1.0))) - 1)
    shift = mean + share * (to_mean - mean)
    return tuple(min(legal[1], max(legal[0], round((level - mean) * gain + shift))) for level in range(256))
