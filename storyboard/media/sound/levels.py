"""FFmpeg's filters over the film's sound, block by block: a limiter and a meter.

Laws.
- The limiter touches only what would pass −1 dBFS, and gives back every sample in its place.
- Loudness is integrated as EBU R 128 says; the true peak is that of four times the rate (ITU-R BS.1770).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import av
import av.filter
import numpy as np

from storyboard.media.jobs import Loudness
from storyboard.media.reel import PEAK_DB
from storyboard.media.sound.sound import SAMPLE_RATE, Samples, silence

_LIMIT = f"limit={10 ** (float(PEAK_DB) / 20)}:attack=5:release=50:level=false:latency=true"
_PEAK_STEP = 0.0005
"""The meter tells true peaks in thousandths; half of one is the most that it rounds down."""
_BASE = Fraction(1, SAMPLE_RATE)


class Graph:
    """A filter with stereo in and out."""

    def __init__(self, name: str, options: str) -> None:
        self._graph = av.filter.Graph()
        self._source = self._graph.add_abuffer(sample_rate=SAMPLE_RATE, format="fltp", layout="stereo", time_base=_BASE)
        effect = self._graph.add(name, options)
        shape = self._graph.add("aformat", "sample_fmts=fltp:channel_layouts=stereo")
        self._sink = self._graph.add("abuffersink")
        self._source.link_to(effect)
        effect.link_to(shape)
        shape.link_to(self._sink)
        self._graph.configure()
        self._at = 0

    def through(self, block: Samples) -> Iterator[av.AudioFrame]:
        """Give it the next samples; what comes out."""
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._at, _BASE
        self._source.push(frame)
        self._at += block.shape[1]
        yield from self._pulled()

    def rest(self) -> Iterator[av.AudioFrame]:
        """What comes out after the last block."""
        self._source.push(None)
        yield from self._pulled()

    def _pulled(self) -> Iterator[av.AudioFrame]:
        while True:
            try:
                frame = self._sink.pull()
            except (av.EOFError, av.BlockingIOError):
                return
            assert isinstance(frame, av.AudioFrame)
            yield frame


def _samples(frames: Iterator[av.AudioFrame]) -> Samples:
    return np.concatenate([silence(0), *(frame.to_ndarray() for frame in frames)], axis=1)


class Limiter:
    """Keeps peaks at `PEAK_DB`. What it gives lags behind what it is given, until `rest`."""

    def __init__(self) -> None:
        self._graph = Graph("alimiter", _LIMIT)

    def through(self, block: Samples) -> Samples:
        """The next samples, limited: as many as are ready."""
        return _samples(self._graph.through(block))

    def rest(self) -> Samples:
        """The last samples."""
        return _samples(self._graph.rest())


QUIETEST = Decimal(-70)
"""The meter hears nothing below."""


class Meter:
    """Measures the loudness of all that passes."""

    def __init__(self) -> None:
        self._graph = Graph("ebur128", "peak=true:metadata=1:framelog=quiet")
        self._told: dict[str, str] = {}

    def hear(self, block: Samples) -> None:
        """Measure the next samples."""
        self._read(self._graph.through(block))

    def measured(self) -> Loudness:
        """What all of it measured."""
        self._read(self._graph.rest())
        lufs = Decimal(self._told.get("lavfi.r128.I", str(QUIETEST)))
        peak = float(self._told.get("lavfi.r128.true_peak", "0")) + _PEAK_STEP
        return Loudness(lufs if lufs > QUIETEST else None, Decimal(f"{20 * np.log10(peak):.2f}"))

    def _read(self, frames: Iterator[av.AudioFrame]) -> None:
        for frame in frames:
            self._told = frame.metadata or self._told
