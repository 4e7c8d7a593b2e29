"""YAML 1.2's core schema: what a plain scalar means.

Only `true` and `false` are booleans, `yes`, `no`, `16:9`, `2024-01-01` and `1_000` are text. Numbers are short: one
that no film needs (20 digits, an exponent of four) is a mistake, and so can never become an expensive one later.
"""

from __future__ import annotations

import re

from storyboard.language.text.tree import Scalar

MAX_DIGITS = 20
"""A whole number has at most this many digits."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""How null is spelt."""

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(NULLS),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?([0-9]+))?")
_STARTS = frozenset("0123456789+-.")

STARTS = _STARTS | {spelt[0] for spelt in _WORDS if spelt}
"""The first characters of whatever is no text."""


class TooLong(ValueError):
    """A number with more digits than any film needs."""


def resolve(spelt: str) -> str | Scalar:
    """The node that a plain scalar stands for: itself where it is text. Raises TooLong."""
    if spelt in _WORDS:
        return Scalar(spelt, _WORDS[spelt])
    if spelt[0] not in _STARTS:
        return spelt
    if _DECIMAL.fullmatch(spelt):
        return Scalar(spelt, int(_short(spelt)))
    if _BASED.fullmatch(spelt):
        return Scalar(spelt, int(_short(spelt), 0))
    floating = _FLOAT.fullmatch(spelt)
    if floating:
        if len(floating[1] or "") > 3:
            raise TooLong(spelt)
        return Scalar(spelt, float(_short(spelt, 2 * MAX_DIGITS)))
    return spelt


def _short(spelt: str, most: int = MAX_DIGITS) -> str:
    if len(spelt.lstrip("+-")) > most + (2 if spelt[:2] in ("0x", "0o") else 0):
        raise TooLong(spelt)
    return spelt
