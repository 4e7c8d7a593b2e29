"""What is heard in a film, and when: every stretch of sound as a voice, in samples of the film. Pure.

Laws.
- A voice begins at the sample of its first frame in the film, computed from the frame's number, so nothing drifts.
- Under a dissolve or a wipe two sounds cross with equal power; a fade takes the sound with the picture.
- Sound that leads or trails its picture is heard with the neighbour's own; it comes and goes softly there. What a
  clip of footage does not hold of it is read from the footage itself, and joined on where the clip's own sound begins.
- At a hard cut two clips cross over `CROSS_SAMPLES` from the cut on, with equal power, where the clip that leaves goes
  on for so long; where it goes on in the next shot, evenly, and nothing changes. So a cut neither clicks nor gapes.
- Every other end of a voice is faded over 5 ms.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
from msgspec import Struct

from storyboard.media.reel import Reel, Segment, Track
from storyboard.media.sound.sound import SAMPLE_RATE, Samples, sample_at, sample_of
from storyboard.structs import replace

EDGE_SAMPLES = SAMPLE_RATE // 200
CROSS_SAMPLES, LEAST_CROSS = SAMPLE_RATE // 50, SAMPLE_RATE // 100
"""How long clips cross at a hard cut, and the least that is worth it."""
SOFT_SAMPLES = SAMPLE_RATE // 10
"""How long sound that leads or trails comes and goes, at most."""
SPLICE_SAMPLES = SAMPLE_RATE // 100
"""How long a clip's sound and the footage's own lie over one another where one goes on with the other."""


class Ramp(Struct, frozen=True):
    """From nothing at sample `first` of the film to all at `last`; `down` the other way; `power` keeps two sounds that
    cross as loud as one, and begins and ends without a kink.
    """

    first: int
    last: int
    down: bool = False
    power: bool = False

    def over(self, first: int, last: int) -> Samples | None:
        """The factors of the samples [first, last) of the film, None where all of them are 1."""
        if (first >= self.last and not self.down) or (last <= self.first and self.down):
            return None
        length = np.float32(max(1, self.last - self.first))
        rise = np.clip((np.arange(first, last, dtype=np.int64) - self.first + 0.5) / length, 0, 1)
        rise = 1 - rise if self.down else rise
        return np.asarray(np.sqrt(rise * rise * (3 - 2 * rise)) if self.power else rise, np.float32)


class Voice(Struct, frozen=True):
    """`count` samples of the sound of `path` from its sample `start` on, heard from sample `at` of the film.

    At another `speed` than 1 it is played so much faster at its own pitch; a `loop` of so many samples is repeated, 0
    is none. `duck`: it goes down under those that are a `key`.
    """

    path: Path
    at: int
    count: int
    start: int
    gain_db: Decimal = Decimal(0)
    speed: Fraction = Fraction(1)
    loop: int = 0
    ramps: tuple[Ramp, ...] = ()
    duck: bool = False
    key: bool = False

    @property
    def end(self) -> int:
        """The film's first sample after it."""
        return self.at + self.count

    def shaped(self, heard: Samples, first: int) -> Samples:
        """Its samples from sample `first` of the film on, as loud as they are in the film."""
        last = first + heard.shape[1]
        factor = np.full(heard.shape[1], 10 ** (float(self.gain_db) / 20), np.float32)
        for ramp in self.ramps:
            share = ramp.over(first, last)
            if share is not None:
                factor *= share
        return heard * factor


def starts(reel: Reel) -> list[int]:
    """The film's frame at which each segment's picture begins."""
    found, end = [], 0
    for segment in reel.segments:
        found.append(end - segment.overlap)
        end += segment.frames - segment.overlap
    return found


def voices(reel: Reel) -> list[Voice]:
    """Everything that is heard in a reel: the sound of its segments, and the tracks laid over."""
    found: list[Voice] = []
    places = starts(reel)
    for number, (segment, start) in enumerate(zip(reel.segments, places, strict=True)):
        if not segment.mute:
            found += _Heard(reel, number, start).voices()
    found += (_of_track(track, reel.fps) for track in reel.tracks)
    return [voice for voice in found if voice.count > 0]


def crossed(reel: Reel, number: int) -> int:
    """For how many samples from its beginning a segment crosses with the one before it: 0 unless both are heard at a
    hard cut and the one before goes on.
    """
    if not 0 < number < len(reel.segments):
        return 0
    before, after = reel.segments[number - 1], reel.segments[number]
    bare = not (after.overlap or after.fade_in or before.fade_out or before.tail or after.lead)
    if not bare or before.mute or after.mute:
        return 0
    count = min(CROSS_SAMPLES, sample_at(before.spare, reel.fps))
    return count if count >= LEAST_CROSS else 0


def _goes_on(before: Segment, after: Segment) -> bool:
    """Whether a segment shows the very next frames of the clip of the one before."""
    same = (before.path, before.speed, before.gain_db) == (after.path, after.speed, after.gain_db)
    return same and after.first == before.first + before.frames * before.speed


def _edged(voice: Voice) -> Voice:
    """A voice whose ends do not click."""
    return replace(voice, ramps=(*voice.ramps, *_edges(voice, 0, 0)))


