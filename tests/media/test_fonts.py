"""The font is there, in its weights, and knows what it draws."""

from __future__ import annotations

from storyboard.media.fonts import draws, face, substitutes


def test_weights_and_slants_differ() -> None:
    light, black, slanted = (face(40, 200), face(40, 900), face(40, 400, italic=True))
    assert light.getlength("Storyboard") < black.getlength("Storyboard")
    assert bytes(slanted.getmask("H")) != bytes(face(40, 400).getmask("H"))


def test_it_draws_latin_greek_and_cyrillic_but_no_han() -> None:
    assert all(draws(face(20), char) for char in "aéœ—→…ΩωЖя“”· ")
    assert not draws(face(20), "海")


def test_substitutes_may_be_none_but_are_fonts_of_that_size() -> None:
    assert all(font.size == 20 for font in substitutes(20))
