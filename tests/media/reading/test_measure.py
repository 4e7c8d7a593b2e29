from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.media.jobs import MediaError
from storyboard.media.reading.measure import measure, measure_sound
from tests.media import footage
from tests.media.footage import film, sung, tone


@pytest.mark.parametrize("name", ["sea.mp4", "sea.mov", "sea.mkv", "sea.ts"])
def test_footage_is_as_long_as_its_picture(name: str, tmp_path: Path) -> None:
    path = footage.film(tmp_path / name, frames=50, fps=Fraction(25), sound_s=3.0)
    assert measure(path) == (Fraction(2), True)


def test_silent_footage_has_no_sound(tmp_path: Path) -> None:
    assert measure(footage.film(tmp_path / "sea.mp4", frames=24)) == (Fraction(1), False)


def test_what_is_no_footage_is_said(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("notes")
    with pytest.raises(MediaError) as refused:
        measure(path)
    assert refused.value.code == "not-media"


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "a.m4a", "a.aac", "a.aiff", "a.mka"])
def test_a_sound_is_as_long_as_what_is_heard_of_it(name: str, tmp_path: Path) -> None:
    """To a packet: some containers count the priming of their codec."""
    path = sung(tmp_path / name, tone(144_000))
    assert abs(measure_sound(path) - 3) < Fraction(1, 15)


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_a_sound_without_loss_is_as_long_as_it_is_to_the_sample(name: str, tmp_path: Path) -> None:
    assert measure_sound(sung(tmp_path / name, tone(144_001))) == Fraction(144_001, 48_000)


def test_the_sound_of_a_clip_is_measured_too(tmp_path: Path) -> None:
    assert abs(measure_sound(film(tmp_path / "a.mp4", sound_s=2.0)) - 2) < Fraction(1, 20)


def test_a_clip_without_sound_is_no_sound(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as raised:
        measure_sound(film(tmp_path / "a.mp4"))
    assert raised.value.code == "not-media"
