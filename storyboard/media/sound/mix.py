"""The film's sound: every voice at its own samples, laid over one another, as loud as the film is to be.

Laws.
- What is handed on is exactly as long as the picture, and every sample stands where its voice says.
- Music that ducks goes down under speech: under the clips in which somebody speaks, and under narration.
- With a gain for the whole film (a loudness was asked for and measured) every sample is multiplied by it, and nothing
  else; without one, a limiter keeps peaks at −1 dBFS and touches nothing below.
- The mix is made in blocks of a second. Memory holds, for each voice that is heard at the moment, one block and one
  decoded piece (768 KB together, as a rule), and a loop of at most a minute: not more for an hour than for a minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np

from storyboard.media.jobs import Loudness, Mixed, Report
from storyboard.media.pieces import whole_name
from storyboard.media.reading.digest import digest_of
from storyboard.media.reel import Reel
from storyboard.media.sound.duck import AHEAD_SAMPLES, Ducker
from storyboard.media.sound.levels import Limiter, Meter
from storyboard.media.sound.loops import looped
from storyboard.media.sound.pace import paced
from storyboard.media.sound.sound import (
    BLOCK_SAMPLES,
    CHANNELS,
    SAMPLE_RATE,
    Samples,
    Tap,
    flow,
    listen,
    sample_at,
    silence,
)
from storyboard.media.sound.sound_track import EncodedTrack
from storyboard.media.sound.voices import Voice, voices
from storyboard.media.writing import named_failure


class Bus:
    """Voices laid over one another, from sample 0 of the film on."""

    def __init__(self, heard: Sequence[Voice]) -> None:
        self._waiting = sorted(heard, key=lambda voice: voice.at, reverse=True)
        self._open: list[tuple[Voice, Tap]] = []
        self._at = 0

    def take(self, count: int) -> Samples:
        """The next samples. Raises MediaError as `sound.flow` does."""
        block, end = silence(count), self._at + count
        while self._waiting and self._waiting[-1].at < end:
            voice = self._waiting.pop()
            self._open.append((voice, Tap(_flow(voice))))
        for voice, tap in self._open:
            first, last = max(voice.at, self._at), min(voice.end, end)
            block[:, first - self._at : last - self._at] += voice.shaped(tap.take(last - first), first)
        self._open = [(voice, tap) for voice, tap in self._open if voice.end > end]
        self._at = end
        return block


def _flow(voice: Voice) -> Iterator[Samples]:
    if voice.loop:
        return looped(voice.path, voice.start, voice.loop)
    if voice.speed == 1:
        return flow(voice.path, voice.start)
    played = listen(voice.path, voice.start, int(voice.count * voice.speed) + 1)
    return iter([paced(played, voice.speed, voice.count)])


class Mix:
    """The sound of a reel, block after block."""

    def __init__(self, reel: Reel) -> None:
        heard = voices(reel)
        self._reel = reel
        self._end = sample_at(reel.frames, reel.fps)
        ducked = [voice for voice in heard if voice.duck]
        self._dry = Bus([voice for voice in heard if not voice.duck])
        self._music = Bus(ducked) if ducked else None
        self._key = Bus([voice for voice in heard if voice.key and not voice.duck])
        self._ducker = Ducker()
        self._key.take(AHEAD_SAMPLES)
        self._blocks = self._finished()
        self._given = 0

    def until(self, frame: int) -> Iterator[Samples]:
        """The blocks after those given before that reach as far as a frame of the film. Raises MediaError."""
        while self._given < sample_at(frame, self._reel.fps):
            block = next(self._blocks)
            self._given += block.shape[1]
            yield block

    def laid(self) -> Iterator[Samples]:
        """All of the mix, neither limited nor at the film's gain: what is measured. Raises MediaError."""
        for at in range(0, self._end, BLOCK_SAMPLES):
            count = min(BLOCK_SAMPLES, self._end - at)
            block = self._dry.take(count)
            if self._music is not None:
                block += self._ducker.through(self._music.take(count), self._key.take(count))
            yield block

    def _finished(self) -> Iterator[Samples]:
        if self._reel.gain_db is not None:
            factor = np.float32(10 ** (float(self._reel.gain_db) / 20))
            yield from (block * factor for block in self.laid())
            return
        limiter = Limiter()
        for block in self.laid():
            yield limiter.through(block)
        yield limiter.rest()


def loudness(reel: Reel, report: Report) -> Loudness:
    """How loud a reel is as it is laid: nothing limited, nothing added. Raises MediaError as the join does."""
    meter, heard, total = Meter(), 0, sample_at(reel.frames, reel.fps)
    for block in Mix(reel).laid():
        meter.hear(block)
        heard += block.shape[1]
        report(heard / total)
    return meter.measured()


def encoded(reel: Reel, target: Path, report: Report) -> Mixed:
    """Encode the sound of a reel as its coding says, whole or not at all, to `whole_name` of `target`.

    Raises MediaError: `disk-full`, `cannot-write`, and as `sound.flow` does.
    """
    part, total = target.with_name(f"{target.name}.part"), sample_at(reel.frames, reel.fps)
    # The edit list, which hides what an encoder needs before the first sample, counts in the movie's timescale.
    muxer = {"fflags": "+bitexact", "movie_timescale": str(SAMPLE_RATE)}
    given = 0
    try:
        with named_failure(target):
            with av.open(str(part), "w", format=reel.coding.container, options=muxer) as container:
                track = EncodedTrack(container, reel.coding, SAMPLE_RATE, CHANNELS)
                for block in Mix(reel).until(reel.frames):
                    track.add(block)
                    given += block.shape[1]
                    track.until(given)
                    report(given / total)
                track.finish(total)
            digest = digest_of(part)
            part.replace(whole_name(target, digest))
    finally:
        part.unlink(missing_ok=True)
    return Mixed(digest)
