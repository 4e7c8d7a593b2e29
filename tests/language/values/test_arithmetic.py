"""Operations on values: what they give, and what is refused before it costs anything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storyboard.language.text.citing import Cited
from storyboard.language.values.arithmetic import (
    MAX_ITEMS,
    MAX_TEXT,
    attribute,
    binary,
    bounded,
    compare,
    in_text,
    item,
    joined,
)
from storyboard.language.values.faults import Fault, Undefined

MIRA = Cited.asset("cast", "mira", "Mira", None, {"oilskin": None})
WHOLE = st.integers(-(2**31), 2**31)


def fault(*attempt: Any) -> str:
    function, *arguments = attempt
    with pytest.raises(Fault) as raised:
        function(*arguments)
    return raised.value.code


@given(WHOLE, WHOLE, st.sampled_from("+-*"))
def test_whole_numbers_are_exact(left: int, right: int, sign: str) -> None:
    assert binary(sign, left, right) == eval(f"({left}) {sign} ({right})")


@given(WHOLE, WHOLE)
def test_quotient_and_remainder_make_the_number(left: int, right: int) -> None:
    assume(right)
    assert binary("//", left, right) * right + binary("%", left, right) == left


@pytest.mark.parametrize(
    ("sign", "left", "right", "result"),
    [
        ("+", 0.1, 0.2, 0.3),
        ("/", 10, 4, 2.5),
        ("/", 10, 2, 5),
        ("*", 2.5, 2, 5),
        ("-", 1, 0.9, 0.1),
        ("**", 2, 10, 1024),
        ("**", 2, -1, 0.5),
        ("+", "a", "b", "ab"),
        ("+", [1], [2], [1, 2]),
        ("*", "ab", 3, "ababab"),
        ("*", "ab", -1, ""),
    ],
)
def test_results_are_those_of_paper(sign: str, left: Any, right: Any, result: Any) -> None:
    found = binary(sign, left, right)
    assert (found, type(found)) == (result, type(result))


@pytest.mark.parametrize(
    ("sign", "left", "right"),
    [
        ("*", "a", 10**9),
        ("**", 9, 10**9),
        ("**", 10.0, 400),
        ("*", 2**60, 2**60),
        ("+", "a" * MAX_TEXT, "b"),
        ("+", [1] * MAX_ITEMS, [1]),
    ],
)
def test_what_would_be_too_large_is_refused_before_it_is_made(sign: str, left: Any, right: Any) -> None:
    assert fault(binary, sign, left, right) == "too-long-value"


@pytest.mark.parametrize(
    ("sign", "left", "right"),
    [
        ("/", 1, 0),
        ("//", 1, 0),
        ("%", 1.5, 0),
        ("**", 0, -1),
        ("**", -8, 0.5),
        ("+", "a", 1),
        ("-", "a", "b"),
        ("*", [1], 2),
        ("%", "%9999999999s", 1),
        ("+", True, 1),
        ("+", None, 1),
        ("*", 2, "a"),
        ("*", "a", True),
        ("+", float("inf"), 1),
    ],
)
def test_what_makes_no_sense_is_said(sign: str, left: Any, right: Any) -> None:
    assert fault(binary, sign, left, right) == "bad-expression"


def test_values_in_texts_are_spelt_as_in_the_storyboard() -> None:
    assert [in_text(value) for value in ("fog", 5, 2.5, True, False)] == ["fog", "5", "2.5", "true", "false"]


@pytest.mark.parametrize("value", [None, [], ["a"], {}, {"a": 1}])
def test_nothing_lists_and_mappings_do_not_stand_in_texts(value: Any) -> None:
    assert fault(in_text, value) == "bad-expression"


def test_texts_lists_and_numbers_have_bounds() -> None:
    assert joined(["a" * MAX_TEXT]) == "a" * MAX_TEXT
    assert fault(joined, ["a" * MAX_TEXT, "b"]) == "too-long-value"
    shared: list[Any] = []
    for _ in range(40):
        shared = [shared, shared]
    for value in (["a"] * (MAX_ITEMS + 1), shared, {"a": "b" * (MAX_TEXT + 1)}, 2**65, [2**65]):
        assert fault(bounded, value) == "too-long-value"
    assert bounded({"a": [1, "b", None]}) == {"a": [1, "b", None]}


@pytest.mark.parametrize(
    ("sign", "left", "right", "holds"),
    [
        ("eq", 1, 1.0, True),
        ("ne", "a", 1, True),
        ("lt", 1, 2, True),
        ("gteq", "b", "a", True),
        ("lteq", 2, 1, False),
        ("gt", 2, 1, True),
        ("in", "a", ["a"], True),
        ("notin", "a", {"b": 1}, True),
        ("in", "og", "fog", True),
        ("eq", MIRA, "mira", True),
        ("in", MIRA, ["mira"], True),
        ("in", "mira", [MIRA], True),
        ("eq", MIRA, "jonas", False),
        ("eq", MIRA.parts["oilskin"], "mira.oilskin", True),
    ],
)
def test_comparisons_take_an_asset_by_its_key(sign: str, left: Any, right: Any, holds: bool) -> None:
    assert compare(sign, left, right) is holds


@pytest.mark.parametrize(("sign", "left", "right"), [("lt", 1, "a"), ("in", 1, "a"), ("in", "a", 5), ("gt", [1], 2)])
def test_what_has_no_order_is_not_compared(sign: str, left: Any, right: Any) -> None:
    assert fault(compare, sign, left, right) == "bad-expression"


def test_dots_reach_data_and_nothing_else() -> None:
    assert attribute({"city": "Oslo"}, "city") == "Oslo"
    assert attribute(MIRA, "name") == "Mira"
    for value, name in [
        ({"city": 1}, "town"),
        ("fog", "upper"),
        (5, "real"),
        ([1], "append"),
        (MIRA, "split"),
        (None, "x"),
    ]:
        with pytest.raises(Undefined):
            attribute(value, name)


def test_a_misspelt_part_offers_the_right_one() -> None:
    with pytest.raises(Undefined) as raised:
        attribute(MIRA, "oilskn")
    assert raised.value.hint == 'did you mean "oilskin"?'


@pytest.mark.parametrize(
    ("value", "key", "found"),
    [
        ([5, 6], 1, 6),
        ([5, 6], -1, 6),
        ("fog", 0, "f"),
        ([5, 6, 7], slice(1, None), [6, 7]),
        ({"a": 1}, "a", 1),
        ({"7": "x"}, 7, "x"),
        (MIRA, "oilskin", "\x02cast.mira.oilskin\x03"),
    ],
)
def test_brackets_reach_items(value: Any, key: Any, found: Any) -> None:
    assert item(value, key) == found


@pytest.mark.parametrize(
    ("value", "key", "code"),
    [
        ([1], 5, "undefined-name"),
        ("", 0, "undefined-name"),
        ({"a": 1}, "__class__", "undefined-name"),
        ([1], "a", "bad-expression"),
        (5, 0, "bad-expression"),
        ([1], slice(0, 1, 0), "bad-expression"),
        ([1], slice("a"), "bad-expression"),
        (f"{MIRA}!", 0, "bad-expression"),
        (None, "a", "bad-expression"),
    ],
)
def test_wrong_items_are_said(value: Any, key: Any, code: str) -> None:
    assert fault(item, value, key) == code
