"""Where somebody is in the frame, and the measure that bodies are drawn in.

A figure is drawn in heads: x to where it faces, y down from the crown, 1 the height of the head (chin at 1, shoulders
at 1.5, waist at 3, soles at 7.3).
"""

from __future__ import annotations

from msgspec import Struct

from storyboard.media.animatic.layer import Point, smooth

SOLES = 7.3
EYES = 0.49


class Pose(Struct, frozen=True):
    """Where a figure stands: `x` of its middle and `crown` in frame heights, `head` the height of its head, `facing`
    -1 left, 1 right; `back` when it turns away; `detail` how many pixels its head has.
    """

    x: float
    crown: float
    head: float
    facing: int
    back: bool
    detail: float

    def at(self, x: float, y: float) -> Point:
        """A point of the figure in the frame."""
        return self.x + x * self.facing * self.head, self.crown + y * self.head

    def ring(self, points: list[Point], steps: int = 7) -> list[Point]:
        """A smooth closed outline."""
        return smooth([self.at(x, y) for x, y in points], steps)
