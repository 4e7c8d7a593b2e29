"""What is handed on from one take to another, and its digests: the carried part of what a clip is made from. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from storyboard.film import Clip, ClipId, Edge, Frame, Shot, TakeKey
from storyboard.timing import carried_index, frames_at, index_in

Slot = Literal["start", "end"]


class Carried(Struct, frozen=True):
    """What a take carries: the frame after `length` frames from `first` of the clip of a take, or that clip itself.

    `shot` is the shot whose it is, `edge` says how it is carried; `first` and `length` count frames of the film, which
    has `fps`.
    """

    slot: Slot
    source: TakeKey
    first: int
    length: int
    shot: Shot
    edge: Edge
    fps: Fraction

    @property
    def by_clip(self) -> bool:
        """Whether the clip is handed on, not a frame of it."""
        return self.edge.mode in ("extend", "edit")

    @property
    def by_frame(self) -> bool:
        """Whether a frame must be taken first; an extension goes on from one too."""
        return self.edge.mode != "edit"

    @property
    def words(self) -> str:
        """How it is carried, to be followed by a take: `opens on`."""
        if self.slot == "end":
            return "ends on"
        spelt = {"first_frame": "opens on", "reference": "follows", "extend": "goes on from", "edit": "draws over"}
        return f"{'anchored, ' if self.edge.anchor else ''}{spelt[self.edge.mode]}"

    def index(self, clip: Clip) -> int:
        """The index of that frame in the clip."""
        return index_in(clip, carried_index(self.first, self.length, frames_at(clip, self.fps)), self.fps)

    def digest(self, clip: ClipId, frame: Frame | None, chosen: int | None = None) -> str:
        """What of it goes into the take's `carried` text; of a `chosen` frame its number too, and the cut's."""
        if self.by_clip:
            return f"{clip}:{self.first}+{self.length}"
        if frame is None:
            raise ValueError(f"the frame carried from {self.shot.id} was not taken")
        return frame.pixels if chosen is None else f"{frame.pixels}@{chosen}/{self.first + self.length}"


def digest_of(carried: str, slot: Slot) -> str:
    """The digest in one slot of a `carried` text (`start=… end=…`); empty where nothing was carried."""
    return dict(part.split("=", 1) for part in carried.split()).get(slot, "")


def chosen_of(digest: str) -> int:
    """The number of the frame that was chosen, from a digest in a `carried` text; -1 where none was."""
    found = re.fullmatch(r"[^@]*@([0-9]+)/[0-9]+", digest)
    return int(found[1]) if found else -1


def carried_text(digests: Mapping[Slot, str]) -> str:
    """The `carried` text of a take record, one form for one content."""
    return " ".join(f"{slot}={digests[slot]}" for slot in sorted(digests))
