"""The grammar of a template of prompts: text with `{{ }}` and with Jinja's statements `if`, `for` and `set`.

Every other statement (macro, include, import, block) is refused by name. What a template may cost: see `filling`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct, field

from storyboard.language.values.arithmetic import MAX_TEXT
from storyboard.language.values.expressions import compiled
from storyboard.language.values.faults import Fault, ValueProblem, bad, placed, unsafe
from storyboard.language.values.meaning import Expression
from storyboard.language.values.tokens import end_of

MAX_DEPTH = 16
"""Statements inside each other."""

_OPENING = re.compile(r"\{\{|\{%|\{#")
_STATEMENT = re.compile(r"""[-+]?((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^'"])*?)([-+]?)%\}""", re.DOTALL)
_SHAPES = {
    "if": re.compile(r"(?P<of>.+)", re.DOTALL),
    "for": re.compile(r"(?P<name>[^\W\d]\w*)\s+in\s+(?P<of>.+)", re.DOTALL),
    "set": re.compile(r"(?P<name>[^\W\d]\w*)\s*=(?!=)\s*(?P<of>.+)", re.DOTALL),
}
_EXAMPLES = {
    "if": "{% if dialogue %}",
    "for": "{% for person in cast %}",
    "set": '{% set tone = "calm" %}',
}


class Code(NamedTuple):
    """An expression, and where its source begins in the template."""

    source: str
    offset: int
    run: Expression


class _Piece(NamedTuple):
    """A stretch of the template: `text`, `value` or `statement`, its source and where that begins."""

    kind: str
    source: str
    offset: int

    @property
    def word(self) -> tuple[str, int]:
        """The word that a statement begins with, and where."""
        begins = len(self.source) - len(self.source.lstrip())
        return "".join(self.source.split(None, 1)[:1]), begins


class Branches(Struct):
    """`if`: conditions (None for `else`), each with its body."""

    arms: list[tuple[Code | None, list[Node]]] = field(default_factory=list)


class Loop(Struct):
    """`for`: what each item is called, the list, the body, and what stands where the list is empty."""

    name: str
    of: Code
    body: list[Node] = field(default_factory=list)
    empty: list[Node] = field(default_factory=list)


class Naming(Struct):
    """`set`."""

    name: str
    of: Code


Node = str | Code | Branches | Loop | Naming


class Reader:
    """Reads a template from left to right into nodes; `expressions` holds their offsets and lengths."""

    def __init__(self, source: str) -> None:
        if len(source) > MAX_TEXT:
            raise ValueProblem("too-long-value", f"a template is at most {MAX_TEXT:,} characters long", None, 0, 1)
        self._pieces = _pieces(source)
        self._depth = 0
        self.expressions: list[tuple[int, int]] = []

    def whole(self) -> list[Node]:
        """All of it. Raises ValueProblem where it is no template."""
        nodes, _, _ = self._until((), None)
        return nodes

    def _until(self, ends: tuple[str, ...], opened: _Piece | None) -> tuple[list[Node], str, _Piece | None]:
        """The nodes up to a statement of `ends`, that statement's word and the statement."""
        nodes: list[Node] = []
        for piece in self._pieces:
            if piece.kind == "text":
                nodes.append(piece.source)
            elif piece.kind == "value":
                nodes.append(self._code(piece.source, piece.offset))
            else:
                word, _ = piece.word
                if word in ends:
                    return nodes, word, piece
                nodes.append(self._statement(word, piece))
        if opened is not None:
            word, at = opened.word
            raise placed(bad(f"this is never closed by {{% {ends[-1]} %}}", None, word, at), *opened[1:])
        return nodes, "", None

    def _statement(self, word: str, piece: _Piece) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise placed(bad("statements are nested too deep"), piece.source, piece.offset)
        name, of = self._parts(word, piece)
        node: Node
        if word == "set":
            node = Naming(name, of)
        elif word == "for":
            node = self._loop(Loop(name, of), piece)
        else:
            node = self._branches(of, piece)
        self._depth -= 1
        return node

    def _parts(self, word: str, piece: _Piece) -> tuple[str, Code]:
        """The name and the expression of a statement."""
        _, at = piece.word
        if word not in _EXAMPLES:
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
        return name, self._code(found["of"], piece.offset + begins + found.start("of"))

    def _branches(self, of: Code, piece: _Piece) -> Branches:
        node, condition = Branches(), of
        while True:
            body, word, found = self._until(("elif", "else", "endif"), piece)
            node.arms.append((condition, body))
            if word == "else":
                body, _, _ = self._until(("endif",), piece)
                node.arms.append((None, body))
            if word != "elif" or found is None:
                return node
            after = found.source.index("elif") + len("elif")
            condition = self._code(found.source[after:], found.offset + after)

    def _code(self, source: str, offset: int) -> Code:
        offset += len(source) - len(source.lstrip())
        source = source.strip()
        self.expressions.append((offset, len(source)))
        try:
            return Code(source, offset, compiled(source))
        except Fault as fault:
            raise placed(fault, source, offset) from None

    def _loop(self, node: Loop, piece: _Piece) -> Loop:
        node.body, word, _ = self._until(("else", "endfor"), piece)
        if word == "else":
            node.empty, _, _ = self._until(("endfor",), piece)
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
