"""What is joined into a film, as a value: light to import, and JSON on the wire.

Laws. All counts are frames of the film. A segment's picture begins `overlap` frames before the one ahead of it ends, so
a film has as many frames as its segments less their overlaps. A fade goes through black inside its segment (`fade_in`
its first frames, `fade_out` its last) and takes no frame away. Sound may begin `lead` frames before its picture and
end `tail` frames after it: it is read on from the clip, and is silent where the clip has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

Blend = Literal["dissolve", "fade", "wipe"]
Toward = Literal["left", "right", "up", "down"]
TitlePlace = Literal["lower-third", "top", "center", "bottom", "left", "right"]
Fit = Literal["crop", "pad"]
CuePlace = Literal["foot", "above", "top"]


@dataclass(frozen=True, slots=True)
class Overlay:
    """Letters over the frames [`first`, `last`) of a segment, counted from its first shown one; `color` is #rrggbb."""

    text: str
    place: TitlePlace
    color: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Cue:
    """A subtitle over the frames [`first`, `last`) of the film, line by line.

    It stands at the foot of the picture, above what is drawn there, or at the top.
    """

    lines: tuple[str, ...]
    first: int
    last: int
    italic: bool = False
    place: CuePlace = "foot"


@dataclass(frozen=True, slots=True)
class Segment:
    """`frames` frames of the clip at `path`, from number `first` on; its sound `gain_db` louder, or none.

    `transition` names how it comes in: a dissolve or a wipe runs over its first `overlap` frames, the last ones of the
    segment before; a wipe's edge moves in `direction`. A fade is `fade_in` here and `fade_out` there.
    """

    path: str
    first: int
    frames: int
    gain_db: Decimal = Decimal(0)
    mute: bool = False
    transition: Blend | None = None
    overlap: int = 0
    direction: Toward = "left"
    fade_in: int = 0
    fade_out: int = 0
    titles: tuple[Overlay, ...] = ()
    lead: int = 0
    tail: int = 0


@dataclass(frozen=True, slots=True)
class Reel:
    """A film to be joined: pixels, frames a second, whether it has sound, and its segments in order.

    `fit` says how a clip of another shape fills the picture: cropped, or padded with black. `subtitles` stand in order
    and do not overlap; they lie on the finished picture where `burn` is set.
    """

    width_px: int
    height_px: int
    fps: Fraction
    audio: bool
    segments: tuple[Segment, ...]
    fit: Fit = "crop"
    subtitles: tuple[Cue, ...] = ()
    burn: bool = False

    @property
    def frames(self) -> int:
        """How many frames the film will have."""
        return sum(segment.frames - segment.overlap for segment in self.segments)

    def to_json(self) -> dict[str, Any]:
        """The reel as a JSON object."""
        segments = [{**asdict(segment), "gain_db": str(segment.gain_db)} for segment in self.segments]
        return {**asdict(self), "fps": str(self.fps), "segments": segments}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reel:
        """The reel that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        segments, subtitles = map(_segment, data["segments"]), map(_cue, data.get("subtitles", ()))
        fps = Fraction(data["fps"])
        return cls(**{**data, "fps": fps, "segments": tuple(segments), "subtitles": tuple(subtitles)})


def _cue(data: Mapping[str, Any]) -> Cue:
    return Cue(**{**data, "lines": tuple(data["lines"])})


def _segment(data: Mapping[str, Any]) -> Segment:
    titles = tuple(Overlay(**one) for one in data.get("titles", ()))
    return Segment(**{**data, "gain_db": Decimal(data["gain_db"]), "titles": titles})
