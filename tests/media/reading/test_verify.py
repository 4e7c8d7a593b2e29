import hashlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.film import Clip, ClipId
from storyboard.media.jobs import MediaError
from storyboard.media.reading.verify import verify
from tests.media.footage import film, silent, trimmed

FILMS: dict[str, Callable[[Path], Path]] = {
    "mp4": lambda folder: film(folder / "a.mp4"),
    "mp4 with sound": lambda folder: film(folder / "a.mp4", sound_s=2.0),
    "mp4 of key frames": lambda folder: film(folder / "a.mp4", group=1, b_frames=0),
    "mp4 with an edit list": lambda folder: trimmed(folder / "b.mp4", film(folder / "a.mp4", frames=58), 10),
    "mov": lambda folder: film(folder / "a.mov"),
    "matroska": lambda folder: film(folder / "a.mkv", sound_s=3.0),
    "webm": lambda folder: film(folder / "a.webm", codec="libvpx-vp9"),
    "mpeg-ts": lambda folder: film(folder / "a.ts", sound_s=2.0),
}


def damage(path: Path) -> str:
    with pytest.raises(MediaError) as raised:
        verify(path, silent)
    assert raised.value.code in ("clip-damaged", "not-media")
    return raised.value.code


@pytest.fixture(params=FILMS)
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return FILMS[request.param](tmp_path)


def test_a_good_clip_is_described_by_what_was_decoded(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", frames=48, sound_s=2.0)
    data = path.read_bytes()
    digest = ClipId(hashlib.sha256(data).hexdigest())
    assert verify(path, silent) == Clip(digest, 48, Fraction(24), 160, 90, True, len(data))


def test_every_kind_of_good_clip_passes(clip: Path) -> None:
    assert verify(clip, silent).frames == 48


def test_input_65_a_clip_cut_in_half_is_damaged(clip: Path) -> None:
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 2])
    damage(clip)


@pytest.mark.parametrize("kind", [kind for kind in FILMS if kind != "webm"])
def test_input_65_two_kilobytes_overwritten_in_the_middle_are_damage(kind: str, tmp_path: Path) -> None:
    """Not WebM: VP9's decoder reads any bytes as pictures."""
    clip = FILMS[kind](tmp_path)
    data = clip.read_bytes()
    middle = len(data) // 2
    clip.write_bytes(data[:middle] + bytes(2048) + data[middle + 2048 :])
    assert damage(clip) == "clip-damaged"


def test_a_clip_that_lost_its_last_byte_is_damaged(clip: Path) -> None:
    clip.write_bytes(clip.read_bytes()[:-1])
    damage(clip)


@pytest.mark.parametrize("content", [b"<html>", b'{"status": "failed"}', b""])
def test_input_66_what_is_no_clip_is_not_media(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert damage(path) == "not-media"


def test_sound_that_lost_its_bytes_is_damage(tmp_path: Path) -> None:
    """The sound's packets end a faststart file of one stretch: the picture alone would pass."""
    path = film(tmp_path / "a.mp4", frames=2, sound_s=4.0)
    data = path.read_bytes()
    path.write_bytes(data[:-4096] + b"\xff" * 4096)
    assert damage(path) == "clip-damaged"


def test_a_container_that_promises_more_frames_than_it_holds_is_damaged(tmp_path: Path) -> None:
    """The sizes of the last frames in the table are made zero: nothing is left to decode there."""
    path = film(tmp_path / "a.mp4", frames=24, b_frames=0)
    data = bytearray(path.read_bytes())
    table = data.index(b"stsz") + 4
    assert int.from_bytes(data[table + 8 : table + 12], "big") == 24
    last = table + 12 + 4 * 23
    data[last : last + 4] = bytes(4)
    path.write_bytes(data)
    assert damage(path) == "clip-damaged"


def test_progress_rises_to_one(tmp_path: Path) -> None:
    shares: list[float] = []
    verify(film(tmp_path / "a.mp4"), shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 10
