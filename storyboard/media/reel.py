"""What is joined into a film, as a value: light to import, and JSON on the wire.

Laws. All counts are frames of the film. A segment's picture begins `overlap` frames before the one ahead of it ends, so
a film has as many frames as its segments less their overlaps. A fade goes through black inside its segment (`fade_in`
its first frames, `fade_out` its last) and takes no frame away. Sound may begin `lead` frames before its picture and
end `tail` frames after it: it is read on from the clip, or the footage it is made of, and is silent where there is
none.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from msgspec import Struct, to_builtins

from storyboard.delivery import Codec
from storyboard.media.coding import CODINGS, Coding
from storyboard.media.grading.grade import Grade

Blend = Literal["dissolve", "fade", "wipe"]
Toward = Literal["left", "right", "up", "down"]
TitlePlace = Literal["lower-third", "top", "center", "bottom", "left", "right"]
Fit = Literal["crop", "pad"]
PEAK_DB = Decimal(-1)
"""What no sample of a film passes, and no true peak where a loudness is asked for."""
CuePlace = Literal["foot", "above", "top"]


class Overlay(Struct, frozen=True):
    """Letters over the frames [`first`, `last`) of a segment, counted from its first shown one; `color` is #rrggbb."""

    text: str
    place: TitlePlace
    color: str
    first: int
    last: int


class Stretch(Struct, frozen=True):
    """What a clip of footage was made of: the file, where the clip's frame 0 lies in it in seconds, and how much
    faster than the file it goes.
    """

    path: str
    first: Fraction
    speed: Fraction = Fraction(1)


class Cue(Struct, frozen=True):
    """A subtitle over the frames [`first`, `last`) of the film, line by line.

    It stands at the foot of the picture, above what is drawn there, or at the top.
    """

    lines: tuple[str, ...]
    first: int
    last: int
    italic: bool = False
    place: CuePlace = "foot"


class Segment(Struct, frozen=True):
    """`frames` frames of the film: the clip at `path` from its number `first` on; its sound `gain_db` louder, or none.

    At another `speed` than 1, frame k is the clip's at `first` + k × `speed`, the last that began; its sound keeps its
    pitch.

    `transition` names how it comes in: a dissolve or a wipe runs over its first `overlap` frames, the last ones of the
    segment before; a wipe's edge moves in `direction`. A fade is `fade_in` here and `fade_out` there. `speech` says
    that somebody speaks in it; where its clip is of `footage`, what leads and trails is heard from there. `grade` is
    laid on all its pictures, under whatever else is. Its clip goes on for `spare` frames of the film at least.
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
    speed: Fraction = Fraction(1)
    speech: bool = False
    footage: Stretch | None = None
    grade: Grade | None = None
    spare: int = 0


class Track(Struct, frozen=True):
    """The sound of the file at `path` over `frames` frames of the film from frame `at` on, beginning `start` seconds
    into the file; `loop` repeats so many seconds of it. Fades are in seconds; `duck`: it goes down under `speech`.
    """

    path: str
    at: int
    frames: int
    start: Fraction = Fraction(0)
    loop: Fraction | None = None
    gain_db: Decimal = Decimal(0)
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)
    duck: bool = False
    speech: bool = False


class Reel(Struct, frozen=True):
    """A film to be joined: pixels, frames a second, whether it has sound, and its segments in order.

    `fit` says how a clip of another shape fills the picture: cropped, or padded with black. `subtitles` stand in order
    and do not overlap; they lie on the finished picture where `burn` is set. `tracks` are laid over the clips' own
    sound. `gain_db` is added to all of it; None leaves it as it is, its peaks limited. `loudness` is the loudness asked
    for, in LUFS, from which the gain is found. `timecode` is what the first frame is called in the film's file, None
    where that is not told. `codec` is what its pictures are coded with.
    """

    width_px: int
    height_px: int
    fps: Fraction
    audio: bool
    segments: tuple[Segment, ...]
    fit: Fit = "crop"
    tracks: tuple[Track, ...] = ()
    gain_db: Decimal | None = None
    loudness: Decimal | None = None
    subtitles: tuple[Cue, ...] = ()
    burn: bool = False
    timecode: str | None = None
    codec: Codec = "h264"

    @property
    def coding(self) -> Coding:
        """How the film is coded."""
        return CODINGS[self.codec]

    @property
    def soft(self) -> tuple[Cue, ...]:
        """The subtitles that are a track of the film; a master has none, its subtitles stand beside it."""
        return () if self.burn or self.coding.master else self.subtitles

    @property
    def frames(self) -> int:
        """How many frames the film will have."""
        return sum(segment.frames - segment.overlap for segment in self.segments)

    def to_json(self) -> dict[str, Any]:
        """The reel as a JSON object: exact numbers as text."""
        told: dict[str, Any] = to_builtins(self, enc_hook=str)
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reel:
        """The reel that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            **{
                **data,
                "fps": Fraction(data["fps"]),
                "segments": tuple(map(_segment, data["segments"])),
                "subtitles": tuple(map(_cue, data.get("subtitles", ()))),
                "tracks": tuple(map(_track, data.get("tracks", ()))),
                "gain_db": _decibels(data.get("gain_db")),
                "loudness": _decibels(data.get("loudness")),
            }
        )


def _decibels(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _cue(data: Mapping[str, Any]) -> Cue:
    return Cue(**{**data, "lines": tuple(data["lines"])})


def _segment(data: Mapping[str, Any]) -> Segment:
    titles, footage = tuple(Overlay(**one) for one in data.get("titles", ())), data.get("footage")
    source = Stretch(footage["path"], Fraction(footage["first"]), Fraction(footage["speed"])) if footage else None
    exact = {"gain_db": Decimal(data["gain_db"]), "speed": Fraction(data.get("speed", 1))}
    grade = Grade.of(data["grade"]) if data.get("grade") else None
    return Segment(**{**data, **exact, "titles": titles, "footage": source, "grade": grade})


def _track(data: Mapping[str, Any]) -> Track:
    exact = {key: Fraction(data[key]) for key in ("start", "fade_in", "fade_out")}
    loop = Fraction(data["loop"]) if data["loop"] is not None else None
    return Track(**{**data, **exact, "loop": loop, "gain_db": Decimal(data["gain_db"])})
