"""A film in pieces: encoded side by side, each by itself, and put together without a second encode.

Laws.
- Each begins on a picture that refreshes the decoder, and needs no other. Their parameter sets are alike, so that the
  film is their coded pictures one after the other (`splice`; of a master, whose pictures all stand alone, `copying`).
- The same reel gives the same bytes, however many pieces are encoded at once, or were there before.
- Sound is mixed for the whole film, sample by sample as for a join, and encoded beside the pieces (`sound.mix`); it is
  copied into the film under the pictures that it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

import av

from storyboard.film import Clip
from storyboard.media.encode import Writer
from storyboard.media.jobs import MediaError, Report
from storyboard.media.joining.copying import Copier
from storyboard.media.joining.draft import counted
from storyboard.media.joining.join import check, over, shown
from storyboard.media.joining.splice import Splicer, coded, sets_of, whole_stretch
from storyboard.media.letters.subtitles import Subtitling
from storyboard.media.pieces import Piece, pieces, whole_name
from storyboard.media.reading.digest import digest_of
from storyboard.media.reading.guard import Heard, audible
from storyboard.media.reel import Reel
from storyboard.media.sound.sound import CHANNELS, SAMPLE_RATE

THREADS = 1
"""Of one encoder; there are as many pieces at once as there are workers. Another number gives other bytes."""


def encode(piece: Piece, target: Path, report: Report) -> Clip:
    """Encode a piece, whole or not at all, to `whole_name` of `target`. Raises MediaError as `join` does."""
    check(piece.reel)
    reel, total = piece.reel, piece.last - piece.first
    burnt = Subtitling(reel)
    size = (reel.width_px, reel.height_px)
    with Writer(target, *size, reel.fps, threads=THREADS, coding=reel.coding) as writer:
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


def assemble(reel: Reel, paths: Sequence[Path], sound: Path | None, target: Path, report: Report) -> Clip:
    """Put the encoded pieces of a reel together at `target`, with its encoded sound, whole or not at all. The name of a
    piece, and of the sound, ends in its SHA-256.

    Raises MediaError: `piece-damaged` for one that is not as it was encoded, and as `join` does.
    """
    for path in (paths[0], *((sound,) if sound is not None else ())):
        _check(path)
    with ExitStack() as stack:
        heard = stack.enter_context(audible(sound, pictures=False)) if sound is not None else None
        writer, copied = stack.enter_context(_joined(reel, paths[0], heard, target))
        for path, piece in zip(paths, pieces(reel), strict=True):
            _check(path)
            if not copied(path, piece.last - piece.first):
                raise _damaged(path)
            report(writer.frames / reel.frames)
    return counted(target, reel.frames)


@contextmanager
def _joined(
    reel: Reel, like: Path, heard: Heard | None, target: Path
) -> Iterator[tuple[Writer, Callable[[Path, int], bool]]]:
    """A writer of the film, and what copies a piece of so many frames into it, unless the piece is another one; `like`
    is one of them, `heard` the film's sound.
    """
    if reel.coding.master:
        with Copier(target, reel, heard) as copier:
            yield copier, copier.copy
        return
    sets = sets_of(like)
    if sets is None:
        raise _damaged(like)
    asked = (reel.width_px, reel.height_px, reel.fps, False, SAMPLE_RATE, THREADS, CHANNELS)
    with Splicer(target, *asked, like, sets, reel.soft, reel.timecode, heard) as splicer:

        def copied(path: Path, frames: int) -> bool:
            found = coded(path)
            stretch = whole_stretch(found, 0, frames, sets)
            if len(found) != frames or len(stretch) != frames:
                return False
            splicer.copy(stretch)
            return True

        yield splicer, copied


def _check(path: Path) -> None:
    """Raises MediaError `piece-damaged` for a file whose bytes are not those that its name tells."""
    if digest_of(path) != path.stem.rpartition(".")[2]:
        raise _damaged(path)


def _damaged(path: Path) -> MediaError:
    return MediaError("piece-damaged", f"{path.name} is not as it was encoded")
