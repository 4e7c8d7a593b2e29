"""A film of coded pictures: some copied from their clips as they are, some encoded between them.

Laws.
- Packet n of the film, in coded order, has the clock n − `DELAY`, and each is shown at its own number: every stretch is
  whole, so both count on without a gap.
- Every stretch begins on a picture that refreshes the decoder; nothing in it needs anything outside it.
- The film has one header. What is encoded here refers to the copied pictures' parameter sets where they are the same,
  else to sets with a number of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.packet import Packet
from msgspec import Struct

from storyboard.media.encode import BT709, LIMITED_RANGE, Writer, settings, tag
from storyboard.media.joining.avc import Sets, refreshes, sets_in
from storyboard.media.reading.guard import Heard, opened
from storyboard.media.reading.probe import facts, turned
from storyboard.media.reel import Cue

DELAY = 4
"""How many packets at most are written before the picture that they precede; H.264 as it is made needs two or three."""
MP4 = "mp4"
GLOBAL_HEADER = 1 << 22
"""FFmpeg's flag: parameter sets stand in the header, not in the pictures."""


class Kind(Struct, frozen=True):
    """How a clip's pictures are coded and meant to be seen: clips of one kind can be copied into one film.

    `pixel` is the aspect of a pixel, `colours` the matrix and the range that the container names.
    """

    sets: Sets
    width_px: int
    height_px: int
    pixel: Fraction | None
    colours: tuple[int, int]


def kind(path: Path, fps: Fraction) -> Kind | None:
    """The kind of a clip of H.264 in MP4, upright and of that rate; None for any other.

    Raises MediaError as `guard.opened` does.
    """
    with opened(path, decodes=False) as clip:
        context, sets = clip.video.codec_context, Sets.of(clip.video.codec_context.extradata)
        if sets is None or context.name != "h264" or facts(clip).fps != fps or MP4 not in clip.container.format.name:
            return None
        pixel = clip.video.sample_aspect_ratio
        colours = int(context.colorspace), int(context.color_range)
        found = Kind(sets, context.width, context.height, Fraction(pixel) if pixel else None, colours)
    return None if turned(path) else found


def sets_of(path: Path) -> Sets | None:
    """The parameter sets of a clip of H.264 in MP4; None for any other. Raises MediaError as `guard.opened` does."""
    with opened(path, decodes=False) as clip:
        return Sets.of(clip.video.codec_context.extradata)


class Coded(Struct, frozen=True):
    """A picture as it is coded: its bytes, its number in its clip as shown, and whether a decoder can begin with it."""

    data: bytes
    number: int
    refreshes: bool


def coded(path: Path) -> list[Coded]:
    """The pictures of a clip in coded order; none where some are hidden or have no time.

    Raises MediaError as `guard.opened` does.
    """
    found: list[tuple[int, bytes]] = []
    with opened(path, decodes=False) as clip:
        for packet in clip.container.demux(clip.video):
            if not packet.size:
                continue
            if packet.is_discard or packet.pts is None:
                return []
            found.append((packet.pts, bytes(packet)))
    numbers = {pts: number for number, pts in enumerate(sorted(pts for pts, _ in found))}
    return [Coded(data, numbers[pts], refreshes(data)) for pts, data in found] if len(numbers) == len(found) else []


def whole_stretch(clip: Sequence[Coded], first: int, last: int, sets: Sets) -> Sequence[Coded]:
    """The longest stretch of pictures [`first`, `last`) that can be copied, in coded order; it may be empty.

    It begins on the first picture there that refreshes the decoder, and ends where no picture after the end is needed.
    """
    begin = next((at for at, one in enumerate(clip) if one.refreshes and first <= one.number < last), len(clip))
    start, end, latest = 0, begin, -1
    for at in range(begin, len(clip)):
        one, carried = clip[at], sets_in(clip[at].data)
        start = clip[begin].number
        late = one.number - start < at - begin - DELAY
        if not start <= one.number < last or late or not sets.holds(carried):
            break
        latest = max(latest, one.number)
        if latest - start == at - begin:
            end = at + 1
    return clip[begin:end]


class Splicer(Writer):
    """Writes a film as `Writer` does, and takes coded pictures between those that it encodes.

    What will be copied refers to the parameter sets of the clip `like`, which are `sets`.
    """

    def __init__(
        self,
        target: Path,
        width_px: int,
        height_px: int,
        fps: Fraction,
        audio: bool,
        sample_rate: int,
        threads: int,
        channels: int,
        like: Path,
        sets: Sets,
        subtitles: Sequence[Cue] = (),
        timecode: str | None = None,
        heard: Heard | None = None,
    ) -> None:
        self._like, self._sets = like, sets
        self._packets = 0
        self._encoder: Any = None
        super().__init__(
            target,
            width_px,
            height_px,
            fps,
            audio,
            sample_rate,
            threads=threads,
            channels=channels,
            subtitles=subtitles,
            timecode=timecode,
            heard=heard,
        )

    def _open_video(self, crf: int, exact_frames: tuple[int, ...], preset: str, threads: int) -> Any:
        self._options, self._threads = settings(self.fps, crf, exact_frames, preset), threads
        self._options["x264-params"] += ":annexb=0"
        own = self._own_sets()
        if not self._sets.holds(own):
            self._options["x264-params"] += f":sps-id={self._sets.unused()}"
            own = self._own_sets()
        both = self._sets if self._sets.holds(own) else self._sets.together(own)
        with opened(self._like, decodes=False) as clip:
            stream: Any = self._container.add_stream_from_template(clip.video)
        stream.time_base = 1 / self.fps
        context = stream.codec_context
        context.extradata = both.header()
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = LIMITED_RANGE
        return stream

    def _own_sets(self) -> Sets:
        """The parameter sets of what is encoded here."""
        found = Sets.of(self._opened().extradata)
        assert found is not None
        return found

    def _opened(self) -> Any:
        """An encoder for one stretch."""
        encoder: Any = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height, encoder.pix_fmt = self.width_px, self.height_px, "yuv420p"
        encoder.framerate, encoder.options = self.fps, self._options
        tag(encoder, self.fps, self._threads)
        encoder.flags |= GLOBAL_HEADER
        encoder.open()
        return encoder

    def copy(self, pictures: Sequence[Coded]) -> None:
        """Add a stretch of coded pictures, as `whole_stretch` found it."""
        self._end_picture()
        first, start = self.frames, pictures[0].number
        for one in pictures:
            self._place(one.data, first + one.number - start, one.refreshes)
            self.frames += 1
            self._drain()

    def _encode(self, picture: av.VideoFrame) -> None:
        self._encoder = self._encoder or self._opened()
        self._place_all(self._encoder.encode(picture))
        self.frames += 1
        self._drain()

    def _end_picture(self) -> None:
        """Write what the encoder of the last stretch still holds, and let it go."""
        if self._encoder is not None:
            self._place_all(self._encoder.encode(None))
            self._encoder = None

    def _place_all(self, packets: Sequence[Any]) -> None:
        for packet in packets:
            self._place(bytes(packet), packet.pts, packet.is_keyframe)

    def _place(self, data: bytes, shown: int, refreshes: bool) -> None:
        packet = Packet(data)
        packet.stream, packet.time_base = self._video, 1 / self.fps
        packet.pts, packet.dts, packet.duration = shown, self._packets - DELAY, 1
        packet.is_keyframe = refreshes
        self._packets += 1
        self._container.mux(packet)
