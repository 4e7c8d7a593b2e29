"""Values with expressions in them: types, texts, places of mistakes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from storyboard.language.text.citing import Cited, citations
from storyboard.language.values.arithmetic import MAX_TEXT
from storyboard.language.values.values import Evaluator, ValueProblem

NAMES: dict[str, Any] = {"weather": "fog", "n": 3, "xs": [1, 2], "mira": Cited.asset("cast", "mira", "Mira", None)}
SCOPE = {"city": "Oslo", "hour": "dawn"}
EVALUATOR = Evaluator(NAMES)
JINJA = SandboxedEnvironment(
    block_start_string="\x02%", block_end_string="%\x03", comment_start_string="\x02#", comment_end_string="#\x03",
    keep_trailing_newline=True,
)  # fmt: skip


def problem(text: str) -> ValueProblem:
    with pytest.raises(ValueProblem) as raised:
        EVALUATOR.evaluate(text, SCOPE)
    return raised.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ n }}", 3),
        ("  {{ n }}\n", 3),
        ("{{ xs }}", [1, 2]),
        ("{{ n > 2 }}", True),
        ("{{ none }}", None),
        ("{{ '5' }}", "5"),
        ("{{ {'a': 1} }}", {"a": 1}),
        ("{{ {'a': {'b': '}}'}} }}", {"a": {"b": "}}"}}),
        ("no expression", "no expression"),
        ("n = {{ n }}", "n = 3"),
        ("{{ n }}{{ n }}", "33"),
        ("{{ city }} harbour at {{ hour }}; gulls lift.", "Oslo harbour at dawn; gulls lift."),
        ("{{ '{{' }} n }}", "{{ n }}"),
        ("{{ n }}}}", "3}}"),
        ("{{{n: 1}}}", {"3": 1}),
        ("a {{- n -}} b", "a3b"),
        ("{{ n > 2 }}!", "true!"),
        ("100% {# and 5 {% of", "100% {# and 5 {% of"),
        ("é😀 {{ city }} é\n{{ n }}", "é😀 Oslo é\n3"),
    ],
)
def test_a_whole_expression_keeps_its_type_and_mixed_text_is_text(text: str, value: Any) -> None:
    found = EVALUATOR.evaluate(text, SCOPE)
    assert found == value
    assert type(found) is type(value)


def test_a_cited_asset_is_a_token_in_a_text_and_alone() -> None:
    assert EVALUATOR.evaluate("{{ mira }} waits", SCOPE) == "\x02cast.mira\x03 waits"
    alone = EVALUATOR.evaluate("{{ mira }}", SCOPE)
    assert type(alone) is str
    assert citations(alone) == [("cast", "mira", None)]


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("in {{ citty }} now", "undefined-name", "citty"),
        ("in {{city}} and {{  citty  }}", "undefined-name", "citty"),
        ("{{ mira.nme }}", "undefined-name", "nme"),
        ("{{ '}}' }} {{ nope }}", "undefined-name", "nope"),
        ("a {{- nope -}} b", "undefined-name", "nope"),
        ("x {{ 'a' * 10 ** 9 }}", "too-long-value", "'a' * 10 ** 9"),
        ("x {{ city.__class__ }}", "unsafe-expression", "__class__"),
        ("{{ n }} {{ xs }}", "bad-expression", "xs"),
        ("{{ n }} {{ none }}", "bad-expression", "none"),
        ("x {{ n", "bad-expression", "{{ n"),
        ("x {{ (n }}", "bad-expression", "(n"),
        ("x {{ ('n' }}", "bad-expression", "}"),
        ("x {{ n }} {{", "bad-expression", "{{"),
        ("{{ n | attr('x') }}", "unsafe-expression", "attr"),
        ("{% if n %}x{% endif %}", "statement-in-value", "{% if n %}"),
        ("{{ n }} {% raw %}", "statement-in-value", "{% raw %}"),
        ("a {# note #} b", "statement-in-value", "{# note #}"),
        ("{% include '/etc/passwd' %}", "statement-in-value", "{% include '/etc/passwd' %}"),
        ("{% macro m() %}{{ m() }}{% endmacro %}", "statement-in-value", "{% macro m() %}"),
        ("{{ env.API_KEY }}", "undefined-name", "env"),
    ],
)
def test_a_mistake_names_the_characters_it_means(text: str, code: str, part: str) -> None:
    found = problem(text)
    assert (found.code, text[found.offset : found.offset + found.length]) == (code, part)


def test_texts_are_bounded() -> None:
    assert problem("{{ n }}" + "x" * MAX_TEXT).code == "too-long-value"
    long = Evaluator({"long": "x" * (MAX_TEXT - 1)})
    assert long.evaluate("{{ long }}!", {}) == "x" * (MAX_TEXT - 1) + "!"
    with pytest.raises(ValueProblem) as raised:
        long.evaluate("{{ long }}{{ long }}", {})
    assert raised.value.code == "too-long-value"


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("{{ n }}", True),
        ("fog", False),
        ("{", False),
        ("{% if %}", True),
        ("{# x #}", True),
        ("{#ff0000}", False),
        ("100 %} of {%", False),
        ("}} {{", True),
    ],
)
def test_only_texts_with_expressions_need_evaluating(text: str, has: bool) -> None:
    assert EVALUATOR.text_has_expression(text) is has


def test_one_evaluator_gives_each_scope_its_own_value() -> None:
    texts = [EVALUATOR.evaluate("{{ city }} {{ n }}", {"city": city, "n": city}) for city in ("Oslo", "Lisbon")]
    assert texts == ["Oslo Oslo", "Lisbon Lisbon"]


def test_the_same_mistake_is_reported_each_time() -> None:
    assert [problem("{{ n n }}").message for _ in range(2)] == ['"n" does not fit here'] * 2


PIECES = st.sampled_from(
    ["fog ", " ", "\n", "{", "}", "}}", "%", "#", "{{ city }}", "{{n}}", "{{ '}}' }}", "{{- n }}", "{{ n -}}",
     '{{ "{{" }}', "{{ n + 1 }}", "{{", "{{ {'a': n}.a }}", "{{ xs[0] }}", "'", '"', "é😀"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=6).map("".join))
@example("{{{ n }}}")
@example("{{ n }}{{{ n }} }}")
def test_texts_are_split_where_jinja_splits_them(text: str) -> None:
    try:
        jinjas = JINJA.from_string(text).render(**NAMES, **SCOPE)
    except (TemplateError, TypeError):
        return
    try:
        ours = EVALUATOR.evaluate(text, SCOPE)
    except ValueProblem:
        return
    assert str(ours).strip() == jinjas.strip()


@given(st.lists(PIECES, max_size=4).map("".join), st.lists(PIECES, max_size=4).map("".join))
def test_a_mistake_is_always_inside_the_text(before: str, after: str) -> None:
    text = f"{before}{{{{ nope }}}}{after}"
    try:
        EVALUATOR.evaluate(text, SCOPE)
        meant = "nope"
        place = 0
    except ValueProblem as found:
        place = found.offset
        meant = text[place : place + found.length]
    assert meant
    assert 0 <= place < len(text)
