"""The film's sound: every segment's stretch at its own samples, laid over one another where they meet.

Laws.
- Sound lies under its own picture: a stretch begins at the sample of its first frame in the film, computed from the
  film's frame number, so that nothing drifts.
- Under a dissolve or a wipe two sounds cross with equal power; a fade takes the sound with the picture.
- Sound that leads or trails its picture is heard with the neighbour's own; it comes and goes softly there.
- What is handed on is exactly as long as the picture. Only what may still be added to is kept back.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from storyboard.media.reel import Reel, Segment
from storyboard.media.sound import SAMPLE_RATE, Samples, listen, sample_at

SOFT_SAMPLES = SAMPLE_RATE // 10
"""How long sound that leads or trails comes and goes, at most."""


def starts(reel: Reel) -> list[int]:
    """The film's frame at which each segment's picture begins."""
    found, end = [], 0
    for segment in reel.segments:
        found.append(end - segment.overlap)
        end += segment.frames - segment.overlap
    return found


class Mix:
    """The sound of a reel, taken segment by segment."""

    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._starts = starts(reel)
        begins = [max(0, self._sample(at - one.lead)) for at, one in zip(self._starts, reel.segments, strict=True)]
        self._settled = [min(begins[number + 1 :], default=self._sample(reel.frames)) for number in range(len(begins))]
        self._at = 0
        self._open = np.zeros(0, np.float32)

    def add(self, number: int) -> Samples:
        """Lay segment `number` down, in order; the samples that no later one can reach, after those given before.

        Raises MediaError as `sound.listen` does.
        """
        segment, start = self._reel.segments[number], self._starts[number]
        if not segment.mute:
            following = self._reel.segments[number + 1].overlap if number + 1 < len(self._starts) else 0
            at, heard = self._stretch(segment, start, following)
            self._lay(at, heard)
        return self._settle(self._settled[number])

    def _sample(self, frame: int) -> int:
        return sample_at(frame, self._reel.fps)

    def _stretch(self, segment: Segment, start: int, following: int) -> tuple[int, Samples]:
        """One segment's sound, shaped, and the film's sample at which it begins."""
        end = start + segment.frames
        picture = self._sample(start), self._sample(end)
        own = sample_at(segment.first, self._reel.fps)
        begin = max(self._sample(start - segment.lead), picture[0] - own, 0)
        last = min(self._sample(end + segment.tail), self._sample(self._reel.frames))
        heard = listen(Path(segment.path), own + begin - picture[0], max(0, last - begin), segment.gain_db)
        shape = np.ones(len(heard), np.float32)
        for at, ramp in self._ramps(segment, start, end, following):
            _shape(shape, at - begin, ramp)
        if segment.lead:
            _shape(shape, 0, _rise(min(SOFT_SAMPLES, picture[0] - begin)))
        if segment.tail:
            soft = min(SOFT_SAMPLES, last - picture[1])
            _shape(shape, len(shape) - soft, _rise(soft)[::-1])
        return begin, heard * shape

    def _ramps(self, segment: Segment, start: int, end: int, following: int) -> Iterator[tuple[int, Samples]]:
        """How the picture's transitions shape the sound: the film's sample, and what is multiplied from there on."""
        if segment.overlap and not segment.lead:
            yield self._ramp(start, start + segment.overlap, power=True)
        if following and not segment.tail:
            at, ramp = self._ramp(end - following, end, power=True)
            yield at, ramp[::-1]
        if segment.fade_in:
            yield self._ramp(start, start + segment.fade_in, power=False)
        if segment.fade_out:
            at, ramp = self._ramp(end - segment.fade_out, end, power=False)
            yield at, ramp[::-1]

    def _ramp(self, first: int, last: int, power: bool) -> tuple[int, Samples]:
        """From nothing to all between two frames of the film."""
        rise = _rise(self._sample(last) - self._sample(first))
        return self._sample(first), np.sqrt(rise) if power else rise

    def _lay(self, at: int, heard: Samples) -> None:
        """Add samples at a place of the film that is still open."""
        first = at - self._at
        missing = first + len(heard) - len(self._open)
        if missing > 0:
            self._open = np.concatenate([self._open, np.zeros(missing, np.float32)])
        self._open[first : first + len(heard)] += heard

    def _settle(self, until: int) -> Samples:
        """Take what lies before sample `until` of the film; silence where nothing was laid."""
        count = max(0, until - self._at)
        done = np.zeros(count, np.float32)
        have = min(count, len(self._open))
        done[:have] = self._open[:have]
        self._open = self._open[have:]
        self._at += count
        return done


def _rise(samples: int) -> Samples:
    """An even rise from 0 to 1."""
    return (np.arange(max(0, samples), dtype=np.float32) + np.float32(0.5)) / np.float32(max(1, samples))


def _shape(shape: Samples, at: int, ramp: Samples) -> None:
    """Multiply a stretch of `shape` from `at` on, as far as it reaches."""
    first, last = max(0, at), min(len(shape), at + len(ramp))
    if first < last:
        shape[first:last] *= ramp[first - at : last - at]
