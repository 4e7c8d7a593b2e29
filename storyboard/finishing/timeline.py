"""Where every clip stands in the film, in frames of the film. Pure.

Laws (DESIGN.md section 2, *Frames*; the rounding is argued in `storyboard.timing`).

- Cuts inside a run keep the lengths that were carried; the cut at its end falls on the frame nearest the exact sum of
  all times before it, so a film of shots of Σ duration has round(Σ duration × fps) frames.
- Nothing repeats: where the last frame that a shot shows is also the one it hands on (its clip has no later frame), the
  next shot drops its own frame 0, which reproduces it, and the film is a frame shorter.
- A clip that is shorter than its shot shows what it has. What a film loses, it loses for good: later cuts move up.
- A shot always shows at least one frame.
- A dissolve or a wipe of nearest(duration × fps) frames, at least one, overlaps: the shot that comes in begins that
  many frames before the one ahead of it ends, and the film is as much shorter: round(Σ duration × fps − Σ overlaps).
  An overlap is never longer than what the two shots have left to show (later cuts then move down), and nothing is
  dropped under one.
- A shot that a clock trims ends on the frame that the clock says, and what was lost before it is made up for; a clip
  that is too short for it is refused. Inside a run its length is the carried one.
- A fade overlaps nothing: of its frames the smaller half darkens the end of the shot before, the rest the beginning of
  its own; at the film's beginning all are its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Clip, Film, Shot, ShotId
from storyboard.media.reel import Blend, Overlay, Toward
from storyboard.structs import replace
from storyboard.timing import (
    carried_index,
    ended,
    first_frame,
    frame_count,
    frames_at,
    lengths,
    nearest,
    overlap,
    passed,
    reach,
    runs,
    transition_frames,
)

ONE = Fraction(1)


class Placed(Struct, frozen=True):
    """A stretch of a clip in the film: `frames` frames of the film from its frame `at` on, of the clip from `first` on,
    played `pace` times as fast.

    Its first `overlap` frames lie over the last ones of the stretch before. `fade_in` and `fade_out` frames at its two
    ends come out of black and go into it; `titles` count from its first frame; its sound begins `lead` frames before
    its picture and ends `tail` frames after it. `missing` counts the frames that the shot asks for and its clip does
    not have.
    """

    shot: ShotId
    at: int
    first: int
    frames: int
    gain_db: Decimal = Decimal(0)
    mute: bool = False
    missing: int = 0
    transition: Blend | None = None
    overlap: int = 0
    direction: Toward = "left"
    fade_in: int = 0
    fade_out: int = 0
    titles: tuple[Overlay, ...] = ()
    lead: int = 0
    tail: int = 0
    pace: Fraction = Fraction(1)

    @property
    def last(self) -> int:
        """The last frame of its clip that it shows."""
        return self.first + int((self.frames - 1) * self.pace)

    @property
    def end(self) -> int:
        """The film's first frame after this stretch."""
        return self.at + self.frames


class Timeline(Struct, frozen=True):
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


def timeline(film: Film, clips: Mapping[ShotId, Clip], slates: Collection[ShotId] = ()) -> Timeline:
    """Place the clips of every shot on screen; those in `slates` need none, and have all the frames they want.

    Raises KeyError for a shot without a clip; Refused (`clip-too-short`, exit 3) where a shot's `in` lies past the end
    of its clip.
    """
    have = (shot.id for shot in film.on_screen if shot.id not in slates)
    return _place(film, {shot: frames_at(clips[shot], film.delivery.fps) for shot in have})


def so_far(film: Film, clips: Mapping[ShotId, Clip]) -> Timeline:
    """The timeline with the clips one has, as if those of other shots had all the frames they are asked for.

    Raises Refused as `timeline` does.
    """
    return _place(film, {shot: clip.frames for shot, clip in clips.items()})


def expected(film: Film) -> Timeline:
    """The timeline as it will be if every clip has all the frames it is asked for."""
    return _place(film, {})


