"""Text stays in its box, whatever it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from storyboard.media.animatic.lettering import Hand, clean, fit, length, wrap, write

words = st.text(st.characters(codec="utf-8"), max_size=200) | st.text("ab é—→ωЖ ", max_size=300)


@given(words, st.integers(40, 400))
def test_no_line_is_longer_than_its_measure(text: str, measure: int) -> None:
    hand = Hand(12)
    assert all(length(line, hand) <= measure for line in wrap(text, hand, measure))


@given(words)
def test_wrapping_loses_nothing_but_spaces(text: str) -> None:
    assert "".join(wrap(text, Hand(12), 90)).replace(" ", "") == clean(text).replace(" ", "")


@given(words, st.integers(60, 500), st.integers(10, 120))
def test_a_fitted_text_stays_in_its_box(text: str, measure: int, height: int) -> None:
    hand, lines = fit(text, measure, height, 20, 11)
    assert 11 <= hand.size_px <= 20
    assert len(lines) * hand.leading_px <= height
    assert all(length(line, hand) <= measure for line in lines)


def test_a_long_text_shrinks_before_it_is_cut() -> None:
    text = "The camera slowly dollies forward along the runner rug toward the table. " * 3
    hand, lines = fit(text, 400, 90, 20, 11)
    assert hand.size_px < 20
    assert " ".join(lines) == text.strip()


def test_a_text_too_long_for_any_size_ends_in_an_ellipsis() -> None:
    hand, lines = fit("word " * 500, 300, 60, 20, 11)
    assert hand.size_px == 11
    assert lines[-1].endswith("…")


def test_accents_dashes_arrows_greek_and_cyrillic_are_drawn() -> None:
    text = "é — → Ωμέγα Привет “12°”"
    assert clean(text) == text


def test_control_and_format_marks_are_left_out() -> None:
    assert clean("a\x00b\u202ec\n\td") == "abc d"


def test_crumbs_of_a_text_that_no_font_draws_are_not_shown() -> None:
    unassigned = chr(0x1BFFF) * 20
    assert clean(f"{unassigned} ok") in ("ok", "")
    assert clean("\U00013000\U00013001\U00013002\U00013003\U00013004 a") in (
        "",
        "\U00013000\U00013001\U00013002\U00013003\U00013004 a",
    )


def test_ink_stays_on_the_line() -> None:
    image = Image.new("L", (300, 60))
    hand = Hand(20, 600)
    end = write(image, (10, 40), "Quay Ég", hand, 255)
    found = image.getbbox()
    assert found is not None
    left, top, right, bottom = found
    assert left >= 8
    assert right <= end + 2
    assert 40 - 24 <= top < bottom <= 40 + 8
