from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from storyboard.media.jobs import ConformJob, MediaError
from storyboard.media.making.conform import conform, fit_named
from storyboard.media.sound.sound import SAMPLE_RATE
from tests.media.counter import counter, number_of
from tests.media.footage import all_pictures, all_sound, film, silent

NTSC_FILM, NTSC = Fraction(24000, 1001), Fraction(30000, 1001)


def job(path: Path, target: Path, **changes: Any) -> ConformJob:
    fields: dict[str, Any] = {
        "first": "0", "seconds": "1", "speed": "1", "width_px": 160, "height_px": 90, "fps": "24", "fit": "crop",
        "move": None, "audio": False, **changes,
    }  # fmt: skip
    return ConformJob(path=str(path), target=str(target), **fields)


def numbers(path: Path) -> list[int]:
    return [number_of(rgb) for rgb in all_pictures(path)]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
@pytest.mark.parametrize(
    ("source", "fps"),
    [(Fraction(25), Fraction(24)), (Fraction(30), NTSC_FILM), (NTSC, Fraction(30)), (Fraction(12), NTSC)],
)
def test_every_frame_is_the_picture_on_screen_at_its_moment(
    name: str, source: Fraction, fps: Fraction, tmp_path: Path
) -> None:
    path = counter(tmp_path / name, range(int(source * 6)), source)
    for first, seconds, speed in (("0", "2", "1"), ("1.3", "1.1", "1"), ("0.5", "0.7", "5/2"), ("2", "3", "1/4")):
        given = job(path, tmp_path / "clip.mp4", first=first, seconds=seconds, speed=speed, fps=str(fps))
        clip = conform(given, silent)
        stretch = -(-Fraction(seconds) * fps // 1)
        assert clip.frames == stretch + 1
        assert clip.fps == fps
        moments = [Fraction(first) + at / fps * Fraction(speed) for at in range(clip.frames)]
        assert numbers(tmp_path / "clip.mp4") == [int(moment * source // 1) for moment in moments]


def test_a_clip_ends_where_its_file_does(tmp_path: Path) -> None:
    path = counter(tmp_path / "a.mp4", range(48))
    assert conform(job(path, tmp_path / "b.mp4", first="1.5", seconds="0.5"), silent).frames == 12
    assert numbers(tmp_path / "b.mp4")[-1] == 47
    with pytest.raises(MediaError) as raised:
        conform(job(path, tmp_path / "c.mp4", first="2"), silent)
    assert raised.value.code == "no-such-frame"
    assert not (tmp_path / "c.mp4").exists()


@pytest.mark.parametrize("turned", [90, -90, 180])
def test_footage_held_sideways_stands_upright(turned: int, tmp_path: Path) -> None:
    """The corner that the display matrix turns to the top left is bright."""
    path = tmp_path / "a.mp4"
    upright = np.full((96, 64, 3), 30, np.uint8)
    upright[:24, :24] = 230
    coded = np.ascontiguousarray(np.rot90(upright, -turned // 90))
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=24)
        video.height, video.width = coded.shape[:2]
        video.pix_fmt = "yuv420p"
        video.set_display_rotation(turned)
        for _ in range(30):
            container.mux(video.encode(av.VideoFrame.from_ndarray(coded, "rgb24")))
        container.mux(video.encode(None))
    conform(job(path, tmp_path / "b.mp4", width_px=64, height_px=96), silent)
    found = all_pictures(tmp_path / "b.mp4")[5]
    assert np.abs(found.astype(int) - upright).mean() < 6


@pytest.mark.parametrize(("codec", "pix_fmt", "name"), [
    ("mpeg4", "yuv420p", "a.avi"), ("mjpeg", "yuvj422p", "a.avi"), ("prores_ks", "yuv422p10le", "a.mov"),
    ("ffv1", "yuv444p", "a.mkv"), ("libvpx-vp9", "yuv420p", "a.webm"), ("mpeg2video", "yuv420p", "a.ts"),
])  # fmt: skip
def test_what_cameras_and_editors_write_is_read(codec: str, pix_fmt: str, name: str, tmp_path: Path) -> None:
    path = counter(tmp_path / name, range(60), 25, codec=codec, pix_fmt=pix_fmt)
    conform(job(path, tmp_path / "clip.mp4", first="0.4", fps="25"), silent)
    assert numbers(tmp_path / "clip.mp4") == list(range(10, 36))


def events(path: Path, second: int, rate: int, layout: Any, seconds: int) -> Path:
    """A flash of three pictures and a click together at every `second`-th second."""
    with av.open(str(path), "w") as container:
        video, audio = (
            container.add_stream("libx264", rate=rate),
            container.add_stream("aac", rate=44_100, layout=layout),
        )
        video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
        video.options = {"preset": "ultrafast", "g": "300"}
        for number in range(seconds * rate):
            level = 240 if number % (second * rate) < 3 <= number else 20
            container.mux(video.encode(av.VideoFrame.from_ndarray(np.full((36, 64, 3), level, np.uint8), "rgb24")))
        container.mux(video.encode(None))
        sound = np.zeros((len(audio.codec_context.layout.channels), seconds * 44_100), np.float32)
        for at in range(second, seconds, second):
            sound[:, at * 44_100 : at * 44_100 + 1500] = np.sin(np.arange(1500) / 8) * 0.8
        for start in range(0, sound.shape[1], 1024):
            piece = np.ascontiguousarray(sound[:, start : start + 1024])
            frame = av.AudioFrame.from_ndarray(piece, "fltp", audio.codec_context.layout.name)
            frame.sample_rate, frame.pts, frame.time_base = 44_100, start, Fraction(1, 44_100)
            container.mux(audio.encode(frame))
        container.mux(audio.encode(None))
    return path


@pytest.mark.parametrize(("layout", "speed", "fps"), [
    ("mono", "1", Fraction(24)), ("stereo", "1", NTSC_FILM), ("5.1", "1", NTSC), ("stereo", "2", Fraction(24)),
    ("mono", "1/2", NTSC_FILM),
])  # fmt: skip
def test_a_click_and_a_flash_stay_together_for_a_minute(layout: str, speed: str, fps: Fraction, tmp_path: Path) -> None:
    path, seconds = events(tmp_path / "a.mov", 5, 25, layout, 60), 59 / Fraction(speed)
    given = job(path, tmp_path / "b.mp4", seconds=str(min(seconds, 58)), speed=speed, fps=str(fps), audio=True,
                width_px=64, height_px=36)  # fmt: skip
    conform(given, silent)
    bright = [rgb.mean() > 130 for rgb in all_pictures(tmp_path / "b.mp4")]
    flashes = [at for at in range(1, len(bright)) if bright[at] and not bright[at - 1]]
    heard = np.abs(all_sound(tmp_path / "b.mp4"))
    assert len(flashes) == (5 if speed == "1/2" else 11)
    for number, flash in enumerate(flashes, 1):
        moment = number * 5 / Fraction(speed)
        start = int((moment - Fraction(1, 10)) * SAMPLE_RATE)
        click = Fraction(start + int((heard[start : start + SAMPLE_RATE // 2] > 0.2).argmax()), SAMPLE_RATE)
        assert 0 <= flash / fps - moment < 1 / fps
        assert abs(click - moment) < 1 / fps / 2


@pytest.mark.parametrize("name", ["s.png", "s.jpg", "s.webp", "s.gif", "s.bmp", "s.tiff"])
def test_a_still_of_any_kind_stands_still(name: str, tmp_path: Path) -> None:
    Image.new("RGB", (333, 77), (200, 40, 40)).save(tmp_path / name)
    clip = conform(job(tmp_path / name, tmp_path / "b.mp4", seconds="0.5", audio=True), silent)
    assert (clip.frames, clip.has_audio) == (13, True)
    assert np.abs(all_pictures(tmp_path / "b.mp4")[7].astype(int) - (200, 40, 40)).max() <= 6


def test_a_move_moves_a_still(tmp_path: Path) -> None:
    Image.radial_gradient("L").convert("RGB").resize((640, 360)).save(tmp_path / "s.png")
    conform(job(tmp_path / "s.png", tmp_path / "b.mp4", move="slow push in"), silent)
    shown = [rgb.astype(int) for rgb in all_pictures(tmp_path / "b.mp4")]
    assert np.abs(shown[0] - shown[-1]).mean() > 3 * np.abs(shown[0] - shown[1]).mean()


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", frames=60, sound_s=2.5)
    one = conform(job(path, tmp_path / "b.mp4", speed="3/2", audio=True, fps="25"), silent)
    assert one == conform(job(path, tmp_path / "c.mp4", speed="3/2", audio=True, fps="25"), silent)


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zeroed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2048] = bytes(2048)
    path.write_bytes(data)


def playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd\n")


def page(path: Path) -> None:
    path.write_text("<!doctype html><title>404</title>")


def captions(path: Path) -> None:
    path.write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n")


@pytest.mark.parametrize(("harm", "code"), [
    (halved, "clip-damaged"), (zeroed, "clip-damaged"), (playlist, "unsafe-media"), (page, "not-media"),
    (captions, "not-media"),
])  # fmt: skip
def test_what_is_no_whole_footage_gives_no_clip(harm: Callable[[Path], None], code: str, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", frames=48, sound_s=2.0)
    harm(path)
    with pytest.raises(MediaError) as raised:
        conform(job(path, tmp_path / "b.mp4", seconds="2", audio=True), silent)
    assert raised.value.code == code
    assert [one.name for one in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "mpeg4"), ("a.mkv", "libx264"), ("a.mp4", "mpeg4")])
def test_a_container_that_lost_its_end_gives_no_clip(name: str, codec: str, tmp_path: Path) -> None:
    path = counter(tmp_path / name, range(48), codec=codec)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(MediaError) as raised:
        conform(job(path, tmp_path / "b.mp4", seconds="2"), silent)
    assert raised.value.code in ("clip-damaged", "not-media")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as raised:
        conform(job(tmp_path / "a.mp4", tmp_path / "b.mp4"), silent)
    assert raised.value.code == "missing-media"


def test_a_fit_of_another_name_is_refused() -> None:
    assert (fit_named("crop"), fit_named("pad")) == ("crop", "pad")
    with pytest.raises(ValueError, match="crop or pad"):
        fit_named("stretch")


def test_progress_rises_to_one(tmp_path: Path) -> None:
    shares: list[float] = []
    conform(job(film(tmp_path / "a.mp4"), tmp_path / "b.mp4"), shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
