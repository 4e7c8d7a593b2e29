"""Reading: what a storyboard's bytes give, where every scalar stands, and what is refused before anything is built."""

from __future__ import annotations

import os
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from storyboard.diagnostics import Diagnostic, Refused, Span, draw
from storyboard.language.text.source import MAX_BYTES, Map, Node, Scalar, Seq, Source, parse, plain, read, span


def refused(data: bytes) -> tuple[Diagnostic, ...]:
    """The mistakes that reading raises."""
    with pytest.raises(Refused) as refusal:
        parse(data, "film.yaml")
    assert refusal.value.exit_code == 10
    return refusal.value.diagnostics


def only(data: bytes) -> tuple[str, int, int]:
    """Code, line and column of the only mistake."""
    (mistake,) = refused(data)
    assert mistake.span is not None
    return mistake.code, mistake.span.line, mistake.span.column


def test_a_source_has_its_text_its_tree_and_no_problems() -> None:
    assert parse(b"title: Ferry\n", "film.yaml") == Source("film.yaml", "title: Ferry\n", Map({"title": "Ferry"}), ())


def test_keys_are_text_as_spelt() -> None:
    root = parse(b"1.10: a\n1e3: b\nno: c\ntrue: d\n'null': e\n? f\n: g\n", "film.yaml").root
    assert list(root) == ["1.10", "1e3", "no", "true", "null", "f"]


def test_scalars_keep_their_spelling() -> None:
    root = parse(b"a: 1.10\nb: '1.10'\nc: 0x1F\n", "film.yaml").root
    assert dict(root) == {"a": Scalar("1.10", 1.1), "b": "1.10", "c": Scalar("0x1F", 31)}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts_and_is_drawn(end: str) -> None:
    text = end.join(["title: Ferry", "note: |", "  fog", "  rain", "size: WS", "size: CU", ""])
    found = parse(text.encode(), "film.yaml")
    assert found.root["note"] == "fog\nrain\n"
    assert draw(found.problems, {"film.yaml": found.text}) == (
        'film.yaml:6:1: error[duplicate-key]: "size" is written twice\n'
        "  |\n"
        "6 | size: CU\n"
        "  | ^^^^ keep one\n"
        '  film.yaml:5:1: "size" is first written here\n'
        "    |\n"
        "  5 | size: WS\n"
        "    | ^^^^"
    )


def test_columns_count_code_points() -> None:
    root = parse("é😀: [ñ, 雨]\n".encode(), "film.yaml").root
    assert (span(root, ("é😀", 1)).column, span(root, ("é😀", 1)).end_column) == (9, 10)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    root = parse("\ufefftitle: x\n".encode(), "film.yaml").root
    assert span(root, ("title",), key=True).column == 1


@pytest.mark.parametrize("style", [">", ">-", "|", "|+", "|2", "> # why"])
def test_a_block_text_spans_its_indicator_and_its_lines_never_the_next_key(style: str) -> None:
    root = parse(f"a: {style}\n  fog\n  rain\n\n# soon\nb: 1\n".encode(), "film.yaml").root
    place = span(root, ("a",))
    assert (place.line, place.column, place.end_line, place.end_column) == (1, 4, 3, 7)


@pytest.mark.parametrize("text", ["- a", "fog", '"fog"', "5", "[]"])
def test_the_root_must_be_a_mapping(text: str) -> None:
    assert only(text.encode()) == ("not-a-mapping", 1, 1)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "~\n", "\ufeff"])
def test_an_empty_file_says_so(text: str) -> None:
    assert only(text.encode())[0] == "empty-file"


def test_a_second_document_is_refused_where_it_begins() -> None:
    assert only(b"a: 1\n---\nb: 1\n") == ("two-documents", 2, 1)
    assert only(b"--- \na: 1\n...\n---\n") == ("two-documents", 4, 1)


def test_a_key_written_twice_cites_both_places_and_the_first_counts() -> None:
    found = parse(b'a: 1\nb: 2\n"a": 3\n', "film.yaml")
    assert plain(found.root) == {"a": 1, "b": 2}
    (problem,) = found.problems
    assert problem.span is not None
    assert (problem.code, problem.span.line, problem.span.column) == ("duplicate-key", 3, 1)
    assert [(other.span.line, other.span.column) for other in problem.related if other.span] == [(1, 1)]


