"""Words near the ones we know."""

import pytest

from storyboard.language.spelling import did_you_mean, listed, nearest

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
