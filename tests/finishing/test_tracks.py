from decimal import Decimal
from fractions import Fraction
from typing import Any

from storyboard.assets import Reference
from storyboard.delivery import Transition
from storyboard.film import Film, ShotId, Sound
from storyboard.finishing.subtitles import Spoken
from storyboard.finishing.timeline import expected
from storyboard.finishing.tracks import narration, tracks
from storyboard.media.reel import Track
from storyboard.structs import replace
from tests import films
from tests.films import PLACE
from tests.test_timing import film, shot

SONG = Reference("/song.wav", "song.wav", "audio", PLACE)


def sound(**fields: Any) -> Sound:
    return Sound(PLACE, **{"role": "music", "file": SONG, "out": Fraction(100), **fields})


def laid(board: Film, **fields: Any) -> tuple[int, int] | None:
    """Where the film begins and ends to hear a sound, in frames; None where it never does."""
    board = replace(board, sound=(sound(**fields),))
    found = tracks(board, expected(board))
    return (found[0].at, found[0].at + found[0].frames) if found else None


BOARD = film([shot(0, "2"), shot(1, "3"), shot(2, "1.5")])
"""Frames 0, 48, 120, and 156 at the end."""


def test_a_sound_lies_from_the_films_first_frame_to_its_own_end() -> None:
    assert laid(BOARD, out=Fraction(3)) == (0, 72)
    assert laid(BOARD, in_=Fraction(1), out=Fraction(3), at=Fraction(1)) == (24, 72)


def test_a_sound_counts_from_the_first_visible_frame_of_its_shot() -> None:
    assert laid(BOARD, shot=ShotId("S1"), at=Fraction(1, 2), out=Fraction(1)) == (60, 84)
    crossing = film([shot(0, "2"), replace(shot(1, "3"), transition=Transition("dissolve", Fraction(1, 2)))])
    assert laid(crossing, shot=ShotId("S1"), out=Fraction(1)) == (36, 60)


def test_nothing_is_heard_past_the_film() -> None:
    assert laid(BOARD) == (0, 156)
    assert laid(BOARD, at=Fraction(10)) is None


def test_a_loop_goes_on_to_the_films_end() -> None:
    assert laid(BOARD, loop=True, out=Fraction(1), at=Fraction(1)) == (24, 156)


def test_through_a_shot_is_to_its_last_frame() -> None:
    assert laid(BOARD, through=ShotId("S1")) == (0, 120)
    assert laid(BOARD, through=ShotId("S1"), loop=True, out=Fraction(1, 2)) == (0, 120)
    assert laid(BOARD, through=ShotId("S1"), out=Fraction(2)) == (0, 48)


def test_a_sound_of_an_omitted_shot_goes_with_it_and_through_one_ends_before_it() -> None:
    board = film([shot(0, "2"), replace(shot(1, "3"), omit=True), shot(2, "1.5")])
    assert laid(board, shot=ShotId("S1")) is None
    assert laid(board, through=ShotId("S1")) == (0, 48)


def test_a_text_without_a_file_is_no_track() -> None:
    assert laid(BOARD, file=None, text="She waits.", role="narration") is None


def test_a_track_has_all_that_the_mix_needs() -> None:
    fields: dict[str, Any] = {
        "in_": Fraction(1, 3),
        "out": Fraction(2),
        "gain_db": Decimal(-12),
        "fade_in": Fraction(1, 2),
        "fade_out": Fraction(1),
        "loop": True,
        "duck": True,
    }
    board = replace(BOARD, sound=(sound(**fields), sound(role="narration", out=Fraction(1))))
    music, narration = tracks(board, expected(board))
    assert music == Track(
        "/song.wav", 0, 156, Fraction(1, 3), Fraction(5, 3), Decimal(-12), Fraction(1, 2), Fraction(1), duck=True
    )
    assert narration.speech


def test_the_files_of_sounds_are_files_of_the_film() -> None:
    assert replace(films.film(films.shot("1A")), sound=(sound(),)).files == (SONG,)


def test_what_is_spoken_is_there_for_the_subtitles_whether_it_has_a_file_or_not() -> None:
    silent = sound(file=None, text="She waits.", role="narration", shot=ShotId("S1"), at=Fraction(1))
    spoken = sound(text="She left.", role="narration", out=Fraction(2))
    board = replace(BOARD, sound=(silent, spoken, sound()))
    assert list(narration(board, expected(board))) == [Spoken("She waits.", 72, 156), Spoken("She left.", 0, 48)]
