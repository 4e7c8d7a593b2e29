"""From lines to subtitles: when they stand, and what the whole of them keeps."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.delivery import Subtitles, TimedText, Title, Transition
from storyboard.film import Film, Line
from storyboard.finishing.phrasing import WIDE
from storyboard.finishing.subtitles import GAP, Spoken, cues, dialogue, subtitles, written
from storyboard.finishing.timeline import Timeline, expected
from storyboard.media.reel import Cue
from tests.films import film, shot

FPS = Fraction(24)
TEXTS = st.sampled_from([
    "Who rang?", "I did.", "全押抖手", "诸君，且听龙吟", "The tide is turning, and we're still tied up.",
    "밤바다가 온다.",
    "She had piloted the ferry for nine years, and in all that time nobody had ever asked her where it went. " * 2,
])  # fmt: skip
SPOKEN = st.builds(
    Spoken, TEXTS, st.integers(0, 900), st.integers(1, 1000), st.sampled_from([(), ("a",), ("b",)]), st.booleans()
)
LISTS = st.lists(SPOKEN, max_size=12).map(lambda all_: [one for one in all_ if one.at < one.until])


def letters(text: str) -> str:
    return "".join(sorted(char for char in text if char.isalpha()))


def told(board: Film) -> list[tuple[str, int, int]]:
    return [(one.text, one.at, one.until) for one in dialogue(board, expected(board))]


def said(*lines: tuple[str, str | None]) -> tuple[Line, ...]:
    return tuple(Line(words, at=None if at is None else Fraction(at)) for words, at in lines)


def spoken_film(*lines: Line, **fields: Any) -> Film:
    shown = film(shot("A", dialogue=lines, **fields), shot("B"))
    return Film(shown.path, shown.title, shown.delivery, shown.shots, subtitles=Subtitles(dialogue=True))


@given(LISTS, st.integers(1, 1000))
def test_subtitles_stand_in_order_inside_the_film_and_lose_no_word(spoken: list[Spoken], frames: int) -> None:
    found = cues(spoken, FPS, frames, WIDE)
    edges = [edge for cue in found for edge in (cue.first, cue.last)]
    assert edges == sorted(edges)
    assert all(cue.first < cue.last for cue in found)
    assert not edges or (edges[0] >= 0 and edges[-1] <= frames)
    heard = "".join(one.text for one in spoken if one.at < frames)
    assert letters("".join(row for cue in found for row in cue.lines)) == letters(heard)


@given(LISTS)
def test_in_a_film_with_room_each_stays_long_enough_and_two_frames_part_them(spoken: list[Spoken]) -> None:
    found = cues(spoken, FPS, 5000, WIDE)
    assert all(20 <= cue.last - cue.first <= 7 * 24 for cue in found)
    assert all(after.first - cue.last >= GAP for cue, after in pairwise(found))
    assert all(len(cue.lines) <= 2 for cue in found)


@given(SPOKEN)
def test_a_line_that_nobody_follows_begins_with_its_words(one: Spoken) -> None:
    first, *_ = cues([one], FPS, 5000, WIDE)
    assert first.first == one.at


@pytest.mark.parametrize(("until", "last"), [(400, 134), (136, 134), (134, 132), (130, 128), (125, 134), (110, 122)])
def test_it_stays_as_long_as_it_is_read_but_minds_the_cut(until: int, last: int) -> None:
    """34 letters from frame 86: two seconds, to 134; near the cut it goes two frames before it."""
    (cue,) = cues([Spoken("a" * 34, 86, until)], FPS, 1000, WIDE)
    assert (cue.first, cue.last) == (86, last)


def test_a_short_pause_is_closed() -> None:
    first, second = cues([Spoken("Who rang?", 0, 400), Spoken("I did.", 30, 400)], FPS, 1000, WIDE)
    assert (first.last, second.first) == (28, 30)


def test_a_pause_with_a_cut_in_it_stays() -> None:
    first, second = cues([Spoken("Who rang?", 0, 27), Spoken("I did.", 34, 400)], FPS, 1000, WIDE)
    assert (first.last, second.first) == (25, 34)


def test_two_who_speak_at_once_share_one_with_dashes() -> None:
    lines = [Spoken("Who rang?", 10, 400, ("a",)), Spoken("I did.", 24, 400, ("b",), True)]
    (cue,) = cues(lines, FPS, 1000, WIDE)
    assert cue.lines == ("- Who rang?", "- I did.")
    assert not cue.italic


def test_one_who_speaks_twice_has_two() -> None:
    lines = [Spoken("Who rang?", 10, 400, ("a",)), Spoken("Well?", 20, 400, ("a",))]
    assert [cue.lines for cue in cues(lines, FPS, 1000, WIDE)] == [("Who rang?",), ("Well?",)]


@pytest.mark.parametrize(("text", "italic"), [("I did.", True), ("Ja, é.", True), ("全押抖手", False), ("שלום", False)])
def test_words_from_out_of_the_picture_are_italic_where_their_script_is(text: str, italic: bool) -> None:
    (cue,) = cues([Spoken(text, 0, 99, offscreen=True)], FPS, 1000, WIDE)
    assert cue.italic is italic


def test_a_time_counts_in_the_clip_and_the_film_shows_it_less_in() -> None:
    """The drama: at 2.04 in a clip entered at 1.2 is 0.84 s into its shot."""
    board = spoken_film(*said(("全押抖手", "2.04")), in_=Fraction("1.2"), out=Fraction("4.2"))
    assert told(board) == [("全押抖手", 20, 72)]


@pytest.mark.parametrize(("at", "expected_at"), [("0.5", None), ("0.9", 0), ("1", 0), ("2.9", 46), ("3", None)])
def test_what_the_edit_leaves_out_is_not_heard(at: str, expected_at: int | None) -> None:
    """`Who rang, now?` takes most of a second: where over half of it is left after `in`, it is heard."""
    board = spoken_film(*said(("Who rang, now?", at)), in_=Fraction(1), out=Fraction(3))
    assert [one[1] for one in told(board)] == ([] if expected_at is None else [expected_at])


def test_sound_that_leads_or_tails_is_heard_under_other_pictures() -> None:
    board = film(
        shot("A", dialogue=said(("Late.", "2.2")), out=Fraction(2), tail=Fraction(1)),
        shot("B", dialogue=said(("Early.", "0.5")), in_=Fraction(1), out=Fraction(3), lead=Fraction("0.5")),
        shot("C"),
    )
    assert told(board) == [("Early.", 36, 96), ("Late.", 53, 72)]


def test_a_muted_shot_says_nothing() -> None:
    assert told(spoken_film(*said(("Fog.", "1")), mute=True)) == []


def test_lines_without_a_time_share_the_shot_by_their_length() -> None:
    board = spoken_film(*said(("a" * 10, None), ("b" * 30, None)), in_=Fraction(1), out=Fraction(5))
    assert [one[1] for one in told(board)] == [0, 24]


def test_lines_between_two_times_share_what_is_between() -> None:
    board = spoken_film(*said(("a" * 10, "1"), ("b" * 10, None), ("c" * 10, "3"), ("d" * 10, None)))
    assert [one[1] for one in told(board)] == [24, 48, 72, 96]


def test_a_clip_shown_again_speaks_its_lines_again() -> None:
    lines = said(("First.", "1"), ("Second.", "3"))
    board = film(shot("A", dialogue=lines), shot("B", clip_of="A", in_=Fraction(2), out=Fraction(4)))
    assert told(board) == [("First.", 24, 120), ("Second.", 72, 120), ("Second.", 144, 168)]


def test_an_overlap_moves_the_lines_with_their_picture() -> None:
    board = film(shot("A"), shot("B", dialogue=said(("Fog.", "1")), transition=Transition("dissolve", Fraction(1))))
    assert told(board) == [("Fog.", 120, 216)]


def test_only_what_is_asked_for_becomes_subtitles() -> None:
    board = spoken_film(*said(("Fog.", "1")))
    narration = [Spoken("She had waited.", 72, 240, offscreen=True)]
    asked = {
        word: subtitles(
            Film(board.path, board.title, board.delivery, board.shots, subtitles=one), expected(board), narration
        )
        for word, one in {
            "none": None,
            "dialogue": Subtitles(dialogue=True),
            "narration": Subtitles(narration=True),
            "all": Subtitles(dialogue=True, narration=True),
        }.items()
    }
    assert {word: [cue.lines for cue in found] for word, found in asked.items()} == {
        "none": [],
        "dialogue": [("Fog.",)],
        "narration": [("She had waited.",)],
        "all": [("Fog.",), ("She had waited.",)],
    }


def test_a_file_is_shown_as_it_is_written_as_far_as_the_film_goes() -> None:
    line = Timeline(FPS, expected(film(shot("A"))).picture)
    file = [TimedText("One\ntwo", Fraction(1), Fraction(2)), TimedText("Late", Fraction(4), Fraction(9), True),
            TimedText("Never", Fraction(6), Fraction(7))]  # fmt: skip
    assert written(file, line) == (Cue(("One", "two"), 24, 48), Cue(("Late",), 96, 120, True))


def test_subtitles_of_a_file_that_overlap_are_shown_together() -> None:
    line = expected(film(shot("A")))
    file = [TimedText("One", Fraction(1), Fraction(3)), TimedText("Two", Fraction(2), Fraction(4))]
    assert written(file, line) == (Cue(("One",), 24, 48), Cue(("One", "Two"), 48, 72), Cue(("Two",), 72, 96))


def test_a_title_at_the_foot_sends_them_up_and_captions_raise_them() -> None:
    titles = (Title("OSLO", until=Fraction(2), place="lower-third"), Title("1987", place="center"))
    board = spoken_film(*said(("Fog.", "1"), ("Rain.", "3")), titles=titles)
    line = expected(board)
    assert [cue.place for cue in subtitles(board, line)] == ["top", "foot"]
    assert [cue.place for cue in subtitles(board, line, captioned={board.shots[0].id})] == ["top", "above"]
