"""Filters and tests of expressions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.filters import FILTERS as JINJAS_FILTERS
from jinja2.tests import TESTS as JINJAS_TESTS

from storyboard.language.text.citing import Cited
from storyboard.language.values.arithmetic import MAX_TEXT
from storyboard.language.values.faults import Fault, Undefined
from storyboard.language.values.filters import FILTERS, TESTS

MIRA = Cited.asset("cast", "mira", "Mira", None)


def test_every_filter_and_test_has_a_name_that_jinja_knows() -> None:
    assert set(FILTERS) <= set(JINJAS_FILTERS)
    assert set(TESTS) <= set(JINJAS_TESTS)


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("lower", ("FOG",), "fog"),
        ("upper", ("fog",), "FOG"),
        ("title", ("night ferry",), "Night Ferry"),
        ("capitalize", ("fOG",), "Fog"),
        ("trim", (" fog ",), "fog"),
        ("replace", ("fog", "f", "d"), "dog"),
        ("length", ([1, 2],), 2),
        ("count", ("fog",), 3),
        ("first", ([5, 6],), 5),
        ("last", ("fog",), "g"),
        ("join", (["a", 1, True], ", "), "a, 1, true"),
        ("join", ([],), ""),
        ("join", ([MIRA, "x"], " & "), f"{MIRA} & x"),
        ("round", (2.5,), 3),
        ("round", (-2.5,), -3),
        ("round", (2.675, 2), 2.68),
        ("round", (1.25, 1), 1.3),
        ("int", ("42",), 42),
        ("int", (2.9,), 2),
        ("float", (" 2.5 ",), 2.5),
        ("float", (3,), 3.0),
        ("string", (5,), "5"),
        ("abs", (-5,), 5),
        ("min", ([3, 1],), 1),
        ("max", (["a", "b"],), "b"),
        ("sum", ([1, 2.5],), 3.5),
        ("sum", ([],), 0),
        ("sort", ([3, 1],), [1, 3]),
        ("unique", (["a", "b", "a"],), ["a", "b"]),
        ("reverse", ([1, 2],), [2, 1]),
        ("reverse", ("fog",), "gof"),
        ("list", ("ab",), ["a", "b"]),
        ("list", ({"a": 1},), ["a"]),
        ("unique", ([MIRA, MIRA],), [MIRA]),
    ],
)
def test_filters(name: str, arguments: tuple[Any, ...], result: Any) -> None:
    found = FILTERS[name](*arguments)
    assert (found, type(found)) == (result, type(result))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("int", ("fog",)),
        ("float", ("inf",)),
        ("float", ("nan",)),
        ("float", (None,)),
        ("int", ("1_000",)),
        ("int", (True,)),
        ("float", ("٣",)),
        ("length", (5,)),
        ("round", ("2",)),
        ("round", (2.5, 1000)),
        ("round", (2.5, "a")),
        ("abs", ("a",)),
        ("sum", (["a"],)),
        ("sort", ([1, "a"],)),
        ("unique", ([[1]],)),
        ("upper", (None,)),
        ("upper", ([],)),
        ("join", ([None],)),
        ("join", (["a"], None)),
        ("first", (5,)),
    ],
)
def test_what_a_filter_cannot_take_is_said_and_never_becomes_zero(name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(Fault) as raised:
        FILTERS[name](*arguments)
    assert raised.value.code == "bad-expression"


@pytest.mark.parametrize("name", ["first", "last", "min", "max"])
def test_an_empty_list_has_no_ends(name: str) -> None:
    with pytest.raises(Undefined):
        FILTERS[name]([])


@pytest.mark.parametrize(
    "name", ["upper", "lower", "title", "capitalize", "trim", "reverse", "list", "length", "first", "int"]
)
def test_a_citation_is_not_taken_apart(name: str) -> None:
    with pytest.raises(Fault) as raised:
        FILTERS[name](MIRA)
    assert raised.value.code == "bad-expression"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("replace", ("a" * 10_000, "", "b" * 10_000)),
        ("replace", ("a" * 10_000, "a", "bbb")),
        ("join", (["a" * MAX_TEXT, "b"],)),
        ("join", ([""] * 3, "a" * MAX_TEXT)),
    ],
)
def test_long_texts_are_refused_before_they_are_made(name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(Fault) as raised:
        FILTERS[name](*arguments)
    assert raised.value.code == "too-long-value"


def test_a_number_of_5000_digits_is_refused() -> None:
    with pytest.raises(Fault) as raised:
        FILTERS["int"]("9" * 5000)
    assert raised.value.code == "too-long-value"


@given(st.text(max_size=40), st.text(max_size=4), st.text(max_size=4))
def test_replace_is_that_of_python(text: str, old: str, new: str) -> None:
    clean = [part.translate({2: None}) for part in (text, old, new)]
    assert FILTERS["replace"](*clean) == clean[0].replace(clean[1], clean[2])


@pytest.mark.parametrize(
    ("name", "arguments", "holds"),
    [
        ("odd", (3,), True),
        ("even", (3,), False),
        ("divisibleby", (6, 3), True),
        ("none", (None,), True),
        ("none", (0,), False),
        ("number", (2.5,), True),
        ("number", (True,), False),
        ("string", ("a",), True),
        ("mapping", ({},), True),
        ("sequence", ([],), True),
        ("sequence", ("a",), False),
        ("boolean", (False,), True),
        ("true", (True,), True),
        ("true", (1,), False),
        ("false", (False,), True),
        ("in", ("a", ["a"]), True),
    ],
)
def test_tests(name: str, arguments: tuple[Any, ...], holds: bool) -> None:
    assert TESTS[name](*arguments) is holds


@pytest.mark.parametrize(
    ("name", "arguments"), [("odd", (2.5,)), ("even", ("a",)), ("divisibleby", (6, 0)), ("odd", (True,))]
)
def test_tests_of_whole_numbers_take_only_those(name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(Fault):
        TESTS[name](*arguments)
