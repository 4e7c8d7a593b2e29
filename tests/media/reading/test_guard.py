import os
import sys
from pathlib import Path

import av
import pytest

from storyboard.media.jobs import MediaError
from storyboard.media.reading.guard import MOST_BYTES, MOST_FRAMES, audible, demuxer, opened, sound_demuxer
from tests.media.footage import film, tone

STRANGERS = {
    "html": (b"<!doctype html><title>502 Bad Gateway</title>", "not-media"),
    "json": (b'{"error": {"code": 404}}', "not-media"),
    "empty": (b"", "not-media"),
    "srt": (b"1\n00:00:00,000 --> 00:00:02,000\nHello\n", "not-media"),
    "webvtt": (b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n", "not-media"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(40), "not-media"),
    "zip": (b"PK\x03\x04" + bytes(40), "not-media"),
    "hls": (b"#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd\n", "unsafe-media"),
    "hls after blanks": (b"\n  #EXTM3U\n#EXTINF:2,\n/etc/passwd\n", "unsafe-media"),
    "concat": (b"ffconcat version 1.0\nfile /etc/passwd\n", "unsafe-media"),
    "sdp": (b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n", "unsafe-media"),
    "dash": (b'<?xml version="1.0"?>\n<MPD><BaseURL>file:///etc/</BaseURL></MPD>', "unsafe-media"),
    "mp4 in name only": (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", "not-media"),
    "matroska in name only": (b"\x1a\x45\xdf\xa3" + bytes(40), "not-media"),
}


def refusal(path: Path) -> str:
    """The code with which a file is refused."""
    with pytest.raises(MediaError) as raised, opened(path):
        pass
    assert raised.value.message.startswith(path.name)
    assert str(path.parent) not in raised.value.message
    return raised.value.code


@pytest.mark.parametrize("kind", STRANGERS)
def test_what_is_no_clip_is_refused_whatever_its_name(kind: str, tmp_path: Path) -> None:
    content, code = STRANGERS[kind]
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    assert refusal(path) == code


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.ts"])
def test_a_clip_is_opened_by_its_bytes_under_any_name(name: str, tmp_path: Path) -> None:
    path = film(tmp_path / name, frames=5).rename(tmp_path / "clip.bin")
    with opened(path) as clip:
        assert (clip.video.width, clip.video.height) == (160, 90)
        assert clip.audio is None


@pytest.mark.parametrize(("head", "kind"), [
    (b"RIFF\0\0\0\0AVI LIST", "avi"), (b"RIFF\0\0\0\0WAVEfmt ", None), ((b"G" + bytes(187)) * 4, "mpegts"),
    ((bytes(4) + b"G" + bytes(187)) * 4, "mpegts"), (b"\0\0\0\x14ftypqt  ", "mp4"), (b"\0\0\x01\xba" + bytes(60), None),
])  # fmt: skip
def test_the_demuxer_is_chosen_by_the_first_bytes(head: bytes, kind: str | None) -> None:
    assert demuxer(head) == kind


def test_a_name_that_looks_like_a_protocol_is_a_file(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", frames=5).rename(tmp_path / "concat:a|b.mp4")
    with opened(path) as clip:
        assert clip.video.frames == 5


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "clip.mp4") == "missing-media"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "unsafe-media"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs")
def test_a_fifo_is_refused_without_being_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "clip.mp4")
    assert refusal(tmp_path / "clip.mp4") == "unsafe-media"


def test_a_file_past_the_cap_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = film(tmp_path / "clip.mp4", frames=2)
    os.truncate(path, MOST_BYTES + 1)
    assert refusal(path) == "too-large-media"


def test_a_file_that_promises_more_frames_than_a_day_has_is_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "clip.mp4", frames=3)
    data = bytearray(path.read_bytes())
    runs = data.index(b"stts") + 12
    assert int.from_bytes(data[runs : runs + 4], "big") == 3
    data[runs : runs + 4] = (MOST_FRAMES + 1).to_bytes(4, "big")
    path.write_bytes(data)
    assert refusal(path) == "too-large-media"


def test_sound_without_a_picture_is_no_clip(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(1024)[None], "fltp", "mono")
        frame.sample_rate, frame.pts = 48_000, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert refusal(path) == "not-media"


def test_a_playlist_in_matroska_clothes_has_no_demuxer() -> None:
    assert demuxer(b"#EXTM3U\n\x1a\x45\xdf\xa3") is None


def test_every_demuxer_is_forced_by_magic() -> None:
    assert demuxer(b"\0\0\0\x20ftypisom") == "mp4"
    assert demuxer(b"\0\0\0\x08wide") == "mp4"
    assert demuxer(b"\x1a\x45\xdf\xa3...") == "matroska"
    assert demuxer((b"G" + bytes(187)) * 3) == "mpegts"
    assert demuxer(b"G" * 100) is None


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav"),
        (b"fLaC\x00\x00\x00\x22", "flac"),
        (b"OggS\x00\x02", "ogg"),
        (b"FORM\x00\x00\x00\x00AIFFCOMM", "aiff"),
        (b"ID3\x04\x00", "mp3"),
        (b"\xff\xfb\x90\x64", "mp3"),
        (b"\xff\xf1\x4c\x80", "aac"),
        (b"#EXTM3U\n", None),
        (b"RIFF\x00\x00\x00\x00AVI LIST", None),
    ],
)
def test_the_first_bytes_of_a_sound_choose_its_demuxer(head: bytes, kind: str | None) -> None:
    assert sound_demuxer(head) == kind


@pytest.mark.parametrize("kind", [*STRANGERS, "wav in name only"])
def test_what_is_no_sound_is_refused_whatever_its_name(kind: str, tmp_path: Path) -> None:
    content, code = STRANGERS.get(kind, (b"RIFF\xff\xff\xff\xffWAVEjunk", "not-media"))
    (tmp_path / "a.mp3").write_bytes(content)
    with pytest.raises(MediaError) as raised, audible(tmp_path / "a.mp3"):
        pass
    assert raised.value.code == code
