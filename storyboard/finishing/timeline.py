"""Where every clip stands in the film, in frames of the film. Pure.

Laws (DESIGN.md section 2, *Frames*; the rounding is argued in `storyboard.timing`).

- Cuts inside a run keep the lengths that were carried; the cut at its end falls on the frame nearest the exact sum of
  all times before it, so a film of shots of Σ duration has round(Σ duration × fps) frames.
- Nothing repeats: where the last frame that a shot shows is also the one it hands on (its clip has no later frame), the
  next shot drops its own frame 0, which reproduces it, and the film is a frame shorter.
- A clip that is shorter than its shot shows what it has. What a film loses, it loses for good: later cuts move up.
- A shot always shows at least one frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Clip, Film, Shot, ShotId
from storyboard.timing import carried_index, first_frame, lengths, nearest, runs


@dataclass(frozen=True, slots=True)
class Placed:
    """A stretch of a clip in the film: `frames` frames from `first` of the clip, shown from frame `at` of the film.

    `missing` counts the frames that the shot asks for and its clip does not have.
    """

    shot: ShotId
    at: int
    first: int
    frames: int
    gain_db: Decimal = Decimal(0)
    mute: bool = False
    missing: int = 0

    @property
    def end(self) -> int:
        """The film's first frame after this stretch."""
        return self.at + self.frames


@dataclass(frozen=True, slots=True)
class Timeline:
    """A film in frames: its picture, one stretch after another; sound lies under its own picture."""

    fps: Fraction
    picture: tuple[Placed, ...]

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return self.picture[-1].end if self.picture else 0

    @property
    def duration(self) -> Fraction:
        """Seconds: frames / fps."""
        return self.frames / self.fps


def timeline(film: Film, clips: Mapping[ShotId, Clip]) -> Timeline:
    """Place the clips of every shot on screen.

    Raises KeyError for a shot without a clip; Refused (`clip-too-short`, exit 3) where a shot's `in` lies past the end
    of its clip.
    """
    return _place(film, {shot.id: clips[shot.id].frames for shot in film.on_screen})


def expected(film: Film) -> Timeline:
    """The timeline as it will be if every clip has all the frames it is asked for."""
    return _place(film, {})


def _place(film: Film, available: Mapping[ShotId, int]) -> Timeline:
    """Place every shot; a shot that `available` does not name has all the frames one could want."""
    fps = film.delivery.fps
    carried = lengths(film)
    placed: list[Placed] = []
    exact, lost, at = Fraction(0), 0, 0
    for run in runs(film):
        repeats = False
        for shot in run:
            exact += shot.shown
            wanted = carried[shot.id] if shot is not run[-1] else max(1, nearest(exact, fps) - lost - at)
            stretch = _stretch(shot, at, wanted, repeats, fps, available.get(shot.id))
            placed.append(stretch)
            lost += wanted - stretch.frames
            at = stretch.end
            repeats = _repeats(stretch, carried[shot.id], first_frame(shot, fps), available.get(shot.id))
    return Timeline(fps, tuple(placed))


def _stretch(shot: Shot, at: int, wanted: int, repeats: bool, fps: Fraction, available: int | None) -> Placed:
    """The stretch of one shot at frame `at`; `repeats` says that its frame 0 was already shown."""
    first = first_frame(shot, fps)
    have = wanted if available is None else min(wanted, available - first)
    if have < 1:
        message = f"shot {shot.id} begins at frame {first} of its clip, which has only {available}"
        raise Refused([Diagnostic("clip-too-short", message, shot.place)], exit_code=3)
    drop = 1 if repeats and first == 0 and have > 1 else 0
    return Placed(
        shot=shot.id,
        at=at,
        first=first + drop,
        frames=have - drop,
        gain_db=shot.gain_db,
        mute=shot.mute,
        missing=wanted - have,
    )


def _repeats(stretch: Placed, length: int, first: int, available: int | None) -> bool:
    """Whether the frame that a stretch hands on is the last one that it shows."""
    if available is None:
        return False
    return carried_index(first, length, available) < stretch.first + stretch.frames