def _edges(voice: Voice, begun: int, ended: int) -> Iterator[Ramp]:
    """How the ends of a voice come and go that do not cross with another one."""
    edge = min(EDGE_SAMPLES, voice.count // 2)
    if not begun:
        yield Ramp(voice.at, voice.at + edge)
    if not ended:
        yield Ramp(voice.end - edge, voice.end, down=True)


def _of_track(track: Track, fps: Fraction) -> Voice:
    at, end = sample_at(track.at, fps), sample_at(track.at + track.frames, fps)
    fades = (
        Ramp(at, at + sample_of(track.fade_in)),
        Ramp(end - sample_of(track.fade_out), end, down=True),
    )
    return _edged(
        Voice(
            path=Path(track.path),
            at=at,
            count=end - at,
            start=sample_of(track.start),
            gain_db=track.gain_db,
            loop=max(1, sample_of(track.loop)) if track.loop else 0,
            ramps=tuple(fade for fade in fades if fade.last > fade.first),
            duck=track.duck,
            key=track.speech,
        )
    )


class _Heard:
    """The voices of one segment: of its clip, and of the footage before and after that."""

    def __init__(self, reel: Reel, number: int, start: int) -> None:
        self._reel, self._segment = reel, reel.segments[number]
        segment, after = self._segment, reel.segments[number + 1] if number + 1 < len(reel.segments) else None
        self._start, self._end = start, start + segment.frames
        self._following = after.overlap if after is not None else 0
        self._begun, self._ended = crossed(reel, number), crossed(reel, number + 1)
        self._evenly = (
            number > 0 and _goes_on(reel.segments[number - 1], segment),
            after is not None and _goes_on(segment, after),
        )
        self._picture = self._sample(start), self._sample(self._end)
        self._own = self._sample(segment.first)

    def voices(self) -> Iterator[Voice]:
        """The clip's own sound, and what leads and trails of the footage."""
        segment, footage = self._segment, self._segment.footage
        begin = max(0, self._sample(self._start - segment.lead))
        last = min(self._sample(self._end + segment.tail) + self._ended, self._sample(self._reel.frames))
        of_clip = max(begin, self._picture[0] - int(self._own / segment.speed))
        before = footage is not None and of_clip > begin and footage.first > 0
        after = footage is not None and segment.tail > 0 and last > self._picture[1]
        until = self._picture[1] if after else last
        soft = self._softened(begin if before else of_clip, last)
        ramps = (*self._transitions(), *soft)
        joins = [Ramp(of_clip, of_clip + SPLICE_SAMPLES)] if before else []
        joins += [Ramp(until - SPLICE_SAMPLES, until, down=True)] if after else []
        start = max(0, self._own + int((of_clip - self._picture[0]) * segment.speed))
        clip = replace(self._voice(Path(segment.path), of_clip, until, start), speed=segment.speed)
        edges = _edges(clip, self._begun or before, self._ended or after)
        yield replace(clip, ramps=(*ramps, *joins, *edges, *self._crossings()))
        if footage is None:
            return
        if before:
            end = of_clip + SPLICE_SAMPLES
            yield self._handle(begin, end, (*ramps, Ramp(of_clip, end, down=True)))
        if after:
            first = until - SPLICE_SAMPLES
            yield self._handle(first, last, (*ramps, Ramp(first, until)))

    def _sample(self, frame: int) -> int:
        return sample_at(frame, self._reel.fps)

    def _voice(self, path: Path, at: int, end: int, start: int) -> Voice:
        segment = self._segment
        return Voice(path, at, end - at, start, segment.gain_db, key=segment.speech)

    def _handle(self, at: int, end: int, ramps: tuple[Ramp, ...]) -> Voice:
        """What is heard of the footage itself over samples [at, end) of the film, as far as the file reaches back."""
        footage = self._segment.footage
        assert footage is not None
        in_clip = Fraction(self._own + at - self._picture[0], SAMPLE_RATE)
        start = footage.first + in_clip * footage.speed
        if start < 0:
            at += sample_of(-start / footage.speed)
            start = Fraction(0)
        voice = self._voice(Path(footage.path), at, end, sample_of(start))
        return replace(voice, speed=footage.speed, ramps=ramps)

    def _softened(self, begin: int, last: int) -> Iterator[Ramp]:
        """How sound that leads comes, and sound that trails goes."""
        if self._segment.lead and self._picture[0] > begin:
            yield Ramp(begin, begin + min(SOFT_SAMPLES, self._picture[0] - begin))
        if self._segment.tail and last > self._picture[1]:
            yield Ramp(last - min(SOFT_SAMPLES, last - self._picture[1]), last, down=True)

    def _crossings(self) -> Iterator[Ramp]:
        """How it comes and goes at hard cuts."""
        (start, end), (came, goes) = self._picture, self._evenly
        if self._begun:
            yield Ramp(start, start + self._begun, power=not came)
        if self._ended:
            yield Ramp(end, end + self._ended, down=True, power=not goes)

    def _transitions(self) -> Iterator[Ramp]:
        """How the picture's transitions shape the sound."""
        segment, start, end = self._segment, self._start, self._end
        if segment.overlap and not segment.lead:
            yield Ramp(self._sample(start), self._sample(start + segment.overlap), power=True)
        if self._following and not segment.tail:
            yield Ramp(self._sample(end - self._following), self._sample(end), down=True, power=True)
        if segment.fade_in:
            yield Ramp(self._sample(start), self._sample(start + segment.fade_in))
        if segment.fade_out:
            yield Ramp(self._sample(end - segment.fade_out), self._sample(end), down=True)
