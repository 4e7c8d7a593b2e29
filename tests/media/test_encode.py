"""The writer's laws: colour, exact frames, sound that ends with the picture, whole files or none."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av import AudioStream, VideoStream
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from storyboard.media.encode import RGB, Writer
from storyboard.media.jobs import MediaError
from storyboard.media.sound.sound_track import Samples
from tests.media import footage

SIZE = (96, 64)
"""Width and height of the test pictures."""


def picture(step: int = 0) -> RGB:
    """A soft coloured picture that moves with `step`."""
    down, right = np.mgrid[0:64, 0:96].astype(np.float32)
    channels = [60 + 120 * right / 96, 200 - 140 * down / 64, 90 + 50 * np.sin((right + step) / 30)]
    return np.stack(channels, -1).astype(np.uint8)


def tone(samples: int) -> Samples:
    """A quiet sine."""
    return (0.2 * np.sin(np.arange(samples) / 20)).astype(np.float32)


def clip(target: Path, frames: int = 9, fps: Fraction = Fraction(24), sound: int | None = None) -> Path:
    """A clip of moving pictures; `sound` is the number of samples given, None for a clip without sound."""
    with Writer(target, *SIZE, fps, audio=sound is not None, exact_frames=(0,)) as writer:
        if sound is not None:
            writer.sound(tone(sound))
        for index in range(frames):
            writer.write(picture(index))
    return target


def decoded(path: Path) -> list[RGB]:
    """All pictures of a clip, converted back as its tags say."""
    with av.open(str(path)) as container:
        return [
            frame.reformat(format="rgb24", src_colorspace="ITU709", src_color_range="MPEG", dst_color_range="JPEG")
            .to_ndarray()
            .astype(np.uint8)
            for frame in container.decode(video=0)
        ]


def seconds(stream: VideoStream | AudioStream) -> Fraction:
    """A stream's length as its container states it."""
    assert stream.duration is not None
    assert stream.time_base is not None
    return stream.duration * stream.time_base


def test_exact_frame_comes_back_within_a_level_and_a_half(tmp_path: Path) -> None:
    back = decoded(clip(tmp_path / "a.mp4"))
    assert np.abs(back[0].astype(float) - picture()).mean() < 1.5


@pytest.mark.parametrize("last", [40, 48, 96])
def test_a_last_frame_is_exact_also_where_a_key_frame_is_due(last: int, tmp_path: Path) -> None:
    """Two seconds are a group: x264 would code that frame as a key frame, and a key frame as the others."""
    grain = np.random.default_rng(7).integers(0, 60, (*SIZE[::-1], 1), np.uint8).repeat(3, axis=2)
    with Writer(tmp_path / "a.mp4", *SIZE, Fraction(24), exact_frames=(0, last)) as writer:
        for number in range(last + 1):
            writer.write(np.roll(grain, number, axis=1) + picture() // 2)
    expected = np.roll(grain, last, axis=1) + picture() // 2
    assert np.abs(decoded(tmp_path / "a.mp4")[last].astype(float) - expected).mean() < 1.5


@pytest.mark.parametrize("color", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (235, 200, 40), (18, 18, 18)])
def test_flat_colours_survive_the_bt709_matrix(tmp_path: Path, color: tuple[int, int, int]) -> None:
    flat = np.full((64, 96, 3), color, np.uint8)
    with Writer(tmp_path / "a.mp4", *SIZE, Fraction(24), exact_frames=(0,)) as writer:
        writer.write(flat)
    assert np.abs(decoded(tmp_path / "a.mp4")[0].astype(int) - flat).max() <= 3


def test_stream_is_tagged_h264_high_420_bt709_limited(tmp_path: Path) -> None:
    with av.open(str(clip(tmp_path / "a.mp4"))) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        tags = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        assert tags == (1, 1, 1, 1)
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")


def test_index_stands_before_the_media(tmp_path: Path) -> None:
    data = clip(tmp_path / "a.mp4", sound=8000).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    digests = {hashlib.sha256(clip(tmp_path / name, sound=9000).read_bytes()).digest() for name in ("a.mp4", "b.mov")}
    assert len(digests) == 1


@settings(max_examples=12)
@given(
    frames=st.integers(1, 12),
    fps=st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(12)]),
    sound=st.integers(0, 60_000),
)
def test_sound_and_picture_end_together(
    tmp_path_factory: pytest.TempPathFactory, frames: int, fps: Fraction, sound: int
) -> None:
    path = clip(tmp_path_factory.mktemp("clip") / "a.mp4", frames, fps, sound)
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (audio.sample_rate, audio.layout.name) == (48_000, "mono")
        assert seconds(video) == frames / fps
        assert abs(seconds(audio) - frames / fps) < Fraction(2, 48_000)
    assert len(decoded(path)) == frames


