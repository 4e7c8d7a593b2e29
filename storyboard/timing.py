"""Seconds to frames: how long each shot runs and which frame of it is carried on. Pure.

The law. A shot shows frames [in, in + n) of its clip, n = max(1, round(used × fps)), halves up; the frame it hands on
is the first that it does not show, in + n, and the next shot reproduces that one as its own frame 0.

Why n is not rounded shot by shot. Ten shots of 0.3 s at 24 frames a second are 72 frames; ten times round(7.2) is 70,
and cuts must fall on the frame nearest the exact sum. So sums are rounded, never lengths, in two rings:

- Shots that hand a frame on form a *run*. Inside it the cut after shot k falls at round(sum of the run's first k
  shots). Nothing outside the run enters, so inserting a shot elsewhere moves no carried frame and makes no clip stale.
- A run ends in a cut that nobody continues. That one is free and falls on the film's own exact sum (`finishing`), so
  that runs do not drift either.

A dissolve or a wipe overlaps: it takes whole frames, the nearest number and at least one, and the shot that comes in
begins that much before the one ahead of it ends. The exact sum is that of the times on screen less those whole frames,
so overlaps do not drift either. They change no clip: a shot that goes out shows all its frames, the last of them under
the next shot. A fade overlaps nothing: half its frames (the smaller half) darken the end of the shot before, the rest
bring up its own beginning.

A clip that is asked for is as long as it was asked; a shot at another speed passes its frames faster or slower in the
cut (`pace`), and hands on the first that it has not shown. So a new speed makes no clip stale that is long enough.

Each length stays within a frame of its exact value inside a run, within a frame and a half at its end; for times of
whole frames every rounding is the identity and n is used × fps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil

from storyboard.film import Clip, Film, Shot, ShotId

ONE = Fraction(1)


def nearest(seconds: Fraction, fps: Fraction) -> int:
    """The frame nearest a time, counted from 0; halves go up."""
    frames, parts = seconds.numerator * fps.numerator, seconds.denominator * fps.denominator
    return (2 * frames + parts) // (2 * parts)  # floor(x + 1/2) in whole numbers, ten times as fast as in fractions


def frame_count(seconds: Fraction, fps: Fraction) -> int:
    """How many frames a stretch of time takes alone: the nearest number, at least one."""
    return max(1, nearest(seconds, fps))


def enough_frames(seconds: Fraction, fps: Fraction) -> int:
    """How many frames a clip of that length needs, so that every rounding of its cuts finds its frame at the cut.

    For whole frames that is the length and one more: 24·d + 1 at 24 frames a second.
    """
    return ceil(seconds * fps) + 1


def first_frame(shot: Shot, fps: Fraction) -> int:
    """Index in its clip of the first frame that a shot shows; the clip of footage begins where the shot does."""
    return 0 if shot.footage is not None else nearest(shot.in_, fps)


def transition_frames(shot: Shot, fps: Fraction) -> int:
    """How many frames a shot's transition takes; 0 for a cut."""
    return frame_count(shot.transition.duration, fps) if shot.transition is not None else 0


def overlap(shot: Shot, fps: Fraction) -> int:
    """How many frames before the end of the shot ahead of it a shot begins."""
    overlaps = shot.transition is not None and shot.transition.kind != "fade"
    return transition_frames(shot, fps) if overlaps else 0


def shown_frames(shot: Shot, fps: Fraction) -> Fraction:
    """How long a shot is on screen, in frames, before any rounding; whole where a clock says it."""
    return shot.shown * fps if shot.frames is None else Fraction(shot.frames)


def ended(begun: Fraction, shot: Shot, fps: Fraction, alone: bool) -> Fraction:
    """Where a shot ends that begins there, in frames of the film, before any rounding. One that a clock trims ends on a
    whole frame: what was rounded before it is forgotten, if it is `alone` in its run.
    """
    if shot.frames is not None and alone:
        return Fraction(nearest(begun, ONE) + shot.frames)
    return begun + shown_frames(shot, fps)


def exact_frames(shots: Sequence[Shot], fps: Fraction) -> Fraction:
    """How long a film of these shots is, in frames, before the one rounding: times on screen less overlaps."""
    exact = Fraction(0)
    for number, shot in enumerate(shots):
        laps = overlap(shot, fps) if number else 0
        exact = ended(exact - laps, shot, fps, shot.frames is not None and is_alone(shots, number))
    return exact


def is_alone(shots: Sequence[Shot], number: int) -> bool:
    """Whether the shot neither goes on from the one before it nor into the one after it."""
    before = shots[number - 1] if number else None
    after = shots[number + 1] if number + 1 < len(shots) else None
    return not continues(shots[number], before) and (after is None or not continues(after, shots[number]))


def continues(shot: Shot, before: Shot | None) -> bool:
    """Whether `shot` goes on from the frame at the cut of `before`, the shot just before it on screen."""
    start = shot.start
    if before is None or start is None:
        return False
    return start.shot == before.id and start.frame == "last" and start.mode in ("first_frame", "extend")


def runs(film: Film) -> Iterator[tuple[Shot, ...]]:
    """The shots on screen in film order, cut into runs: a shot that continues the one before stays in its run."""
    run: list[Shot] = []
    for shot in film.on_screen:
        if run and not continues(shot, run[-1]):
            yield tuple(run)
            run = []
        run.append(shot)
    if run:
        yield tuple(run)


def lengths(film: Film) -> dict[ShotId, int]:
    """How many frames of its clip each shot on screen shows up to the frame that it hands on, at least one."""
    found: dict[ShotId, int] = {}
    for run in runs(film):
        if len(run) == 1:  # most are
            found[run[0].id] = max(1, nearest(shown_frames(run[0], film.delivery.fps), ONE))
            continue
        exact, cut = Fraction(0), 0
        for shot in run:
            exact += shown_frames(shot, film.delivery.fps)
            found[shot.id] = max(1, nearest(exact, ONE) - cut)
            cut += found[shot.id]
    return found


def passed(frames: int, pace: Fraction) -> int:
    """How many frames of its clip a shot has passed after `frames` frames of the film: to the first not yet shown.

    Frame k of the shot is the one on screen at k × pace, the last that began; a slow one is shown more than once.
    """
    if frames < 1 or pace == 1:
        return frames
    return max(int(frames * pace), int((frames - 1) * pace) + 1)


def reach(clip_frames: int, pace: Fraction) -> int:
    """For how many frames of the film so many frames of a clip last."""
    return clip_frames if pace == 1 else ceil(clip_frames / pace)


def frames_at(clip: Clip, fps: Fraction) -> int:
    """How many frames of a film of that rate a clip has: its own where it has the film's rate, else those that begin
    before it ends.
    """
    return clip.frames if clip.fps == fps else ceil(clip.duration * fps)


def index_in(clip: Clip, frame: int, fps: Fraction) -> int:
    """The frame of a clip that frame `frame` of a film of that rate shows, the last that has begun by then."""
    return frame if clip.fps == fps else min(clip.frames - 1, int(Fraction(frame) / fps * clip.fps))


def carried_index(first: int, length: int, frames: int) -> int:
    """Index of the frame at the cut of a shot that passes `length` frames from `first` of a clip of `frames` frames.

    It is the first frame not shown; where the clip has no such frame, its last one, which the next shot then drops.
    """
    return min(first + length, frames - 1)
