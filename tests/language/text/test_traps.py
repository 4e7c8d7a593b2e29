"""Syntax errors said for people, and YAML's traps."""

from __future__ import annotations

import pytest

from storyboard.diagnostics import Diagnostic, Refused, draw
from storyboard.language.text.source import parse, plain


def mistakes(text: str) -> tuple[Diagnostic, ...]:
    try:
        return parse(text.encode(), "film.yaml").problems
    except Refused as refusal:
        return refusal.diagnostics


def drawn(text: str) -> str:
    return draw(mistakes(text), {"film.yaml": text})


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "says"),
    [
        ("\ta: 1\n", "tab-indent", 1, 1, "tab"),
        ("a:\n\tb: 1\n", "tab-indent", 2, 1, "tab"),
        ("a: x\n\tb: 1\n", "tab-indent", 2, 1, "tab"),
        ("a:\n  - b\n \t- c: 1\n", "tab-indent", 3, 2, "tab"),
        ("a: 'open\nb: 1\n", "yaml-syntax", 1, 4, "never closed"),
        ('a: "open\nb: 1\n', "yaml-syntax", 1, 4, "never closed"),
        ("a: [1, 2\nb: 3\n", "yaml-syntax", 1, 4, "is not closed"),
        ("a: {b: 1\nc: 2\n", "yaml-syntax", 1, 4, "is not closed"),
        ("a: }\n", "yaml-syntax", 1, 4, "a value was expected"),
        ("a: @mira\n", "yaml-syntax", 1, 4, 'begins with "@"'),
        ("a: `mira`\n", "yaml-syntax", 1, 4, 'begins with "`"'),
        ("a: 100\n  b: 1\n", "yaml-syntax", 2, 3, "indented by 2"),
        ("a:\n  - b\n c: d\n", "yaml-syntax", 3, 2, "indented by 1"),
        ("a: 1\n- b\n", "yaml-syntax", 2, 1, "a key was expected"),
        ("a: - b\n", "yaml-syntax", 1, 4, "a line of its own"),
        ("a: |\n x\nfoo\n", "yaml-syntax", 3, 1, 'neither a "key: value"'),
        ('a: "b" c\n', "yaml-syntax", 1, 4, "goes on after its quote"),
        ("a: > folded\n  text\n", "yaml-syntax", 1, 6, "begins on the next line"),
        ("%YAML 3.0\n---\na: 1\n", "yaml-syntax", 1, 1, "YAML 1.2"),
        ("a: 1\n...\nb: 2\n", "yaml-syntax", 3, 1, "end of the document"),
        ('a: "\\q"\n', "bad-escape", 1, 5, '"\\q"'),
        ('a: "x\\ud800y"\n', "bad-escape", 1, 6, '"\\ud800"'),
        ('a: "C:\\new\\y"\n', "bad-escape", 1, 11, '"\\y"'),
    ],
)
def test_a_syntax_error_is_one_mistake_where_a_person_mends_it(
    text: str, code: str, line: int, column: int, says: str
) -> None:
    (mistake,) = mistakes(text)
    assert mistake.span is not None
    assert (mistake.code, mistake.span.line, mistake.span.column) == (code, line, column)
    assert says in mistake.message
    assert "while" not in mistake.message


def test_a_text_with_a_colon_is_shown_quoted() -> None:
    assert drawn("shots:\n  - action: He says: go\n") == (
        "film.yaml:2:13: error[unquoted-colon]: a text with a colon and a space must be quoted\n"
        "  |\n"
        "2 |   - action: He says: go\n"
        '  |             ^^^^^^^^^^^ write action: "He says: go"'
    )


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('a: She says "no": twice', """a: 'She says "no": twice'"""),
        ("a: It's: so", 'a: "It\'s: so"'),
        ('a: It\'s "so": b', "a: 'It''s \"so\": b'"),
        ("shots: [{action: He says: go}]", 'action: "He says: go"'),
    ],
)
def test_the_quotes_offered_fit_the_text(text: str, quoted: str) -> None:
    (mistake,) = mistakes(text + "\n")
    assert (mistake.code, mistake.hint) == ("unquoted-colon", f"write {quoted}")


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("duration: {{ n }}", '"{{ n }}"'),
        ("duration: {{n}}", '"{{n}}"'),
        ("cast: [{{ who }}]", '"{{ who }}"'),
        ("action: {{ city }} at {{ hour }}", '"{{ city }} at {{ hour }}"'),
        ("action: {{ city }} at dusk", '"{{ city }} at dusk"'),
        ('line: {{ cast["mira"] }}', "'{{ cast[\"mira\"] }}'"),
        ("shots: [{action: {{ x }}, size: WS}]", '"{{ x }}"'),
    ],
)
def test_an_expression_without_quotes_is_shown_with_them(text: str, quoted: str) -> None:
    (mistake,) = mistakes(f"title: x\n{text}\n")
    assert (mistake.code, mistake.hint) == ("unquoted-expression", f"write {quoted}")
    assert mistake.span is not None
    assert (mistake.span.line, mistake.span.column) == (2, text.index("{{") + 1)


def test_after_an_expression_without_quotes_reading_goes_on() -> None:
    found = parse(b"a: {{ n }}\nb: [{{ x | upper }}, 2]\nc: 1\nc: 2\n", "film.yaml")
    assert plain(found.root) == {"a": "{{ n }}", "b": ["{{ x | upper }}", 2], "c": 1}
    assert [problem.code for problem in found.problems] == [
        "unquoted-expression",
        "unquoted-expression",
        "duplicate-key",
    ]


def test_a_comma_in_braces_is_one_mistake_and_gives_the_whole_text_back() -> None:
    text = "a: {action: low, steamy, still, size: WS}\n"
    assert plain(parse(text.encode(), "film.yaml").root) == {"a": {"action": "low, steamy, still", "size": "WS"}}
    assert drawn(text) == (
        "film.yaml:1:13: error[comma-in-braces]: a text with a comma inside braces must be quoted\n"
        "  |\n"
        "1 | a: {action: low, steamy, still, size: WS}\n"
        '  |             ^^^^^^^^^^^^^^^^^^ write action: "low, steamy, still"'
    )


def test_a_key_without_value_in_braces_is_null_where_no_text_stands_before_it() -> None:
    assert plain(parse(b"a: {mira}\nb: {x: [1], y}\nc: {z: 1, w: }\n", "film.yaml").root) == {
        "a": {"mira": None}, "b": {"x": [1], "y": None}, "c": {"z": 1, "w": None}}  # fmt: skip
