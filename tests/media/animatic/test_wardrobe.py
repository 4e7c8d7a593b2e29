"""Looks follow from words, and from the name where words are silent."""

from __future__ import annotations

import pytest

from storyboard.media.animatic.spec import Person
from storyboard.media.animatic.wardrobe import COLOURS, look
from tests.media.animatic.specs import JONAS, MIRA


def test_words_are_worn() -> None:
    mira, jonas = look(MIRA), look(JONAS)
    assert (mira.woman, mira.hair, mira.garment) == (True, "short", "coat")
    assert (mira.hair_colour, mira.top) == (COLOURS["silver"], COLOURS["grey"])
    assert (jonas.woman, jonas.beard, jonas.hat, jonas.hat_colour) == (False, True, "wool", COLOURS["navy"])
    assert jonas.build > 1


@pytest.mark.parametrize(
    ("words", "hair", "garment"),
    [
        ("28, short black curly hair, tan cardigan over a light blue button-up shirt", "curly", "cardigan"),
        ("32, tall, closely shaved head, dark green zip-up jacket", "shaved", "jacket"),
        ("30, long dark hair in a low ponytail, maroon sweater", "ponytail", "sweater"),
        ("34-year-old male in a standard orange jumpsuit", "short", "jumpsuit"),
        ("军队短寸，穿着沾满干泥的作训服", "shaved", "jumpsuit"),
    ],
)
def test_real_descriptions_are_understood(words: str, hair: str, garment: str) -> None:
    worn = look(Person("P", words))
    assert (worn.hair, worn.garment) == (hair, garment)


def test_a_number_of_years_does_not_make_hair_grey() -> None:
    assert look(Person("D", "34-year-old male")).hair_colour != look(Person("D", "an old man")).hair_colour


def test_the_same_name_always_looks_the_same_and_others_differ() -> None:
    assert look(Person("Ada")) == look(Person("Ada"))
    looks = [look(Person(name)) for name in ("Ada", "Bo", "Cleo", "Dan", "Eve", "Finn")]
    assert len({(one.top, one.hair_colour, one.skin, one.tall) for one in looks}) == 6


def test_what_somebody_does_shows_in_the_arms_and_legs() -> None:
    assert look(Person("Ada", manner="Ada points at the door")).gesture == "point"
    assert look(Person("Ada", manner="Ada lifts the box")).gesture == "hold"
    assert look(Person("Ada", manner="Ada kneels on the rug")).crouching
    assert look(Person("Ada", manner="Ada walks to the rail")).walking


def test_children_are_smaller() -> None:
    assert look(Person("Tom", "a boy of eight")).tall < 0.8 < look(Person("Tom", "a man")).tall
