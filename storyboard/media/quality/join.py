"""Where two clips meet: is the first frame of the one the frame that the other handed on, and what steps are there.

Laws.
- Both clips are looked at as the film shows them, in its shape and in the colours that the cut gives them, but small.
- The *carried* frame is the one at the cut of the clip that leaves; the *opening* one is what should reproduce it.
- `offset` tells by how many frames the opening one is late (a frame was skipped) or early (one is repeated). What the
  opening frame has over the carried one is held against what the carried one has over the frame before it: by least
  squares, beside a gain and a level, so that a change of light is no movement. Only a movement that is steady
  tells it.
- `held` counts the steps around the join on which nothing moves though the film moves before and after.
- `shift` is how far the whole picture has moved, by phase correlation (Kuglin and Hines, 1975).
- `loudness` is measured (EBU R 128) over a second before and a second after.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from storyboard.media.blend import picture, planes
from storyboard.media.grading.grade import Grade
from storyboard.media.grading.lay import Grader
from storyboard.media.jobs import MediaError, Report, SeamFigures, SeamJob
from storyboard.media.quality.perceived import distance, oklab
from storyboard.media.reading.frames import RGB, Reader, pictures
from storyboard.media.reading.guard import opened
from storyboard.media.reel import Fit
from storyboard.media.shape import Shaper, even
from storyboard.media.sound.levels import Meter
from storyboard.media.sound.sound import SAMPLE_RATE, listen, sample_at

Luma = NDArray[np.float64]
"""[rows, columns], 0 to 255."""
LONG_PX, LEAST_PX = 320, 16
"""The sides of the small pictures: the longer one, and the least of the other."""
COARSE = 4
"""Movement is looked for in pictures made so many times smaller: there it is small beside the details."""
MOVES = 0.35
"""The least mean step of the coarse luma, in levels, that counts as movement."""
HELD = 0.35
"""A step that has less than this share of the movement around it is none."""
STEADY = 0.75
"""How much a step has to have of the one before it, and it of that, to be movement and not what the coding does to a
picture that nearly stands still.
"""
_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722


class Small(Struct, frozen=True):
    """A frame as the film shows it, small."""

    rgb: RGB
    luma: Luma

    @property
    def coarse(self) -> Luma:
        """The luma, `COARSE` times smaller."""
        high, wide = (side // COARSE for side in self.luma.shape)
        return np.asarray(
            self.luma[: high * COARSE, : wide * COARSE].reshape(high, COARSE, wide, COARSE).mean(axis=(1, 3)),
            np.float64,
        )


def measure_join(job: SeamJob, report: Report) -> SeamFigures:
    """Look at a join and say what it is like. Raises MediaError as `frames.pictures` and `sound.flow` do."""
    size = _size(job)
    leaving = Path(job.before)
    first = max(0, min(job.left, job.carried) - 2)
    last = max(job.left, job.carried) + 1
    out = dict(enumerate(_small(leaving, first, last, size, job.fit, job.grade_before), first))
    report(0.5)
    coming = Path(job.after)
    seen = _small(coming, job.opening, job.right + 3, size, job.fit, job.grade_after)
    entered = dict(enumerate(seen, job.opening))
    report(0.8)
    try:
        carried, opening = out[job.carried], entered[job.opening]
        shown = [*(out[number] for number in range(first, job.left + 1)), *_from(entered, job.right)]
    except KeyError as error:
        raise MediaError("no-such-frame", f"there is no frame {error} at the join") from error
    before = [out[number] for number in (job.carried - 2, job.carried - 1) if number in out]
    figures = SeamFigures(
        difference=round(_difference(carried, opening), 2),
        shift=round(_shift(carried, opening), 3),
        offset=_offset(before, carried, opening),
        held=_held(shown, job.left + 1 - first),
        color=round(distance(oklab(carried.rgb), oklab(opening.rgb)), 2),
        luma=round(_step(carried, opening), 2),
        loudness=_louder(job) if job.sounds else None,
    )
    report(1.0)
    return figures


def _size(job: SeamJob) -> tuple[int, int]:
    long = max(job.width_px, job.height_px)
    wide, high = (max(LEAST_PX, even(Fraction(LONG_PX * side, long))) for side in (job.width_px, job.height_px))
    return wide, high


def _from(frames: dict[int, Small], first: int) -> Iterator[Small]:
    return (frames[number] for number in sorted(frames) if number >= first)


def _small(path: Path, first: int, last: int, size: tuple[int, int], fit: Fit, grade: str = "") -> Iterator[Small]:
    """Frames [`first`, `last`) of a clip."""
    grader = Grader(Grade.from_json(grade)) if grade else None
    with opened(path, decodes=False) as clip:
        pixel = clip.video.sample_aspect_ratio
    shaper, reader = Shaper(*size, fit, Fraction(pixel) if pixel else None), Reader()
    for frame in islice(pictures(path, first), last - first):
        seen = shaper.shaped(frame)
        rgb = reader.rgb(picture(grader.graded(planes(seen))) if grader is not None else seen)
        yield Small(rgb, np.asarray(rgb @ np.array([_RED, _GREEN, _BLUE]), np.float64))


def _difference(one: Small, other: Small) -> float:
    """Levels of 255 by which two pictures differ, on average."""
    return float(np.abs(one.rgb.astype(np.int16) - other.rgb).mean())


def _step(one: Small, other: Small) -> float:
    """Percent by which the second picture is brighter."""
    return float((other.luma.mean() + 1) / (one.luma.mean() + 1) - 1) * 100


def _offset(before: list[Small], carried: Small, opening: Small) -> float | None:
    """Frames by which the opening picture comes late, `before` the two ahead of the carried one; None where nothing
    moves steadily by which it could be told.
    """
    if len(before) < 2 or not _moves(before[1], carried) or _steadiness(before[0], before[1], carried) < STEADY:
        return None
    return round(_share(carried, opening, carried.coarse - before[1].coarse), 2)


def _steadiness(one: Small, two: Small, three: Small) -> float:
    """How much of either of two steps is in the other one: 1 for a movement, little for the noise of a coding."""
    first, second = two.coarse - one.coarse, three.coarse - two.coarse
    return min(_share(two, three, first), _share(one, two, second))


def _moves(one: Small, other: Small) -> bool:
    return float(np.abs(other.coarse - one.coarse).mean()) >= MOVES


def _share(one: Small, other: Small, movement: Luma) -> float:
    """How much of a movement there is from one picture to the other: 1 where it goes on, 0 where it stands still."""
    base = one.coarse
    known = np.stack([movement.ravel(), base.ravel(), np.ones(base.size)], axis=1)
    found, *_ = np.linalg.lstsq(known, (other.coarse - base).ravel(), rcond=None)
    return float(found[0])


def _held(shown: list[Small], join: int) -> int:
    """On how many of the steps at a join and right after it nothing moves; `join` is the first frame after it."""
    if join < 2 or len(shown) < join + 3:
        return 0
    before, after = shown[join - 2 : join], shown[join + 1 : join + 3]
    if not _moves(*before) or not _moves(*after):
        return 0
    movements = [two.coarse - one.coarse for one, two in (before, after)]
    steps = (shown[number : number + 2] for number in (join - 1, join))
    return sum(max(_share(one, two, movement) for movement in movements) < HELD for one, two in steps)


def _shift(one: Small, other: Small) -> float:
    """Percent of the picture's width by which the second picture is moved."""
    high, wide = one.luma.shape
    window = np.hanning(high)[:, None] * np.hanning(wide)[None, :]
    a, b = (np.fft.rfft2((picture.luma - picture.luma.mean()) * window) for picture in (one, other))
    cross = a * np.conj(b)
    peaks = np.fft.irfft2(cross / np.maximum(np.abs(cross), 1e-9), s=one.luma.shape)
    y, x = (int(place) for place in np.unravel_index(int(peaks.argmax()), peaks.shape))
    down = (y + high // 2) % high - high // 2 + _between(peaks[:, x], y)
    across = (x + wide // 2) % wide - wide // 2 + _between(peaks[y], x)
    return float(np.hypot(down, across) / wide * 100)


def _between(row: NDArray[np.float64], at: int) -> float:
    """Where between the samples a peak is, -0.5 to 0.5: the top of the parabola through it."""
    left, top, right = row[at - 1], row[at], row[(at + 1) % len(row)]
    bend = left - 2 * top + right
    return float(np.clip((left - right) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0


def _louder(job: SeamJob) -> float | None:
    """Loudness units by which it is louder after the join; None where either side is silent."""
    fps_out, fps_in = Fraction(job.fps_before), Fraction(job.fps_after)
    end, begin = sample_at(job.left + 1, fps_out), sample_at(job.right, fps_in)
    start = max(0, end - SAMPLE_RATE)
    heard = []
    for path, first, count in ((job.before, start, end - start), (job.after, begin, SAMPLE_RATE)):
        meter = Meter()
        meter.hear(listen(Path(path), first, count))
        heard.append(meter.measured().lufs)
    one, other = heard
    return None if one is None or other is None else round(float(other - one) + job.gain_db, 1)
