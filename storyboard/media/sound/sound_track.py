"""The track of sound of a file that is being written: encoded from samples, or copied as it was encoded before.

Laws.
- Sound ends with the picture: cut where it is longer, silence where it is shorter.
- A copied track has the packets of the one that it is copied from, all and in order, so the same sound is heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Protocol

import av
import numpy as np
from numpy.typing import NDArray

from storyboard.media.coding import Coding
from storyboard.media.reading.guard import Heard

Samples = NDArray[np.float32]
"""Sound, −1 to 1: [samples] of a clip in mono, [channels, samples] of any."""

AAC_CODER = "fast"
"""FFmpeg's default coder spoils the first hundredths of a second of a sound that begins at once: a tick at the cut."""
BIT_RATES = {1: 128_000, 2: 256_000}
"""Bits a second by channels."""
PCM_BITS = 24


class SoundTrack(Protocol):
    """What a file's sound comes from."""

    def until(self, sample: int) -> None:
        """Write what is heard before a sample."""

    def finish(self, sample: int) -> None:
        """Write the rest; the sound ends with that sample."""


class EncodedTrack:
    """A track that is encoded as `coding` says, of 1 or 2 `channels`, from the samples it is given."""

    def __init__(self, container: Any, coding: Coding, sample_rate: int, channels: int) -> None:
        self._container, self._coding, self._rate, self._channels = container, coding, sample_rate, channels
        self._stream = container.add_stream(coding.sound, rate=sample_rate, layout=self._layout)
        if not coding.master:
            self._stream.codec_context.bit_rate = BIT_RATES[channels]
            self._stream.codec_context.options = {"flags": "+bitexact", "aac_coder": AAC_CODER}
        self._waiting = np.zeros((channels, 0), np.float32)
        self._written = 0

    @property
    def _layout(self) -> str:
        return "mono" if self._channels == 1 else "stereo"

    def add(self, samples: Samples) -> None:
        """Samples after those given before: [channels, samples]."""
        given = np.asarray(samples, np.float32).reshape(self._channels, -1)
        self._waiting = np.concatenate([self._waiting, given], axis=1)

    def until(self, sample: int) -> None:
        """Encode what waits, up to a sample of the file."""
        piece = self._waiting[:, : max(0, sample - self._written)]
        count = piece.shape[1]
        self._waiting = self._waiting[:, count:]
        if not count:
            return
        frame = self._sounding(np.clip(piece, -1, 1))
        frame.sample_rate, frame.pts, frame.time_base = self._rate, self._written, Fraction(1, self._rate)
        self._written += count
        self._container.mux(self._stream.encode(frame))

    def finish(self, sample: int) -> None:
        """Encode the rest up to a sample, silence where there is none."""
        missing = max(0, sample - self._written - self._waiting.shape[1])
        self.add(np.zeros((self._channels, missing), np.float32))
        self.until(sample)
        self._container.mux(self._stream.encode(None))

    def _sounding(self, samples: Samples) -> av.AudioFrame:
        """Samples as the encoder takes them: as they are, or of 24 bits at the upper end of 32."""
        if not self._coding.master:
            return av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=self._layout)
        most = 2 ** (PCM_BITS - 1) - 1
        whole = np.rint(samples.astype(np.float64) * most).astype(np.int32) << (32 - PCM_BITS)
        return av.AudioFrame.from_ndarray(whole.T.reshape(1, -1), format="s32", layout=self._layout)


class CopiedTrack:
    """A track of the coded sound of a file that `EncodedTrack` wrote, which stays open as long as this."""

    def __init__(self, container: Any, heard: Heard) -> None:
        assert heard.audio is not None
        self._container = container
        self._stream = container.add_stream_from_template(heard.audio)
        self._rate = heard.audio.codec_context.sample_rate
        self._packets: Iterator[av.Packet[Any]] = (one for one in heard.container.demux(heard.audio) if one.size)
        self._next = next(self._packets, None)

    def until(self, sample: int) -> None:
        """Copy the packets that begin before a sample."""
        while self._next is not None and (self._next.pts or 0) * self._next.time_base * self._rate < sample:
            self._copy(self._next)

    def finish(self, sample: int) -> None:
        """Copy all that is left: it ended with that sample when it was encoded."""
        while self._next is not None:
            self._copy(self._next)

    def _copy(self, packet: av.Packet[Any]) -> None:
        packet.stream = self._stream
        self._container.mux(packet)
        self._next = next(self._packets, None)
