"""What gateways answer, read: JSON whose shape nobody vouches for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is; fractions are exact. Raises ValueError for anything else."""
    said = json.loads(body, parse_float=Decimal)
    if not isinstance(said, dict):
        raise ValueError("not an object")  # noqa: TRY004 -- the answer is wrong, not its type in our code
    return said


def amount(said: object) -> Decimal | None:
    """An amount of what a gateway charges; None where it is not one."""
    if isinstance(said, bool) or not isinstance(said, int | Decimal | str):
        return None
    try:
        found = Decimal(said)
    except ArithmeticError:
        return None
    return found if found.is_finite() and found >= 0 else None


def text(said: object) -> str | None:
    """A text that says something; None for anything else."""
    return said if isinstance(said, str) and said else None
