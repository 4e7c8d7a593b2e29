"""How a film falls into pieces that can be encoded side by side, and its sound. Pure, and light to import.

Laws.
- The pieces of a film are its frames, all and in order, none twice. A piece is what one shot adds to the film, the
  transition into it included, and of a long shot at most `MOST_SECONDS`.
- A piece is told by what is seen in it and nothing else: neither by where it stands in the film nor by any sound. So
  what a change does not touch is encoded once and used again, and a cut that was killed goes on with what it had.
- All the sound of a film is one piece more, told by what is heard in it and nothing else: by no picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from json import dumps
from pathlib import Path

from msgspec import Struct

from storyboard.media.reel import Reel, Segment
from storyboard.structs import replace

MOST_SECONDS = 10


class Piece(Struct, frozen=True):
    """The frames [`first`, `last`) of the last segment of a reel, which has one before it only for its transition."""

    reel: Reel
    first: int
    last: int

    def name(self, digests: Mapping[str, str], version: str) -> str:
        """What it is called: SHA-256 of all that decides its pictures, the `digests` of files in place of their paths.

        Raises KeyError for a clip without a digest.
        """
        return _name(self.reel, digests, version, first=self.first, last=self.last)


def sound_name(reel: Reel, digests: Mapping[str, str], version: str) -> str:
    """What a film's sound is called, as `Piece.name`: SHA-256 of all that decides what is heard."""
    segments = tuple(map(_heard, reel.segments))
    lean = replace(reel, width_px=0, height_px=0, fit="crop", segments=segments, subtitles=(), burn=False)
    return _name(replace(lean, loudness=None, timecode=None), digests, version, heard=True)


def _name(reel: Reel, digests: Mapping[str, str], version: str, **also: object) -> str:
    """SHA-256 of a reel and what else is told, the `digests` of files in place of their paths."""
    timeline = reel.to_json()
    for one in (*timeline["segments"], *timeline["tracks"]):
        one["path"] = digests[one["path"]]
        if one.get("footage"):
            one["footage"]["path"] = digests[one["footage"]["path"]]
    return sha256(dumps({"timeline": timeline, **also, "version": version}, sort_keys=True).encode()).hexdigest()


def pieces(reel: Reel) -> list[Piece]:
    """The pieces of a reel, in order."""
    most, at = max(1, round(MOST_SECONDS * reel.fps)), 0
    found: list[Piece] = []
    overlaps = [*(segment.overlap for segment in reel.segments), 0]
    for number, (overlap, following) in enumerate(pairwise(overlaps)):
        at -= overlap
        end = reel.segments[number].frames - following
        found += (_piece(reel, number, at, first, min(first + most, end)) for first in range(0, end, most))
        at += reel.segments[number].frames
    return found


def _piece(reel: Reel, number: int, at: int, first: int, last: int) -> Piece:
    """Frames [`first`, `last`) of a segment that begins at frame `at` of the film."""
    own = _seen(reel.segments[number])
    under = (replace(_seen(reel.segments[number - 1]), overlap=0, transition=None),) if first < own.overlap else ()
    alone = own if under else replace(own, overlap=0, transition=None)
    cues = tuple(
        replace(cue, first=cue.first - at, last=cue.last - at)
        for cue in reel.subtitles
        if reel.burn and cue.first < at + last and at + first < cue.last
    )
    size, burn = (reel.width_px, reel.height_px), bool(cues)
    lean = Reel(*size, reel.fps, False, (*under, alone), reel.fit, subtitles=cues, burn=burn, codec=reel.codec)
    return Piece(lean, first, last)


def _seen(segment: Segment) -> Segment:
    """A segment without all that is only heard."""
    return replace(segment, gain_db=Decimal(0), mute=False, lead=0, tail=0, speech=False, footage=None, spare=0)


def _heard(segment: Segment) -> Segment:
    """A segment without all that is only seen."""
    return replace(segment, transition=None, direction="left", titles=(), grade=None)


def whole_name(path: Path, digest: str) -> Path:
    """Where the piece that is encoded to `path` is once it is whole: its own SHA-256 joins its name."""
    return path.with_name(f"{path.stem}.{digest}{path.suffix}")
