from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.assets import Asset
from storyboard.planning.phrases import camera, in_turn, negative, place, sentence
from storyboard.planning.supplied import Supplied
from tests.films import PAID, PLACE, shot

NOIR = Asset("styles", "noir", "Noir", PLACE, prompt="black-and-white", negative="watermark")


@pytest.mark.parametrize(
    ("text", "said"),
    [("a b", "A b."), ("Go!", "Go!"), ("  ", ""), ("她转身。", "她转身。"), ("她转身", "她转身。"), ("“No.”", "“No.”")],
)
def test_a_sentence_begins_and_ends_once(text: str, said: str) -> None:
    assert sentence(text) == said


def test_what_a_style_must_not_show_is_asked_for_with_the_shot_s_own() -> None:
    assert negative(shot("1A", negative="neon", style=NOIR)) == "neon, watermark"
    assert negative(shot("1A", style=NOIR)) == "watermark"
    assert negative(shot("1A")) is None


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("EXT. FERRY DECK - NIGHT", "Exterior, Ferry Deck."),
        ("INT./EXT. CAR – DAY", "Interior and exterior, Car."),
        ("int. Oslo station", "Interior, Oslo station."),
        ("The dream", "The dream."),
    ],
)
def test_a_heading_is_told_in_words_without_its_time(slug: str, said: str) -> None:
    assert place(shot("1A", slug=slug), Supplied.of(shot("1A"), PAID)) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"size": "CU", "move": "locked"}, "Close-up, static camera."),
        ({"angle": "low", "lens": "24-70 mm"}, "Low angle, 24-70 mm lens."),
        ({"angle": "low angle", "lens": "50mm anamorphic"}, "Low angle, 50mm anamorphic."),
        ({}, ""),
    ],
)
def test_short_words_of_the_camera_are_spelt_out(fields: dict[str, Any], said: str) -> None:
    assert camera(shot("1A", **fields)) == said


TIMES = st.lists(st.none() | st.fractions(min_value=0, max_value=9), max_size=6)


@given(TIMES, TIMES)
def test_what_happens_and_what_is_said_come_in_turn_and_all_of_it(
    beats: list[Fraction | None], lines: list[Fraction | None]
) -> None:
    does = [(at, f"b{index}") for index, at in enumerate(sorted(beats, key=lambda at: at or 0))]
    says = [(at, f"l{index}") for index, at in enumerate(sorted(lines, key=lambda at: at or 0))]
    told = in_turn(does, says)
    assert sorted(told) == sorted(words for _, words in (*does, *says))
    times = {words: at for at, words in (*does, *says)}
    known = [at for words in told if (at := times[words]) is not None]
    assert known == sorted(known)