def test_mistakes_end_at_a_count_that_a_person_can_read() -> None:
    assert {problem.code for problem in refused(b"k: 1\n" * 5000)} == {"duplicate-key"}
    assert len(refused(b"k: 1\n" * 5000)) == 200


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("[a]: 1", 1, 1), ("a: { {b: 1}: 2}", 1, 6), ("~: 1", 1, 1), ("null: 1", 1, 1), ("a:\n  ? [b]\n", 2, 5)],
)
def test_a_key_that_is_no_text_is_refused(text: str, line: int, column: int) -> None:
    assert only(text.encode()) == ("bad-key", line, column)


@pytest.mark.parametrize(
    ("data", "column"),
    [
        (b"a: " + b"[" * 2000, 3 + 64),
        (b"a: " + b"[" * 100_000, 3 + 64),
        (b"- " * 100_000, 2 * 64 + 1),
        (b"{a: " * 100_000, 4 * 64 + 1),
    ],
)
def test_nesting_is_refused_at_the_first_level_too_deep(data: bytes, column: int) -> None:
    assert only(data) == ("too-deep", 1, column)


def test_sixty_four_levels_are_not_too_deep() -> None:
    found = plain(parse(b"a: " + b"[" * 63 + b"]" * 63, "film.yaml").root)["a"]
    for _ in range(62):
        (found,) = found
    assert found == []


@pytest.mark.parametrize("form", ["a: {}", 'a: "{}"', "a: |\n  {}", "{}: 1"])
def test_a_scalar_larger_than_a_mebibyte_is_refused_where_it_begins(form: str) -> None:
    code, line, column = only(form.format("x" * (2 << 20)).encode())
    assert (code, line, column) == ("too-large", 1, 1 if form.startswith("{}") else 4)


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "film.yaml"
    with large.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(Refused) as refusal:
        read(large)
    assert [problem.code for problem in refusal.value.diagnostics] == ["too-large"]


def test_a_number_of_5000_digits_is_a_mistake_at_its_place() -> None:
    found = parse(b"takes: " + b"9" * 5000 + b"\nseed: .inf\n", "film.yaml")
    (problem,) = found.problems
    assert problem.span is not None
    assert (problem.code, problem.span.line, problem.span.column) == ("bad-number", 1, 8)
    assert found.root["takes"] == "9" * 5000
    assert found.root["seed"] == Scalar(".inf", float("inf"))


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_other_unicode_encodings_are_refused_with_and_without_mark(codec: str) -> None:
    assert only("title: Ferry\n".encode(codec)) == ("not-utf-8", 1, 1)


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        ("title: x\nnote: Zoë\n".encode("latin-1"), 2, 9),
        ("title: é".encode()[:-1], 1, 8),
        (b"a: b\r\nc: \xed\xa0\x80", 2, 4),
        ("é: ".encode() + b"\xff", 1, 4),
    ],
)
def test_a_byte_that_is_not_utf_8_is_shown_at_its_place(data: bytes, line: int, column: int) -> None:
    assert only(data) == ("not-utf-8", line, column)


