"""What is joined into a film, as a value: light to import, and JSON on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Segment:
    """`frames` frames of the clip at `path`, from number `first` on; its sound `gain_db` louder, or none."""

    path: str
    first: int
    frames: int
    gain_db: Decimal = Decimal(0)
    mute: bool = False


@dataclass(frozen=True, slots=True)
class Reel:
    """A film to be joined: pixels, frames a second, whether it has sound, and its segments in order."""

    width_px: int
    height_px: int
    fps: Fraction
    audio: bool
    segments: tuple[Segment, ...]

    @property
    def frames(self) -> int:
        """How many frames the film will have."""
        return sum(segment.frames for segment in self.segments)

    def to_json(self) -> dict[str, Any]:
        """The reel as a JSON object."""
        segments = [{**asdict(segment), "gain_db": str(segment.gain_db)} for segment in self.segments]
        return {**asdict(self), "fps": str(self.fps), "segments": segments}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reel:
        """The reel that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        segments = tuple(Segment(**{**one, "gain_db": Decimal(one["gain_db"])}) for one in data["segments"])
        return cls(**{**data, "fps": Fraction(data["fps"]), "segments": segments})
