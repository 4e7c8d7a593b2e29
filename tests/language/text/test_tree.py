"""The tree: what it holds, where its parts stand, and how trees from several files become one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from storyboard.diagnostics import Related, Span
from storyboard.language.text.source import parse
from storyboard.language.text.tree import Map, Page, Scalar, Seq, at, mark_at, plain, span, span_within, wrap

FILM = """\
title: Ferry
shots:
  - action: Fog.
    cast: [mira, jonas]
  - {action: Rain.}
"""


def tree(text: str = FILM, file: str = "film.yaml") -> Map:
    return parse(text.encode(), file).root


def place(*numbers: int) -> Span:
    return Span("film.yaml", *numbers)


def test_a_place_is_a_line_and_a_column_in_code_points() -> None:
    page = Page("film.yaml", "é😀b\r\nx\ry\nz")
    assert [page.position(offset) for offset in (0, 2, 5, 7, 9)] == [(1, 1), (1, 3), (2, 1), (3, 1), (4, 1)]


def test_a_span_ends_where_the_text_does() -> None:
    assert Page("film.yaml", "ab \n\n  c").span(0, 6) == place(1, 1, 1, 3)


@pytest.mark.parametrize(
    ("path", "key", "wanted"),
    [
        ((), False, (1, 1, 5, 20)),
        (("title",), True, (1, 1, 1, 6)),
        (("title",), False, (1, 8, 1, 13)),
        (("shots",), False, (3, 3, 5, 20)),
        (("shots", 0), False, (3, 5, 4, 24)),
        (("shots", 0, "action"), True, (3, 5, 3, 11)),
        (("shots", 0, "cast"), False, (4, 11, 4, 24)),
        (("shots", 0, "cast", 1), False, (4, 18, 4, 23)),
        (("shots", 1), False, (5, 5, 5, 20)),
        (("shots", 1, "action"), False, (5, 14, 5, 19)),
    ],
)
def test_keys_and_values_have_their_places(path: tuple[str | int, ...], key: bool, wanted: tuple[int, ...]) -> None:
    assert span(tree(), path, key=key) == place(*wanted)


@pytest.mark.parametrize(
    "path", [("shots", 7), ("shots", "id"), ("shots", -1), ("shots", 0, "cast", 1, "name"), ("slug",)]
)
def test_a_missing_step_gives_the_nearest_ancestors_place(path: tuple[str | int, ...]) -> None:
    present = {("shots", 0, "cast", 1, "name"): ("shots", 0, "cast", 1), ("slug",): ()}.get(path, ("shots",))
    assert span(tree(), path) == span(tree(), present)


def test_a_leaf_alone_knows_no_place() -> None:
    with pytest.raises(TypeError):
        span("fog", ())


def test_a_mistake_is_born_at_its_place() -> None:
    above = Related("written here", place(1, 1, 1, 6))
    mistake = at(
        tree(), ("title",), "bad-title", "no title", "write one", key=True, severity="warning", related=[above]
    )
    assert (mistake.code, mistake.message, mistake.hint, mistake.severity) == (
        "bad-title",
        "no title",
        "write one",
        "warning",
    )
    assert (mistake.span, mistake.related) == (place(1, 1, 1, 6), (above,))


def test_replaced_values_keep_their_places_and_leave_the_old_tree_alone() -> None:
    before = tree()
    after = before.replaced({"title": "Night Ferry"})
    assert (before["title"], after["title"]) == ("Ferry", "Night Ferry")
    assert span(after, ("title",)) == span(before, ("title",))
    assert after["shots"] is before["shots"]
    shots = before["shots"]
    assert isinstance(shots, Seq)
    assert span(shots.replaced(["a", "b"]), (1,)) == span(before, ("shots", 1))


def test_replacing_what_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        tree().replaced({"slug": "EXT."})
    shots = tree()["shots"]
    assert isinstance(shots, Seq)
    with pytest.raises(ValueError, match="one mark"):
        shots.replaced(["only one"])


def test_a_mapping_laid_over_another_points_into_both_files() -> None:
    shot = tree("size: CU\nmove: pan\n", "shot.yaml")
    defaults = tree("# the film's\nsize: WS\nlens: 35mm\n", "film.yaml")
    both = shot.over(defaults)
    assert plain(both) == {"size": "CU", "lens": "35mm", "move": "pan"}
    assert [(span(both, (key,)).file, span(both, (key,)).line) for key in ("size", "lens", "move")] == [
        ("shot.yaml", 1), ("film.yaml", 3), ("shot.yaml", 2)]  # fmt: skip
    assert (both.file, both.size) == ("shot.yaml", 4)


def test_keys_can_be_taken_away() -> None:
    assert plain(tree().without(["shots", "slug"])) == {"title": "Ferry"}


def test_plain_data_has_no_positions() -> None:
    found = plain(tree("a: 5\nb: [~, true, '5', {c: 1.5}]\n"))
    assert found == {"a": 5, "b": [None, True, "5", {"c": 1.5}]}
    assert type(found) is dict
    assert type(found["b"]) is list


@pytest.mark.parametrize("value", [None, True, 3, 2.5, "fog", [], ["a", [1]], {"a": {"b": [None]}}])
def test_a_wrapped_value_is_itself_and_points_where_it_was_put(value: Any) -> None:
    mark = mark_at(tree(), ("title",))
    parent = tree().replaced({"title": wrap(value, mark)})
    assert plain(parent["title"]) == value
    assert span(parent, ("title",)) == place(1, 8, 1, 13)


def test_everything_inside_a_wrapped_value_points_there_too() -> None:
    parent = tree().replaced({"title": wrap({"rows": [{"city": "Oslo"}]}, mark_at(tree(), ("title",)))})
    assert span(parent, ("title", "rows", 0, "city")) == place(1, 8, 1, 13)


def test_wrapping_leaves_nodes_alone_and_refuses_strangers() -> None:
    shots = tree()["shots"]
    mark = mark_at(tree(), ())
    assert wrap(shots, mark) is shots
    assert wrap(Scalar("1e3", 1000.0), mark) == Scalar("1e3", 1000.0)
    with pytest.raises(TypeError):
        wrap(Fraction(1, 3), mark)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: fog over {{ city }}\n", (1, 16, 1, 20)),
        ("a: 'fog over {{ city }}'\n", (1, 17, 1, 21)),
        ("a: >-\n  fog\n  over {{ city }}\n", (3, 11, 3, 15)),
        ('a: "fog\\u0020over {{ city }}"\n', (1, 22, 1, 26)),
    ],
)
def test_a_part_of_a_text_is_found_where_it_is_written(text: str, wanted: tuple[int, ...]) -> None:
    root = tree(text)
    value = root["a"]
    assert isinstance(value, str)
    assert span_within(root, ("a",), value.index("city"), 4) == place(*wanted)


def test_of_equal_parts_the_right_one_is_found() -> None:
    assert span_within(tree("a: xx {{ x }} x\n"), ("a",), 6, 1) == place(1, 10, 1, 11)


def test_a_part_hidden_by_escapes_stands_for_the_whole_value() -> None:
    assert span_within(tree('a: "\\x41 {{ b }}"\n'), ("a",), 0, 1) == place(1, 4, 1, 18)
