"""An edit: the film's timeline with the media it is made of, from which every export is written. Pure.

Laws.
- It is the timeline that the cut joins; nothing is placed a second time.
- All counts are frames of the film's rate, also those in a clip of another rate, and of a clip's speed.
- Editors lay a transition on a cut, where it eats handles of both sides; in the film two shots overlap. `spans` tells
  the one as the other: the cut falls in the middle of an overlap, its smaller half before the cut, and what a shot
  shows beyond its cut is a handle. So every frame stays where the film has it.
- A shot without a clip is a slate: its place is kept, and it has no media.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import zip_longest
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field

from storyboard.film import Clip, Film, Money, Shot, Sound, TakeId
from storyboard.finishing.timeline import Placed, Timeline
from storyboard.media.reel import Cue, Track
from storyboard.timecode import Timecode

T = TypeVar("T")


class Media(Struct, frozen=True):
    """The clip that a shot shows, and where its file is, under the take's name where it has a link of that name."""

    path: Path
    clip: Clip

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.path.name

    def frames(self, fps: Fraction) -> int:
        """For how many frames of a film it lasts."""
        return ceil(self.clip.duration * fps)


class Event(Struct, frozen=True):
    """A shot as it stands in the film. `made` tells how its clip was made, `cost` what was charged for it."""

    shot: Shot
    placed: Placed
    take: TakeId | None = None
    media: Media | None = None
    provider: str = ""
    prompt: str = ""
    cost: Money | None = None
    made: Mapping[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int | None:
        """The number of its take, None for a slate."""
        return int(str(self.take).rpartition("-")[2]) if self.take is not None else None

    @property
    def heard(self) -> bool:
        """Whether its clip's own sound is in the film."""
        return self.media is not None and self.media.clip.has_audio and not self.placed.mute


class Edit(Struct, frozen=True):
    """A film to be exported: what it shows, in order, the sounds laid over it, and its subtitles.

    `handles` is how many frames an editor is to have on both sides of each shot; None is as many as there are.
    """

    film: Film
    line: Timeline
    events: tuple[Event, ...]
    sounds: tuple[tuple[Sound, Track], ...] = ()
    cues: tuple[Cue, ...] = ()
    handles: int | None = None

    @property
    def fps(self) -> Fraction:
        """Frames a second."""
        return self.line.fps

    @property
    def start(self) -> Timecode:
        """What its first frame is called."""
        return self.film.delivery.start

    def called(self, frame: int) -> str:
        """The timecode of one of its frames."""
        return self.start.written(self.fps, frame)


class Span(Struct, frozen=True):
    """A shot between its two cuts: `frames` frames of the film from `at` on, of its clip from `first` on.

    A transition on the cut into it takes `before` frames ahead of the cut and `after` behind it.
    """

    event: Event
    at: int
    first: Fraction
    frames: int
    before: int = 0
    after: int = 0

    @property
    def end(self) -> int:
        """The film's first frame after it."""
        return self.at + self.frames


def spans(edit: Edit) -> Iterator[Span]:
    """The shots of an edit cut to cut: together they are the film, without gap or overlap."""
    for event, following in zip_longest(edit.events, edit.events[1:]):
        placed, next_overlap = event.placed, following.placed.overlap if following is not None else 0
        head, tail = placed.overlap // 2, next_overlap - next_overlap // 2
        yield Span(
            event,
            placed.at + head,
            placed.first + head * placed.pace,
            placed.frames - head - tail,
            head,
            placed.overlap - head,
        )


class Heard(Struct, frozen=True):
    """A shot's own sound: `frames` frames of the film from `at` on, of its clip from `first` on."""

    event: Event
    at: int
    first: Fraction
    frames: int

    @property
    def end(self) -> int:
        """The film's first frame after it."""
        return self.at + self.frames


def heard(edit: Edit) -> Iterator[Heard]:
    """The shots' own sounds, each from where it leads its picture until it trails off, as far as its clip goes."""
    for event in edit.events:
        placed, media = event.placed, event.media
        if media is None or not event.heard:
            continue
        lead = min(placed.lead, int(placed.first / placed.pace), placed.at)
        first = placed.first - lead * placed.pace
        there = ceil((media.frames(edit.fps) - first) / placed.pace)
        frames = min(lead + placed.frames + placed.tail, there, edit.line.frames - placed.at + lead)
        if frames > 0:
            yield Heard(event, placed.at - lead, first, frames)


def lanes(stretches: Sequence[tuple[int, int, T]]) -> list[list[tuple[int, int, T]]]:
    """Stretches `(at, end, what)` on as few tracks as will do, so that none lies over another on its track."""
    found: list[list[tuple[int, int, T]]] = []
    for one in sorted(stretches, key=lambda stretch: stretch[0]):
        lane = next((lane for lane in found if lane[-1][1] <= one[0]), None)
        if lane is None:
            found.append([one])
        else:
            lane.append(one)
    return found


def repeats(track: Track, fps: Fraction) -> Iterator[tuple[int, int, Fraction]]:
    """A laid track as plays of its file, a loop once for each time it begins: `(at, end, first)`.

    `first` counts frames of the film in the file. The plays of a loop begin on the frame nearest.
    """
    first, end = track.start * fps, track.at + track.frames
    if track.loop is None:
        yield track.at, end, first
        return
    length, number, at = track.loop * fps, 1, track.at
    while at < end:
        until = min(end, max(at + 1, track.at + int(number * length + Fraction(1, 2))))
        yield at, until, first
        at, number = until, number + 1


def short_of_handles(edit: Edit) -> list[tuple[Event, int]]:
    """The shots whose clips have fewer frames than `handles` before or behind what the film shows, and how many."""
    found = []
    for event in edit.events:
        if event.media is None or edit.handles is None:
            continue
        placed = event.placed
        before = int(placed.first / placed.pace)
        behind = int((event.media.frames(edit.fps) - placed.last - 1) / placed.pace)
        if min(before, behind) < edit.handles:
            found.append((event, max(0, min(before, behind))))
    return found


def ends(event: Event, fps: Fraction) -> tuple[int, int]:
    """The numbers, in the clip, of the first and the last frame that the film shows of it. Raises ValueError for a
    slate.
    """
    if event.media is None:
        raise ValueError(f"{event.shot.id} has no clip")
    clip = event.media.clip
    share = clip.fps / fps
    first, last = (min(int(frame * share), clip.frames - 1) for frame in (event.placed.first, event.placed.last))
    return first, last
