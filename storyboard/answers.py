"""Reading what gateways answer: JSON that may be anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

MOST_DIGITS = 30
"""An amount is written out in full: one with more digits would be told to fill the memory."""


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object that a body holds; numbers with a point are Decimal. Raises ValueError for anything else."""
    try:
        said = json.loads(body, parse_float=Decimal)
    except RecursionError:
        raise ValueError("nested too deeply to be read") from None
    if not isinstance(said, dict):
        raise ValueError("not an object")  # noqa: TRY004 -- the answer is wrong, not its type in our code
    return said


def inner(said: object) -> dict[str, Any]:
    """An object inside an answer; an empty one where there is none."""
    return said if isinstance(said, dict) else {}


def text(said: object) -> str | None:
    """A text that says something; None for an empty one, for what is no text, and for what no request could say."""
    if not isinstance(said, str) or not said:
        return None
    try:
        said.encode()
    except UnicodeEncodeError:  # half a character, which JSON can say: it would not survive the journal as it is
        return None
    return said


def amount(said: object) -> Decimal | None:
    """An amount of a provider's unit, written as number or text; None where it is not one, or beyond all measure."""
    if isinstance(said, bool) or not isinstance(said, int | Decimal | str):
        return None
    try:
        found = Decimal(said)
    except ArithmeticError:
        return None
    return found if found.is_finite() and found >= 0 and abs(found.adjusted()) < MOST_DIGITS else None


def failure(said: Mapping[str, Any]) -> tuple[str | None, str]:
    """Code and message of the `error` in an answer: an object, a text or nothing."""
    match said.get("error"):
        case {"code": str(code), **rest} if code:
            return code, text(rest.get("message")) or code
        case {"message": str(message)} | str(message) if message:
            return None, message
    return None, "no reason given"
