"""The one writer of clips and films: frames and sound in, an MP4 or a master for editors out (`media.coding`).

Laws.
- Same frames, same bytes: the numbers of threads are fixed, x264 takes no path that depends on the processor, nothing
  is stamped with a time or a version of the muxer.
- Colour is bt709, tagged and really converted: a decoder that obeys the tags gives the pictures back.
- `exact_frames` are coded almost without loss, so that a frame carried from one clip to the next stays what it was.
- Sound ends with the picture (`sound.sound_track`).
- The target appears whole or not at all: it is written beside itself as `NAME.part` and renamed by `close`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from math import lcm
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import av.filter
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray

from storyboard.media.coding import H264, PLAIN, Coding
from storyboard.media.letters.soft_track import SoftTrack
from storyboard.media.reading.guard import Heard
from storyboard.media.reel import Cue
from storyboard.media.sound.sound_track import CopiedTrack, EncodedTrack, Samples, SoundTrack
from storyboard.media.writing import named_failure

RGB = NDArray[np.uint8]
"""A picture: [height, width, 3], red green blue."""

EXACT_QUANTIZER = 4
"""x264's quantizer for exact frames: below 6 the error is under one level."""
GROUP_SECONDS = 2
"""A key frame at least this often, so that editors and players seek well."""
MOST_TIMESCALE = 2**31 - 1
BT709 = 1
"""The number of bt709 in H.264's tables of primaries, transfers and matrices."""
LIMITED_RANGE = 1
"""FFmpeg's number for video levels, 16 to 235."""
CONVERT = "flags=bilinear+accurate_rnd+full_chroma_inp+bitexact:out_color_matrix=bt709:out_range=tv:out_h_chr_pos=0"
"""Chroma sits left, where H.264 puts it and decoders look for it: centred, it would drift with every carried frame."""


def settings(fps: Fraction, crf: int, exact_frames: tuple[int, ...] = (), preset: str = "veryfast") -> dict[str, str]:
    """What x264 is told. `stitchable`: all clips of a size and rate have one header, so that they can be joined."""
    group = max(1, round(fps * GROUP_SECONDS))
    # x264 forgets the quantizer of a zone for a key frame after the first: exact frames are to be none.
    while any(index and index % group == 0 for index in exact_frames) and group > 1:
        group -= 1
    x264 = {"cpu-independent": "1", "aq-mode": "3", "keyint": str(group), "min-keyint": "1", "scenecut": "40"}
    x264["stitchable"] = "1"
    if exact_frames:
        zones = (f"{index},{index},q={EXACT_QUANTIZER}" for index in sorted(set(exact_frames)))
        x264["zones"] = "/".join(zones)
    options = {"preset": preset, "crf": str(crf), "profile": "high"}
    options["x264-params"] = ":".join(f"{name}={value}" for name, value in x264.items())
    return options


def tag(context: av.VideoCodecContext, fps: Fraction, threads: int) -> None:
    """Give an encoder its clock, its threads and the colours of films."""
    context.time_base = 1 / fps
    context.thread_count = threads
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED_RANGE


class _Converter:
    """RGB to pictures as films store them, with bt709's matrix, by FFmpeg's scaler."""

    def __init__(self, width_px: int, height_px: int, fps: Fraction, pixels: str) -> None:
        graph = av.filter.Graph()
        source = graph.add_buffer(width=width_px, height=height_px, format=av.VideoFormat("rgb24"), time_base=1 / fps)
        scale = graph.add("scale", CONVERT)
        shape = graph.add("format", f"pix_fmts={pixels}")
        sink = graph.add("buffersink")
        source.link_to(scale)
        scale.link_to(shape)
        shape.link_to(sink)
        graph.configure()
        self._graph, self._source, self._sink = graph, source, sink

    def convert(self, rgb: RGB, index: int, fps: Fraction) -> av.VideoFrame:
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        frame.pts, frame.time_base = index, 1 / fps
        self._source.push(frame)
        converted = self._sink.pull()
        assert isinstance(converted, av.VideoFrame)
        converted.pts, converted.time_base = index, 1 / fps
        return converted


