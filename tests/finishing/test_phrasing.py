"""Texts as subtitles: parts of at most two lines that fit, no word lost, broken where a reader expects it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.finishing.phrasing import HIGH, WIDE, Measure, measure_of, parts, reading_s

MEASURES = st.sampled_from([WIDE, HIGH])
LATIN = st.text("abcdefg ABCDE.,;!?’-éø", max_size=400)
HAN = st.text("全押抖手诸君且听龙吟，。！？「」はひふカキー", max_size=200)
KOREAN = st.text("밤바다가온 ,.", max_size=200)
TEXTS = st.one_of(LATIN, HAN, KOREAN, st.text(max_size=200), st.tuples(LATIN, HAN).map("".join))


@given(TEXTS, MEASURES)
def test_no_character_is_lost(text: str, measure: Measure) -> None:
    said = "".join("".join(lines) for lines in parts(text, measure))
    assert "".join(said.split()) == "".join(text.split())


@given(TEXTS, MEASURES)
def test_a_part_has_at_most_two_lines_that_fit(text: str, measure: Measure) -> None:
    for lines in parts(text, measure):
        assert 1 <= len(lines) <= 2
        assert all(line.strip() == line and line for line in lines)


@given(st.one_of(LATIN, HAN, KOREAN), MEASURES)
def test_no_line_is_longer_than_the_measure(text: str, measure: Measure) -> None:
    assert all(measure.room(line) <= 1 for lines in parts(text, measure) for line in lines)


def test_no_line_begins_with_a_closing_mark() -> None:
    text = "他说，「好。」然后，他走了；再也没有回来，" * 4
    lines = [line for lines in parts(text, WIDE) for line in lines]
    assert len(lines) > 4
    assert not [line for line in lines if line[0] in "，。」；" or line[-1] == "「"]


@pytest.mark.parametrize(("text", "expected"), [
    ("", []),
    ("You kept the coat.", [("You kept the coat.",)]),
    ("The tide is turning, and we're still tied up.", [("The tide is turning,", "and we're still tied up.")]),
    ("She had piloted the ferry for nine years, and nobody asked.",
     [("She had piloted the ferry for nine years,", "and nobody asked.")]),
    ("诸君，且听龙吟", [("诸君，且听龙吟",)]),
    ("我把那段片段拖完最后一程，放进视频轨末端的空档。", [("我把那段片段拖完最后一程，", "放进视频轨末端的空档。")]),
    ("Nobody asked where the ferry went that winter. I never told anybody, and nobody ever found it again.",
     [("Nobody asked where", "the ferry went that winter."),
      ("I never told anybody,", "and nobody ever found it again.")]),
])  # fmt: skip
def test_a_text_is_broken_where_a_reader_expects_it(text: str, expected: list[tuple[str, ...]]) -> None:
    assert parts(text, WIDE) == expected


def test_reading_takes_its_time() -> None:
    assert reading_s("a" * 34) == 2
    assert reading_s("龙" * 14) == 2
    assert reading_s("밤" * 7) == 1
    assert reading_s("") == Fraction(0)


def test_a_high_picture_has_shorter_lines() -> None:
    assert measure_of(1280, 720) == measure_of(720, 720) == WIDE
    assert measure_of(768, 1344) == HIGH
    assert HIGH.room("龙" * 15) == 1 == WIDE.room("a" * 42)
