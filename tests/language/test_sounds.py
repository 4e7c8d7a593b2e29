from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from storyboard.film import Film, Sound
from storyboard.language import Loaded
from tests.language.reading import codes, film, loaded
from tests.media.footage import pcm

SHOTS = "shots: [{id: 1A, action: Fog., duration: 4}, {id: 1B, action: A ship., duration: 4}]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pcm(tmp_path / "bell.wav", np.zeros((1, 2000)), 1000)
    return tmp_path


def read(folder: Path, sound: str, fps: str = "24") -> Film:
    return film(folder, f"delivery: {{fps: {fps}}}\n{SHOTS}\nsound:\n  - {sound}\n")


def one(folder: Path, sound: str) -> Sound:
    return read(folder, sound).sound[0]


def warned(folder: Path, text: str) -> Loaded:
    path = folder / "film.yaml"
    path.write_text(f"storyboard: 1\n{text}", encoding="utf-8")
    return loaded(path)


def test_a_sound_is_its_file_whole(folder: Path) -> None:
    found = one(folder, "{file: bell.wav}")
    assert found.file is not None
    assert (found.file.written, found.file.kind, found.role) == ("bell.wav", "audio", "effect")
    assert [found.in_, found.out, found.at] == [0, 2, 0]
    assert found.gain_db == 0


def test_every_field_is_kept(folder: Path) -> None:
    written = "{file: bell.wav, role: music, shot: 1a, at: 60f, through: 1B, in: 0.5, out: 1.5, gain: -12, duck: true}"
    found = one(folder, written)
    assert (found.role, found.shot, found.at, found.through) == ("music", "1A", Fraction(5, 2), "1B")
    assert (found.in_, found.out, found.gain_db, found.duck) == (Fraction(1, 2), Fraction(3, 2), Decimal(-12), True)


@pytest.mark.parametrize(("written", "fades"), [("2", [2, 2]), ("{in: 1}", [1, 0]), ("{in: 1, out: 3}", [1, 3])])
def test_a_fade_is_one_time_or_two(written: str, fades: list[int], folder: Path) -> None:
    found = one(folder, f"{{file: bell.wav, fade: {written}}}")
    assert [found.fade_in, found.fade_out] == fades


def test_frames_are_frames_of_the_film(folder: Path) -> None:
    assert read(folder, "{file: bell.wav, at: 30f}", "30000/1001").sound[0].at == Fraction(1001, 1000)


def test_an_out_within_a_frame_of_the_end_is_the_end(folder: Path) -> None:
    assert one(folder, "{file: bell.wav, out: 2.04}").out == 2


def test_one_sound_alone_needs_no_list(folder: Path) -> None:
    assert len(film(folder, f"{SHOTS}\nsound: {{file: bell.wav}}\n").sound) == 1


def test_a_text_is_narration_and_a_warning_says_that_it_is_silent(folder: Path) -> None:
    found = warned(folder, f"{SHOTS}\nsound: [{{text: She waits.}}]\n")
    assert (found.film.sound[0].role, found.film.sound[0].text) == ("narration", "She waits.")
    assert [one.code for one in found.diagnostics] == ["sound-missing"]


def test_a_text_with_a_file_is_heard(folder: Path) -> None:
    found = warned(folder, f"{SHOTS}\nsound: [{{text: She waits., file: bell.wav}}]\n")
    assert not found.diagnostics


@pytest.mark.parametrize("place", ["at: 8", "at: 9", "shot: 1B, at: 4"])
def test_a_sound_past_the_film_is_a_warning(place: str, folder: Path) -> None:
    found = warned(folder, f"{SHOTS}\nsound: [{{file: bell.wav, {place}}}]\n")
    assert [(one.code, one.severity) for one in found.diagnostics] == [("past-the-end", "warning")]


def test_expressions_see_the_vars(folder: Path) -> None:
    text = f"vars: {{song: bell.wav}}\n{SHOTS}\nsound: [{{file: '{{{{ song }}}}'}}]\n"
    assert film(folder, text).sound[0].out == 2


def test_loudness_is_kept(folder: Path) -> None:
    assert film(folder, f"delivery: {{loudness: -16}}\n{SHOTS}\n").delivery.loudness == Decimal(-16)


@pytest.mark.parametrize("written", ["-41", "0", "loud"])
def test_a_loudness_nobody_delivers_is_refused(written: str, folder: Path) -> None:
    assert codes(folder, f"delivery: {{loudness: {written}}}\n{SHOTS}\n") in (["out-of-range"], ["bad-number"])
