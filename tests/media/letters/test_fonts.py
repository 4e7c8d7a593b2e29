"""The fonts are there, in their weights, and know what they draw."""

from __future__ import annotations

import pytest

from storyboard.media.letters.fonts import draws, extra_for, face, family_of, missing, remedy, source_sans, substitutes

NOBODY_DRAWS = "\U0001bfff"


def test_weights_and_slants_differ() -> None:
    light, black, slanted = (face(40, 200), face(40, 900), face(40, 400, italic=True))
    assert light.getlength("Storyboard") < black.getlength("Storyboard")
    assert bytes(slanted.getmask("H")) != bytes(face(40, 400).getmask("H"))


def test_source_sans_draws_latin_greek_and_cyrillic_but_no_han() -> None:
    assert all(draws(source_sans(), char) for char in "aéœ—→…ΩωЖя“”· ")
    assert not draws(source_sans(), "海")


@pytest.mark.parametrize(
    "text",
    [
        "且听龙吟，全押抖手。「一」",
        "夜の渡し舟、ゆっくりと…",
        "한국어 자막",
        "繁體字與ㄅㄆㄇ",
        "שלום עולם",
        "مرحبا بالعالم",
    ],
)
def test_every_script_of_the_extras_is_drawn(text: str) -> None:
    assert missing(text) == ""


def test_what_no_font_draws_is_told_once_and_in_order() -> None:
    assert missing(f"a{NOBODY_DRAWS}b{NOBODY_DRAWS}") == NOBODY_DRAWS
    assert missing("plain") == ""


def test_marks_that_are_no_ink_are_not_missed() -> None:
    assert missing("é\u200d\ufe0f\u00a0\n") == ""


def test_han_takes_the_forms_of_its_tongue() -> None:
    japanese, chinese = (family_of("直", spoken, True) for spoken in ("ja", "zh"))
    assert japanese is not None
    assert chinese is not None
    assert bytes(japanese.at(40).getmask("直")) != bytes(chinese.at(40).getmask("直"))


def test_quotes_are_square_only_in_square_setting() -> None:
    assert family_of("“", "zh", False) == source_sans()
    assert family_of("“", "zh", True) != source_sans()


def test_packaged_substitutes_have_weights() -> None:
    family = substitutes("zh")[0]
    assert family.at(40, 200).getmask("海").getbbox() is not None
    assert bytes(family.at(40, 200).getmask("海")) != bytes(family.at(40, 900).getmask("海"))


@pytest.mark.parametrize(("char", "extra"), [("海", "cjk"), ("한", "cjk"), ("、", "cjk"), ("م", "rtl"), ("ש", "rtl")])
def test_the_extra_that_helps_is_named(char: str, extra: str) -> None:
    assert extra_for(char) == extra


@pytest.mark.parametrize("char", ["🎬", "\U00013000", "हि"[0]])
def test_no_extra_brings_emoji_hieroglyphs_or_devanagari(char: str) -> None:
    assert extra_for(char) is None


def test_the_remedy_is_a_command_where_one_helps() -> None:
    assert remedy("海") == "pip install 'storyboard-render[cjk]'"
    assert "none of the fonts" in remedy("🎬")
