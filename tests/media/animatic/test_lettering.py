"""Text stays in its box, whatever it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from storyboard.media.animatic.lettering import Hand, begins_right, clean, fit, length, wrap, write

words = st.text(st.characters(codec="utf-8"), max_size=200) | st.text("ab é—→ωЖ ", max_size=300)


@given(words, st.integers(40, 400))
def test_no_line_is_longer_than_its_measure(text: str, measure: int) -> None:
    hand = Hand(12)
    assert all(length(line, hand) <= measure for line in wrap(text, hand, measure))


@given(words)
def test_wrapping_loses_nothing_but_spaces(text: str) -> None:
    marks = str.maketrans("", "", " \u200e\u200f")
    assert "".join(wrap(text, Hand(12), 90)).translate(marks) == clean(text).translate(marks)


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


def test_chinese_lines_are_full_and_begin_with_no_stop() -> None:
    text = "视线从那枚蓝标沿屏幕边缘向下移到画面外，食指停住不动。胸口一次短促的吸气之后，呼吸停在半途。"
    hand = Hand(20)
    lines = wrap(text, hand, 170)
    assert "".join(lines) == text
    assert all(length(line, hand) > 110 for line in lines[:-1])
    assert not any(line[0] in "，。" for line in lines)


def test_korean_breaks_at_spaces() -> None:
    assert wrap("안개 낀 밤바다", Hand(20), 90) == ["안개 낀", "밤바다"]


def test_a_wrapped_line_keeps_the_direction_of_its_paragraph() -> None:
    lines = wrap("مرحبا بالعالم Ferry", Hand(20), 90)
    assert len(lines) > 1
    assert all(begins_right(line) for line in lines)


def test_arabic_letters_are_joined() -> None:
    hand = Hand(40)
    assert length("ببب", hand) < 0.9 * 3 * length("ب", hand)


def test_right_to_left_begins_at_the_right_of_what_is_not() -> None:
    whole, parts = (Image.new("L", (300, 60)) for _ in range(2))
    hand = Hand(20, 600)
    write(whole, (10, 40), "שלום iiii", hand, 255)
    write(parts, (write(parts, (10, 40), "iiii", hand, 255), 40), "שלום ", hand, 255)
    assert whole.tobytes() == parts.tobytes()


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
