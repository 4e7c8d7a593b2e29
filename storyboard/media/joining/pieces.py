"""A film in pieces: encoded side by side, each by itself, and put together without a second encode.

Laws.
- Each begins on a picture that refreshes the decoder, and needs no other. Their parameter sets are alike, so that the
  film is their coded pictures one after the other (`splice`).
- The same reel gives the same bytes, however many pieces are encoded at once, or were there before.
- Sound is mixed for the whole film while it is put together, sample by sample as for a join; it knows no pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import av

from storyboard.film import Clip
from storyboard.media.encode import Writer
from storyboard.media.jobs import MediaError, Report
from storyboard.media.joining.draft import counted, digest_of
from storyboard.media.joining.join import check, over, shown
from storyboard.media.joining.splice import Splicer, coded, sets_of, whole_stretch
from storyboard.media.letters.subtitles import Subtitling
from storyboard.media.pieces import Piece, pieces, whole_name
from storyboard.media.reel import Reel
from storyboard.media.sound.mix import Mix
from storyboard.media.sound.sound import CHANNELS, SAMPLE_RATE

THREADS = 1
"""Of one encoder; there are as many pieces at once as there are workers. Another number gives other bytes."""


def encode(piece: Piece, target: Path, report: Report) -> Clip:
    """Encode a piece, whole or not at all, to `whole_name` of `target`. Raises MediaError as `join` does."""
    check(piece.reel)
    reel, total = piece.reel, piece.last - piece.first
    burnt = Subtitling(reel)
    with Writer(target, reel.width_px, reel.height_px, reel.fps, threads=THREADS) as writer:
        for number, frame in enumerate(_pictures(piece), piece.first):
            writer.pass_on(burnt.over(frame, number))
            report(writer.frames / total)
    made = counted(target, total)
    target.replace(whole_name(target, made.id))
    return made


def _pictures(piece: Piece) -> Iterator[av.VideoFrame]:
    """The frames of a piece, in order."""
    number = len(piece.reel.segments) - 1
    own = piece.reel.segments[number]
    if piece.first < own.overlap:
        yield from islice(over(piece.reel, number), piece.first, min(piece.last, own.overlap))
    begin = max(piece.first, own.overlap)
    if begin < piece.last:
        yield from islice(shown(own, piece.reel, begin), piece.last - begin)


def assemble(reel: Reel, paths: Sequence[Path], target: Path, report: Report) -> Clip:
    """Put the encoded pieces of a reel together at `target`, with all its sound, whole or not at all. The name of a
    piece ends in its SHA-256.

    Raises MediaError: `piece-damaged` for one that is not as it was encoded, and as `join` does.
    """
    sets = sets_of(paths[0]) if digest_of(paths[0]) == paths[0].stem.rpartition(".")[2] else None
    if sets is None:
        raise _damaged(paths[0])
    mix, soft = Mix(reel) if reel.audio else None, () if reel.burn else reel.subtitles
    size = (reel.width_px, reel.height_px)
    asked = (*size, reel.fps, reel.audio, SAMPLE_RATE, THREADS, CHANNELS)
    with Splicer(target, *asked, paths[0], sets, soft, reel.timecode) as splicer:
        for path, piece in zip(paths, pieces(reel), strict=True):
            if digest_of(path) != path.stem.rpartition(".")[2]:
                raise _damaged(path)
            found, frames = coded(path), piece.last - piece.first
            stretch = whole_stretch(found, 0, frames, sets)
            if len(found) != frames or len(stretch) != frames:
                raise _damaged(path)
            for block in mix.until(splicer.frames + frames) if mix is not None else ():
                splicer.sound(block)
            splicer.copy(stretch)
            report(splicer.frames / reel.frames)
    return counted(target, reel.frames)


def _damaged(path: Path) -> MediaError:
    return MediaError("piece-damaged", f"{path.name} is not as it was encoded")
