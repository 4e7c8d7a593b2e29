"""Sound faster or slower at the pitch it had.

Overlapping stretches of the sound are laid down at the new pace, each moved by at most `SEARCH` samples to where it
continues the one before (WSOLA: Verhelst and Roelands, 1993). A stretch so stays within 6 ms of its picture. FFmpeg's
`atempo` strays by more than a frame, and from a pace of 8 on an assertion in it ends the process.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from storyboard.media.sound.sound import SAMPLE_RATE, Samples, silence

Mono = NDArray[np.float32]
"""[samples]: the mean of both sides, by which stretches are laid; both move together, so that nothing wanders."""
HOP = SAMPLE_RATE // 100
"""How far apart stretches are laid; each is twice as long."""
ANCHOR = HOP * 3 // 2
"""Which sample of a stretch lies exactly under its picture: a late one, so that slow sound is not heard too early."""
SEARCH = SAMPLE_RATE // 160
SILENCE = 1e-9


def paced(heard: Samples, speed: Fraction, count: int) -> Samples:
    """Samples at 48 kHz played `speed` times as fast, as exactly `count` samples: cut, or silent at the end."""
    exact = silence(count)
    played = heard if speed == 1 else _played(heard, speed, count)
    exact[:, : min(count, played.shape[1])] = played[:, :count]
    return exact


def _played(heard: Samples, speed: Fraction, count: int) -> Samples:
    """At least `count` samples at the new pace."""
    before = 3 * HOP + SEARCH
    source = np.concatenate([silence(before), heard, silence(before + 4 * HOP)], axis=1)
    centre = source.mean(axis=0)
    fade = np.hanning(2 * HOP + 1)[:-1].astype(np.float32)
    stretches = count // HOP + 2
    played = silence((stretches + 1) * HOP)
    expected: Mono | None = None
    for number in range(stretches):
        ideal = before + int(number * HOP * speed) - ANCHOR
        if ideal + SEARCH + 3 * HOP > len(centre):
            break
        at = ideal + (_offset(centre, ideal, expected) if expected is not None else 0)
        played[:, number * HOP : (number + 2) * HOP] += source[:, at : at + 2 * HOP] * fade
        expected = centre[at + HOP : at + 3 * HOP]
    return played[:, HOP:]


def _offset(source: Mono, ideal: int, expected: Mono) -> int:
    """How far from `ideal` the source is most like what is expected to follow; 0 in silence."""
    likeness = np.correlate(source[ideal - SEARCH : ideal + SEARCH + 2 * HOP], expected, "valid")
    best = int(likeness.argmax())
    return best - SEARCH if likeness[best] > SILENCE else 0