@pytest.mark.parametrize("char", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ufeff", "\uffff"])
def test_control_characters_are_refused_at_their_place(char: str) -> None:
    assert only(f"a: 1\nnote: x{char}y\n".encode()) == ("control-character", 2, 8)


@pytest.mark.parametrize("escape", ["\\0", "\\x1b", "\\a", "\\e", "\\x02", "\\u0003", "\\N", "\\r"])
def test_control_characters_from_escapes_are_refused_too(escape: str) -> None:
    found = parse(f'a: 1\nnote: "x{escape}y"\n'.encode(), "film.yaml")
    (problem,) = found.problems
    assert problem.span is not None
    assert (problem.code, problem.span.line, problem.span.column) == ("control-character", 2, 7)
    assert found.root["note"] == "x\ufffdy"


def test_tabs_and_line_ends_in_texts_are_fine() -> None:
    assert plain(parse(b'a: "x\\ty\\nz"\nb: x\ty\n', "film.yaml").root) == {"a": "x\ty\nz", "b": "x\ty"}


def test_reading_a_file_shows_its_name_as_given(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text("title: x\n")
    assert (read(path).file, read(path, "film.yaml").file) == (str(path), "film.yaml")


def unreadable(kind: str, folder: Path) -> Path:
    path = folder / "film.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    return path


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("missing", "there is no such file"),
        ("folder", "is a folder"),
        ("pipe", "not a regular file"),
        ("device", "not a regular file"),
        ("loop", "in a circle"),
    ],
)
def test_what_is_no_file_is_refused_without_waiting(kind: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        read(unreadable(kind, tmp_path), "film.yaml")
    (problem,) = refusal.value.diagnostics
    assert (problem.code, problem.span) == ("unreadable-file", None)
    assert why in problem.message
    assert str(tmp_path) not in problem.message


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff")
).filter(
    # The C parser reads these as indicators inside braces, as YAML 1.1 does.
    lambda text: not re.search(r"^[:?]|:[?,\[\]{}]", text)
)
KEYS = TEXTS.filter(lambda text: text and not any(map(str.isspace, text)))
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
TREES = st.dictionaries(
    KEYS, st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=12)
)


def dumped(value: Any, flow: bool, width: int) -> str:
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = flow
    writer.allow_unicode = True
    writer.width = width
    stream = StringIO()
    writer.dump(value, stream)
    return stream.getvalue()


@given(TREES, st.booleans(), st.sampled_from([20, 4000]))
def test_what_another_library_wrote_is_read_back(value: dict[str, Any], flow: bool, width: int) -> None:
    found = parse(dumped(value, flow, width).encode(), "film.yaml")
    assert found.problems == ()
    assert plain(found.root) == value


def scalars(node: Node, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], str]]:
    """Every scalar of a tree with its path, as text."""
    if isinstance(node, Map):
        return [found for key, child in node.items() for found in scalars(child, (*path, key))]
    if isinstance(node, Seq):
        return [found for place, child in enumerate(node) for found in scalars(child, (*path, place))]
    return [(path, node.spelt if isinstance(node, Scalar) else node)]


def between(text: str, line: int, column: int, end_line: int, end_column: int) -> str:
    """The text of a span, counted here by hand."""
    lines = text.split("\n")[line - 1 : end_line]
    lines[-1] = lines[-1][: end_column - 1]
    lines[0] = lines[0][column - 1 :]
    return "\n".join(lines)


@given(TREES, st.booleans())
def test_every_span_covers_the_text_of_its_scalar(value: dict[str, Any], flow: bool) -> None:
    found = parse(dumped(value, flow, 4000).encode(), "film.yaml")
    for path, text in scalars(found.root):
        place = span(found.root, path)
        raw = between(found.text, place.line, place.column, place.end_line, place.end_column)
        assert plain(parse(f"? x\n: {raw}\n".encode(), "part.yaml").root)["x"] == plain_scalar(found.root, path), text


def plain_scalar(root: Map, path: tuple[str | int, ...]) -> Any:
    node: Any = plain(root)
    for step in path:
        node = node[step]
    return node


SNIPPETS = st.sampled_from(
    ["a", "b: ", ": ", "- ", "? ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "{{ n }}", "{{", "}}", "&x ", "*x",
     "<<: ", "!!str ", "!t ", "|\n", ">-\n  ", "'", '"', "# c", "\t", "\\", '"\\0"', "~", "5", "1e3", "---\n", "...\n",
     "%", "@", "é😀"]
)  # fmt: skip


def every_span(tree: Map) -> list[Span]:
    return [span(tree, path) for path, _ in scalars(tree)]


@given(st.lists(SNIPPETS, max_size=20).map("".join))
def test_any_text_is_read_or_refused_and_every_place_is_in_it(text: str) -> None:
    try:
        found = parse(text.encode(), "film.yaml")
        places = [*every_span(found.root), *(problem.span for problem in found.problems)]
    except Refused as refusal:
        places = [problem.span for problem in refusal.diagnostics]
        assert places
    lines = text.split("\n")
    for place in places:
        assert place is not None
        assert (1, 1) <= (place.line, place.column) <= (place.end_line, place.end_column)
        assert place.end_line <= len(lines)
        assert place.end_column <= len(lines[place.end_line - 1]) + 1
