"""The filters and tests of expressions: `{{ name | upper }}`, `{{ n is odd }}`.

They are ours and not Jinja's, so that each is bounded and takes only plain data; names and meanings are Jinja's, except
that what is no number is a mistake and never silently 0. `default` and `is defined` are part of the grammar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from storyboard.language.text.citing import has_citation
from storyboard.language.text.scalars import TooLong, resolve
from storyboard.language.text.tree import Scalar
from storyboard.language.values.arithmetic import MAX_TEXT, compare, in_text, is_number, joined, kind_of, number
from storyboard.language.values.faults import Undefined, bad, too_long


def _text(value: Any) -> str:
    text = in_text(value)
    if has_citation(text):
        raise bad("a text that cites an asset cannot be changed", 'its name is plain text: write "name.name"')
    return text


def _items(value: Any) -> list[Any]:
    if isinstance(value, list | tuple | Mapping):
        return list(value)
    if isinstance(value, str):
        return list(_text(value))
    raise bad(f"{kind_of(value)} is no list")


def _replace(value: Any, old: Any, new: Any) -> str:
    text, old_text, new_text = _text(value), _text(old), in_text(new)
    if len(text) + text.count(old_text) * len(new_text) > MAX_TEXT:
        raise too_long(f"the text is longer than {MAX_TEXT:,} characters")
    return text.replace(old_text, new_text)


def _length(value: Any) -> int:
    return len(_items(value))


def _end(value: Any, place: int) -> Any:
    items = _items(value)
    if not items:
        raise Undefined("the list is empty")
    return items[place]


def _join(value: Any, between: Any = "") -> str:
    mark = in_text(between)
    parts: list[str] = []
    for piece in _items(value):
        parts += [mark, in_text(piece)] if parts else [in_text(piece)]
    return joined(parts)


def _round(value: Any, digits: Any = 0) -> Any:
    """Half away from zero, as people round; a whole number where no digits are asked for."""
    if not is_number(value) or not isinstance(digits, int) or not 0 <= digits <= 15:
        raise bad("round takes a number, and how many digits to keep (0 to 15)")
    scaled = Fraction(str(value)) * 10**digits
    nearest = int(abs(scaled) + Fraction(1, 2)) * (1 if scaled >= 0 else -1)
    return number(nearest) if digits == 0 else number(nearest / 10**digits)


def _read(value: Any) -> Any:
    """The number that a value is, or that its text spells as a storyboard would."""
    if isinstance(value, str):
        try:
            found = resolve(_text(value).strip())
        except TooLong:
            raise too_long("the number is too large") from None
        value = found.value if isinstance(found, Scalar) else found
    if not is_number(value):
        raise bad(f"{kind_of(value)} is no number here")
    return number(value)


def _numbers(value: Any) -> list[Any]:
    items = _items(value)
    if not all(map(is_number, items)):
        raise bad("this takes a list of numbers")
    return items


def _abs(value: Any) -> Any:
    if not is_number(value):
        raise bad(f"{kind_of(value)} is no number")
    return abs(value)


def _sorted(value: Any) -> list[Any]:
    try:
        return sorted(_items(value))
    except TypeError:
        raise bad("these cannot be put in order") from None


def _unique(value: Any) -> list[Any]:
    try:
        return list(dict.fromkeys(_items(value)))
    except TypeError:
        raise bad("unique takes a list of texts and numbers") from None


def _reverse(value: Any) -> Any:
    return _text(value)[::-1] if isinstance(value, str) else _items(value)[::-1]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "abs": _abs,
    "capitalize": lambda value: _text(value).capitalize(),
    "count": _length,
    "first": lambda value: _end(value, 0),
    "float": lambda value: float(_read(value)),
    "int": lambda value: int(_read(value)),
    "join": _join,
    "last": lambda value: _end(value, -1),
    "length": _length,
    "list": _items,
    "lower": lambda value: _text(value).lower(),
    "max": lambda value: _end(_sorted(value), -1),
    "min": lambda value: _end(_sorted(value), 0),
    "replace": _replace,
    "reverse": _reverse,
    "round": _round,
    "sort": _sorted,
    "string": in_text,
    "sum": lambda value: number(sum(_numbers(value))),
    "title": lambda value: _text(value).title(),
    "trim": lambda value: _text(value).strip(),
    "unique": _unique,
    "upper": lambda value: _text(value).upper(),
}
"""The filters by name, besides `default`."""


def _whole(value: Any) -> int:
    if not is_number(value) or not isinstance(value, int):
        raise bad(f"{kind_of(value)} is no whole number")
    return value


def _divisible(value: Any, by: Any) -> bool:
    if _whole(by) == 0:
        raise bad("division by zero")
    return _whole(value) % _whole(by) == 0


TESTS: Mapping[str, Callable[..., bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "divisibleby": _divisible,
    "even": lambda value: _whole(value) % 2 == 0,
    "false": lambda value: value is False,
    "in": lambda value, of: compare("in", value, of),
    "mapping": lambda value: isinstance(value, Mapping),
    "none": lambda value: value is None,
    "number": is_number,
    "odd": lambda value: _whole(value) % 2 == 1,
    "sequence": lambda value: isinstance(value, list | tuple),
    "string": lambda value: isinstance(value, str),
    "true": lambda value: value is True,
}
"""The tests by name, besides `defined` and `undefined`."""
