"""Which picture of a file is on screen at a moment, whatever its rate and however its times were rounded.

Laws.
- Moments count from the first picture, in exact seconds. On screen is the latest picture whose time is not later;
  before the first one there is nothing.
- A container rounds its times (Matroska to a millisecond). Where all of them are those of a constant rate but for that
  rounding, the rate's exact times are meant; else a time means itself within half a tick.
- The last picture lasts as long as it says, else as long as the one before it.
- Pictures are told by their times, not by counting what comes out of the decoder, which may leave some out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from msgspec import Struct

from storyboard.media.jobs import MediaError
from storyboard.media.reading.frames import pictures
from storyboard.media.reading.guard import Opened, opened


class Stamps(Struct, frozen=True):
    """When the pictures of a file are shown: `ticks` of `tick` seconds, ascending; `lasting` seconds the last one.

    `rate` is the constant rate that the times are those of, None where they vary. Where a file gives no times, `ticks`
    is empty, and its rate is taken at its word.
    """

    ticks: tuple[int, ...]
    tick: Fraction
    rate: Fraction | None
    lasting: Fraction
    count: int

    @property
    def end(self) -> Fraction:
        """Seconds from the first picture's beginning to the last one's end."""
        return self.time(self.count - 1) + self.lasting

    def time(self, number: int) -> Fraction:
        """When picture `number` comes on, in seconds from the first."""
        return number / self.rate if self.rate else (self.ticks[number] - self.ticks[0]) * self.tick

    def at(self, moment: Fraction) -> int:
        """The number of the picture on screen; the first before it, the last after it."""
        if self.rate:
            number = int(moment * self.rate // 1)
        else:
            number = bisect_right(self.ticks, self.ticks[0] + int((moment / self.tick + Fraction(1, 2)) // 1)) - 1
        return min(max(number, 0), self.count - 1)

    def number(self, ticks: int | None, otherwise: int) -> int:
        """The number of the picture that is shown at `ticks`."""
        return otherwise if ticks is None or not self.ticks else bisect_left(self.ticks, ticks)


def stamps(path: Path) -> Stamps:
    """Read when a file's pictures are shown, without decoding.

    Raises MediaError `not-media` where there is no picture or no rate, and as `guard.opened` does.
    """
    with opened(path) as clip:
        packets = [
            (packet.pts, packet.duration or 0)
            for packet in clip.container.demux(clip.video)
            if packet.size and not packet.is_discard
        ]
        tick, rates = clip.video.time_base, _rates(clip)
    if not packets or not rates or not tick:
        raise MediaError("not-media", f"{path.name} has no pictures that stand in time")
    if any(pts is None for pts, _ in packets):
        return Stamps((), Fraction(tick), rates[0], 1 / rates[0], len(packets))
    known = sorted((pts, duration) for pts, duration in packets if pts is not None)
    ticks = tuple(pts for pts, _ in known)
    rate = next((rate for rate in rates if _constant(ticks, Fraction(tick), rate)), None)
    own = known[-1][1] or (ticks[-1] - ticks[-2] if len(ticks) > 1 else 0)
    lasting = 1 / rate if rate else own * Fraction(tick) or 1 / rates[0]
    return Stamps(ticks, Fraction(tick), rate, lasting, len(ticks))


def _rates(clip: Opened) -> list[Fraction]:
    """The rates that a file claims."""
    video = clip.video
    return [Fraction(rate) for rate in (video.base_rate, video.average_rate, video.guessed_rate) if rate]


def _constant(ticks: tuple[int, ...], tick: Fraction, rate: Fraction) -> bool:
    """Whether every time is that of a constant rate, rounded to a tick at both ends."""
    first, step, each = ticks[0], tick.denominator * rate.denominator, tick.numerator * rate.numerator
    return all(abs((at - first) * each - number * step) <= each for number, at in enumerate(ticks))


def on_screen(
    path: Path, when: Stamps, moments: Iterable[Fraction], hear: Callable[[Opened], None] = lambda _: None
) -> Iterator[av.VideoFrame]:
    """The picture on screen at each moment; moments ascend. A picture may come more than once: it is the same object.
    `hear` as in `frames.pictures`.

    Raises MediaError `clip-damaged` where a picture does not decode, and as `guard.opened` does.
    """
    held: av.VideoFrame | None = None
    reading: Iterator[tuple[int, av.VideoFrame]] | None = None
    ahead: tuple[int, av.VideoFrame] | None = None
    for moment in moments:
        wanted = when.at(moment)
        if reading is None:
            reading = _numbered(path, when, wanted, hear)
            ahead = next(reading, None)
        while ahead is not None and (held is None or ahead[0] <= wanted):
            held, ahead = ahead[1], next(reading, None)
        if held is None:
            raise MediaError("clip-damaged", f"{path.name} has no picture that decodes")
        yield held


def _numbered(
    path: Path, when: Stamps, first: int, hear: Callable[[Opened], None]
) -> Iterator[tuple[int, av.VideoFrame]]:
    """Decoded pictures from number `first` on, each with its number."""
    for offset, frame in enumerate(pictures(path, first, True, hear)):
        if frame.is_corrupt:
            raise MediaError("clip-damaged", f"{path.name} has a damaged picture")
        yield when.number(frame.pts, first + offset), frame
