"""Sound faster or slower at the pitch it had, by FFmpeg's `atempo`."""

from __future__ import annotations

from fractions import Fraction

import av
import av.filter
import numpy as np

from storyboard.media.sound import SAMPLE_RATE, Samples

SLOWEST, FASTEST = Fraction(1, 2), Fraction(2)
"""What one filter does; more takes several. FFmpeg offers up to 100 in one, but its assertions fail on the way from 8 on
and end the process.
"""
PIECE = SAMPLE_RATE


def paced(heard: Samples, speed: Fraction, count: int) -> Samples:
    """Mono samples at 48 kHz played `speed` times as fast, as exactly `count` samples: cut, or silent at the end."""
    played = heard if speed == 1 else _played(heard, speed)
    exact = np.zeros(count, np.float32)
    exact[: min(count, len(played))] = played[:count]
    return exact


def tempos(speed: Fraction) -> list[Fraction]:
    """Paces that one filter can do each, and whose product is `speed`."""
    found: list[Fraction] = []
    while speed < SLOWEST:
        found.append(SLOWEST)
        speed /= SLOWEST
    while speed > FASTEST:
        found.append(FASTEST)
        speed /= FASTEST
    return [*found, speed]


def _played(heard: Samples, speed: Fraction) -> Samples:
    graph = av.filter.Graph()
    last = graph.add_abuffer(sample_rate=SAMPLE_RATE, format="flt", layout="mono", time_base=Fraction(1, SAMPLE_RATE))
    for tempo in tempos(speed):
        following = graph.add("atempo", f"{float(tempo):.9f}")
        last.link_to(following)
        last = following
    last.link_to(graph.add("abuffersink"))
    graph.configure()
    pieces: list[Samples] = []
    for at in range(0, len(heard), PIECE):
        frame = av.AudioFrame.from_ndarray(heard[None, at : at + PIECE], "flt", "mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, at, Fraction(1, SAMPLE_RATE)
        graph.push(frame)
        pieces += _ready(graph)
    graph.push(None)
    return np.concatenate([*pieces, *_ready(graph), np.zeros(0, np.float32)])


def _ready(graph: av.filter.Graph) -> list[Samples]:
    """What the filters have finished."""
    pieces: list[Samples] = []
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return pieces
        assert isinstance(frame, av.AudioFrame)
        pieces.append(np.asarray(frame.to_ndarray(), np.float32).reshape(-1))
