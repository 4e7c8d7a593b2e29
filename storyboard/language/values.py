"""Values with `{{ }}` in them: split once, compiled once, evaluated in a scope.

A value that is one whole expression keeps the type of its result; mixed text is text. Texts are split by Jinja's own
lexer, or by one pattern where no quote or brace can hide the end of an expression. Each distinct expression is compiled
once an `Evaluator`: a thousand shots that say `{{ city }}` share it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from jinja2 import TemplateSyntaxError

from storyboard.language.arithmetic import MAX_TEXT, bounded, in_text, joined
from storyboard.language.citing import Citation, Cited, citations, has_citation, uncite
from storyboard.language.expressions import Expression, Scope, compiled, environment
from storyboard.language.faults import Fault, ValueProblem

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
    """An expression in a text: its source and the offset of that; or literal text, where `run` is None."""

    source: str
    offset: int
    run: Expression | None


class Evaluator:
    """Evaluates the values of one storyboard. `names` are seen everywhere; a scope's names hide them."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names
        self._environment = environment()
        self._expressions: dict[str, Expression | Fault] = {}
        self._texts: dict[str, list[_Part]] = {}

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
            value = self._run(parts[0], names)
            return str(value) if isinstance(value, Cited) else value
        pieces = [_as_text(part, self._run(part, names)) for part in parts]
        try:
            return joined(pieces)
        except Fault as fault:
            raise ValueProblem(fault.code, fault.message, fault.hint, 0, len(text)) from None

    def _run(self, part: _Part, names: Scope) -> Any:
        if part.run is None:
            return part.source
        try:
            return bounded(part.run(names))
        except Fault as fault:
            raise _placed(fault, part) from None
        except RecursionError:
            raise ValueProblem("bad-expression", "nested too deep", None, part.offset, len(part.source)) from None

    def _split(self, text: str) -> list[_Part]:
        statement = _statement_in(text)
        if statement and "{{" not in text[: statement[0]]:
            raise _statement(*statement)
        if len(text) > MAX_TEXT:
            message = f"a text with expressions is at most {MAX_TEXT:,} characters long"
            raise ValueProblem("too-long-value", message, None, 0, len(text))
        parts = self._simple(text) or self._lexed(text)
        for part in parts:
            statement = _statement_in(part.source) if part.run is None else None
            if statement:
                raise _statement(part.offset + statement[0], part.offset + statement[1])
        said = [part for part in parts if part.run or part.source.strip()]
        return said if len(said) == 1 and said[0].run else parts

    def _simple(self, text: str) -> list[_Part]:
        """The parts of a text whose expressions hold no quotes and no braces; none where the lexer must look."""
        found = list(_SIMPLE.finditer(text))
        if not found or len(found) != text.count("{{") or "{{{" in text:
            return []
        parts: list[_Part] = []
        place = 0
        for match in found:
            if match.start() > place:
                parts.append(_Part(text[place : match.start()], place, None))
            parts.append(self._expression(match[1], match.start(1)))
            place = match.end()
        if place < len(text):
            parts.append(_Part(text[place:], place, None))
        return parts

    def _lexed(self, text: str) -> list[_Part]:
        parts: list[_Part] = []
        source: list[str] | None = None
        opened = place = 0
        said = "an expression that begins with {{ must end with }}"
        try:
            for _, kind, value in self._environment.lexer.tokeniter(text, None):
                if kind == "data":
                    parts.append(_Part(value, place, None))
                elif kind == "variable_begin":
                    opened = text.index("{{", place)
                    place = opened + len(value.lstrip())
                    source = []
                elif kind == "variable_end" and source is not None:
                    parts.append(self._expression("".join(source), place))
                    place += sum(map(len, source)) + len(value)
                    source = None
                elif source is not None:
                    source.append(value)
        except TemplateSyntaxError as error:
            source, said = [], (error.message or said).rstrip(".")
        if source is not None:
            raise ValueProblem("bad-expression", said, None, opened, len(text) - opened)
        return parts

    def _expression(self, source: str, offset: int) -> _Part:
        offset += len(source) - len(source.lstrip())
        source = source.strip()
        known = self._expressions.get(source)
        if known is None:
            try:
                known = compiled(source, self._environment)
            except Fault as fault:
                known = fault
            self._expressions[source] = known
        part = _Part(source, offset, None if isinstance(known, Fault) else known)
        if isinstance(known, Fault):
            raise _placed(known, part)
        return part


def _as_text(part: _Part, value: Any) -> str:
    """How the value of a part stands in its text. Raises ValueProblem."""
    try:
        return in_text(value)
    except Fault as fault:
        raise _placed(fault, part) from None


def _placed(fault: Fault, part: _Part) -> ValueProblem:
    """The fault with its place: the word it names where it stands once, else the whole expression."""
    if fault.word:
        found = re.search(rf"(?<!\w){re.escape(fault.word)}(?!\w)", part.source)
        if found:
            return ValueProblem(fault.code, fault.message, fault.hint, part.offset + found.start(), len(fault.word))
    return ValueProblem(fault.code, fault.message, fault.hint, part.offset, max(1, len(part.source)))


def _statement(start: int, end: int) -> ValueProblem:
    message = "statements and comments do not belong in values"
    return ValueProblem("statement-in-value", message, "values take {{ }} only", start, end - start)
