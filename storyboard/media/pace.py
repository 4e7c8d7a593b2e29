"""Sound faster or slower at the pitch it had.

Overlapping stretches of the sound are laid down at the new pace, each moved by at most `SEARCH` samples to where it
continues the one before (WSOLA: Verhelst and Roelands, 1993). A stretch so stays within 6 ms of its picture. FFmpeg's
`atempo` strays by more than a frame, and from a pace of 8 on an assertion in it ends the process.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from storyboard.media.sound import SAMPLE_RATE, Samples

HOP = SAMPLE_RATE // 100
"""How far apart stretches are laid; each is twice as long."""
ANCHOR = HOP * 3 // 2
"""Which sample of a stretch lies exactly under its picture: a late one, so that slow sound is not heard too early."""
SEARCH = SAMPLE_RATE // 160
SILENCE = 1e-9


def paced(heard: Samples, speed: Fraction, count: int) -> Samples:
    """Mono samples at 48 kHz played `speed` times as fast, as exactly `count` samples: cut, or silent at the end."""
    exact = np.zeros(count, np.float32)
    played = heard if speed == 1 else _played(heard, speed, count)
    exact[: min(count, len(played))] = played[:count]
    return exact


def _played(heard: Samples, speed: Fraction, count: int) -> Samples:
    """At least `count` samples at the new pace."""
    before = 3 * HOP + SEARCH
    source = np.concatenate([np.zeros(before, np.float32), heard, np.zeros(before + 4 * HOP, np.float32)])
    fade = np.hanning(2 * HOP + 1)[:-1].astype(np.float32)
    stretches = count // HOP + 2
    played = np.zeros((stretches + 1) * HOP, np.float32)
    expected: Samples | None = None
    for number in range(stretches):
        ideal = before + int(number * HOP * speed) - ANCHOR
        if ideal + SEARCH + 3 * HOP > len(source):
            break
        at = ideal + (_offset(source, ideal, expected) if expected is not None else 0)
        played[number * HOP : (number + 2) * HOP] += source[at : at + 2 * HOP] * fade
        expected = source[at + HOP : at + 3 * HOP]
    return played[HOP:]


def _offset(source: Samples, ideal: int, expected: Samples) -> int:
    """How far from `ideal` the source is most like what is expected to follow; 0 in silence."""
    likeness = np.correlate(source[ideal - SEARCH : ideal + SEARCH + 2 * HOP], expected, "valid")
    best = int(likeness.argmax())
    return best - SEARCH if likeness[best] > SILENCE else 0
