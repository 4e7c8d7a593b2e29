"""The cut in a hurry: pictures are copied as their clips have them, and only what the cut changes is encoded.

Laws.
- A draft has the frames of the full cut, all and in order; a copied one is the clip's own, not coded a second time.
- Encoded is what a clip cannot give as it is: under a transition, a fade, letters or a burnt subtitle, at another size,
  rate or speed, and what lies between an in-point and the next picture that refreshes the decoder.
- Sound is mixed as for the full cut.
- The same clips give the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
from msgspec import Struct

from storyboard.film import Clip, ClipId
from storyboard.media.jobs import Drafted, MediaError, Report
from storyboard.media.joining.avc import Sets
from storyboard.media.joining.join import JOINING, THREADS, check, following, over, plain, shown
from storyboard.media.joining.join import join as join_all
from storyboard.media.joining.splice import Coded, Kind, Splicer, coded, kind, whole_stretch
from storyboard.media.letters.subtitles import Subtitling
from storyboard.media.reading.digest import digest_of
from storyboard.media.reading.guard import opened
from storyboard.media.reading.probe import facts, whole
from storyboard.media.reel import Reel, Segment
from storyboard.media.shape import Shaper
from storyboard.media.sound.mix import Mix
from storyboard.media.sound.sound import CHANNELS, SAMPLE_RATE
from storyboard.media.sound.voices import starts


class Piece(Struct, frozen=True):
    """Frames [`first`, `last`) of a segment; with `copied`, as their clip has them."""

    first: int
    last: int
    copied: tuple[Coded, ...] = ()


def draft(reel: Reel, target: Path, report: Report) -> Drafted:
    """Join the reel to `target`, whole or not at all, copying what can be copied.

    Raises MediaError as `join` does.
    """
    check(reel)
    kinds = {path: kind(Path(path), reel.fps) for path in dict.fromkeys(one.path for one in reel.segments)}
    like = _commonest(reel, kinds)
    if like is None:
        return Drafted(join_all(reel, target, report), 0)
    copies = {path: found.sets for path, found in kinds.items() if found is not None and found == kinds[like]}
    size = (reel.width_px, reel.height_px)
    with Splicer(
        target,
        *size,
        reel.fps,
        reel.audio,
        SAMPLE_RATE,
        THREADS,
        CHANNELS,
        Path(like),
        copies[like],
        reel.soft,
        reel.timecode,
    ) as splicer:
        copied = _spliced(reel, splicer, copies, lambda share: report(JOINING * share))
    film = counted(target, reel.frames)
    report(1.0)
    return Drafted(film, copied)


def _commonest(reel: Reel, kinds: Mapping[str, Kind | None]) -> str | None:
    """A clip of the kind that most frames are of and that the film shows as it is; of equals, the first in the film."""
    frames: Counter[Kind] = Counter()
    first: dict[Kind, str] = {}
    for segment in reel.segments:
        found = kinds[segment.path]
        if found is not None:
            frames[found] += segment.frames
            first.setdefault(found, segment.path)
    ranked = sorted(frames, key=frames.__getitem__, reverse=True)
    return next((first[one] for one in ranked if _untouched(Path(first[one]), reel)), None)


def _untouched(path: Path, reel: Reel) -> bool:
    """Whether the film shows a clip's pictures as they are coded."""
    with opened(path) as clip:
        pixel = clip.video.sample_aspect_ratio
        picture = next(clip.container.decode(clip.video), None)
        shaper = Shaper(reel.width_px, reel.height_px, reel.fit, Fraction(pixel) if pixel else None)
        return picture is not None and shaper.shaped(picture) is picture


def _spliced(reel: Reel, splicer: Splicer, copies: Mapping[str, Sets], report: Report) -> int:
    """Write the whole reel; how many frames of it were copied."""
    mix = Mix(reel) if reel.audio else None
    burnt = Subtitling(reel)

    def sound(frames: int) -> None:
        """Lay the sound of the next frames under them."""
        for block in mix.until(splicer.frames + frames) if mix is not None else ():
            splicer.sound(block)

    def encode(pictures: Iterable[av.VideoFrame]) -> None:
        for picture in pictures:
            sound(1)
            splicer.pass_on(burnt.over(picture, splicer.frames))
            report(splicer.frames / reel.frames)

    copied = 0
    for number, (segment, begin) in enumerate(zip(reel.segments, starts(reel), strict=True)):
        if segment.overlap:
            encode(over(reel, number))
        last = segment.frames - following(reel, number)
        plains = [plain(segment, at) and not burnt.covers(begin + at) for at in range(segment.frames)]
        for piece in _pieces(segment, plains, segment.overlap, last, copies.get(segment.path)):
            if piece.copied:
                sound(len(piece.copied))
                splicer.copy(piece.copied)
                copied += len(piece.copied)
                report(splicer.frames / reel.frames)
            else:
                encode(islice(shown(segment, reel, piece.first), piece.last - piece.first))
    return copied


def _pieces(segment: Segment, plains: Sequence[bool], first: int, last: int, sets: Sets | None) -> Iterator[Piece]:
    """Frames [`first`, `last`) of a segment in order, cut into what is copied and what is encoded.

    `plains` tells of each frame whether the cut leaves it as it is.
    """
    at = first
    if sets is not None and segment.speed == 1:
        clip = coded(Path(segment.path))
        for begin, end in _runs(plains, first, last):
            stretch = whole_stretch(clip, segment.first + begin, segment.first + end, sets)
            if stretch:
                start = stretch[0].number - segment.first
                if at < start:
                    yield Piece(at, start)
                at = start + len(stretch)
                yield Piece(start, at, tuple(stretch))
    if at < last:
        yield Piece(at, last)


def _runs(plains: Sequence[bool], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The longest runs of plain frames."""
    begin = first
    for number in range(first, last + 1):
        if number == last or not plains[number]:
            if begin < number:
                yield begin, number
            begin = number + 1


def counted(path: Path, frames: int) -> Clip:
    """What a film of so many frames is, that was just written of pictures which were decoded before.

    Raises MediaError `clip-damaged` where it has others.
    """
    whole(path)
    with opened(path, decodes=False) as film:
        claims = facts(film)
        times = sorted(packet.pts for packet in film.container.demux(film.video) if packet.pts is not None)
    if len(times) != frames or len(set(times)) != frames:
        raise MediaError("clip-damaged", f"the film came out with {len(times)} frames instead of {frames}")
    size = path.stat().st_size
    return Clip(
        ClipId(digest_of(path)), len(times), claims.fps, claims.width_px, claims.height_px, claims.has_audio, size
    )
