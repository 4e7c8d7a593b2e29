"""Words near the ones we know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.language.text.spelling import FEW, did_you_mean, listed, nearest

KEYS = ("duration", "action", "cast", "lens")


@pytest.mark.parametrize(
    ("word", "meant"), [("duraton", "duration"), ("Cast", "cast"), ("acton", "action"), ("zoetrope", None), ("", None)]
)
def test_the_nearest_known_word(word: str, meant: str | None) -> None:
    assert nearest(word, KEYS) == meant


def test_words_of_other_tools_count_also_when_misspelt() -> None:
    also = {"length": "duration", "characters": "cast", "zoom": "nothing we have"}
    assert nearest("length", KEYS, also) == "duration"
    assert nearest("lenght", KEYS, also) == "duration"
    assert nearest("character", KEYS, also) == "cast"
    assert nearest("zoom", KEYS, also) is None


def test_a_hint_asks() -> None:
    assert did_you_mean("duraton", KEYS) == 'did you mean "duration"?'
    assert did_you_mean("zoetrope", KEYS) is None


def test_words_are_listed_for_a_sentence() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a or b"
    assert listed(["a", "b", "c"]) == "a, b or c"


@given(
    known=st.lists(st.from_regex(r"[a-c][0-9]{1,3}[A-C]", fullmatch=True), min_size=1, max_size=30, unique=True),
    word=st.from_regex(r"[a-c][0-9]{1,3}[A-C]", fullmatch=True),
)
def test_of_many_words_a_near_one_is_found_too(known: list[str], word: str) -> None:
    crowd = [*known, *(f"unlike everything {number:05d} of the rest" for number in range(FEW))]
    few, many = nearest(word, known), nearest(word, crowd)
    if any(one.casefold() == word.casefold() for one in known):
        assert many == few
    elif any(_differ(word, one) == 1 for one in known):
        assert many is not None
        assert _differ(word, many) <= 2
    if many is not None:
        assert few is not None


def _differ(one: str, other: str) -> int:
    """How many letters must be put in, taken out or changed to make one of the other."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one.casefold(), 1):
        left, row[0] = row[0], at
        for place, there in enumerate(other.casefold(), 1):
            left, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, left + (letter != there))
    return row[-1]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("12AA", "12A"),
        ("237-B", "237B"),
        ("S118K", "118K"),
        ("118k", "118K"),
        ("x-118K", "118K"),
        ("zzz", None),
        ("", None),
    ],
)
def test_of_ten_thousand_ids_the_one_that_was_meant_is_named(word: str, meant: str | None) -> None:
    ids = [f"{scene}{letter}" for scene in range(1, 401) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    assert nearest(word, ids) == meant
