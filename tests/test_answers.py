"""Answers that are JSON of no gateway's form are refused as such, and harm nobody."""

from decimal import Decimal

import pytest

from storyboard.answers import amount, json_object, text


@pytest.mark.parametrize("body", [b"[" * 5000, b'{"id":' * 5000, b"9" * 5000, b"\xff", b"[]", b"null", b""])
def test_what_is_no_object_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_object(body)


@pytest.mark.parametrize("said", ["\ud800", "job-\udfff", "", 7, None, ["job"]])
def test_what_no_request_could_say_is_no_text(said: object) -> None:
    assert text(said) is None


@pytest.mark.parametrize("said", ["1E+999999999", "1E-999999999", "NaN", "Infinity", "-1", True, None, [1]])
def test_what_nobody_can_charge_is_no_amount(said: object) -> None:
    assert amount(said) is None


@pytest.mark.parametrize(("said", "found"), [(0, "0"), ("0.500000", "0.5"), (Decimal(7), "7"), ("1E3", "1000")])
def test_an_amount_is_a_number_or_its_text(said: object, found: str) -> None:
    assert amount(said) == Decimal(found)
