"""What expressions may do with values, and how large a value may become.

Every operation looks at the sizes before it allocates: nothing here can cost more than a text of `MAX_TEXT` characters
or a list of `MAX_ITEMS`. Numbers behave as on paper: they are rounded to 15 significant digits, so
0.1 + 0.2 is 0.3, and 10 / 2 is 5.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from storyboard.language.text.citing import Cited, has_citation
from storyboard.language.values.faults import Undefined, bad, too_long

MAX_TEXT = 20_000
"""Characters of a text that an expression gives."""
MAX_ITEMS = 10_000
"""Items of a list that an expression gives, those of its lists included."""
MAX_BITS = 64
"""Bits of a whole number."""

_NUMBERS = (int, float)
_KINDS: dict[type, str] = {bool: "true or false", int: "a number", float: "a number", str: "a text", Cited: "an asset"}
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "**": operator.pow,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}
_ORDERS = {"lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}


def kind_of(value: Any) -> str:
    """What a value is, in a person's words."""
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "a mapping"
    return _KINDS.get(type(value), "a list")


def is_number(value: Any) -> bool:
    """Whether it is a number; true and false are none."""
    return type(value) in _NUMBERS or (isinstance(value, _NUMBERS) and not isinstance(value, bool))


def number(value: Any) -> Any:
    """The number, bounded and rounded. Raises Fault where it is too large or none."""
    if isinstance(value, int):
        if value.bit_length() > MAX_BITS:
            raise too_long("the number is too large")
        return value
    if not isinstance(value, float) or not math.isfinite(value):
        raise bad("the result is no number")
    return float(f"{value:.15g}")


def in_text(value: Any) -> str:
    """How a value stands inside a text. Raises Fault for null, lists and mappings."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _NUMBERS):
        return str(value)
    hint = (
        "give it a fallback: {{ name | default('…', true) }}" if value is None else "join it: {{ names | join(', ') }}"
    )
    raise bad(f"{kind_of(value)} cannot stand inside a text", hint)


def joined(parts: list[str]) -> str:
    """The parts as one text. Raises Fault where it would be too long."""
    if sum(map(len, parts)) > MAX_TEXT:
        raise too_long(f"the text is longer than {MAX_TEXT:,} characters")
    return "".join(parts)


def bounded(value: Any) -> Any:
    """The value, if no part of it is too large. Raises Fault."""
    if isinstance(value, str) and len(value) <= MAX_TEXT:
        return value
    if is_number(value):
        number(value)
        return value
    waiting, room = [value], MAX_ITEMS
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            joined([part])
        elif isinstance(part, list | tuple | Mapping):
            room -= len(part)
            if room < 0:
                raise too_long(f"the list has more than {MAX_ITEMS:,} items")
            waiting.extend(part.values() if isinstance(part, Mapping) else part)
        elif is_number(part):
            number(part)
    return value


def binary(sign: str, left: Any, right: Any) -> Any:
    """The result of `left sign right` for + - * / // % **. Raises Fault."""
    try:
        if is_number(left) and is_number(right):
            return _of_numbers(sign, left, right)
    except ZeroDivisionError:
        raise bad("division by zero") from None
    except OverflowError:
        raise too_long("the number is too large") from None
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return joined([left, right])
    if sign == "+" and isinstance(left, list) and isinstance(right, list):
        return bounded([left, right]) and left + right
    if sign == "*" and is_number(right) and isinstance(right, int) and isinstance(left, str):
        return _repeated(left, right)
    raise bad(f'"{sign}" does not go with {kind_of(left)} and {kind_of(right)}')


def _of_numbers(sign: str, left: Any, right: Any) -> Any:
    if sign == "**" and isinstance(left, int) and isinstance(right, int) and left.bit_length() * right > 4 * MAX_BITS:
        raise too_long("the number is too large")
    result = number(_SIGNS[sign](left, right))
    return int(result) if isinstance(result, float) and result.is_integer() else result


def _repeated(text: str, times: int) -> str:
    if len(text) * times > MAX_TEXT:
        raise too_long(f"the text is longer than {MAX_TEXT:,} characters")
    return text * times


def compare(sign: str, left: Any, right: Any) -> bool:
    """Whether the comparison holds. An asset compares by its key. Raises Fault where the two have no order."""
    left, right = _by_key(left), _by_key(right)
    if sign in ("in", "notin"):
        if isinstance(right, str) != isinstance(left, str) and isinstance(right, str):
            raise bad(f'"in" does not go with {kind_of(left)} and a text')
        if not isinstance(right, str | list | tuple | Mapping):
            raise bad(f'"in" does not go with {kind_of(right)}')
        inside = left in (list(map(_by_key, right)) if isinstance(right, list | tuple) else right)
        return inside == (sign == "in")
    try:
        return bool(_COMPARE[sign](left, right))
    except TypeError:
        raise bad(f'"{_ORDERS[sign]}" does not go with {kind_of(left)} and {kind_of(right)}') from None


def _by_key(value: Any) -> Any:
    return value.key if isinstance(value, Cited) else value


def attribute(value: Any, name: str) -> Any:
    """What stands after a dot: a mapping's entry, an asset's name, description or look. Raises Undefined."""
    if isinstance(value, Cited):
        found: Any = value.parts
    elif isinstance(value, Mapping):
        found = value
    else:
        raise Undefined(f'{kind_of(value)} has no ".{name}"', word=name)
    if name not in found:
        raise Undefined(f'there is no ".{name}" here', near(name, found), name)
    return found[name]


def item(value: Any, key: Any) -> Any:
    """What stands in brackets: a mapping's entry, an item of a list or a text, a slice. Raises Fault."""
    if isinstance(value, Cited) or (isinstance(value, Mapping) and isinstance(key, str)):
        return attribute(value, str(key))
    if isinstance(value, str) and has_citation(value):
        raise bad("a text that cites an asset cannot be taken apart")
    if isinstance(value, Mapping) and isinstance(key, int | float):
        return attribute(value, str(key))
    if isinstance(value, list | tuple | str) and isinstance(key, int | slice):
        try:
            return value[key]
        except IndexError:
            there = f"there is no item {key}; the first is 0" if value else f"there is no item {key}, and no other"
            raise Undefined(there) from None
        except (TypeError, ValueError):
            raise bad("a slice takes whole numbers, and no step of 0") from None
    raise bad(f"{kind_of(value)} has no item {kind_of(key)}")


def near(name: str, names: Any) -> str | None:
    """A hint with the known name most like `name`, if one is."""
    close = get_close_matches(name, [str(other) for other in names], 1)
    return f'did you mean "{close[0]}"?' if close else None