def test_sound_may_come_in_pieces_after_the_pictures(tmp_path: Path) -> None:
    whole = tone(18_000)
    for name, cuts in (("whole.mp4", [18_000]), ("pieces.mp4", [7, 5000, 18_000])):
        with Writer(tmp_path / name, *SIZE, Fraction(24), audio=True) as writer:
            for index in range(9):
                writer.write(picture(index))
            for begin, end in zip([0, *cuts], cuts, strict=False):
                writer.sound(whole[begin:end])
    assert (tmp_path / "whole.mp4").read_bytes() == (tmp_path / "pieces.mp4").read_bytes()


def test_a_failure_leaves_no_file(tmp_path: Path) -> None:
    def drawing() -> None:
        with Writer(tmp_path / "a.mp4", *SIZE, Fraction(24)) as writer:
            writer.write(picture())
            raise RuntimeError("drawing failed")

    with pytest.raises(RuntimeError, match="drawing failed"):
        drawing()
    assert list(tmp_path.iterdir()) == []


def test_an_older_target_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    target.write_bytes(b"older")
    with Writer(target, *SIZE, Fraction(24)) as writer:
        writer.write(picture())
        assert target.read_bytes() == b"older"
    assert len(decoded(target)) == 1


def test_odd_sizes_wrong_pictures_and_empty_clips_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="even"):
        Writer(tmp_path / "a.mp4", 95, 64, Fraction(24))
    writer = Writer(tmp_path / "a.mp4", *SIZE, Fraction(24))
    with pytest.raises(ValueError, match="a frame is uint8"):
        writer.write(np.zeros((64, 90, 3), np.uint8))
    with pytest.raises(ValueError, match="without sound"):
        writer.sound(np.zeros(4, np.float32))
    with pytest.raises(ValueError, match="at least one frame"):
        writer.close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_a_media_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        Writer(tmp_path / "missing" / "a.mp4", *SIZE, Fraction(24))
    assert caught.value.code == "cannot-write"


@pytest.mark.parametrize("channels", [1, 2])
def test_sound_that_begins_at_once_is_what_it_was_from_its_first_samples_on(channels: int, tmp_path: Path) -> None:
    """FFmpeg's default coder leaves an error as large as the tone itself in the first frame of it."""
    given = footage.tone(48_000, 25)
    with Writer(tmp_path / "a.mp4", *SIZE, Fraction(24), audio=True, channels=channels) as writer:
        writer.sound(np.stack([given] * channels))
        for _ in range(24):
            writer.write(np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
    with av.open(str(tmp_path / "a.mp4")) as container:
        heard = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert np.abs(heard[:, 240:1500] - given[240:1500]).max() < 0.03


def test_h264_is_coded_with_these_settings_and_no_others(tmp_path: Path) -> None:
    """A film has the bytes that FFmpeg gives for what is written out here."""
    fps, frames = Fraction(25), [clip_frame(number) for number in range(30)]
    with Writer(tmp_path / "mine.mp4", *SIZE, fps, audio=True, channels=2) as writer:
        writer.sound(np.tile(tone(57_600), (2, 1)))
        for planes in frames:
            writer.write_planes(planes)
    x264 = "cpu-independent=1:aq-mode=3:keyint=50:min-keyint=1:scenecut=40:stitchable=1"
    options = {"preset": "veryfast", "crf": "17", "profile": "high", "x264-params": x264}
    muxer = {"movflags": "+faststart", "fflags": "+bitexact", "movie_timescale": "48000"}
    with av.open(str(tmp_path / "theirs.mp4"), "w", format="mp4", options=muxer) as container:
        video = container.add_stream("libx264", rate=fps, options=options)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        context = video.codec_context
        context.time_base, context.thread_count = 1 / fps, 1
        context.color_primaries = context.color_trc = context.colorspace = context.color_range = 1
        audio = container.add_stream("aac", rate=48_000, layout="stereo")
        audio.codec_context.bit_rate = 256_000
        audio.codec_context.options = {"flags": "+bitexact", "aac_coder": "fast"}
        for number, planes in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
            frame.pts, frame.time_base = number, 1 / fps
            container.mux(video.encode(frame))
            samples = np.tile(tone(57_600)[number * 1920 : (number + 1) * 1920], (2, 1))
            heard = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "stereo")
            heard.sample_rate, heard.pts, heard.time_base = 48_000, number * 1920, Fraction(1, 48_000)
            container.mux(audio.encode(heard))
        container.mux(audio.encode(None))
        container.mux(video.encode(None))
    assert (tmp_path / "mine.mp4").read_bytes() == (tmp_path / "theirs.mp4").read_bytes()


def clip_frame(number: int) -> NDArray[np.uint8]:
    """A picture as films are coded, another for each number."""
    luma = 60 + np.add.outer(np.arange(96) * 3 // 2, np.arange(96) + 7 * number) % 120
    return luma.astype(np.uint8)
