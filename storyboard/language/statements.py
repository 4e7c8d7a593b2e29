"""Text with `{{ }}` and with Jinja's statements `if`, `for` and `set`: the template of a prompt, and nothing else.

A template may come from a stranger, and runs without a process of its own, because nothing in it can grow. Its
expressions are those of values: bounded operations on plain data, without calls and without a Python object in reach.
Every other statement (macro, include, import, block) is refused by name. A loop goes over a list, so it ends; one text
evaluates expressions of at most `MAX_WORK` characters in all, repeated ones counted each time, and is `MAX_TEXT`
characters long at most. Names read as in Jinja: what a loop sets ends with its turn, what `if` sets stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from storyboard.language.arithmetic import MAX_TEXT, bounded, in_text
from storyboard.language.expressions import compiled
from storyboard.language.faults import Fault, Undefined, ValueProblem, bad, placed, unsafe
from storyboard.language.loops import turn
from storyboard.language.meaning import Expression
from storyboard.language.tokens import end_of

MAX_WORK = 40_000
"""Characters of expressions that are evaluated for one text."""
MAX_DEPTH = 16
"""Statements inside each other."""

_OPENING = re.compile(r"\{\{|\{%|\{#")
_STATEMENT = re.compile(r"""[-+]?((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^'"])*?)([-+]?)%\}""", re.DOTALL)
_SHAPES = {
    "if": re.compile(r"(?P<of>.+)", re.DOTALL),
    "elif": re.compile(r"(?P<of>.+)", re.DOTALL),
    "for": re.compile(r"(?P<name>[^\W\d]\w*)\s+in\s+(?P<of>.+)", re.DOTALL),
    "set": re.compile(r"(?P<name>[^\W\d]\w*)\s*=(?!=)\s*(?P<of>.+)", re.DOTALL),
}
_EXAMPLES = {
    "if": "{% if dialogue %}",
    "elif": "{% elif dialogue %}",
    "for": "{% for person in cast %}",
    "set": '{% set tone = "calm" %}',
}


class _Code(NamedTuple):
    """An expression, and where its source begins in the template."""

    source: str
    offset: int
    run: Expression


class _Piece(NamedTuple):
    """A stretch of the template: `text`, `value` or `statement`, its source and where that begins."""

    kind: str
    source: str
    offset: int


@dataclass(slots=True)
class _Branches:
    """`if`: conditions (None for `else`), each with its body."""

    arms: list[tuple[_Code | None, list[_Node]]] = field(default_factory=list)


@dataclass(slots=True)
class _Loop:
    """`for`: what each item is called, the list, the body, and what stands where the list is empty."""

    name: str
    of: _Code
    body: list[_Node] = field(default_factory=list)
    empty: list[_Node] = field(default_factory=list)


@dataclass(slots=True)
class _Naming:
    """`set`."""

    name: str
    of: _Code


_Node = str | _Code | _Branches | _Loop | _Naming


class Template:
    """A template that was read. Raises ValueProblem where it is none."""

    def __init__(self, source: str) -> None:
        if len(source) > MAX_TEXT:
            raise ValueProblem("too-long-value", f"a template is at most {MAX_TEXT:,} characters long", None, 0, 1)
        reader = _Reader(source)
        self._nodes = reader.whole()
        self.expressions = reader.expressions
        """Where its expressions stand: offsets and lengths, from left to right."""

    def text(self, names: Mapping[str, Any]) -> str:
        """The text that it gives for these names. Raises ValueProblem."""
        run = _Run()
        run.nodes(self._nodes, dict(names))
        return "".join(run.said)

    def problems(self, names: Mapping[str, Any]) -> list[ValueProblem]:
        """What is wrong wherever the conditions lead, for names with values as they are in any text.

        A missing item of a list is none: a condition may guard it.
        """
        trial = _Trial()
        trial.nodes(self._nodes, dict(names))
        return trial.problems


class _Reader:
    """Reads a template from left to right into nodes."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces = _pieces(source)
        self.depth = 0
        self.expressions: list[tuple[int, int]] = []

    def whole(self) -> list[_Node]:
        nodes, _, _ = self.until((), 0)
        return nodes

    def until(self, ends: tuple[str, ...], opened: int) -> tuple[list[_Node], str, _Piece | None]:
        """The nodes up to a statement of `ends`, that statement's word and the statement."""
        nodes: list[_Node] = []
        for piece in self.pieces:
            if piece.kind == "text":
                nodes.append(piece.source)
            elif piece.kind == "value":
                nodes.append(self.code(piece.source, piece.offset))
            else:
                word = piece.source.split(None, 1)[0] if piece.source.strip() else ""
                if word in ends:
                    return nodes, word, piece
                nodes.append(self.statement(word, piece))
        if ends:
            last = ends[-1]
            raise ValueProblem("bad-expression", f"this is never closed by {{% {last} %}}", None, opened, 2)
        return nodes, "", None

    def statement(self, word: str, piece: _Piece) -> _Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise placed(bad("statements are nested too deep"), piece.source, piece.offset)
        name, of = self.parts(word, piece)
        node: _Node
        if word == "set":
            node = _Naming(name, of)
        elif word == "for":
            node = self.loop(_Loop(name, of), piece)
        else:
            node = self.branches(of, piece)
        self.depth -= 1
        return node

    def parts(self, word: str, piece: _Piece) -> tuple[str, _Code]:
        """The name and the expression of a statement."""
        at = len(piece.source) - len(piece.source.lstrip())
        if word not in _EXAMPLES or word == "elif":
            known = word in ("else", "elif", "endif", "endfor")
            message = f'"{word}" belongs to no statement here' if known else f'the statement "{word}" is not allowed'
            fault = bad(message, None, word, at) if known else unsafe(message, "allowed are if, for and set", word, at)
            raise placed(fault, piece.source, piece.offset)
        rest = piece.source[at + len(word) :]
        found = _SHAPES[word].fullmatch(rest.strip())
        if found is None:
            fault = bad(f'"{word}" is not written like this', f"write it like {_EXAMPLES[word]}", word, at)
            raise placed(fault, piece.source, piece.offset)
        begins = at + len(word) + len(rest) - len(rest.lstrip())
        name = found["name"] if word in ("for", "set") else ""
        return name, self.code(found["of"], piece.offset + begins + found.start("of"))

    def branches(self, of: _Code, piece: _Piece) -> _Branches:
        node, test, word, open_ = _Branches(), of, "if", piece
        condition: _Code | None = test
        while True:
            ends = ("endif",) if word == "else" else ("elif", "else", "endif")
            body, word, found = self.until(ends, open_.offset)
            node.arms.append((condition, body))
            if word == "endif" or found is None:
                return node
            condition = self.condition(found) if word == "elif" else None

    def condition(self, piece: _Piece) -> _Code:
        at = piece.source.index("elif") + 4
        rest = piece.source[at:]
        return self.code(rest, piece.offset + at)

    def code(self, source: str, offset: int) -> _Code:
        offset += len(source) - len(source.lstrip())
        source = source.strip()
        self.expressions.append((offset, len(source)))
        try:
            return _Code(source, offset, compiled(source))
        except Fault as fault:
            raise placed(fault, source, offset) from None

    def loop(self, node: _Loop, piece: _Piece) -> _Loop:
        node.body, word, _ = self.until(("else", "endfor"), piece.offset)
        if word == "else":
            node.empty, _, _ = self.until(("endfor",), piece.offset)
        return node


def _pieces(source: str) -> Iterator[_Piece]:
    """The stretches of a template; a `-` inside braces takes the white space beside them. Raises ValueProblem."""
    place, strip = 0, False
    while True:
        opening = _OPENING.search(source, place)
        words = source[place : opening.start()] if opening else source[place:]
        begins = opening.end() if opening else len(source)
        words = words.lstrip() if strip else words
        yield _Piece("text", words.rstrip() if source.startswith("-", begins) else words, place)
        if opening is None:
            return
        kind, begun, ended, place, strip = _inside(source, opening[0], begins)
        if kind != "comment":
            yield _Piece(kind, source[begun:ended], begun)


def _inside(source: str, sign: str, start: int) -> tuple[str, int, int, int, bool]:
    """What stands in braces: its kind, where it begins and ends, where the text goes on, and if without white space."""
    if sign == "{{":
        begun = start + (source[start : start + 1] in ("-", "+"))
        try:
            ended, after = end_of(source, begun)
        except Fault as fault:
            length = 1 if fault.at is not None else 2
            at = start - 2 if fault.at is None else fault.at
            raise ValueProblem(fault.code, fault.message, fault.hint, at, length) from None
        return "value", begun, ended, after, source[ended] == "-"
    found = _STATEMENT.match(source, start) if sign == "{%" else None
    if found:
        return "statement", found.start(1), found.end(1), found.end(), found[2] == "-"
    closed = source.find("#}", start) if sign == "{#" else -1
    if closed < 0:
        wanted = "%}" if sign == "{%" else "#}"
        raise ValueProblem("bad-expression", f"what begins with {sign} must end with {wanted}", None, start - 2, 2)
    return "comment", start, closed, closed + 2, source[closed - 1] == "-"


class _Run:
    """One text being made."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.length = 0
        self.work = 0

    def nodes(self, nodes: list[_Node], names: dict[str, Any]) -> None:
        for node in nodes:
            match node:
                case str():
                    self.say(node, None)
                case _Code():
                    self.say(self.text(node, names), node)
                case _Naming():
                    self.naming(node, names)
                case _Branches():
                    self.branches(node, names)
                case _Loop():
                    self.loop(node, names)

    def say(self, text: str, code: _Code | None) -> None:
        self.length += len(text)
        if self.length > MAX_TEXT:
            at, length = (code.offset, len(code.source)) if code else (0, 1)
            message = f"the text is longer than {MAX_TEXT:,} characters"
            raise ValueProblem("too-long-value", message, None, at, length)
        self.said.append(text)

    def value(self, code: _Code, names: Mapping[str, Any]) -> Any:
        self.work += len(code.source)
        if self.work > MAX_WORK:
            message = f"more than {MAX_WORK:,} characters of expressions are evaluated"
            raise ValueProblem("too-long-value", message, "loop over less", code.offset, len(code.source))
        try:
            return bounded(code.run((names, {})))
        except Fault as fault:
            raise placed(fault, code.source, code.offset) from fault

    def text(self, code: _Code, names: Mapping[str, Any]) -> str:
        try:
            return in_text(self.value(code, names))
        except Fault as fault:
            raise placed(fault, code.source, code.offset) from None

    def naming(self, node: _Naming, names: dict[str, Any]) -> None:
        names[node.name] = self.value(node.of, names)

    def branches(self, node: _Branches, names: dict[str, Any]) -> None:
        for condition, body in node.arms:
            if condition is None or self.value(condition, names):
                self.nodes(body, names)
                return

    def loop(self, node: _Loop, names: dict[str, Any]) -> None:
        items = self.items(node, names)
        for index, item in enumerate(items):
            self.turn(node, names, item, index, len(items))
        if not items:
            self.nodes(node.empty, names)

    def turn(self, node: _Loop, names: Mapping[str, Any], item: Any, index: int, count: int) -> None:
        self.work += 1
        self.nodes(node.body, {**names, "loop": turn(index, count), node.name: item})

    def items(self, node: _Loop, names: Mapping[str, Any]) -> list[Any]:
        found = self.value(node.of, names)
        if not isinstance(found, list | tuple | Mapping):
            raise placed(bad("this is no list"), node.of.source, node.of.offset)
        return list(found)


class _Trial(_Run):
    """A run down every way: conditions decide nothing, a loop turns once, and what is wrong is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[ValueProblem] = []

    def tried(self, made: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return made()
        except ValueProblem as problem:
            cause = problem.__cause__
            if not (isinstance(cause, Undefined) and cause.word is None):  # a condition may guard a missing item
                self.problems.append(problem)
            return otherwise

    def say(self, text: str, code: _Code | None) -> None:
        """Every branch is gone down, so that the text is longer than any real one."""

    def text(self, code: _Code, names: Mapping[str, Any]) -> str:
        return str(self.tried(lambda: super(_Trial, self).text(code, names), ""))

    def naming(self, node: _Naming, names: dict[str, Any]) -> None:
        names[node.name] = self.tried(lambda: self.value(node.of, names), "")

    def branches(self, node: _Branches, names: dict[str, Any]) -> None:
        for condition, body in node.arms:
            if condition is not None:
                self.tried(partial(self.value, condition, names), "")
            self.nodes(body, names)

    def loop(self, node: _Loop, names: dict[str, Any]) -> None:
        for item in self.tried(lambda: self.items(node, names), [])[:1]:
            self.turn(node, names, item, 0, 1)
        self.nodes(node.empty, names)
