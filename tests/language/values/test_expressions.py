"""Expressions: Jinja's grammar, our meaning, nothing else within reach."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from storyboard.language.text.citing import Cited
from storyboard.language.values.expressions import MAX_DEPTH, MAX_SOURCE, compiled
from storyboard.language.values.faults import Fault, Undefined

JINJA = SandboxedEnvironment()
SCOPE: dict[str, Any] = {
    "n": 3,
    "city": "Oslo",
    "xs": [1, 2, 3],
    "row": {"hour": "dawn", "deep": {"er": 7}},
    "nothing": None,
    "loop": {"index": 2, "index0": 1, "first": False},
    "mira": Cited.asset("cast", "mira", "Mira", "a pilot", {"oilskin": "grey"}),
}
SCOPE["cast"] = {"mira": SCOPE["mira"]}


def result(source: str) -> Any:
    return compiled(source)((SCOPE, {}))


def fault(source: str) -> Fault:
    with pytest.raises(Fault) as raised:
        result(source)
    return raised.value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("n", 3),
        ("row.hour", "dawn"),
        ("row['deep'].er", 7),
        ("n * 2.5", 7.5),
        ("-n + 1", -2),
        ("+n", 3),
        ("7 // 2 * 2 + 7 % 2", 7),
        ("2 ** 3 ** 2", 64),
        ("-2 ** 2", 4),
        ("2 * 3 ** 2 + 1", 19),
        ("xs[1:]", [2, 3]),
        ("xs[::-1]", [3, 2, 1]),
        ("city[0] ~ n ~ '!'", "O3!"),
        ("'a' 'b'", "ab"),
        ("city == 'Oslo' and n > 2", True),
        ("not (city == 'Lisbon' and row.hour == 'dawn')", True),
        ("nothing or 'fog'", "fog"),
        ("1 < n <= 3", True),
        ("'x' if n > 5 else 'y'", "y"),
        ("n in xs", True),
        ("n not in xs", False),
        ("[n, city]", [3, "Oslo"]),
        ("(n, city)", [3, "Oslo"]),
        ("{'a': n, 1: 2}", {"a": 3, "1": 2}),
        ("true", True),
        ("none", None),
        ("xs | join(', ')", "1, 2, 3"),
        ("1 if false else city | upper", "OSLO"),
        ("missing | default('fog')", "fog"),
        ("row.missing.deep | default('fog')", "fog"),
        ("nothing | default('fog')", None),
        ("nothing | default('fog', true)", "fog"),
        ("missing is defined", False),
        ("city is defined", True),
        ("missing is undefined", True),
        ("nothing is none", True),
        ("n is odd and n is not even", True),
        ("n is divisibleby 3", True),
        ("loop.cycle('a', 'b', 'c')", "b"),
        ("loop.index", 2),
        ("cast['mira']", "\x02cast.mira\x03"),
        ("mira.oilskin", "\x02cast.mira.oilskin\x03"),
        ("mira.name", "Mira"),
        ("mira == 'mira'", True),
        ("größe | default(1)", 1),
    ],
)
def test_expressions_give_the_objects_they_name(source: str, value: Any) -> None:
    found = result(source)
    assert found == value
    assert isinstance(found, type(value))


@pytest.mark.parametrize(
    "source",
    [
        "''.__class__",
        "city.__class__.__mro__",
        "_private",
        "'{0.__class__}' | attr('format')",
        "'{:>1000000000}'.format(1)",
        "city.format",
        "cycler.__init__.__globals__",
        "range(99999)",
        "lipsum()",
        "namespace(a=1)",
        "self.__init__",
        "city.upper()",
        "xs.append(1)",
        "loop.cycle",
        "loop.cycle()",
        "row.cycle('a')",
        "city | center(1000000000)",
        "city | indent(1000000000)",
        "city | format(1)",
        "xs | map('upper')",
        "xs | batch(2)",
        "city | pprint",
        "'%1000000000s' % 1",
        "'a' * 10 ** 9",
        "9 ** 9 ** 9",
        "env.API_KEY",
        "row['__class__']",
        "mira.split",
    ],
)
def test_nothing_beyond_the_given_data_is_within_reach(source: str) -> None:
    assert fault(source).code in ("unsafe-expression", "undefined-name", "too-long-value", "bad-expression")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("''.__class__", "unsafe-expression"),
        ("range(9)", "unsafe-expression"),
        ("city | attr('x')", "unsafe-expression"),
        ("'{}'.format(1)", "unsafe-expression"),
        ("cycler", "undefined-name"),
        ("env.API_KEY", "undefined-name"),
        ("city | uper", "bad-expression"),
        ("n is oddly", "bad-expression"),
        ("n +", "bad-expression"),
        ("", "bad-expression"),
        ("n n", "bad-expression"),
        ("n | round(method='ceil')", "bad-expression"),
        ("xs | join(1, 2, 3)", "bad-expression"),
        ("missing | default", "bad-expression"),
        ("'x' if n", "bad-expression"),
        ("nothing.x", "undefined-name"),
        ("(" * 900 + ")" * 900, "bad-expression"),
        ("1" + " + 1" * (MAX_SOURCE // 4), "bad-expression"),
        ("9" * 30, "too-long-value"),
        ("'a' ~ xs", "bad-expression"),
    ],
)
def test_each_refusal_has_its_code(source: str, code: str) -> None:
    assert fault(source).code == code


def test_long_chains_are_no_matter_and_longer_ones_are_refused() -> None:
    assert result(" + ".join(["1"] * 150)) == 150
    assert result("not " * 200 + "n") is True
    assert result("(" * (MAX_DEPTH - 1) + "n" + ")" * (MAX_DEPTH - 1)) == 3
    for source in ("1" + " + 1" * 300, "(" * MAX_DEPTH + "n" + ")" * MAX_DEPTH, "-" * MAX_DEPTH + "n", "[" * 100):
        assert fault(source).code == "bad-expression"


@pytest.mark.parametrize(
    ("source", "at"),
    [
        ("n n", 2),
        ("n + * n", 4),
        ("(n", None),
        ("xs[", None),
        ("xs[]", None),
        ("{1 2}", 3),
        ("n is not", None),
        ("n.", None),
        ("n.'a'", 2),
        ("n | 5", 4),
        ("[n", None),
        ("n not 5", 6),
        ("if", 0),
        ("n @ 5", 2),
        ("n ~ 'a", 4),
        ("'\\x02'", 1),
        ("{n", None),
    ],
)
def test_mistakes_of_grammar_know_their_place(source: str, at: int | None) -> None:
    found = fault(source)
    assert (found.code, found.at) == ("bad-expression", at)


def test_a_misspelt_name_offers_the_right_one_and_is_pointed_at() -> None:
    missing = fault("citty ~ n")
    assert isinstance(missing, Undefined)
    assert (missing.word, missing.hint) == ("citty", 'did you mean "city"?')
    assert fault("city | uppper").hint == 'did you mean "upper"?'
    assert fault("city.upper()").hint == 'write "… | upper"'


def test_nearer_names_hide_farther_ones() -> None:
    assert compiled("n")(({"n": 1}, {"n": 2})) == 1
    assert compiled("n")(({}, {"n": 2})) == 2


NUMBERS = st.integers(0, 99).map(str)
ATOMS = st.one_of(NUMBERS, st.sampled_from(["n", "city", "row.hour", "xs[0]", "true", "'fog'", "xs | length"]))


SIGNS = ["+", "-", "*", "//", "%", "==", "!=", "<", ">=", "and", "or", "~", "in", "not in"]

TAILS = [" | abs", " | string", " | length", " is odd", " is not none", "[0]", ".hour"]


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Larger expressions made of smaller ones, mostly without parentheses, so that what binds tighter shows."""
    infix = st.tuples(inner, st.sampled_from(SIGNS), inner).map(" ".join)
    return st.one_of(
        infix,
        infix.map(lambda part: f"({part})"),
        st.tuples(st.sampled_from(["- ", "+ "]), inner).map("".join),
        inner.map(lambda part: f"(not {part})"),
        st.tuples(inner, st.sampled_from([" | abs", " | string", " is odd", " is not none", "[0]", ".hour"])).map(
            "".join
        ),
        st.tuples(inner, inner, inner).map(lambda parts: "{} if {} else {}".format(*parts)),
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
    )


@given(st.recursive(ATOMS, grown, max_leaves=8))
def test_where_jinja_and_we_give_a_value_it_is_the_same(source: str) -> None:
    """Except in texts made of values: Jinja spells booleans as Python does, we as the storyboard does."""
    try:
        theirs = JINJA.compile_expression(source, undefined_to_none=False)(**SCOPE)
        ours = result(source)
    except (TemplateError, TypeError, ArithmeticError, Fault):
        return
    assert "~" in source or "string" in source or ours == theirs


@given(st.text("nx1.()[]{}'| ~+-*/%<>=!,:_ifelsand\n ", max_size=40))
def test_no_text_breaks_the_compiler(source: str) -> None:
    with suppress(Fault):
        result(source)
