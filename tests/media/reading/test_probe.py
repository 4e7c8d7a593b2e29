from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.media.jobs import MediaError
from storyboard.media.reading.probe import Facts, probe, turned, whole
from tests.media.counter import counter
from tests.media.footage import film

KINDS = ["a.mp4", "a.mov", "a.mkv", "a.ts"]


@pytest.mark.parametrize("name", KINDS)
def test_a_clip_says_what_it_is(name: str, tmp_path: Path) -> None:
    facts = probe(film(tmp_path / name, frames=24, sound_s=1.0, fps=25))
    assert (facts.width_px, facts.height_px, facts.fps, facts.has_audio) == (160, 90, Fraction(25), True)


def test_a_rational_rate_stays_rational(tmp_path: Path) -> None:
    rate = Fraction(24000, 1001)
    assert probe(film(tmp_path / "a.mp4", frames=50, fps=rate)) == Facts(160, 90, rate, False, 50)
    assert probe(film(tmp_path / "a.mkv", frames=50, fps=rate)).fps == rate


@pytest.mark.parametrize("name", KINDS)
def test_a_whole_file_is_whole(name: str, tmp_path: Path) -> None:
    whole(film(tmp_path / name, frames=10, sound_s=0.5))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("lost", [1, 7, 100, 5000])
def test_a_file_that_lost_its_end_is_not(name: str, lost: int, tmp_path: Path) -> None:
    path = film(tmp_path / name, frames=10)
    path.write_bytes(path.read_bytes()[:-lost])
    with pytest.raises(MediaError) as raised:
        whole(path)
    assert raised.value.code == "clip-damaged"


@pytest.mark.parametrize("more", [b"\0", b"PK\x05\x06" + bytes(18), bytes(16), b"\xff" * 9])
def test_bytes_after_the_end_are_nobodys_business(more: bytes, tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv"):
        path = film(tmp_path / name, frames=10)
        path.write_bytes(path.read_bytes() + more)
        whole(path)


def test_a_box_with_a_64_bit_size_is_understood(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", frames=10)
    free = (1).to_bytes(4, "big") + b"free" + (24).to_bytes(8, "big") + bytes(8)
    path.write_bytes(path.read_bytes() + free)
    whole(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(MediaError):
        whole(path)


def test_a_matroska_segment_of_unknown_size_ends_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(b"\x1a\x45\xdf\xa3\x84" + bytes(4) + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + bytes(100))
    whole(path)


@pytest.mark.parametrize(("degrees", "found"), [(0, False), (90, True), (180, True)])
def test_a_picture_that_is_shown_turned_is_known_from_the_header(degrees: int, found: bool, tmp_path: Path) -> None:
    assert turned(counter(tmp_path / "a.mp4", range(4), turned=degrees)) is found
