"""Lines break as each script does; directions follow the letters."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.letters.scripts import (
    CLOSING,
    DASHES,
    OPENING,
    clusters,
    direction,
    needs_shaping,
    pieces,
    squared,
    stretches,
    tongue,
)

MIXED = st.text(st.sampled_from("汉字かなっャー、。「」（）“”——……abc 12%한글 שלוםمرحباé\u0301"), max_size=60)


@given(MIXED)
def test_pieces_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@given(MIXED.filter(lambda text: " " not in text))
def test_kinsoku_holds_between_any_two_pieces(text: str) -> None:
    parts = pieces(text)
    for left, right in pairwise(parts):
        assert right[0] not in CLOSING
        assert left[-1] not in OPENING
        assert not (left[-1] in DASHES and right[0] in DASHES)


@given(MIXED)
def test_clusters_are_the_text_and_no_mark_stands_alone(text: str) -> None:
    parts = clusters(text)
    assert "".join(parts) == text
    assert all(part[0] != "\u0301" for part in parts[1:])


@given(MIXED)
def test_stretches_keep_every_character(text: str) -> None:
    assert sorted("".join(part for _, part in stretches(text))) == sorted(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("看着蓝标。", ["看", "着", "蓝", "标。"]),
        ("他说：「好」了", ["他", "说：", "「好」", "了"]),
        ("等……吧", ["等……", "吧"]),
        ("ちょっと", ["ちょっ", "と"]),
        ("コーヒー", ["コー", "ヒー"]),
        ("用 iPhone拍", ["用 ", "iPhone", "拍"]),
        ("안녕 세상아", ["안녕 ", "세상아"]),
        ("a three-digit dial", ["a ", "three-digit ", "dial"]),
    ],
)
def test_lines_break_where_a_reader_expects(text: str, parts: list[str]) -> None:
    assert pieces(text) == parts


@pytest.mark.parametrize(
    ("text", "spoken"), [("夜の海", "ja"), ("밤바다", "ko"), ("夜海", "zh"), ("ㄅ夜海", "zh-Hant"), ("sea", "zh")]
)
def test_the_tongue_is_told_by_its_own_letters(text: str, spoken: str) -> None:
    assert tongue(text) == spoken


def test_ambiguous_marks_follow_their_neighbours() -> None:
    assert squared("“海”") == [True] * 3
    assert squared("“sea”") == [False] * 5
    assert squared("海……") == [True] * 3


@pytest.mark.parametrize(("text", "way"), [("Oslo", "ltr"), ("12 שלום", "rtl"), ("مرحبا Oslo", "rtl"), ("…", "ltr")])
def test_the_first_letter_leads_the_line(text: str, way: str) -> None:
    assert direction(text) == way


def test_stretches_stand_as_they_are_seen() -> None:
    assert stretches("say שלום!") == [("ltr", "say "), ("rtl", "שלום"), ("ltr", "!")]
    assert stretches("שלום, Oslo 1987!") == [("rtl", "!"), ("ltr", "Oslo 1987"), ("rtl", "שלום, ")]


def test_scripts_that_join_need_shaping_and_others_do_not() -> None:
    assert all(map(needs_shaping, "שمहम"))
    assert not any(map(needs_shaping, "aΩЖ海한かไ1 “"))
