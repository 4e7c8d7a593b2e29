"""Where things of a set fall in the frame.

A set is drawn in one-point perspective. A point has X to the right and Y down from the vanishing point, both measured
where nearness is 1 (the back wall, the end of the corridor), and a nearness: at 2 everything is twice as large. The
horizon is at the eyes of whoever stands there, as it is for a camera at eye level.
"""

from __future__ import annotations

from msgspec import Struct

from storyboard.media.animatic.layer import Point


class Camera(Struct, frozen=True):
    """`zoom` of the set, `x` what it looks at (set units), `horizon` in frame heights from the top."""

    zoom: float = 1.0
    x: float = 0.0
    horizon: float = 0.38

    def at(self, x: float, y: float, near: float = 1.0) -> Point:
        """A point of the set in the frame."""
        return (x - self.x) * near * self.zoom, self.horizon + y * near * self.zoom

    def quad(self, x0: float, x1: float, y: float, near0: float, near1: float) -> list[Point]:
        """A level rectangle (floor, table top): far edge first."""
        return [self.at(x0, y, near0), self.at(x1, y, near0), self.at(x1, y, near1), self.at(x0, y, near1)]

    def wall(self, x0: float, x1: float, top: float, foot: float, near: float = 1.0) -> list[Point]:
        """An upright rectangle that faces the camera."""
        return [self.at(x0, top, near), self.at(x1, top, near), self.at(x1, foot, near), self.at(x0, foot, near)]

    def side(self, x: float, top: float, foot: float, near0: float, near1: float) -> list[Point]:
        """An upright rectangle along the line of sight, at a given X."""
        return [self.at(x, top, near0), self.at(x, top, near1), self.at(x, foot, near1), self.at(x, foot, near0)]
