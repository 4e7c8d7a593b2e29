"""Subtitle files: what is written reads back, what is read keeps its words, its times and its lines."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.delivery import TimedText
from storyboard.media.jobs import MediaError
from storyboard.media.letters import subtitle_files
from storyboard.media.reel import Cue
from storyboard.timing import nearest

RATES = st.sampled_from([Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)])
WORDS = st.sampled_from(["Who rang?", "- I did.", "全押抖手", "שלום", "a {sigh} b", "fish & chips", "5 < 6", "nine"])
SRT = "1\r\n00:00:01,500 --> 00:00:02,000\r\n<i>Fog.</i>\r\nMore fog.\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,250\r\nA."
VTT = "WEBVTT\n\n00:01.500 --> 00:02.000 align:start\nFog &amp; rain.\n"
ASS = """[Script Info]
ScriptType: v4.00+

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:01.50,0:00:02.00,Default,,0,0,0,,{\\pos(3,4)}Fog.\\NMore fog.
"""


@st.composite
def cue_lists(draw: st.DrawFn) -> list[Cue]:
    edges = sorted(draw(st.sets(st.integers(0, 200_000), min_size=2, max_size=12)))
    return [
        Cue(tuple(draw(st.lists(WORDS, min_size=1, max_size=2))), first, last, draw(st.booleans()))
        for first, last in zip(edges[::2], edges[1::2], strict=False)
    ]


@given(cues=cue_lists(), fps=RATES, kind=st.sampled_from(["srt", "vtt"]))
def test_what_is_written_reads_back_to_the_same_frames(cues: list[Cue], fps: Fraction, kind: str) -> None:
    text = (subtitle_files.srt if kind == "srt" else subtitle_files.vtt)(cues, fps)
    read = [cue for cue, _ in subtitle_files.read(text, kind)]
    assert [(nearest(one.start, fps), nearest(one.end, fps)) for one in read] == [(c.first, c.last) for c in cues]
    assert [one.italic for one in read] == [cue.italic for cue in cues]


@given(cues=cue_lists(), fps=RATES)
def test_a_player_shows_a_cue_over_exactly_its_frames(cues: list[Cue], fps: Fraction) -> None:
    for cue, (one, _) in zip(cues, subtitle_files.read(subtitle_files.srt(cues, fps), "srt"), strict=True):
        edges = (cue.first - 1, cue.first, cue.last - 1, cue.last)
        assert [one.start <= number / fps < one.end for number in edges] == [False, True, True, False]


def test_words_are_written_as_they_are_spoken() -> None:
    cues = [Cue(("a {sigh} & 5 < 6", "- yes"), 0, 24)]
    assert "\na {sigh} & 5 < 6\n- yes\n" in subtitle_files.srt(cues, Fraction(24))
    assert "\na {sigh} &amp; 5 &lt; 6\n- yes\n" in subtitle_files.vtt(cues, Fraction(24))


@pytest.mark.parametrize(("kind", "text", "words", "italic", "line"), [
    ("srt", SRT, "Fog.\nMore fog.", True, 2), ("vtt", VTT, "Fog & rain.", False, 3),
    ("ass", ASS, "Fog.\nMore fog.", False, 7),
])  # fmt: skip
def test_a_cue_has_its_words_its_times_and_its_line(kind: str, text: str, words: str, italic: bool, line: int) -> None:
    cue, place = subtitle_files.read(text, kind)[0]
    assert cue == TimedText(words, Fraction(3, 2), Fraction(2), italic)
    assert place == line


@pytest.mark.parametrize("text", ["", "storyboard: 1\n", "\x00\x01", "WEBVTT\n\n", '{"info": {}}'])
def test_what_has_no_subtitle_is_refused(text: str) -> None:
    with pytest.raises(MediaError) as refused:
        subtitle_files.read(text, "srt")
    assert refused.value.code == "not-subtitles"


@given(st.text(), st.sampled_from(["srt", "vtt", "ass", "ssa"]))
def test_any_text_is_read_or_refused(text: str, kind: str) -> None:
    with suppress(MediaError):
        assert all(line >= 1 for _, line in subtitle_files.read(text, kind))
