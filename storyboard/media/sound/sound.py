"""The sound of a file, by sample, as a flow that is never held whole.

Laws.
- Sample 0 belongs to the start of frame 0, whatever the container's clocks say; sound before it is not heard. Where
  there is no picture, sample 0 is the first that the decoder gives.
- 48 kHz stereo: mono is heard on both sides as loud as it was; more channels are mixed by FFmpeg's own matrix.
- Time stamps that are rounded do not tear the sound: only a real gap is one, and it is silence.
- A stretch deep in a file is sought where the container says exactly when its sound is heard, with a second of sound
  before it, so that decoder and resampler have settled.
- Memory holds one decoded piece and what was asked for, however long the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av import AudioFrame, VideoFrame
from numpy.typing import NDArray

from storyboard.media.jobs import MediaError
from storyboard.media.reading.bitstream import length_bytes, starts_afresh
from storyboard.media.reading.guard import Heard, audible

Samples = NDArray[np.float32]
"""Stereo sound, [2, samples], −1 to 1."""

SAMPLE_RATE = 48_000
CHANNELS = 2
GAP_SAMPLES = SAMPLE_RATE // 20
"""A time stamp that is off by less is rounding; one that is off by more is a gap."""
SEEKABLE = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "wav")
FAR_SAMPLES = 20 * SAMPLE_RATE
"""Nearer to the beginning than this, nothing is sought."""
MOST_BROKEN = 3
"""How many packets may be broken: music often ends in a cut one, or in somebody's tag."""
BLOCK_SAMPLES = SAMPLE_RATE
"""The most that is made at once."""


def sample_of(seconds: Fraction) -> int:
    """The sample nearest a time, halves up."""
    return int((seconds * SAMPLE_RATE + Fraction(1, 2)) // 1)


def sample_at(frame: int, fps: Fraction) -> int:
    """The sample at which a frame begins: the nearest one, halves up."""
    return sample_of(frame / fps)


def silence(count: int) -> Samples:
    """So many samples of nothing."""
    return np.zeros((CHANNELS, max(0, count)), np.float32)


class Tap:
    """A flow that is drawn from in any lengths; after its end there is silence."""

    def __init__(self, flow: Iterator[Samples]) -> None:
        self._flow = flow
        self._rest = silence(0)

    def take(self, count: int) -> Samples:
        """The next `count` samples. Raises MediaError as the flow does."""
        taken = silence(count)
        have = 0
        while have < count:
            if not self._rest.shape[1]:
                found = next(self._flow, None)
                if found is None:
                    break
                self._rest = found
            piece = self._rest[:, : count - have]
            taken[:, have : have + piece.shape[1]] = piece
            self._rest = self._rest[:, piece.shape[1] :]
            have += piece.shape[1]
        return taken


def listen(path: Path, start: int, count: int) -> Samples:
    """`count` samples of a file from sample `start` on, silence where it has none. Raises MediaError as `flow` does."""
    return Tap(flow(path, start)).take(count)


def flow(path: Path, start: int) -> Iterator[Samples]:
    """The sound of a file from sample `start` (0 or more) on, piece after piece, until it ends.

    Raises MediaError as `guard.audible` does.
    """
    origin = _origin(path)
    if origin is None:
        return
    with audible(path, pictures=False) as file:
        at = start
        for place, piece in _pieces(file, start, origin):
            while place > at:
                yield silence(min(place - at, BLOCK_SAMPLES))
                at += min(place - at, BLOCK_SAMPLES)
            if place + piece.shape[1] > at:
                yield piece[:, at - place :]
                at = place + piece.shape[1]


def _origin(path: Path) -> Fraction | None:
    """When sample 0 is heard, in seconds of the container's clock; None for a file without sound."""
    with audible(path, pictures=False) as file:
        if file.audio is None:
            return None
        if file.video is None:
            return _decoded_first(file)
        coding = file.video.codec_context
        prefix = length_bytes(coding.name, coding.extradata)
        packet = next((one for one in file.container.demux(file.video) if one.size), None)
        first = packet is not None and not packet.is_discard and starts_afresh(coding.name, bytes(packet), prefix)
        if first and packet is not None and packet.pts is not None:  # nothing is shown before it
            return packet.pts * packet.time_base
    with audible(path) as file:
        return _decoded_first(file)


def _decoded_first(file: Heard) -> Fraction:
    """The time of the first picture that is shown, else of the first sound."""
    for frame in file.container.decode(file.video or file.audio):
        if isinstance(frame, VideoFrame | AudioFrame) and frame.pts is not None and frame.time_base is not None:
            return frame.pts * frame.time_base
    return Fraction(0)


def _pieces(file: Heard, start: int, origin: Fraction) -> Iterator[tuple[int, Samples]]:
    """Pieces of a file's sound, each with the sample at which it begins; earlier ones than `start` are among them."""
    if file.audio is None:
        return
    if start > FAR_SAMPLES and file.container.format.name in SEEKABLE and file.audio.time_base:
        before = origin + Fraction(start, SAMPLE_RATE) - 1
        file.container.seek(int(before / file.audio.time_base), stream=file.audio)
    wide = file.audio.codec_context.channels > CHANNELS
    resampler = av.AudioResampler(format="fltp", layout="stereo" if wide else None, rate=SAMPLE_RATE)
    at: int | None = None
    for decoded in _decoded(file):
        stamp = _sample_of(decoded, origin)
        if at is None or (stamp is not None and abs(stamp - at) > GAP_SAMPLES):
            at = stamp or 0
        for frame in _resampled(resampler, decoded, file):
            yield at, _stereo(frame)
            at += frame.samples
    for frame in _resampled(resampler, None, file):
        yield at or 0, _stereo(frame)
        at = (at or 0) + frame.samples


def _decoded(file: Heard) -> Iterator[AudioFrame]:
    """The decoded pieces of a file's sound; a few packets that do not decode are silence, more are damage."""
    broken = 0
    for packet in file.container.demux(file.audio):
        try:
            yield from (frame for frame in packet.decode() if isinstance(frame, AudioFrame))
        except av.InvalidDataError:
            broken += 1
            if broken > MOST_BROKEN:
                raise


def _resampled(resampler: av.AudioResampler, frame: AudioFrame | None, file: Heard) -> list[AudioFrame]:
    """A piece at the film's rate; None flushes. Raises MediaError where it is of another kind than those before."""
    try:
        return resampler.resample(frame)
    except ValueError as error:
        raise MediaError("clip-damaged", f"{file.path.name} changes its kind of sound on the way") from error


def _sample_of(frame: AudioFrame, origin: Fraction) -> int | None:
    """The sample of the file at which a decoded piece begins, None where it does not say."""
    if frame.pts is None or frame.time_base is None:
        return None
    return round((frame.pts * frame.time_base - origin) * SAMPLE_RATE)


def _stereo(frame: AudioFrame) -> Samples:
    piece = np.asarray(frame.to_ndarray(), np.float32)
    return np.repeat(piece, CHANNELS, axis=0) if len(piece) < CHANNELS else piece