def _place(film: Film, available: Mapping[ShotId, int]) -> Timeline:
    """Place every shot; a shot that `available` does not name has all the frames one could want."""
    fps = film.delivery.fps
    carried = lengths(film)
    placed: list[Placed] = []
    exact, lost = Fraction(0), 0
    for run in runs(film):
        repeats = False
        for shot in run:
            asked = overlap(shot, fps) if placed else 0
            laps = min(asked, placed[-1].frames - placed[-1].overlap) if placed else 0
            at = placed[-1].end - laps if placed else 0
            exact = ended(exact - asked if asked else exact, shot, fps, len(run) == 1)
            lost = 0 if shot.frames is not None and shot is run[-1] else lost - (asked - laps)
            wanted = carried[shot.id] if shot is not run[-1] else max(1, nearest(exact, ONE) - lost - at)
            stretch = _stretch(shot, at, wanted, repeats and not laps, fps, available.get(shot.id))
            if shot.frames is not None and stretch.missing:
                raise _misses(shot, stretch.missing)
            lapped = min(laps, stretch.frames)
            lost += wanted - stretch.frames - (laps - lapped)
            placed.append(replace(stretch, at=at + laps - lapped, overlap=lapped) if laps else stretch)
            repeats = _repeats(stretch, carried[shot.id], first_frame(shot, fps), available.get(shot.id))
    return Timeline(fps, tuple(_dressed(film.on_screen, placed, fps)))


def _stretch(shot: Shot, at: int, wanted: int, repeats: bool, fps: Fraction, available: int | None) -> Placed:
    """The stretch of one shot at frame `at`; `repeats` says that its frame 0 was already shown."""
    first = first_frame(shot, fps)
    have = wanted if available is None else min(wanted, reach(available - first, shot.pace))
    if have < 1:
        message = f"shot {shot.id} begins at frame {first} of its clip, which has only {available}"
        raise Refused([Diagnostic("clip-too-short", message, shot.place)], exit_code=3)
    drop = 1 if repeats and first == 0 and have > 1 and available != 1 else 0
    left = have - drop if available is None else min(have - drop, reach(available - first - drop, shot.pace))
    return Placed(
        shot=shot.id,
        at=at,
        first=first + drop,
        frames=left,
        pace=shot.pace,
        gain_db=shot.gain_db,
        mute=shot.mute,
        missing=wanted - have,
    )


def _misses(shot: Shot, frames: int) -> Refused:
    """What ends a cut where a clip is shorter than the film's clock needs it."""
    message = f"the clip of {shot.id} is {frames} frame{'s' if frames != 1 else ''} too short for the film's clock"
    hint = "ask for a longer duration, or move the shot after it"
    return Refused([Diagnostic("clip-too-short", message, shot.place, hint)], exit_code=3)


def _dressed(shots: Sequence[Shot], placed: Sequence[Placed], fps: Fraction) -> Iterator[Placed]:
    """The stretches with their transitions, fades, titles, leads and tails, bounded by what there is of the film."""
    end = placed[-1].end if placed else 0
    for number, (shot, stretch) in enumerate(zip(shots, placed, strict=True)):
        after = shots[number + 1] if number + 1 < len(shots) else None
        if _bare(shot) and (after is None or after.transition is None):
            yield stretch
            continue
        fade_in = min(_darkened(shot, fps, first=number == 0)[1], stretch.frames)
        fade_out = max(frame_count(shot.fade_out, fps) if shot.fade_out else 0, _darkened(after, fps)[0])
        yield replace(
            stretch,
            transition=shot.transition.kind if shot.transition else None,
            direction=shot.transition.direction if shot.transition else "left",
            fade_in=fade_in,
            fade_out=min(fade_out, stretch.frames - fade_in),
            titles=tuple(_overlays(shot, stretch, fps)),
            lead=min(nearest(shot.lead, fps), stretch.at),
            tail=min(nearest(shot.tail, fps), end - stretch.end),
        )


def _bare(shot: Shot) -> bool:
    """Whether nothing is laid on a shot, as on most."""
    return not (shot.transition or shot.fade_out or shot.titles or shot.lead or shot.tail)


def _darkened(shot: Shot | None, fps: Fraction, first: bool = False) -> tuple[int, int]:
    """How many frames a shot's fade darkens of the shot before, and of its own; the film's first takes its own."""
    if shot is None or shot.transition is None or shot.transition.kind != "fade":
        return 0, 0
    frames = transition_frames(shot, fps)
    before = 0 if first else frames // 2
    return before, frames - before


def _overlays(shot: Shot, stretch: Placed, fps: Fraction) -> Iterator[Overlay]:
    """The titles of a shot in frames of its stretch; one whose frames the clip does not have is not shown."""
    for title in shot.titles:
        first = nearest(title.at, fps)
        last = stretch.frames if title.until is None else min(nearest(title.until, fps), stretch.frames)
        if first < last:
            yield Overlay(title.text, title.place, title.color, first, last)


def _repeats(stretch: Placed, length: int, first: int, available: int | None) -> bool:
    """Whether the frame that a stretch hands on is the last one that it shows."""
    if available is None:
        return False
    return carried_index(first, passed(length, stretch.pace), available) <= stretch.last
