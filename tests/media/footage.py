"""Real clips for the tests, made with PyAV: moving pictures that differ in every frame, and a steady tone."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from storyboard.media.reading.frames import Reader

WIDTH, HEIGHT, RATE = 160, 90, 48_000


def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Noise above, a bar that moves with `number` below."""
    rgb = np.random.default_rng(number).integers(0, 255, (height, width, 3), np.uint8)
    rgb[height // 2 :] = (number * 5 % 256, 60, 120)
    left = number * 7 % width
    rgb[height // 2 :, left : left + 12] = 255
    return rgb


def tone(samples: int, start: int = 0, level: float = 0.3) -> NDArray[np.float32]:
    """A steady sine of 480 Hz: its phase at sample n is n / 100 of a turn."""
    turns = (np.arange(samples) + start) / 100
    return (np.sin(2 * np.pi * turns) * level).astype(np.float32)


def film(
    path: Path,
    frames: int = 48,
    sound_s: float | None = None,
    codec: Any = "libx264",
    fps: int | Fraction = 24,
    group: int = 250,
    b_frames: int = 2,
    width: int = WIDTH,
    height: int = HEIGHT,
    layout: Any = "mono",
    x264: str = "",
    first: int = 0,
) -> Path:
    """Write a clip of the pictures from number `first` on; `group` is the most frames between key frames."""
    muxer = {"movflags": "faststart"} if path.suffix in (".mp4", ".mov") else {}
    with av.open(str(path), "w", options=muxer) as container:
        video = container.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        if codec == "libx264":
            video.options = {
                "g": str(group),
                "bf": str(b_frames),
                "preset": "veryfast",
                "crf": "12",
                "x264-params": x264,
            }
        elif codec == "libx265":
            params = f"keyint={group}:min-keyint={group}:log-level=none" + (f":{x264}" if x264 else "")
            video.options = {"preset": "ultrafast", "x265-params": params}
        elif codec == "libvpx-vp9":
            video.options = {"g": str(group), "cpu-used": "8", "deadline": "realtime", "b": "4M"}
        codec_of_sound: Any = "libopus" if path.suffix == ".webm" else "aac"
        audio = container.add_stream(codec_of_sound, rate=RATE, layout=layout) if sound_s else None
        _write_pictures(container, video, frames, first)
        if audio is not None and sound_s:
            _write_tone(container, audio, round(sound_s * RATE))
    return path


def _write_pictures(container: OutputContainer, video: VideoStream, frames: int, first: int) -> None:
    for number in range(frames):
        frame = av.VideoFrame.from_ndarray(picture(first + number, video.width, video.height), "rgb24")
        frame.pts = number
        container.mux(video.encode(frame))
    container.mux(video.encode(None))


def _write_tone(container: OutputContainer, audio: AudioStream, samples: int) -> None:
    sound = tone(samples)
    channels = len(audio.codec_context.layout.channels)
    step = 960
    for at in range(0, samples, step):
        piece = np.repeat(sound[None, at : at + step], channels, axis=0)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), "fltp", audio.codec_context.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        container.mux(audio.encode(frame))
    container.mux(audio.encode(None))


def trimmed(path: Path, source: Path, frames: int) -> Path:
    """Write `source` again without its first `frames` frames: they stay in the file, an edit list hides them."""
    with av.open(str(source)) as old, av.open(str(path), "w", options={"avoid_negative_ts": "disabled"}) as new:
        streams = {stream.index: new.add_stream_from_template(stream) for stream in old.streams}
        for packet in old.demux():
            if packet.pts is None or packet.dts is None:
                continue
            earlier = round(Fraction(frames, 24) / packet.time_base)
            packet.pts, packet.dts = packet.pts - earlier, packet.dts - earlier
            packet.stream = streams[packet.stream_index]
            new.mux(packet)
    return path


def flat(path: Path, ycbcr: tuple[int, int, int], matrix: int, frames: int = 1) -> Path:
    """Write a clip of one colour, given as it is coded, tagged with a matrix of H.264's table."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.options = {"crf": "0"}
        video.codec_context.colorspace = matrix
        for number in range(frames):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            frame.pts = number
            for plane, value in zip(frame.planes, ycbcr, strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path


def all_pictures(path: Path) -> list[NDArray[np.uint8]]:
    """Every frame, decoded from the beginning by the plainest way there is."""
    reader = Reader()
    with av.open(str(path)) as container:
        return [reader.rgb(frame) for frame in container.decode(video=0)]


def all_sound(path: Path) -> NDArray[np.float32]:
    """All samples of the first channel."""
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def silent(share: float) -> None:
    """A report that nobody reads."""


def pcm(path: Path, samples: NDArray[Any], rate: int = RATE) -> Path:
    """Write samples, [channels, samples] from −1 to 1, as a WAV of 16 bits."""
    whole = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(whole))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(whole.T.tobytes())
    return path


SINGERS = {".wav": "pcm_s16le", ".flac": "flac", ".ogg": "libopus", ".mp3": "libmp3lame", ".aiff": "pcm_s16be"}
"""Codecs by ending; AAC for the others."""


def sung(path: Path, samples: NDArray[Any]) -> Path:
    """Write mono samples at 48 kHz in the codec and container of the name."""
    with av.open(str(path), "w") as container:
        codec: Any = SINGERS.get(path.suffix, "aac")
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        resampler = av.AudioResampler(format=stream.codec_context.format or "s16", layout="mono", rate=RATE)
        for at in range(0, len(samples), RATE):
            piece = np.ascontiguousarray(samples[None, at : at + RATE], np.float32)
            frame = av.AudioFrame.from_ndarray(piece, "fltp", "mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
            for given in resampler.resample(frame):
                container.mux(stream.encode(given))
        container.mux(stream.encode(None))
    return path
