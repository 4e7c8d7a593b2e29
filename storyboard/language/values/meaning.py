"""What the parts of an expression mean: each is a function of a scope, made of the functions of its own parts.

Only our bounded operations on plain data are reachable: there is no attribute of a Python object to get, no function to
call and no code to generate. What nearly every expression has (a name, a number, a sign) is a `partial`, which is two
objects where a closure is five: a third of the time that ten thousand expressions take was the collector's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from storyboard.language.values import arithmetic
from storyboard.language.values.faults import Undefined, bad, unsafe
from storyboard.language.values.filters import FILTERS, TESTS

Scope = tuple[Mapping[str, Any], Mapping[str, Any]]
"""Names an expression sees: the nearer ones, which hide, and the farther ones."""
Expression = Callable[[Scope], Any]

_REFUSED_FILTERS = frozenset(
    {"attr", "batch", "center", "dictsort", "escape", "e", "filesizeformat", "format", "groupby", "indent", "items"}
    | {
        "map",
        "pprint",
        "random",
        "reject",
        "rejectattr",
        "safe",
        "select",
        "selectattr",
        "slice",
        "striptags",
        "tojson",
    }
    | {"forceescape", "truncate", "urlencode", "urlize", "wordcount", "wordwrap", "xmlattr"}
)
"""Jinja's other filters: known, and left out."""


def nothing(scope: Scope) -> None:
    """The part that was left out."""
    return


def constant(value: Any) -> Expression:
    """A number, a text, true, false or none. Raises Fault for a number too large."""
    return partial(_given, arithmetic.bounded(value))


def _given(value: Any, scope: Scope) -> Any:
    return value


def name(word: str, at: int) -> Expression:
    """A name, looked up near and then far. Raises Fault for one that begins with an underscore."""
    _public(word, at)
    return partial(_looked_up, word, at)


def _looked_up(word: str, at: int, scope: Scope) -> Any:
    near, far = scope
    if word in near:
        return near[word]
    if word in far:
        return far[word]
    raise Undefined(f'nothing here is called "{word}"', arithmetic.near(word, [*near, *far]), word, at)


def attribute(of: Expression, word: str, at: int) -> Expression:
    """What stands after a dot. Raises Fault for a name that begins with an underscore."""
    _public(word, at)
    return lambda scope: arithmetic.attribute(of(scope), word)


def _public(word: str, at: int) -> None:
    if word.startswith("_"):
        raise unsafe(f'names cannot begin with "_": "{word}"', word=word, at=at)


def item(of: Expression, key: Expression) -> Expression:
    """What stands in brackets."""
    return lambda scope: arithmetic.item(of(scope), key(scope))


def part(ends: list[Expression]) -> Expression:
    """The start, stop and step of a slice."""
    return lambda scope: slice(*(end(scope) for end in ends))


def binary(sign: str, left: Expression, right: Expression) -> Expression:
    """Arithmetic, or `~` which joins two values as text."""
    if sign == "~":
        return lambda scope: arithmetic.joined([arithmetic.in_text(left(scope)), arithmetic.in_text(right(scope))])
    return partial(_reckoned, sign, left, right)


def _reckoned(sign: str, left: Expression, right: Expression, scope: Scope) -> Any:
    return arithmetic.binary(sign, left(scope), right(scope))


def both(left: Expression, right: Expression) -> Expression:
    """`and`: the right value if the left one holds, else the left."""
    return lambda scope: left(scope) and right(scope)


def either(left: Expression, right: Expression) -> Expression:
    """`or`: the left value if it holds, else the right."""
    return lambda scope: left(scope) or right(scope)


def opposite(of: Expression) -> Expression:
    """`not`."""
    return lambda scope: not of(scope)


def comparison(first: Expression, rest: list[tuple[str, Expression]]) -> Expression:
    """A chain of comparisons: each value is compared with the next."""

    def hold(scope: Scope) -> bool:
        left = first(scope)
        for sign, of in rest:
            right = of(scope)
            if not arithmetic.compare(sign, left, right):
                return False
            left = right
        return True

    return hold


def choice(test: Expression, then: Expression, other: Expression) -> Expression:
    """`then if test else other`."""
    return lambda scope: then(scope) if test(scope) else other(scope)


def sequence(items: list[Expression]) -> Expression:
    """A list."""
    return lambda scope: [of(scope) for of in items]


def mapping(pairs: list[tuple[Expression, Expression]]) -> Expression:
    """A mapping; keys become text."""
    return lambda scope: {arithmetic.in_text(key(scope)): value(scope) for key, value in pairs}


def turn(choices: list[Expression]) -> Expression:
    """`loop.cycle(…)`: one after the other, by the loop's place."""
    place = attribute(name("loop", 0), "index0", 0)
    return lambda scope: choices[place(scope) % len(choices)](scope)


def uncallable(word: str) -> Exception:
    """The refusal of a call."""
    hint = f'write "… | {word}"' if word in FILTERS else "only loop.cycle(…) can be called"
    return unsafe(f'"{word}" cannot be called in an expression', hint, word)


def filtered(word: str, at: int, of: Expression, arguments: list[Expression]) -> Expression:
    """`of | word(arguments)`. Raises Fault for a filter that is unknown or not allowed."""
    if word in ("default", "d"):
        return _default(of, arguments, at)
    function = FILTERS.get(word)
    if function is None and word in _REFUSED_FILTERS:
        raise unsafe(f'the filter "{word}" is not allowed in values', f"allowed are {', '.join(FILTERS)}", word, at)
    if function is None:
        raise bad(f'there is no filter "{word}"', arithmetic.near(word, FILTERS), word, at)
    return _applied(word, at, function, of, arguments)


def _applied(
    word: str, at: int, function: Callable[..., Any], of: Expression, arguments: list[Expression]
) -> Expression:
    def apply(scope: Scope) -> Any:
        value = of(scope)
        given = [argument(scope) for argument in arguments]
        try:
            return function(value, *given)
        except TypeError:
            raise bad(f'"{word}" does not take {len(given)} arguments', None, word, at) from None

    return apply


def _default(of: Expression, arguments: list[Expression], at: int) -> Expression:
    if not 1 <= len(arguments) <= 2:
        raise bad('"default" takes the value to fall back to', word="default", at=at)
    fallback, also_empty = arguments[0], arguments[1] if len(arguments) == 2 else nothing

    def choose(scope: Scope) -> Any:
        try:
            value = of(scope)
        except Undefined:
            return fallback(scope)
        return fallback(scope) if not value and also_empty(scope) else value

    return choose


def tested(word: str, at: int, of: Expression, arguments: list[Expression]) -> Expression:
    """`of is word(arguments)`. Raises Fault for an unknown test."""
    if word in ("defined", "undefined"):
        return lambda scope: _is_defined(of, scope) == (word == "defined")
    function = TESTS.get(word)
    if function is None:
        raise bad(f'there is no test "{word}"', arithmetic.near(word, [*TESTS, "defined"]), word, at)
    return _applied(word, at, function, of, arguments)


def _is_defined(of: Expression, scope: Scope) -> bool:
    try:
        of(scope)
    except Undefined:
        return False
    return True