class Writer:
    """Writes one file of constant rate as its `coding` says, with sound of 1 or 2 `channels` where `audio` is set, or
    with the sound of the file that is `heard` as it is coded.

    `target` is the file that appears at the end; `fps` frames a second. For H.264 `crf` is x264's constant quality
    (lower is better), and `exact_frames` are the indices of frames that must come back almost as they were given.
    `subtitles` become a track, and so does the `timecode` of the first frame. Use it as a context manager: leaving it
    normally closes it, an exception discards the file. Raises ValueError for odd sizes (4:2:0 has none), and MediaError
    `cannot-write` or `disk-full` when the medium fails.
    """

    def __init__(
        self,
        target: Path,
        width_px: int,
        height_px: int,
        fps: Fraction,
        audio: bool = False,
        sample_rate: int = 48_000,
        crf: int = 17,
        exact_frames: tuple[int, ...] = (),
        preset: str = "veryfast",
        threads: int = 1,
        channels: int = 1,
        subtitles: Sequence[Cue] = (),
        timecode: str | None = None,
        coding: Coding = H264,
        heard: Heard | None = None,
    ) -> None:
        if width_px % 2 or height_px % 2 or width_px < 2 or height_px < 2:
            raise ValueError(f"a clip's width and height are even, not {width_px}x{height_px}")
        self.target = target
        self.part = target.with_name(f"{target.name}.part")
        self.width_px, self.height_px, self.fps, self.sample_rate = width_px, height_px, fps, sample_rate
        self.coding = coding
        self.frames = 0
        self._soft: SoftTrack | None = None
        self._audio: SoundTrack | None = None
        self._given: EncodedTrack | None = None
        with named_failure(target):
            # FFmpeg opens the file only with the first packet; a folder that cannot be written is known here.
            self.part.write_bytes(b"")
            # The edit list counts in the movie's timescale: this one holds frames and samples without rounding.
            timescale = min(lcm(sample_rate, fps.numerator), MOST_TIMESCALE)
            muxer = {**coding.muxer, "fflags": "+bitexact", "movie_timescale": str(timescale)}
            self._container = av.open(str(self.part), "w", format=coding.container, options=muxer)
            self._video = self._open_video(crf, exact_frames, preset, threads)
            if timecode is not None:
                self._video.metadata["timecode"] = timecode
            if audio:
                self._audio = self._given = EncodedTrack(self._container, coding, sample_rate, channels)
            elif heard is not None:
                self._audio = CopiedTrack(self._container, heard)
            if subtitles:
                self._soft = SoftTrack(self._container, fps, subtitles)
        self._converter = _Converter(width_px, height_px, fps, coding.pixels)

    def _open_video(self, crf: int, exact_frames: tuple[int, ...], preset: str, threads: int) -> Any:
        master = self.coding.master
        options = dict(self.coding.options) if master else settings(self.fps, crf, exact_frames, preset)
        stream: Any = self._container.add_stream(self.coding.encoder, rate=self.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = self.width_px, self.height_px, self.coding.pixels
        tag(stream.codec_context, self.fps, threads)
        return stream

    def write(self, rgb: RGB) -> None:
        """Add the next frame: uint8, [height_px, width_px, 3]. Raises ValueError for any other shape or type."""
        if rgb.shape != (self.height_px, self.width_px, 3) or rgb.dtype != np.uint8:
            raise ValueError(f"a frame is uint8 {(self.height_px, self.width_px, 3)}, not {rgb.dtype} {rgb.shape}")
        with named_failure(self.target):
            self._encode(self._converter.convert(np.ascontiguousarray(rgb), self.frames, self.fps))

    def write_planes(self, planes: NDArray[np.uint8]) -> None:
        """Add the next frame as yuv420p, bt709, video levels: uint8, Y, U and V one after another in rows of
        `width_px`, [height_px * 3 / 2, width_px]. Raises ValueError for any other shape.
        """
        self.pass_on(av.VideoFrame.from_ndarray(planes, format=PLAIN))

    def pass_on(self, picture: av.VideoFrame) -> None:
        """Add the next frame as it was decoded, without a way through RGB, which would cost colour and time.

        It is stored as the coding says, bt709, video levels. Raises ValueError for another size or format.
        """
        if (picture.width, picture.height, picture.format.name) != (self.width_px, self.height_px, self.coding.pixels):
            raise ValueError(f"cannot pass on {picture.format.name} {picture.width}x{picture.height}")
        picture.pts, picture.time_base = self.frames, 1 / self.fps
        picture.pict_type = PictureType.NONE
        if self.coding.master:  # ProRes has the colours in the head of each picture
            picture.color_primaries = picture.color_trc = BT709
        with named_failure(self.target):
            self._encode(picture)

    def _encode(self, picture: av.VideoFrame) -> None:
        self._container.mux(self._video.encode(picture))
        self.frames += 1
        if self._soft is not None:
            self._container.mux(list(self._soft.due(self.frames)))
        self._drain()

    def sound(self, samples: Samples) -> None:
        """Add samples after those given before: [channels, samples]. Raises ValueError where the clip has no sound."""
        if self._given is None:
            raise ValueError("this clip was opened without sound")
        self._given.add(samples)

    def _due(self) -> int:
        """Samples that belong to the picture written so far."""
        return round(self.frames * self.sample_rate / self.fps)

    def _drain(self) -> None:
        """Write the sound that belongs to the picture written so far."""
        if self._audio is not None:
            self._audio.until(self._due())

    def close(self) -> None:
        """Finish the file and give it its name. Raises ValueError when no frame was written."""
        if not self.frames:
            self.discard()
            raise ValueError("a clip has at least one frame")
        try:
            with named_failure(self.target):
                self._finish()
                self.part.replace(self.target)
        except BaseException:
            self.discard()
            raise

    def _finish(self) -> None:
        if self._audio is not None:
            self._audio.finish(self._due())
        self._end_picture()
        self._container.close()

    def _end_picture(self) -> None:
        """Write the pictures that the encoder still holds."""
        self._container.mux(self._video.encode(None))

    def discard(self) -> None:
        """Leave nothing behind: neither the target nor its part. Safe to call at any time before `close` succeeded."""
        with _quietly():
            self._container.close()
        self.part.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


@contextmanager
def _quietly() -> Iterator[None]:
    """A container that failed once may fail again while closing; its file goes away all the same."""
    try:
        yield
    except (av.FFmpegError, OSError, ValueError):
        return
