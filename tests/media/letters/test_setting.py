from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.animatic.lettering import length
from storyboard.media.letters.setting import block, shadowed

WORDS = st.lists(st.text("abcdefghijklmnop", min_size=1, max_size=9), min_size=1, max_size=30).map(" ".join)


@given(WORDS, st.integers(120, 600), st.integers(60, 400))
def test_a_block_is_inside_its_box(text: str, measure: int, height: int) -> None:
    words = block(text, measure, height, 48, 8, 400)
    assert words.height <= max(height, words.hand.leading_px)
    assert all(length(line, words.hand) <= measure for line in words.lines)


def test_written_line_breaks_are_kept() -> None:
    words = block("EDITLY\nVideo editing framework\n\nby hand", 2000, 400, 30, 8, 400)
    assert words.lines == ("EDITLY", "Video editing framework", "", "by hand")


def test_a_text_is_set_smaller_before_it_is_cut() -> None:
    few, many = block("Oslo", 400, 100, 60, 10, 400), block("Oslo harbour " * 12, 400, 100, 60, 10, 400)
    most = block("Oslo harbour " * 200, 400, 100, 60, 10, 400)
    assert few.hand.size_px == 60 > many.hand.size_px > most.hand.size_px == 10
    assert most.lines[-1].endswith("…")
    assert not many.lines[-1].endswith("…")


def test_no_word_is_broken_while_a_smaller_size_keeps_it_whole() -> None:
    assert block("Incomprehensibilities", 300, 300, 90, 8, 400).lines == ("Incomprehensibilities",)


def test_a_shadow_reaches_into_the_margin_and_letters_do_not() -> None:
    words = block("Oslo", 400, 100, 40, 10, 400)
    plain, margin = shadowed(words, (255, 255, 255), (0, 0, 0), 0)
    soft, _ = shadowed(words, (255, 255, 255), (0, 0, 0), 1)
    assert plain.size == soft.size == (words.width + 2 * margin, words.height + 2 * margin)
    inner, outer = plain.getchannel("A").getbbox(), soft.getchannel("A").getbbox()
    assert inner is not None
    assert outer is not None
    assert inner[0] >= margin - 2 > outer[0]
