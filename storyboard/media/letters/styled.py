"""Subtitles as an ASS file, by pysubs2: the words and times of the others, and where and how they stand when burnt in.

Laws. A time is the hundredth of a second at or just before the frame's own time, so that up to 100 frames a second a
player shows a cue over exactly its frames. What is spoken is never taken for a style. The picture of the file is the
film's, so sizes and margins are pixels of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import pysubs2

from storyboard.media.letters.subtitles import EDGE, SIZE, edge_px
from storyboard.media.reel import Cue, CuePlace

FONT = "Source Sans 3"
LINE = 1.25
"""The height of a line, by which ASS counts letters, as a multiple of their size."""
STYLES: Mapping[CuePlace, str] = {"foot": "Default", "above": "Above", "top": "Top"}
LONGEST_CS = 10 * 3600 * 100 - 1
"""The last moment that the format can name."""


def ass(cues: Iterable[Cue], fps: Fraction, width_px: int, height_px: int) -> str:
    """The text of an ASS file for a film of that rate and size."""
    file = pysubs2.SSAFile()
    file.info |= {"PlayResX": str(width_px), "PlayResY": str(height_px), "YCbCr Matrix": "TV.709"}
    file.styles = {name: _style(place, width_px, height_px) for place, name in STYLES.items()}
    for cue in cues:
        words = "\\N".join(map(_plain, cue.lines))
        text = f"{{\\i1}}{words}{{\\i0}}" if cue.italic else words
        start, end = _ms(cue.first, fps), _ms(cue.last, fps)
        file.append(pysubs2.SSAEvent(start, end, text, style=STYLES[cue.place]))
    return file.to_string("ass", header_notice="")


def _style(place: CuePlace, width_px: int, height_px: int) -> pysubs2.SSAStyle:
    short = min(width_px, height_px)
    where = pysubs2.Alignment.TOP_CENTER if place == "top" else pysubs2.Alignment.BOTTOM_CENTER
    return pysubs2.SSAStyle(
        fontname=FONT,
        fontsize=float(round(short * SIZE * LINE)),
        bold=True,
        outline=round(short * SIZE * EDGE, 1),
        shadow=round(short * SIZE * EDGE / 2, 1),
        backcolor=pysubs2.Color(0, 0, 0, 128),
        alignment=where,
        marginl=round(width_px * 0.05),
        marginr=round(width_px * 0.05),
        marginv=edge_px(place, width_px, height_px),
    )


def _plain(line: str) -> str:
    """A line in which no brace begins a style and no backslash a command (as libass and FFmpeg write it)."""
    return line.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")


def _ms(frame: int, fps: Fraction) -> int:
    return 10 * min(int(frame * 100 / fps), LONGEST_CS)
