"""Joining clips into one film.

Laws.
- The film has exactly the frames that its reel names, in that order: decoded, never estimated, encoded once. Where a
  dissolve or a wipe overlaps, a frame of the film is one of each clip.
- Frame n of a clip of another rate is what that clip shows at n / fps of the film, at another speed at n × speed / fps.
  Another size or shape is fitted as the reel says. A picture that needs nothing goes from the decoder to the encoder
  untouched.
- A grade is laid on once, on what the decoder gave, in the film's own coding; under letters, transitions and fades.
- Letters lie on their own segment's picture: what fades or dissolves takes them along. Burnt subtitles lie on the
  finished picture of the film, over everything; others are a track of it.
- A reel gives the same bytes on every run; neither paths nor the time are in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av

from storyboard.film import Clip
from storyboard.media.blend import darkened, dissolved, light, picture, planes, progress, wiped
from storyboard.media.encode import Writer
from storyboard.media.grading.lay import Grader
from storyboard.media.jobs import MediaError, Report
from storyboard.media.letters.subtitles import Subtitling
from storyboard.media.letters.titles import Title, title
from storyboard.media.reading.frames import indexed, pictures
from storyboard.media.reading.guard import Opened
from storyboard.media.reading.moments import on_screen, stamps
from storyboard.media.reading.probe import facts
from storyboard.media.reading.verify import verify
from storyboard.media.reel import Reel, Segment
from storyboard.media.shape import Shaper
from storyboard.media.sound.mix import Mix
from storyboard.media.sound.sound import CHANNELS, SAMPLE_RATE

JOINING = 0.95
"""The share of the work that is joining; the rest is verifying the film."""

THREADS = 4
"""The join runs alone, after everything else. A fixed number, whatever the machine: another one gives other bytes."""


def join(reel: Reel, target: Path, report: Report) -> Clip:
    """Join the reel to `target`, whole or not at all, and verify it.

    Raises MediaError: `no-such-frame`, `transitions-overlap`, `clip-damaged`, `disk-full`, `cannot-write`, and as
    `guard.opened` does.
    """
    check(reel)
    total = reel.frames
    with Writer(
        target,
        reel.width_px,
        reel.height_px,
        reel.fps,
        reel.audio,
        sample_rate=SAMPLE_RATE,
        threads=THREADS,
        channels=CHANNELS,
        subtitles=reel.soft,
        timecode=reel.timecode,
        coding=reel.coding,
    ) as writer:
        mix = Mix(reel) if reel.audio else None
        burnt = Subtitling(reel)
        for frame in _pictures(reel):
            for block in mix.until(writer.frames + 1) if mix is not None else ():
                writer.sound(block)
            writer.pass_on(burnt.over(frame, writer.frames))
            report(JOINING * writer.frames / total)
    film = verify(target, lambda share: report(JOINING + (1 - JOINING) * share))
    if film.frames != total:
        raise MediaError("clip-damaged", f"the film came out with {film.frames} frames instead of {total}")
    return film


def _pictures(reel: Reel) -> Iterator[av.VideoFrame]:
    """The frames of the film, in order."""
    leaving: Iterator[av.VideoFrame] = iter(())
    for number, segment in enumerate(reel.segments):
        coming = shown(segment, reel)
        yield from _joined(leaving, coming, segment)
        yield from islice(coming, segment.frames - segment.overlap - following(reel, number))
        leaving = coming


def following(reel: Reel, number: int) -> int:
    """How many of a segment's last frames the next one overlaps."""
    return reel.segments[number + 1].overlap if number + 1 < len(reel.segments) else 0


def check(reel: Reel) -> None:
    """Raises MediaError `transitions-overlap` where two transitions want the same frames of a segment."""
    for number, segment in enumerate(reel.segments):
        if segment.overlap + following(reel, number) > segment.frames or (number == 0 and segment.overlap):
            name = Path(segment.path).name
            raise MediaError(
                "transitions-overlap", f"{name} shows {segment.frames} frames, too few for its transitions"
            )


def over(reel: Reel, number: int) -> Iterator[av.VideoFrame]:
    """The frames in which segment `number` lies over the one before."""
    before, segment = reel.segments[number - 1], reel.segments[number]
    return _joined(shown(before, reel, before.frames - segment.overlap), shown(segment, reel), segment)


def _joined(
    leaving: Iterator[av.VideoFrame], coming: Iterator[av.VideoFrame], segment: Segment
) -> Iterator[av.VideoFrame]:
    """The frames of a dissolve or a wipe."""
    for at in range(segment.overlap):
        before, after, share = planes(next(leaving)), planes(next(coming)), progress(at, segment.overlap)
        if segment.transition == "wipe":
            yield picture(wiped(before, after, share, segment.direction))
        else:
            yield picture(dissolved(before, after, share))


def shown(segment: Segment, reel: Reel, first: int = 0) -> Iterator[av.VideoFrame]:
    """The frames of one segment from its number `first` on, as the film shows them: fitted, lettered, faded.

    Raises MediaError `no-such-frame` where the clip has fewer.
    """
    drawn = (title(over, reel.width_px, reel.height_px, reel.coding) for over in segment.titles)
    titles = [one for one in drawn if one is not None]
    number = first
    for number, frame in enumerate(islice(_fitted(segment, reel, first), segment.frames - first), first + 1):
        yield _finished(frame, number - 1, segment, titles)
    if number < segment.frames:
        missing = segment.frames - number
        name = Path(segment.path).name
        raise MediaError("no-such-frame", f"{name} has {missing} frames fewer than the film shows of it")


def _finished(frame: av.VideoFrame, number: int, segment: Segment, titles: list[Title]) -> av.VideoFrame:
    """A frame with its letters and its share of light; itself where it has neither."""
    lettered = [one for one in titles if one.strength(number) > 0]
    share = light(number, segment.frames, segment.fade_in, segment.fade_out)
    if not lettered and share == 1:
        return frame
    seen = planes(frame)
    for one in lettered:
        one.lay(seen, number)
    return picture(darkened(seen, share) if share < 1 else seen)


def plain(segment: Segment, number: int) -> bool:
    """Whether the cut lays nothing on a frame of a segment, neither a grade nor letters nor dark."""
    lettered = any(over.first <= number < over.last for over in segment.titles)
    if lettered or segment.grade is not None:
        return False
    return light(number, segment.frames, segment.fade_in, segment.fade_out) == 1


def _fitted(segment: Segment, reel: Reel, first: int) -> Iterator[av.VideoFrame]:
    """The clip's pictures from the segment's number `first` on, in the film's rate, size and colour."""
    path = Path(segment.path)
    shaper = Shaper(reel.width_px, reel.height_px, reel.fit, pixels=reel.coding.pixels)
    same = segment.speed == 1 and indexed(path, facts).fps == reel.fps
    if same:
        found = pictures(path, segment.first + first, hear=shaper.sees)
    else:
        found = _retimed(path, segment, reel.fps, first, shaper.sees)
    grader = Grader(segment.grade, deep=reel.coding.master) if segment.grade is not None else None
    for frame in found:
        seen = shaper.shaped(frame)
        yield seen if grader is None else picture(grader.graded(planes(seen)))


def _retimed(
    path: Path, segment: Segment, fps: Fraction, first: int, hear: Callable[[Opened], None]
) -> Iterator[av.VideoFrame]:
    """The pictures that a clip of another rate or speed shows at the film's frames, as far as it goes."""
    when = stamps(path)
    moments = ((segment.first + number * segment.speed) / fps for number in range(first, segment.frames))
    return on_screen(path, when, (moment for moment in moments if moment < when.end), hear)
