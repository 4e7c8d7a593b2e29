from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.media.jobs import MediaError
from storyboard.media.measure import measure
from tests.media import footage


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
