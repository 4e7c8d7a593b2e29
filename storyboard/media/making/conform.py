"""Footage and stills as clips of the film: its size, its rate, its colour, its sound.

Laws.
- Frame k of the clip is the picture on screen in the file at `first` + k / fps × `speed`, exactly (`moments`).
- The clip has a frame for every moment of its stretch, and one more, the frame at the cut; less where the file ends.
- Sound lies under its picture: 48 kHz stereo, at the pitch that it had, whatever the speed.
- The same file gives the same bytes; a damaged one gives none (`clip-damaged`).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import takewhile
from pathlib import Path

import numpy as np

from storyboard.film import Clip
from storyboard.media.encode import Writer
from storyboard.media.jobs import ConformJob, MediaError, Report
from storyboard.media.making.stills import fitted, is_still, moving, read
from storyboard.media.reading.guard import opened
from storyboard.media.reading.moments import Stamps, on_screen, stamps
from storyboard.media.reading.probe import whole
from storyboard.media.reading.verify import verify
from storyboard.media.reel import Fit
from storyboard.media.shape import Shaper
from storyboard.media.sound.pace import paced
from storyboard.media.sound.sound import CHANNELS, SAMPLE_RATE, Samples, Tap, flow, listen, sample_at, sample_of
from storyboard.timing import enough_frames

WRITING = 0.9
"""The share of the work that is writing; the rest is verifying the clip."""
QUALITY = 14
"""x264's constant quality: the film encodes these pictures once more."""


def conform(job: ConformJob, report: Report) -> Clip:
    """Write the clip, whole or not at all, and verify it.

    Raises MediaError: `missing-media`, `not-media`, `unsafe-media`, `too-large-media`, `clip-damaged`,
    `image-unreadable`, `no-such-frame` (the stretch begins past the file's end), `disk-full`, `cannot-write`.
    """
    path, target = Path(job.path), Path(job.target)
    fps, seconds = Fraction(job.fps), Fraction(job.seconds)
    write = _write_still if is_still(path) else _write_footage
    write(job, path, fps, seconds, lambda share: report(WRITING * share))
    return verify(target, lambda share: report(WRITING + (1 - WRITING) * share))


def _writer(job: ConformJob, fps: Fraction, frames: int) -> Writer:
    return Writer(
        Path(job.target),
        job.width_px,
        job.height_px,
        fps,
        job.audio,
        SAMPLE_RATE,
        QUALITY,
        (0, frames - 1),
        channels=CHANNELS,
    )


def fit_named(name: str) -> Fit:
    """The fit of that name. Raises ValueError for another."""
    if name == "crop":
        return "crop"
    if name == "pad":
        return "pad"
    raise ValueError(f"a picture is fitted by crop or pad, not by {name}")


def _write_still(job: ConformJob, path: Path, fps: Fraction, seconds: Fraction, report: Report) -> None:
    """Write a clip of a still, moved or not."""
    size, frames, fit = (job.width_px, job.height_px), enough_frames(seconds, fps), fit_named(job.fit)
    picture = read(path)
    with _writer(job, fps, frames) as writer:
        if job.move:
            camera = moving(picture, size, fit, job.move, seconds)
            for index in range(frames):
                writer.write_planes(camera.at(index / max(1, frames - 1), float(index / fps)).array())
                report((index + 1) / frames)
            return
        still = np.asarray(fitted(picture, size, fit))
        for index in range(frames):
            writer.write(still)
            report((index + 1) / frames)


def _write_footage(job: ConformJob, path: Path, fps: Fraction, seconds: Fraction, report: Report) -> None:
    """Write a clip of a stretch of footage."""
    with opened(path) as clip:
        pixel = clip.video.sample_aspect_ratio
    whole(path)
    when, first, speed = stamps(path), Fraction(job.first), Fraction(job.speed)
    moments = list(_moments(when, first, speed, fps, enough_frames(seconds, fps)))
    if not moments:
        raise MediaError("no-such-frame", f"{path.name} ends at {float(when.end):g} s, before {float(first):g} s")
    shaper = Shaper(job.width_px, job.height_px, fit_named(job.fit), Fraction(pixel) if pixel else None, foreign=True)
    with _writer(job, fps, len(moments)) as writer:
        heard = Tap(_heard(path, first, speed, len(moments) / fps))
        for number, frame in enumerate(on_screen(path, when, moments)):
            if job.audio:
                writer.sound(heard.take(sample_at(number + 1, fps) - sample_at(number, fps)))
            writer.pass_on(shaper.shaped(frame))
            report(writer.frames / len(moments))


def _heard(path: Path, first: Fraction, speed: Fraction, seconds: Fraction) -> Iterator[Samples]:
    """The sound of a stretch that begins at `first`, so long at that speed."""
    if speed == 1:
        yield from flow(path, sample_of(first))
    else:
        yield paced(listen(path, sample_of(first), sample_of(seconds * speed)), speed, sample_of(seconds))


def _moments(when: Stamps, first: Fraction, speed: Fraction, fps: Fraction, most: int) -> Iterator[Fraction]:
    """The moments of the file that the clip's frames show, at most so many, none past the file's end."""
    return takewhile(lambda moment: moment < when.end, (first + number / fps * speed for number in range(most)))
