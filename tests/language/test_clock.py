from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storyboard.film import Film
from storyboard.finishing.timeline import expected
from storyboard.timing import lengths
from tests.language.reading import codes, film
from tests.media.footage import pcm


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("clock")
    pcm(found / "song.wav", np.zeros((1, 8000)), 1000)
    return found


def cut(folder: Path, shots: str, clock: str = "{bpm: 120, first: 0.5}", more: str = "", fps: str = "24") -> Film:
    sound = f"sound: [{{file: song.wav, clock: {clock}{more}}}]"
    return film(folder, f"delivery: {{fps: {fps}}}\nshots: [{shots}]\n{sound}\n")


def begins(board: Film) -> list[int]:
    return [one.at for one in expected(board).picture]


def test_the_film_ends_with_its_clock(folder: Path) -> None:
    assert expected(cut(folder, "{action: Fog., duration: 20}", "true")).frames == 8 * 24


def test_the_shot_before_is_trimmed_and_its_clip_stays_as_long(folder: Path) -> None:
    board = cut(folder, "{id: A, action: Fog., duration: 5}, {id: B, action: Sea., duration: 5, at: 3.5}")
    assert begins(board) == [0, 84]
    assert [(one.out, one.duration) for one in board.shots] == [
        (Fraction(7, 2), Fraction(5)),
        (Fraction(9, 2), Fraction(5)),
    ]


def test_a_place_in_beats_counts_from_the_first_beat_and_a_length_does_not(folder: Path) -> None:
    board = cut(folder, "{action: Fog., duration: 8b}, {action: Sea., at: 4b, duration: 8}")
    assert board.shots[0].duration == 4
    assert begins(board) == [0, 60]


def test_a_clock_that_is_entered_late_has_its_first_beat_earlier(folder: Path) -> None:
    board = cut(folder, "{action: Fog.}, {action: Sea., at: 4b, duration: 8}", more=", in: 0.25, at: 1")
    assert begins(board) == [0, 78]


def test_a_sound_in_beats_falls_on_the_beat(folder: Path) -> None:
    sounds = "sound: [{file: song.wav, clock: {bpm: 120, first: 0.5}}, {file: song.wav, at: 2b}]"
    board = film(folder, f"shots: [{{action: Fog., duration: 10}}]\n{sounds}\n")
    assert board.sound[1].at == Fraction(3, 2)


def test_a_dissolve_into_a_place_begins_there(folder: Path) -> None:
    shots = "{action: Fog., duration: 5}, {action: Sea., duration: 8, at: 3, transition: {type: dissolve, duration: 1}}"
    line = expected(cut(folder, shots))
    assert [(one.at, one.frames) for one in line.picture] == [(0, 96), (72, 120)]


def test_a_shot_that_is_a_frame_short_by_rounding_alone_shows_its_last(folder: Path) -> None:
    times = ["1.22", "0.60", "0.70, at: 1.81", "0.60", "0.60, at: 3.10", "40"]
    board = cut(folder, ", ".join(f"{{action: Fog., duration: {time}}}" for time in times), fps="25")
    assert [stretch.at for stretch in expected(board).picture] == [0, 31, 45, 63, 78, 93]


def test_a_film_that_is_too_short_for_its_clock_is_not_stretched(folder: Path) -> None:
    assert codes(folder, "shots: [{action: Fog., duration: 7}]\nsound: [{file: song.wav, clock: true}]\n") == [
        "clock-missed"
    ]


@given(
    times=st.lists(st.integers(60, 300), min_size=1, max_size=8),
    links=st.lists(st.booleans(), min_size=8, max_size=8),
    placed=st.lists(st.booleans(), min_size=8, max_size=8),
    cuts=st.lists(st.integers(1, 59), min_size=8, max_size=8),
    fps=st.sampled_from(["24", "25", "23.976", "30"]),
)
def test_every_place_falls_on_its_nearest_frame(
    times: list[int], links: list[bool], placed: list[bool], cuts: list[int], fps: str, folder: Path
) -> None:
    rate = {"23.976": Fraction(24000, 1001)}.get(fps) or Fraction(fps)
    written, places, at = [], [], Fraction(0)
    for number, time in enumerate(times):
        start = ", start: previous" if number and links[number] else ""
        place = number > 0 and placed[number]
        at -= Fraction(cuts[number], 100) if place else 0
        places.append(at if place else None)
        spelt = f", at: {float(at):.2f}" if place else ""
        written.append(f"{{action: Fog., duration: {float(Fraction(time, 100)):.2f}{spelt}{start}}}")
        at += Fraction(time, 100)
    assume(at < Fraction(79, 10))
    board = cut(folder, ", ".join([*written, "{action: End., duration: 40}"]), fps=fps)
    line = expected(board)
    for there, stretch in zip(places, line.picture, strict=False):
        if there is not None:
            assert stretch.at == int(there * rate + Fraction(1, 2))
    assert line.frames == int(8 * rate + Fraction(1, 2))
    carried = lengths(board)
    assert all(carried[one.id] == one.frames for one in board.shots if one.frames is not None)
