"""An ASS file: read by our own reader and by FFmpeg's, its words, frames and places are those of the cues."""

from fractions import Fraction
from pathlib import Path

import av
from hypothesis import given

from storyboard.media.letters import subtitle_files
from storyboard.media.letters.styled import ass
from storyboard.media.reel import Cue
from tests.media.letters.test_subtitle_files import RATES, cue_lists

FPS = Fraction(24000, 1001)
SPOKEN = ("a {sigh}, b", "C:\\new, 5 < 6", "שלום")


@given(cues=cue_lists(), fps=RATES)
def test_what_is_written_reads_back_to_the_same_words_and_frames(cues: list[Cue], fps: Fraction) -> None:
    read = [cue for cue, _ in subtitle_files.read(ass(cues, fps, 1280, 720), "ass")]
    assert [(one.text, one.italic) for one in read] == [("\n".join(cue.lines), cue.italic) for cue in cues]
    for cue, one in zip(cues, read, strict=True):
        edges = (cue.first - 1, cue.first, cue.last - 1, cue.last)
        assert [one.start <= number / fps < one.end for number in edges] == [False, True, True, False]


def test_ffmpeg_reads_the_same(tmp_path: Path) -> None:
    cues = [Cue((words,), 24 * number, 24 * number + 20, number == 1) for number, words in enumerate(SPOKEN)]
    cues[2] = Cue(("Two", "lines"), 48, 70, place="top")
    path = tmp_path / "film.ass"
    path.write_text(ass(cues, FPS, 1920, 1080), encoding="utf-8")
    with av.open(str(path)) as file:
        assert file.format.name == "ass"
        packets = [packet for packet in file.demux() if packet.size]
    said = [bytes(packet).decode().split(",", 8) for packet in packets]
    assert [one[8] for one in said] == [
        "a \\{sigh\\}, b",
        "{\\i1}C:\\\u2060new, 5 < 6{\\i0}",
        "Two\\Nlines",
    ]
    assert [one[2] for one in said] == ["Default", "Default", "Top"]
    begins = [Fraction(packet.pts or 0) * (packet.time_base or 1) for packet in packets]
    assert [int(begin * FPS + Fraction(1, 2)) for begin in begins] == [0, 24, 48]
