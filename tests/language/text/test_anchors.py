"""Anchors, aliases, merge keys and tags."""

from __future__ import annotations

from typing import Any

import pytest

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.language.text.source import parse, plain, span


def data(text: str) -> Any:
    found = parse(text.encode(), "film.yaml")
    assert found.problems == ()
    return plain(found.root)


def mistake(text: str) -> tuple[str, int, int]:
    """Code, line and column of a text's only mistake, raised or survived."""
    try:
        problems: tuple[Diagnostic, ...] = parse(text.encode(), "film.yaml").problems
    except Refused as refusal:
        problems = refusal.diagnostics
    (only,) = problems
    assert only.span is not None
    return only.code, only.span.line, only.span.column


def test_an_alias_is_the_anchored_node_and_stands_where_that_was_written() -> None:
    root = parse(b"a: &x {size: WS}\nb: *x\nc: &t fog\nd: *t\n", "film.yaml").root
    assert plain(root) == {"a": {"size": "WS"}, "b": {"size": "WS"}, "c": "fog", "d": "fog"}
    assert root["b"] is root["a"]
    assert [(span(root, path).line, span(root, path).column) for path in [("b", "size"), ("b",), ("d",)]] == [
        (1, 14), (1, 7), (3, 7)]  # fmt: skip


def test_an_anchor_named_again_means_the_later_node() -> None:
    assert data("a: &x 1\nb: &x 2\nc: *x\n")["c"] == 2


def test_an_alias_may_be_a_key() -> None:
    assert data("a: &x mira\n*x : 1\n") == {"a": "mira", "mira": 1}


def test_merged_entries_keep_their_places_and_explicit_ones_win() -> None:
    text = "a: &x {size: WS, lens: 35mm}\nb: &y {size: CU, move: pan}\nc:\n  <<: [*x, *y]\n  lens: 50mm\n"
    root = parse(text.encode(), "film.yaml").root
    assert plain(root["c"]) == {"lens": "50mm", "size": "WS", "move": "pan"}
    assert [span(root, ("c", key), key=True).line for key in ("size", "move", "lens")] == [1, 2, 5]


def test_one_mapping_can_be_merged_and_the_order_of_the_keys_does_not_matter() -> None:
    assert data("a: &x {k: 1}\nb: {k: 2, <<: *x, m: 3}\n")["b"] == {"k": 2, "m": 3}


def test_a_quoted_merge_sign_is_an_ordinary_key() -> None:
    assert data("a: {'<<': 1}\n") == {"a": {"<<": 1}}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: {<<: fog}\n", ("bad-merge", 1, 9)),
        ("a: {<<: [1]}\n", ("bad-merge", 1, 9)),
        ("x: &x {k: 1}\na: {<<: *x, <<: *x}\n", ("duplicate-key", 2, 13)),
        ("a: *y\n", ("unknown-alias", 1, 4)),
        ("a: &a [*a]\n", ("cyclic-alias", 1, 8)),
        ("a: &a {b: {c: *a}}\n", ("cyclic-alias", 1, 15)),
        ("a: &a\n  <<: *a\n", ("cyclic-alias", 2, 7)),
    ],
)
def test_a_wrong_alias_or_merge_is_shown_at_its_place(text: str, wanted: tuple[str, int, int]) -> None:
    assert mistake(text) == wanted


def test_an_unknown_alias_offers_the_nearest_anchor() -> None:
    with pytest.raises(Refused) as refusal:
        parse(b"a: &miras x\nb: *mira\n", "film.yaml")
    assert refusal.value.diagnostics[0].hint == 'did you mean "*miras"?'


def test_nine_levels_of_billion_laughs_are_counted_and_never_walked() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    code, line, _ = mistake("\n".join(levels))
    assert (code, line) == ("alias-bomb", 7)


def test_merge_keys_that_copy_without_end_are_counted_too() -> None:
    keys = ", ".join(f"k{n}: 1" for n in range(1000))
    assert mistake(f"a: &a {{{keys}}}\nb: {{<<: [{', '.join(['*a'] * 10000)}]}}\n")[0] == "alias-bomb"
    doubled = [
        "a0: &a0 {k: 1}",
        *(f"a{n}: &a{n} {{<<: *a{n - 1}, z{n}: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 60)),
    ]
    assert mistake("\n".join(doubled))[0] == "alias-bomb"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!str 5", "5"), ("!!str", ""), ("!!int '5'", 5), ("!!float 5", 5), ("!!float '1.5'", 1.5),
        ("!!bool 'true'", True), ("!!null ''", None), ("!!map {a: 1}", {"a": 1}), ("!!seq [1]", [1]),
        ("!!str &x 5", "5"), ("&x !!str 5", "5"), ('!!str "5"', "5"),
    ],
)  # fmt: skip
def test_the_core_tags_mean_what_they_say(text: str, value: object) -> None:
    assert data(f"k: {text}\n") == {"k": value}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: !!python/object/apply:os.system [ls]\n", ("unknown-tag", 1, 4)),
        ("a: !foo bar\n", ("unknown-tag", 1, 4)),
        ("a: ! 5\n", ("unknown-tag", 1, 4)),
        ("a:\n  - !include x.yaml\n", ("unknown-tag", 2, 5)),
        ("a: !!binary aGk=\n", ("unknown-tag", 1, 4)),
        ("a: !!seq {b: 1}\n", ("unknown-tag", 1, 4)),
        ("%TAG ! tag:evil.org:\n---\na: !foo 1\n", ("unknown-tag", 3, 4)),
        ("a: !!bool yes\n", ("bad-tag", 1, 11)),
        ("a: !!int fog\n", ("bad-tag", 1, 10)),
        ("a: !h!foo 1\n", ("yaml-syntax", 1, 4)),
    ],
)
def test_any_other_tag_is_refused_at_its_place(text: str, wanted: tuple[str, int, int]) -> None:
    assert mistake(text) == wanted


def test_a_refused_tag_leaves_the_value_for_the_checks_that_follow() -> None:
    found = parse(b"a: !foo bar\nb: !python/tuple [1]\n", "film.yaml")
    assert plain(found.root) == {"a": "bar", "b": [1]}
    assert [problem.message for problem in found.problems] == [
        'the tag "!foo" has no meaning in a storyboard',
        'the tag "!python/tuple" has no meaning in a storyboard',
    ]
