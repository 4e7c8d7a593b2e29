"""Values with `{{ }}` in them: split once, compiled once, evaluated in a scope.

A value that is one whole expression keeps the type of its result; mixed text is text. Each distinct expression is
compiled once an `Evaluator`: a thousand shots that say `{{ city }}` share it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from storyboard.language.text.citing import Citation, Cited, citations, has_citation, uncite
from storyboard.language.values.arithmetic import MAX_TEXT, bounded, in_text, joined
from storyboard.language.values.expressions import compiled
from storyboard.language.values.faults import Fault, ValueProblem, placed
from storyboard.language.values.meaning import Expression, Scope
from storyboard.language.values.tokens import end_of

__all__ = ["Citation", "Cited", "Evaluator", "ValueProblem", "citations", "has_citation", "uncite"]

_SIMPLE = re.compile(r"""\{\{(?![-+])([^{}'"]*)(?<![-+])\}\}""")


def _statement_in(text: str) -> tuple[int, int] | None:
    """Where the first `{% %}` or `{# #}` stands in `text`."""
    for opening, closing in (("{%", "%}"), ("{#", "#}")):
        start = text.find(opening)
        end = text.find(closing, start + 2) if start >= 0 else -1
        if end >= 0:
            return start, end + 2
    return None


class _Part(NamedTuple):
    """An expression in a text: its source, the offset of that, and what it means."""

    source: str
    offset: int
    run: Expression


class Evaluator:
    """Evaluates the values of one storyboard. `names` are seen everywhere; a scope's names hide them."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names
        self._expressions: dict[str, tuple[str, int, Expression | Fault]] = {}
        self._texts: dict[str, list[str | _Part]] = {}

    def text_has_expression(self, text: str) -> bool:
        """Whether `text` must be evaluated: it holds `{{`, or a statement that will be refused."""
        return "{{" in text or _statement_in(text) is not None

    def evaluate(self, text: str, scope: Mapping[str, Any]) -> Any:
        """What `text` gives in `scope`: None, bool, int, float, str, list or dict. Raises ValueProblem.

        An asset's citation is the text of its token.
        """
        parts = self._texts.get(text)
        if parts is None:
            parts = self._texts[text] = self._split(text)
        names = (scope, self._names)
        if len(parts) == 1:
            return _whole(parts[0], names)
        pieces = [part if isinstance(part, str) else _as_text(part, names) for part in parts]
        try:
            return joined(pieces)
        except Fault as fault:
            raise ValueProblem(fault.code, fault.message, fault.hint, 0, len(text)) from None

    def _split(self, text: str) -> list[str | _Part]:
        if len(text) > MAX_TEXT:
            message = f"a text with expressions is at most {MAX_TEXT:,} characters long"
            raise ValueProblem("too-long-value", message, None, 0, len(text))
        statement = _statement_in(text)
        if statement and "{{" not in text[: statement[0]]:
            raise _statement(*statement)
        parts = self._simple(text) or self._scanned(text)
        if statement:
            _refuse_statements(text, parts)
        whole = [part for part in parts if not isinstance(part, str) or part.strip()]
        return whole if len(whole) == 1 and not isinstance(whole[0], str) else parts

    def _simple(self, text: str) -> list[str | _Part]:
        """The parts of a text whose expressions hold no quotes and no braces; none where they must be read."""
        pieces = _SIMPLE.split(text)
        if len(pieces) // 2 != text.count("{{") or "{{{" in text:
            return []
        parts: list[str | _Part] = []
        place = 0
        for number, piece in enumerate(pieces):
            if number % 2:
                parts.append(self._expression(piece, place + 2))
                place += len(piece) + 4
            elif piece:
                parts.append(piece)
                place += len(piece)
        return parts

    def _scanned(self, text: str) -> list[str | _Part]:
        """The parts of a text, each expression read to its end; `{{-` and `-}}` take white space with them."""
        parts: list[str | _Part] = []
        place = 0
        while True:
            opened = text.find("{{", place)
            literal = text[place:] if opened < 0 else text[place:opened]
            start = opened + 2
            if opened >= 0 and text[start : start + 1] in ("-", "+"):
                literal = literal.rstrip() if text[start] == "-" else literal
                start += 1
            if literal:
                parts.append(literal)
            if opened < 0:
                return parts
            try:
                end, place = end_of(text, start)
            except Fault as fault:
                at, length = (opened, len(text) - opened) if fault.at is None else (fault.at, 1)
                raise ValueProblem(fault.code, fault.message, fault.hint, at, length) from None
            parts.append(self._expression(text[start:end], start))

    def _expression(self, raw: str, offset: int) -> _Part:
        known = self._expressions.get(raw)
        if known is None:
            source = raw.strip()
            try:
                run: Expression | Fault = compiled(source)
            except Fault as fault:
                run = fault
            known = self._expressions[raw] = (source, len(raw) - len(raw.lstrip()), run)
        source, before, run = known
        if isinstance(run, Fault):
            raise placed(run, source, offset + before)
        return _Part(source, offset + before, run)


def _whole(part: str | _Part, names: Scope) -> Any:
    """The value of a text that is one part, with its type. Raises ValueProblem."""
    if isinstance(part, str):
        return part
    try:
        value = bounded(part.run(names))
    except Fault as fault:
        raise placed(fault, part.source, part.offset) from None
    return str(value) if isinstance(value, Cited) else value


def _as_text(part: _Part, names: Scope) -> str:
    """How the value of an expression stands in its text. Raises ValueProblem."""
    try:
        return in_text(bounded(part.run(names)))
    except Fault as fault:
        raise placed(fault, part.source, part.offset) from None


def _refuse_statements(text: str, parts: list[str | _Part]) -> None:
    """Raises ValueProblem for a statement outside the expressions, whose texts may look like one."""
    for part in parts:
        if not isinstance(part, str):
            end = part.offset + len(part.source)
            text = text[: part.offset] + " " * len(part.source) + text[end:]
    statement = _statement_in(text)
    if statement:
        raise _statement(*statement)


def _statement(start: int, end: int) -> ValueProblem:
    message = "statements and comments do not belong in values"
    return ValueProblem("statement-in-value", message, "values take {{ }} only", start, end - start)
