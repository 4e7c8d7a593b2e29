"""Subtitles as a track of the film that a player can turn on: timed text (3GPP, `mov_text`), which MP4 players read.

Laws. A cue has exactly its frames. Its words are those of the files beside the film, line by line; of styles only
italics are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
from av.subtitles.subtitle import SubtitleSet

from storyboard.media.reel import Cue

HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment
Style: Default,Sans,18,&Hffffff,2

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
"""The styles that FFmpeg's encoder asks for; players use their own."""


class SoftTrack:
    """A subtitle track in a container that is being written; `cues` stand in order."""

    def __init__(self, container: Any, fps: Fraction, cues: Sequence[Cue]) -> None:
        self._fps = fps
        self._waiting = list(reversed(cues))
        self._stream = container.add_stream("mov_text")
        self._stream.time_base = self._stream.codec_context.time_base = Fraction(1, fps.numerator)
        self._stream.codec_context.subtitle_header = HEADER

    def due(self, frames: int) -> Iterator[av.Packet[Any]]:
        """The packets of the cues that begin before frame `frames`, each once."""
        while self._waiting and self._waiting[-1].first < frames:
            yield self._packet(self._waiting.pop())

    def _packet(self, cue: Cue) -> av.Packet[Any]:
        words = "\\N".join(cue.lines)
        text = f"0,0,Default,,0,0,0,,{{\\i1}}{words}{{\\i0}}" if cue.italic else f"0,0,Default,,0,0,0,,{words}"
        length = cue.last - cue.first
        shown_ms = max(1, int(length * 1000 / self._fps))
        subtitle = SubtitleSet.create(text.encode(), 0, shown_ms)
        packet: av.Packet[Any] = self._stream.codec_context.encode_subtitle(subtitle)
        packet.stream = self._stream
        packet.time_base = Fraction(1, self._fps.numerator)
        packet.pts = packet.dts = cue.first * self._fps.denominator
        packet.duration = length * self._fps.denominator
        return packet
