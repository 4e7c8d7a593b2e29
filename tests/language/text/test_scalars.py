"""What a plain scalar means."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.language.text.scalars import MAX_DIGITS, TooLong, resolve
from storyboard.language.text.tree import Scalar


@pytest.mark.parametrize(
    ("spelt", "value"),
    [
        ("5", 5), ("-7", -7), ("+3", 3), ("010", 10), ("0o17", 15), ("0x1F", 31),
        ("2.5", 2.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-1.5E-2", -0.015),
        (".inf", math.inf), ("+.Inf", math.inf), ("-.INF", -math.inf),
        ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False),
        ("null", None), ("Null", None), ("NULL", None), ("~", None), ("", None),
    ],
)  # fmt: skip
def test_the_core_schema_of_yaml_1_2_decides_what_is_no_text(spelt: str, value: object) -> None:
    found = resolve(spelt)
    assert isinstance(found, Scalar)
    assert (found.spelt, found.value, type(found.value)) == (spelt, value, type(value))


def test_not_a_number_is_a_number_too() -> None:
    found = resolve(".nan")
    assert isinstance(found, Scalar)
    assert isinstance(found.value, float)
    assert math.isnan(found.value)


@pytest.mark.parametrize(
    "spelt",
    ["yes", "no", "on", "off", "y", "16:9", "2024-01-01", "1_000", "0b11", "1.2.3", "1:02.5", "5s", "60f", "-", "+",
     ".", "--", "tRUE", "nuLL", "0o9", "0xG", "-0x1", "1e", "e3", ".e3", "mira", "٣", "1٣"],
)  # fmt: skip
def test_everything_else_is_text(spelt: str) -> None:
    assert resolve(spelt) == spelt


@given(st.integers(-(10**MAX_DIGITS) + 1, 10**MAX_DIGITS - 1))
def test_whole_numbers_come_back(number: int) -> None:
    assert resolve(str(number)) == Scalar(str(number), number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_fractions_come_back(number: float) -> None:
    assert resolve(repr(number)) == Scalar(repr(number), number)


@pytest.mark.parametrize(
    "spelt", ["9" * 21, "-" + "9" * 5000, "0x" + "f" * 5000, "1e9999", "0." + "1" * 5000, "1e-9999"]
)
def test_a_number_that_no_film_needs_is_refused_before_it_is_computed(spelt: str) -> None:
    with pytest.raises(TooLong):
        resolve(spelt)
