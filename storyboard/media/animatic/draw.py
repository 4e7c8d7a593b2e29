"""Spec in, clip out: compose once, then move, let live, letter and encode frame by frame.

Laws. The same spec gives the same bytes. A shot that goes on from others (`before`) keeps their staging, and its camera
begins where theirs was left. A shot drawn over a clip shows that clip's pictures in the colours its own words ask for.
With a start frame, frame 0 is that frame: its very pixels where the sizes agree, else cropped to fill. From there the
picture goes over into the shot's own composition while both move, so that a chain reads as one. The clip appears whole
or not at all.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from storyboard.media.animatic import captions, compose, motion, pictures, sound
from storyboard.media.animatic.atmosphere import dim
from storyboard.media.animatic.matching import Match
from storyboard.media.animatic.motion import View
from storyboard.media.animatic.planar import Planar
from storyboard.media.animatic.plates import see, stand_before
from storyboard.media.animatic.spec import Spec
from storyboard.media.animatic.underlay import Underlay
from storyboard.media.encode import Writer
from storyboard.media.jobs import Report

DISSOLVE_S = 0.9
"""How long a start frame goes over into the shot's own picture."""
HELD_S = 1.6
"""The same where the picture goes on: slow enough to be no cut."""
REPORT_EVERY = 8


class Picture:
    """A shot composed and ready to be looked at frame by frame. Raises MediaError where an image cannot be read."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.size = (spec.width_px, spec.height_px)
        self.start = open_start(spec.start, self.size) if spec.start else None
        self._left_behind = Planar.of(self.start) if self.start else None
        self._shot = compose.compose(spec)
        self._under = _underlay(spec, self.size)
        self._match = self._matched()
        self._captions = captions.captions(spec)
        self._dissolve = max(1, min(round((HELD_S if spec.before else DISSOLVE_S) * spec.rate), spec.frames * 2 // 5))

    def at(self, index: int) -> Planar:
        """Frame `index` in the size of the clip. Raises IndexError outside the clip."""
        if not 0 <= index < self.spec.frames:
            raise IndexError(f"frame {index} of a clip of {self.spec.frames}")
        frame = self._composed(index) if self._under is None else self._under.at(index)
        frame = self._match.of(frame) if self._match is not None else frame
        if self._left_behind is not None and index < self._dissolve:
            share = motion.ease(index / self._dissolve)
            still = see(self._left_behind, self.size, View(1 if self.spec.before else 1 + 0.03 * share))
            frame = still.blended(frame, share)
        for over in self._captions:
            captions.overlay(frame, over, index)
        return frame

    def _matched(self) -> Match | None:
        """The colours that a reference leads to; over a clip, those that the words ask for."""
        if self._under is not None:
            return Match.towards(self._under.at(0), self._composed(0))
        if self.spec.guide is not None:
            return Match.towards(self._composed(0), Planar.of(open_start(self.spec.guide, self.size)))
        return None

    def _composed(self, index: int) -> Planar:
        share = index / max(1, self.spec.frames - 1)
        seconds = float(index / self.spec.rate)
        plates, view = self._shot.plates, self._shot.view
        frame = see(plates.far, self.size, view(share, seconds, 0.0))
        self._shot.air.veil(frame, seconds)
        if plates.near is not None:
            stand_before(frame, plates.near, plates.far.size, view(share, seconds, 1.0))
        if self._shot.flickers:
            dim(frame, seconds)
        self._shot.air.lay(frame, seconds)
        return frame


def _underlay(spec: Spec, size: tuple[int, int]) -> Underlay | None:
    under = spec.under
    return Underlay(Path(under.path), under.first, under.lettered, size) if under is not None else None


def open_start(path: str, size: tuple[int, int]) -> Image.Image:
    """A start frame: untouched where it has the size, else scaled and cropped to fill it."""
    picture = pictures.read(path)
    return picture if picture.size == size else ImageOps.fit(picture, size, Image.Resampling.LANCZOS)


def frame(spec: Spec, index: int) -> Image.Image:
    """One frame of the clip, as RGB, for tests and contact sheets. Raises IndexError, MediaError."""
    picture = Picture(spec)
    if index == 0 and picture.start is not None:
        return picture.start
    return picture.at(index).rgb()


def draw(spec: Spec, target: Path, report: Report) -> None:
    """Write the whole clip to `target`, atomically. Raises MediaError for unreadable images and a medium that fails."""
    picture = Picture(spec)
    exact = (0, spec.frames - 1)
    with Writer(target, spec.width_px, spec.height_px, spec.rate, audio=spec.audio, exact_frames=exact) as writer:
        if spec.audio:
            writer.sound(sound.bed(spec, writer.sample_rate))
        for index in range(spec.frames):
            if index == 0 and picture.start is not None:
                writer.write(np.asarray(picture.start))
            else:
                writer.write_planes(picture.at(index).array())
            if index % REPORT_EVERY == 0:
                report(index / spec.frames)
    report(1.0)
