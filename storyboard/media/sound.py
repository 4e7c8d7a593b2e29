"""The sound of a clip, by sample.

Laws.
- Sample 0 belongs to the start of frame 0, whatever the container's clocks say; sound before it is not heard.
- 48 kHz, mono as the mean of all channels: FFmpeg's own mix is 3 dB louder and clips.
- Time stamps that are rounded do not tear the sound: only a real gap is one.
- A stretch deep in a file is sought where the container says exactly when its sound is heard, with a second of sound
  before it, so that decoder and resampler have settled.
- Both ends of a stretch are faded over 5 ms, so that a cut does not click.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from storyboard.media.guard import Opened, opened

Samples = NDArray[np.float32]
"""Mono sound, −1 to 1."""

SAMPLE_RATE = 48_000
FADE_SAMPLES = 240
GAP_SAMPLES = SAMPLE_RATE // 20
"""A time stamp that is off by less is rounding; one that is off by more is a gap."""
SEEKABLE = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm")
FAR_SAMPLES = 20 * SAMPLE_RATE
"""Nearer to the beginning than this, nothing is sought."""


def sample_at(frame: int, fps: Fraction) -> int:
    """The sample at which a frame begins: the nearest one, halves up."""
    return int((frame * SAMPLE_RATE / fps + Fraction(1, 2)) // 1)


def listen(path: Path, start: int, count: int, gain_db: Decimal | None) -> Samples:
    """`count` samples of a clip from sample `start` on, `gain_db` louder; silence where it has no sound.

    A gain of None is silence. Raises MediaError as `guard.opened` does.
    """
    heard = np.zeros(count, np.float32)
    if gain_db is None:
        return heard
    with opened(path) as clip:
        if clip.audio is None:
            return heard
        origin = _picture_start(clip)
    with opened(path) as clip:
        _fill(heard, start, clip, origin)
    _fade(heard)
    return heard * np.float32(10 ** (float(gain_db) / 20))


def _picture_start(clip: Opened) -> Fraction:
    """When frame 0 is shown, in seconds of the container's clock."""
    for frame in clip.container.decode(clip.video):
        if frame.pts is not None and frame.time_base is not None:
            return frame.pts * frame.time_base
    return Fraction(0)


def _fill(heard: Samples, start: int, clip: Opened, origin: Fraction) -> None:
    """Put the clip's sound from sample `start` on into `heard`, until it is full."""
    if clip.audio is None:
        return
    if start > FAR_SAMPLES and clip.container.format.name in SEEKABLE and clip.audio.time_base:
        before = origin + Fraction(start, SAMPLE_RATE) - 1
        clip.container.seek(int(before / clip.audio.time_base), stream=clip.audio)
    resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
    at: int | None = None
    for decoded in clip.container.decode(clip.audio):
        stamp = _sample_of(decoded, origin)
        if at is None or (stamp is not None and abs(stamp - at) > GAP_SAMPLES):
            at = stamp or 0
        for frame in resampler.resample(decoded):
            at = _paste(heard, at - start, frame) + start
        if at >= start + len(heard):
            return
    for frame in resampler.resample(None):
        at = _paste(heard, (at or 0) - start, frame) + start


def _sample_of(frame: av.AudioFrame, origin: Fraction) -> int | None:
    """The sample of the clip at which a decoded piece begins, None where it does not say."""
    if frame.pts is None or frame.time_base is None:
        return None
    return round((frame.pts * frame.time_base - origin) * SAMPLE_RATE)


def _paste(heard: Samples, at: int, frame: av.AudioFrame) -> int:
    """Copy what of a piece falls into `heard` when it begins at sample `at` of it; where the piece ends."""
    piece = frame.to_ndarray().mean(axis=0)
    first, last = max(0, at), min(len(heard), at + len(piece))
    if first < last:
        heard[first:last] = piece[first - at : last - at]
    return at + len(piece)


def _fade(heard: Samples) -> None:
    """Fade both ends in place."""
    length = min(FADE_SAMPLES, len(heard) // 2)
    if length:
        ramp = np.linspace(0, 1, length, endpoint=False, dtype=np.float32)
        heard[:length] *= ramp
        heard[-length:] *= ramp[::-1]
