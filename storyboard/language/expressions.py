"""One expression, from text to a function of a scope.

Jinja's parser reads it; nothing of Jinja runs it. Each node of an allow-list becomes a closure over our own bounded
operations, so there is no attribute of a Python object to reach, no function to call and no code to generate, which is
also the fastest way measured (see `bench/`). What is not in the allow-list is refused when the expression is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.filters import FILTERS as JINJAS_FILTERS
from jinja2.parser import Parser
from jinja2.sandbox import SandboxedEnvironment

from storyboard.language import arithmetic
from storyboard.language.faults import Undefined, bad, unsafe
from storyboard.language.filters import FILTERS, TESTS

MAX_SOURCE = 2_000
"""Characters of one expression."""

_WORDS = frozenset(["true", "false", "none", "True", "False", "None", "not", "and", "or", "if", "else", "in", "is"])
"""Identifiers that Jinja does not read as names."""

Scope = tuple[Mapping[str, Any], Mapping[str, Any]]
"""Names an expression sees: the nearer ones, which hide, and the farther ones."""
Expression = Callable[[Scope], Any]


def environment() -> SandboxedEnvironment:
    """Jinja set up to read values: `{{ }}` only, statements and comments are ordinary text."""
    return SandboxedEnvironment(
        block_start_string="\x02%",
        block_end_string="%\x03",
        comment_start_string="\x02#",
        comment_end_string="#\x03",
        keep_trailing_newline=True,
        extensions=(),
    )


def compiled(source: str, env: SandboxedEnvironment) -> Expression:
    """The function that an expression stands for; it raises Fault. Raises Fault where the expression is refused."""
    if len(source) > MAX_SOURCE:
        raise bad(f"an expression is at most {MAX_SOURCE:,} characters long")
    path = source.split(".")
    if all(map(_is_name, path)):
        return _path(path)
    try:
        parser = Parser(env, source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise bad(f'"{parser.stream.current.value}" does not fit here', word=str(parser.stream.current.value))
        return _build(tree)
    except TemplateSyntaxError as error:
        raise bad(_said(error)) from None
    except RecursionError:
        raise bad("the expression is nested too deep") from None


def _is_name(word: str) -> bool:
    return word.isidentifier() and word not in _WORDS and not word.startswith("_")


def _path(path: list[str]) -> Expression:
    """The commonest expression, a name with attributes, without a parser."""
    found = _looked_up(path[0])
    for name in path[1:]:
        found = _attribute(found, name)
    return found


def _said(error: TemplateSyntaxError) -> str:
    message = (error.message or "").rstrip(".")
    if "end of template" in message or "end of print statement" in message:
        return "the expression ends too early"
    return message[:1].lower() + message[1:]


def _build(node: Any) -> Expression:
    builder = _BUILDERS.get(type(node))
    if builder is None:
        raise unsafe("this cannot be done in an expression")
    return builder(node)


def _name(node: nodes.Name) -> Expression:
    name = node.name
    if name.startswith("_"):
        raise unsafe(f'names cannot begin with "_": "{name}"', word=name)
    return _looked_up(name)


def _looked_up(name: str) -> Expression:
    def look_up(scope: Scope) -> Any:
        near, far = scope
        if name in near:
            return near[name]
        if name in far:
            return far[name]
        raise Undefined(f'nothing here is called "{name}"', arithmetic.near(name, [*near, *far]), name)

    return look_up


def _const(node: nodes.Const) -> Expression:
    value = arithmetic.bounded(node.value)
    return lambda scope: value


def _getattr(node: nodes.Getattr) -> Expression:
    name = node.attr
    if name.startswith("_"):
        raise unsafe(f'names cannot begin with "_": "{name}"', word=name)
    return _attribute(_build(node.node), name)


def _attribute(of: Expression, name: str) -> Expression:
    return lambda scope: arithmetic.attribute(of(scope), name)


def _getitem(node: nodes.Getitem) -> Expression:
    of, key = _build(node.node), _build(node.arg)
    return lambda scope: arithmetic.item(of(scope), key(scope))


def _slice(node: nodes.Slice) -> Expression:
    ends = [_build(end) if end else _nothing for end in (node.start, node.stop, node.step)]
    return lambda scope: slice(*(end(scope) for end in ends))


def _nothing(scope: Scope) -> None:
    return None


def _binary(node: nodes.BinExpr) -> Expression:
    sign, left, right = node.operator, _build(node.left), _build(node.right)
    return lambda scope: arithmetic.binary(sign, left(scope), right(scope))


def _sign(node: nodes.Neg | nodes.Pos) -> Expression:
    sign, of = node.operator, _build(node.node)
    return lambda scope: arithmetic.binary(sign, 0, of(scope))


def _and(node: nodes.And) -> Expression:
    left, right = _build(node.left), _build(node.right)
    return lambda scope: left(scope) and right(scope)


def _or(node: nodes.Or) -> Expression:
    left, right = _build(node.left), _build(node.right)
    return lambda scope: left(scope) or right(scope)


def _not(node: nodes.Not) -> Expression:
    of = _build(node.node)
    return lambda scope: not of(scope)


def _compare(node: nodes.Compare) -> Expression:
    first = _build(node.expr)
    rest = [(operand.op, _build(operand.expr)) for operand in node.ops]

    def hold(scope: Scope) -> bool:
        left = first(scope)
        for sign, of in rest:
            right = of(scope)
            if not arithmetic.compare(sign, left, right):
                return False
            left = right
        return True

    return hold


def _condition(node: nodes.CondExpr) -> Expression:
    if node.expr2 is None:
        raise bad('an "if" in an expression needs an "else"')
    test, then, other = _build(node.test), _build(node.expr1), _build(node.expr2)
    return lambda scope: then(scope) if test(scope) else other(scope)


def _list(node: nodes.List | nodes.Tuple) -> Expression:
    items = [_build(item) for item in node.items]
    return lambda scope: [item(scope) for item in items]


def _dict(node: nodes.Dict) -> Expression:
    pairs = [(_build(pair.key), _build(pair.value)) for pair in node.items]
    return lambda scope: {arithmetic.in_text(key(scope)): value(scope) for key, value in pairs}


def _concat(node: nodes.Concat) -> Expression:
    parts = [_build(part) for part in node.nodes]
    return lambda scope: arithmetic.joined([arithmetic.in_text(part(scope)) for part in parts])


def _arguments(node: nodes.Filter | nodes.Test | nodes.Call) -> list[Expression]:
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise bad("arguments have no names here")
    return [_build(argument) for argument in node.args]


def _filter(node: nodes.Filter) -> Expression:
    name = node.name
    if node.node is None:
        raise bad("a filter needs a value before it")
    of, arguments = _build(node.node), _arguments(node)
    if name in ("default", "d"):
        return _default(of, arguments)
    function = FILTERS.get(name)
    if function is None:
        if name in JINJAS_FILTERS:
            raise unsafe(f'the filter "{name}" is not allowed in values', f"allowed are {', '.join(FILTERS)}", name)
        raise bad(f'there is no filter "{name}"', arithmetic.near(name, FILTERS), name)
    return _applied(name, function, of, arguments)


def _applied(name: str, function: Callable[..., Any], of: Expression, arguments: list[Expression]) -> Expression:
    def apply(scope: Scope) -> Any:
        value = of(scope)
        given = [argument(scope) for argument in arguments]
        try:
            return function(value, *given)
        except TypeError:
            raise bad(f'"{name}" does not take {len(given)} arguments', word=name) from None

    return apply


def _default(of: Expression, arguments: list[Expression]) -> Expression:
    if not 1 <= len(arguments) <= 2:
        raise bad('"default" takes the value to fall back to', word="default")
    fallback, also_empty = arguments[0], arguments[1] if len(arguments) == 2 else _nothing

    def choose(scope: Scope) -> Any:
        try:
            value = of(scope)
        except Undefined:
            return fallback(scope)
        return fallback(scope) if not value and also_empty(scope) else value

    return choose


def _test(node: nodes.Test) -> Expression:
    name, of, arguments = node.name, _build(node.node), _arguments(node)
    if name in ("defined", "undefined"):
        wanted = name == "defined"
        return lambda scope: _is_defined(of, scope) == wanted
    function = TESTS.get(name)
    if function is None:
        raise bad(f'there is no test "{name}"', arithmetic.near(name, TESTS), name)
    return _applied(name, function, of, arguments)


def _is_defined(of: Expression, scope: Scope) -> bool:
    try:
        of(scope)
    except Undefined:
        return False
    return True


def _call(node: nodes.Call) -> Expression:
    called = node.node
    loop = nodes.Name("loop", "load")
    if called == nodes.Getattr(loop, "cycle", "load") and node.args:
        turn, choices = _build(nodes.Getattr(loop, "index0", "load")), _arguments(node)
        return lambda scope: choices[turn(scope) % len(choices)](scope)
    name = getattr(called, "attr", None) or getattr(called, "name", "this")
    hint = f'write "… | {name}"' if name in FILTERS else "only loop.cycle(…) can be called"
    raise unsafe(f'"{name}" cannot be called in an expression', hint, name)


_BUILDERS: Mapping[type, Callable[[Any], Expression]] = {
    nodes.Name: _name,
    nodes.Const: _const,
    nodes.Getattr: _getattr,
    nodes.Getitem: _getitem,
    nodes.Slice: _slice,
    **dict.fromkeys((nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow), _binary),
    nodes.Neg: _sign,
    nodes.Pos: _sign,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Not: _not,
    nodes.Compare: _compare,
    nodes.CondExpr: _condition,
    nodes.List: _list,
    nodes.Tuple: _list,
    nodes.Dict: _dict,
    nodes.Concat: _concat,
    nodes.Filter: _filter,
    nodes.Test: _test,
    nodes.Call: _call,
}
