"""Columns of a terminal: carets stand below what they mean, whatever the letters are, and nothing hides."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.columns import shown, visible, width

FAMILY = "👩‍👩‍👧"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("fog", 3),
        ("雨", 2),
        ("ｗ", 2),
        ("e\u0301", 1),
        ("가", 2),
        ("🎬", 2),
        ("👍🏽", 2),
        (FAMILY, 2),
        ("🇫🇷🇯🇵", 4),
        ("❤", 1),
        ("❤️", 2),
        (ENGLAND, 2),
        ("שלום", 4),
    ],
)
def test_a_text_takes_as_many_columns_as_a_terminal_gives_it(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("hidden", "seen"),
    [
        ("a\x1b[31m", "a\\u001b[31m"),
        ("a\u202eb", "a\\u202eb"),
        ("dura\u200bton", "dura\\u200bton"),
        ("dura\u200dton", "dura\\u200dton"),
        ("\ud800", "\\ud800"),
        ("a\u2028b", "a\\u2028b"),
        ("ok\U000e0041", "ok\\U000e0041"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_seen(hidden: str, seen: str) -> None:
    assert visible(hidden) == seen


@pytest.mark.parametrize("text", [FAMILY, ENGLAND, "می\u200cخواهم", "क्\u200dष", "Où\u00a0?"])
def test_joiners_stay_where_a_script_or_an_emoji_needs_them(text: str) -> None:
    assert visible(text) == text


@given(st.text(max_size=20))
def test_whatever_is_shown_has_no_control_characters_and_the_columns_it_says(text: str) -> None:
    drawn = shown(text, 0, len(text), 200)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in drawn.text)
    assert drawn.end >= max(1, width(drawn.text))


@pytest.mark.parametrize(
    ("line", "word", "under"),
    [
        ("\tsize: big", "big", "          ^^^"),
        ("  \tsize: big", "big", "          ^^^"),
        ("雨 big", "big", "   ^^^"),
        ("e\u0301e\u0301 big", "big", "   ^^^"),
        (f"{FAMILY} big", "big", "   ^^^"),
        ("🇫🇷🇯🇵 big", "big", "     ^^^"),
        ("❤️ 👍🏽 big", "big", "      ^^^"),
        ("a\u202eb big", "big", "         ^^^"),
        ("x 雨雨 y", "雨雨", "  ^^^^"),
        (f"x {FAMILY} y", FAMILY, "  ^^"),
    ],
)
def test_carets_stand_below_the_cells_of_the_word(line: str, word: str, under: str) -> None:
    start = line.index(word)
    drawn = shown(line, start, start + len(word), 160)
    assert " " * drawn.start + "^" * (drawn.end - drawn.start) == under


def test_a_place_inside_a_cluster_marks_all_of_it() -> None:
    assert (shown(f"a {FAMILY}", 3, 4, 80).start, shown(f"a {FAMILY}", 3, 4, 80).end) == (2, 4)


def test_a_long_line_is_cut_on_both_sides_of_the_word() -> None:
    drawn = shown("雨" * 500 + "big" + "雨" * 500, 500, 503, 40)
    assert drawn.text[drawn.start - 20 :].startswith("…") or drawn.text.startswith("…")
    assert drawn.text.endswith("…")
    assert width(drawn.text) <= 42
    assert width(drawn.text[: drawn.text.index("big")]) == drawn.start


def test_a_megabyte_on_one_line_is_drawn_at_once() -> None:
    line = "雨" * (1 << 20)
    drawn = shown(line, 1 << 19, (1 << 19) + 2, 80)
    assert width(drawn.text) <= 82
    assert drawn.end - drawn.start == 4
