"""Captions leave the first and last frame alone, keep to their room, and follow the clock of the shot."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyboard.media.animatic.captions import caption_text, captions, line_times, quoted
from storyboard.media.animatic.spec import Does, Says
from tests.media.animatic.specs import spec

LONG = "Mira slides a drawer open — revealing a small wooden box with a three-digit dial. " * 6


@pytest.mark.parametrize("duration", ["0.1", "0.5", "5"])
def test_the_first_and_last_frame_carry_no_letters(duration: str) -> None:
    shot = spec(duration=duration, dialogue=(Says("Late.", ("Mira",)),))
    for over in captions(shot):
        assert over.strength(0) == 0
        assert over.strength(shot.frames - 1) == 0


def test_in_between_they_stand() -> None:
    shot = spec(duration="5")
    assert all(over.strength(60) == 1 for over in captions(shot))


@settings(max_examples=25)
@given(
    size=st.sampled_from(
        [(1280, 720), (720, 1280), (768, 1344), (720, 720), (1680, 720), (160, 90), (64, 64), (90, 160)]
    ),
    text=st.sampled_from(["Short.", LONG, "W" * 400, "Ωμέγα " * 60]),
    line=st.sampled_from(["", "You're late.", LONG]),
)
def test_they_stay_in_the_frame_and_leave_it_to_the_picture(size: tuple[int, int], text: str, line: str) -> None:
    shot = spec(
        width_px=size[0], height_px=size[1], action=(Does(text),), dialogue=(Says(line, ("Mira",)),) if line else ()
    )
    for over in captions(shot):
        x, y = over.at
        assert 0 <= x <= x + over.cover.width <= size[0]
        assert 0 <= y <= y + over.cover.height <= size[1]
        assert over.cover.height <= 0.36 * size[1] + 12


def test_a_timed_action_stands_from_its_time_to_the_next() -> None:
    shot = spec(duration="4", action=(Does("He looks.", "0"), Does("She goes.", "2.5")))
    spans = [(over.begin, over.end) for over in captions(shot)[1:]]
    assert spans == [(0, 60), (60, 96)]


def test_lines_begin_when_they_say_and_else_are_spread() -> None:
    shot = spec(duration="4", dialogue=(Says("One.", at="1"), Says("Two.", at="3.5")))
    assert [at for _, at in line_times(shot)] == [24, 84]
    shot = spec(duration="4", dialogue=(Says("One."), Says("Two.")))
    assert [at for _, at in line_times(shot)] == [12, 54]


def test_a_labelled_prompt_is_captioned_by_its_action() -> None:
    prompt = "Subject: a man\nAction: moves cautiously forward\nCamera: following shot"
    assert caption_text(spec(prompt=prompt)) == "moves cautiously forward"
    assert caption_text(spec(prompt="A man\nwalks.")) == "A man walks."
    assert caption_text(spec()) is None


def test_a_line_beyond_the_end_is_not_lost_in_the_frames_after_it() -> None:
    shot = spec(duration="2", dialogue=(Says("Late.", at="9"),))
    assert line_times(shot)[0][1] == shot.frames - 1
    assert all(over.end <= Fraction(48) for over in captions(shot))


def test_a_spoken_line_stands_in_the_marks_of_its_tongue() -> None:
    assert quoted("遅かったね") == "「遅かったね」"
    assert quoted("全押抖手") == "“全押抖手”"
    assert quoted("You're late.") == "“You're late.”"


def test_hebrew_and_arabic_captions_begin_at_the_right() -> None:
    def ink(words: str) -> tuple[int, int]:
        over = captions(spec(width_px=1280, height_px=720, action=(Does(words),)))[-1]
        letters = over.ink.rgb().convert("L").point([0] * 180 + [255] * 76).getbbox()
        assert letters is not None
        return letters[0], letters[2]

    left, right = ink("She waits."), ink("היא מחכה.")
    assert left[0] < 100
    assert right[0] > left[1]
    assert right[1] > 1000
