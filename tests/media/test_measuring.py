from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.media.jobs import MediaError
from storyboard.media.measuring import Measuring
from storyboard.media.reading.measure import measure, measure_sound
from tests.media import footage


def test_a_worker_measures_as_this_process_would(tmp_path: Path) -> None:
    one = footage.film(tmp_path / "sea.mp4", frames=50, fps=Fraction(25), sound_s=3.0)
    two = footage.film(tmp_path / "sky.mp4", frames=24)
    with Measuring() as measuring:
        assert (
            (measuring(one), measuring(two))
            == (measure(one), measure(two))
            == ((Fraction(2), True), (Fraction(1), False))
        )


def test_a_sound_is_measured_there_too(tmp_path: Path) -> None:
    clip = footage.film(tmp_path / "sea.mp4", frames=25, fps=Fraction(25), sound_s=3.0)
    with Measuring() as measuring:
        assert measuring(clip, "sound") == (measure_sound(clip), True)
        assert measuring(clip)[0] == 1 < measure_sound(clip)
        with pytest.raises(MediaError) as refused:
            measuring(footage.film(tmp_path / "sky.mp4", frames=24), "sound")
    assert refused.value.code == "not-media"


def test_what_is_no_footage_is_said_and_the_next_file_measured(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("notes")
    with Measuring() as measuring:
        with pytest.raises(MediaError) as refused:
            measuring(notes)
        assert refused.value.code == "not-media"
        assert measuring(footage.film(tmp_path / "sky.mp4", frames=24)) == (Fraction(1), False)


def test_a_worker_that_falls_silent_is_stopped(tmp_path: Path) -> None:
    film = footage.film(tmp_path / "sky.mp4", frames=24)
    with Measuring(silence_s=0.0) as measuring, pytest.raises(MediaError) as refused:
        measuring(film)
    assert refused.value.code == "media-timeout"


def test_a_worker_that_cannot_start_is_said(tmp_path: Path) -> None:
    with Measuring({"PYTHONHOME": str(tmp_path)}) as measuring, pytest.raises(MediaError) as refused:
        measuring(tmp_path / "sea.mp4")
    assert refused.value.code == "worker-died"


def test_without_footage_no_worker_starts() -> None:
    Measuring().close()
