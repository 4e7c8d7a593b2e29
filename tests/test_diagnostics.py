"""Mistakes: their order, and how they are drawn."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.columns import width
from storyboard.diagnostics import (
    COLUMNS,
    LEAST_COLUMNS,
    Diagnostic,
    Edit,
    Refused,
    Related,
    Span,
    Suggestion,
    draw,
    draw_one,
    edit,
    in_file_order,
)

FILM = "shots:\n  - id: 1A\n    duraton: 10\n"


def mistake(line: int, column: int, end: int, hint: str | None = None, message: str = "wrong") -> Diagnostic:
    return Diagnostic("wrong-key", message, Span("film.yaml", line, column, line, end), hint)


def under(text: str, start: int, end: int) -> tuple[str, str]:
    """The drawn source line and the carets below it, without the gutter, for a mistake on the first line."""
    _, _, quoted, carets = draw_one(mistake(1, start, end), {"film.yaml": text}).split("\n")
    return quoted.removeprefix("1 | "), carets.removeprefix("  | ")


def test_a_mistake_is_drawn_in_the_shape_of_the_reference() -> None:
    span = Span("night-ferry.yaml", 3, 5, 3, 12)
    drawn = draw_one(
        Diagnostic("unknown-key", 'unknown key "duraton" in shot "1A"', span, 'did you mean "duration"?'),
        {"night-ferry.yaml": FILM},
    )
    assert drawn == (
        'night-ferry.yaml:3:5: error[unknown-key]: unknown key "duraton" in shot "1A"\n'
        "  |\n"
        "3 |     duraton: 10\n"
        '  |     ^^^^^^^ did you mean "duration"?'
    )


def test_warnings_and_related_places_are_drawn() -> None:
    related = (Related("made by this row", Span("rows.yaml", 2, 1, 2, 5)), Related("and by that rule"))
    span = Span("film.yaml", 12, 1, 12, 2)
    drawn = draw_one(
        Diagnostic("odd", "odd", span, severity="warning", related=related), {"film.yaml": "\n" * 11 + "x"}
    )
    assert drawn == (
        "film.yaml:12:1: warning[odd]: odd\n   |\n12 | x\n   | ^\n  rows.yaml:2:1: made by this row\n  and by that rule"
    )


def test_without_a_place_or_a_text_the_hint_stands_below() -> None:
    assert draw_one(Diagnostic("lost", "lost", hint="look"), {}) == "error[lost]: lost\n  = look"
    assert draw_one(mistake(1, 1, 2, "look"), {}) == "film.yaml:1:1: error[wrong-key]: wrong\n  = look"
    assert draw_one(Diagnostic("lost", "lost"), {}) == "error[lost]: lost"


def test_mistakes_are_drawn_in_file_order_those_without_a_place_last() -> None:
    first, second = mistake(1, 1, 2), mistake(2, 3, 4)
    nowhere = Diagnostic("lost", "lost")
    other = Diagnostic("wrong-key", "wrong", Span("a.yaml", 9, 1, 9, 2))
    assert in_file_order([nowhere, second, first, other]) == [other, first, second, nowhere]
    drawn = draw([nowhere, second, first], {"film.yaml": FILM})
    assert drawn == "\n\n".join(draw_one(one, {"film.yaml": FILM}) for one in (first, second, nowhere))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_ends_as_the_file_ends_its_lines(end: str) -> None:
    drawn = draw_one(mistake(2, 1, 2), {"film.yaml": end.join(["a: 1", "b: 2", ""])})
    assert drawn.split("\n")[2:] == ["2 | b: 2", "  | ^"]


@pytest.mark.parametrize(
    ("text", "start", "end", "carets"),
    [
        ("a: fog", 4, 7, "   ^^^"),
        ("雨: fog", 4, 7, "    ^^^"),
        ("a: 雨雨", 4, 6, "   ^^^^"),
        ("e\u0301: fog", 5, 8, "   ^^^"),
        ("a: fog", 7, 7, "      ^"),
        ("a: fog   ", 4, 10, "   ^^^"),
    ],
)
def test_carets_stand_below_what_they_mean_in_a_terminal(text: str, start: int, end: int, carets: str) -> None:
    assert under(text, start, end)[1] == carets


def test_a_span_of_many_lines_is_underlined_to_the_end_of_its_first() -> None:
    drawn = draw_one(Diagnostic("x", "x", Span("film.yaml", 2, 5, 3, 16)), {"film.yaml": FILM})
    assert drawn.split("\n")[2:] == ["2 |   - id: 1A", "  |     ^^^^^^"]


def test_tabs_are_drawn_as_spaces() -> None:
    assert under("\ta\tb", 4, 5) == ("    a   b", "        ^")


def test_nothing_in_a_drawing_moves_the_terminal() -> None:
    evil = "a\x1b[31m\u202eb\u200bc\ud800"
    quoted, carets = under(evil, 1, 2)
    assert quoted == "a\\u001b[31m\\u202eb\\u200bc\\ud800"
    assert carets == "^"
    drawn = draw_one(Diagnostic("x", evil, Span(evil, 1, 1, 1, 2), evil, related=(Related(evil),)), {evil: evil})
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs") or char == "\n" for char in drawn)


@pytest.mark.parametrize("columns", [20, 80, COLUMNS])
@given(start=st.integers(0, 599), length=st.integers(1, 12))
def test_of_a_long_line_what_surrounds_the_carets_is_drawn(columns: int, start: int, length: int) -> None:
    text = "".join(chr(0x4E00 + place) if place % 7 == 0 else chr(0x1401 + place) for place in range(600))
    meant = text[start : start + length]
    drawn = draw_one(mistake(1, start + 1, start + 1 + len(meant)), {"film.yaml": text}, columns)
    _, _, quoted, carets = drawn.split("\n")
    assert width(quoted) <= max(columns, LEAST_COLUMNS + len("1 | ……"))
    assert quoted.removeprefix("1 | ").strip("…") in text
    assert width(quoted[: quoted.index(meant)]) == carets.index("^")
    assert carets.count("^") == width(meant)


def test_a_hint_that_has_no_room_beside_the_carets_stands_below_them() -> None:
    drawn = draw_one(mistake(1, 50, 60, "a hint of some length"), {"film.yaml": "x" * 60}, 70)
    assert drawn.split("\n")[3:] == [f"  | {' ' * 49}{'^' * 10}", "  = a hint of some length"]


def test_a_place_past_the_end_is_still_drawn() -> None:
    assert draw_one(mistake(9, 4, 5), {"film.yaml": "a"}).split("\n")[2:] == ["9 |", "  | ^"]


def suggested(line: str, start: int, end: int, word: str = "mria") -> Edit | None:
    return edit(mistake(1, start, end, Suggestion("did you mean?", word, "mira")), {"film.yaml": [line]})


def test_a_suggestion_is_an_edit_of_the_misspelt_word_inside_its_place() -> None:
    assert suggested("cast: [mria]", 8, 12) == Edit(Span("film.yaml", 1, 8, 1, 12), "mira")
    assert suggested('cast: ["mria"]', 8, 14) == Edit(Span("film.yaml", 1, 9, 1, 13), "mira")
    assert suggested("images: [refs/mria]", 10, 19) == Edit(Span("film.yaml", 1, 15, 1, 19), "mira")


def test_nothing_is_edited_where_the_word_does_not_stand_once_or_is_no_suggestion() -> None:
    assert suggested("cast: [mria-mria]", 8, 17) is None
    assert suggested("cast: [who]", 8, 11) is None
    assert edit(mistake(1, 1, 5, "did you mean?"), {"film.yaml": ["mria"]}) is None
    assert edit(mistake(1, 1, 5, Suggestion("?", "mria", "mira")), {}) is None


def test_a_refusal_carries_its_diagnostics_its_texts_and_its_exit_code() -> None:
    found = [mistake(1, 1, 2, message="one"), mistake(2, 1, 2, message="two")]
    refusal = Refused(iter(found), texts={"film.yaml": FILM})
    assert (refusal.diagnostics, refusal.exit_code, refusal.texts) == (tuple(found), 10, {"film.yaml": FILM})
    assert str(refusal) == "one; two"
    assert Refused([], 14).exit_code == 14
