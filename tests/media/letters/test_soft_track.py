"""Subtitles as a track: the words and frames that were given, beside an untouched picture."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from storyboard.media.encode import Writer
from storyboard.media.reading.verify import verify
from storyboard.media.reel import Cue
from tests.media import footage

CUES = (Cue(("- Who rang?", "- {sigh} & <me>"), 0, 20), Cue(("全押抖手",), 25, 40, italic=True), Cue(("End.",), 40, 48))


def written(path: Path, fps: Fraction, cues: tuple[Cue, ...], audio: bool = False) -> Path:
    with Writer(path, 64, 36, fps, audio, subtitles=cues) as writer:
        for number in range(48):
            writer.write(np.full((36, 64, 3), number * 4, np.uint8))
    return path


def read(path: Path, fps: Fraction) -> list[tuple[str, Fraction, Fraction]]:
    """Words, first and last frame of each cue, as FFmpeg reads the track."""
    found = []
    with av.open(str(path)) as film:
        for packet in film.demux(film.streams.subtitles[0]):
            if packet.pts is None or packet.duration is None or len(bytes(packet)) <= 2:
                continue
            size = int.from_bytes(bytes(packet)[:2], "big")
            begin = packet.pts * packet.time_base * fps
            end = begin + packet.duration * packet.time_base * fps
            found.append((bytes(packet)[2 : 2 + size].decode(), begin, end))
    return found


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(24000, 1001), Fraction(25)])
@pytest.mark.parametrize("audio", [False, True])
def test_a_cue_has_its_words_over_exactly_its_frames(fps: Fraction, audio: bool, tmp_path: Path) -> None:
    path = written(tmp_path / "film.mp4", fps, CUES, audio)
    assert read(path, fps) == [("\n".join(cue.lines), Fraction(cue.first), Fraction(cue.last)) for cue in CUES]


def test_the_picture_is_the_same_with_and_without_and_passes_inspection(tmp_path: Path) -> None:
    with_, without = (written(tmp_path / f"{len(cues)}.mp4", Fraction(24), cues) for cues in (CUES, ()))
    assert (np.array(footage.all_pictures(with_)) == np.array(footage.all_pictures(without))).all()
    assert verify(with_, footage.silent).frames == 48


def test_the_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (written(tmp_path / name, Fraction(24), CUES).read_bytes() for name in ("one.mp4", "two.mp4"))
    assert one == two
