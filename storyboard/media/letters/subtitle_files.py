"""Subtitle files, by pysubs2: SRT, VTT and ASS are read, SRT and VTT written; ASS is written by `styled`.

Laws. A time is written so that a player shows a cue over exactly its frames: the millisecond at or just before the
frame's own time. What is written reads back to the same frames and words. Of styled files only the words, their lines
and whole italics are kept.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from fractions import Fraction

import pysubs2
from pysubs2.formats import autodetect_format
from pysubs2.formats.subrip import SubripFormat
from pysubs2.formats.webvtt import WebVTTFormat

from storyboard.delivery import TimedText
from storyboard.media.jobs import MediaError
from storyboard.media.reel import Cue

_ESCAPED = {"\\{": "\ue000", "\\}": "\ue001", "\\\u2060": "\ue002"}
"""What ASS has for braces and backslashes that are words, and what stands for it while styles are taken out."""
_UNESCAPED = {0xE000: "{", 0xE001: "}", 0xE002: "\\"}
LONGEST_MS = 100 * 3600 * 1000 - 1
"""The last moment that the formats can name."""


def read(text: str, kind: str) -> list[tuple[TimedText, int]]:
    """The cues of a file's text, in its order, each with the line of its times, from 1. `kind` is `srt`, `vtt`, `ass`
    or `ssa`; the text decides where it disagrees.

    Raises MediaError `not-subtitles`.
    """
    try:
        read_as = autodetect_format(text)
    except pysubs2.FormatAutodetectionError:
        read_as = kind
    if read_as not in ("srt", "vtt", "ass", "ssa"):
        raise MediaError("not-subtitles", f"it is {read_as}")
    try:
        events = list(pysubs2.SSAFile.from_string(text, read_as))
    except (pysubs2.Pysubs2Error, ValueError, OverflowError) as error:
        raise MediaError("not-subtitles", f"it cannot be read: {error}") from error
    if not events:
        raise MediaError("not-subtitles", "it has no subtitle")
    places = _places(text, read_as)
    lines = places if len(places) == len(events) else [1] * len(events)
    shown = [(event, line) for event, line in zip(events, lines, strict=True) if event.is_text and not event.is_comment]
    return [(_cue(event), line) for event, line in shown if event.plaintext.strip() or event.end <= event.start]


def _cue(event: pysubs2.SSAEvent) -> TimedText:
    italic = event.text.startswith("{\\i1}")
    for written, kept in _ESCAPED.items():
        event.text = event.text.replace(written, kept)
    plain = html.unescape(event.plaintext).translate(_UNESCAPED)
    words = "\n".join(line.strip() for line in plain.splitlines() if line.strip())
    return TimedText(words, Fraction(event.start, 1000), Fraction(event.end, 1000), italic)


def _places(text: str, read_as: str) -> list[int]:
    """The lines of a file that have the times of its cues, from 1."""
    lines = list(enumerate(text.split("\n"), 1))
    if read_as in ("ass", "ssa"):
        return [number for number, line in lines if line.startswith(("Dialogue:", "Comment:"))]
    stamp = (WebVTTFormat if read_as == "vtt" else SubripFormat).TIMESTAMP
    return [number for number, line in lines if len(stamp.findall(line)) == 2]


def srt(cues: Iterable[Cue], fps: Fraction) -> str:
    """The text of an SRT file."""
    return _written(cues, fps, "srt")


def vtt(cues: Iterable[Cue], fps: Fraction) -> str:
    """The text of a WebVTT file."""
    return _written(cues, fps, "vtt")


def _written(cues: Iterable[Cue], fps: Fraction, kind: str) -> str:
    file = pysubs2.SSAFile()
    for cue in cues:
        words = "\\N".join(html.escape(line, quote=False) if kind == "vtt" else line for line in cue.lines)
        words = f"<i>{words}</i>" if cue.italic else words
        file.append(pysubs2.SSAEvent(start=_ms(cue.first, fps), end=_ms(cue.last, fps), text=words))
    # Tags are written as they are: braces in a line of dialogue are no styles.
    return file.to_string(kind, keep_ssa_tags=True)


def _ms(frame: int, fps: Fraction) -> int:
    """The whole millisecond at or just before a frame's time."""
    return min(int(frame * 1000 / fps), LONGEST_MS)
