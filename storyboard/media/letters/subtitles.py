"""Subtitles laid on the finished picture of a film.

Laws. A cue is there whole over exactly its frames: subtitles come and go at once. It stands in the middle, inside the
safe area, where its place says; white, with a dark edge and shadow that carry it on any picture. Its size follows the
picture's short side. It is drawn once, when its first frame comes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from math import inf

import av
from PIL import Image, ImageFilter

from storyboard.media.blend import picture, planes
from storyboard.media.coding import Coding
from storyboard.media.letters.setting import Block, block, shadowed
from storyboard.media.letters.titles import SHADE, Title, cut_out, inside
from storyboard.media.reel import Cue, CuePlace, Reel

SIZE = 0.056
"""Of the letters, as a share of the short side: 42 Latin letters fit across 16:9, 15 Han across 9:16."""
SMALLEST = 0.03
MEASURE = 0.9
"""The longest line, as a share of the width."""
HEIGHT = 0.4
MARGINS: Mapping[CuePlace, float] = {"foot": 0.075, "above": 0.235, "top": 0.11}
"""The room to the picture's edge, as a share of the height. Captions and slates of animatics keep within it."""
HIGH_FOOT = 0.2
"""The room below in a picture higher than wide: phones put their controls there."""
WEIGHT = 600
INK = (255, 255, 255)
STRENGTH = 1.25
"""Of the shadow."""
EDGE = 0.05
"""How far the dark edge reaches, as a share of the letters' size."""


class Subtitling:
    """Lays the burnt subtitles of a reel on its frames, given in order."""

    def __init__(self, reel: Reel) -> None:
        self._size, self._coding = (reel.width_px, reel.height_px), reel.coding
        self._waiting = list(reversed(reel.subtitles)) if reel.burn else []
        self._drawn: Title | None = None
        self._spans = [(cue.first, cue.last) for cue in reel.subtitles] if reel.burn else []

    def covers(self, number: int) -> bool:
        """Whether frame `number` of the film has a subtitle."""
        place = bisect_right(self._spans, (number, inf)) - 1
        return place >= 0 and number < self._spans[place][1]

    def over(self, frame: av.VideoFrame, number: int) -> av.VideoFrame:
        """Frame `number` of the film with its subtitle; the frame itself where it has none."""
        while self._waiting and self._waiting[-1].first <= number:
            self._drawn = drawn(self._waiting.pop(), *self._size, self._coding)
        if self._drawn is None or self._drawn.strength(number) <= 0:
            return frame
        seen = planes(frame)
        self._drawn.lay(seen, number)
        return picture(seen)


def drawn(cue: Cue, width_px: int, height_px: int, coding: Coding) -> Title | None:
    """A subtitle drawn for a picture of that size and coding; None where it has no letter."""
    short = min(width_px, height_px)
    words = block(
        "\n".join(cue.lines),
        width_px * MEASURE,
        height_px * HEIGHT,
        round(short * SIZE),
        max(7, round(short * SMALLEST)),
        WEIGHT,
        italic=cue.italic,
    )
    if not words.lines:
        return None
    letters, margin = _edged(words)
    edge = edge_px(cue.place, width_px, height_px)
    left, top = round((width_px - words.width) / 2), edge if cue.place == "top" else height_px - edge - words.height
    layer = Image.new("RGBA", (width_px, height_px), (*SHADE, 0))
    layer.alpha_composite(*inside(letters, (left - margin, top - margin)))
    return cut_out(layer, cue.first, cue.last, coding, fade_frames=1)


def edge_px(place: CuePlace, width_px: int, height_px: int) -> int:
    """The room between a subtitle and the edge of the picture that it stands by."""
    return round(height_px * (HIGH_FOOT if place == "foot" and height_px > width_px else MARGINS[place]))


def _edged(words: Block) -> tuple[Image.Image, int]:
    """The words with a dark edge and a soft shadow around it, and the margin that these take."""
    ink, _ = shadowed(words, INK, SHADE, 0)
    letters, margin = shadowed(words, INK, SHADE, STRENGTH)
    reach = max(1, round(words.hand.size_px * EDGE))
    cover = ink.getchannel("A").filter(ImageFilter.MaxFilter(2 * reach + 1)).filter(ImageFilter.GaussianBlur(reach / 2))
    edge = Image.new("RGBA", ink.size, (*SHADE, 0))
    edge.putalpha(cover)
    letters.alpha_composite(edge)
    letters.alpha_composite(ink)
    return letters, margin
