"""What goes wrong inside an expression, before anybody knows where the expression stands."""

from __future__ import annotations

import re


class Fault(Exception):
    """A mistake in an expression: a stable `code`, a `message` and a `hint`.

    `at` is its offset in the expression where that is known; `word` is what to point at.
    """

    def __init__(
        self, code: str, message: str, hint: str | None = None, word: str | None = None, at: int | None = None
    ) -> None:
        self.code = code
        self.message = message
        self.hint = hint
        self.word = word
        self.at = at
        super().__init__(message)


class Undefined(Fault):
    """A name, key or item that is not there; `default` and `is defined` catch it."""

    def __init__(self, message: str, hint: str | None = None, word: str | None = None, at: int | None = None) -> None:
        super().__init__("undefined-name", message, hint, word, at)


class ValueProblem(Exception):
    """A mistake in a value's text: `offset` and `length` say which characters of the text are meant."""

    def __init__(self, code: str, message: str, hint: str | None, offset: int, length: int) -> None:
        self.code = code
        self.message = message
        self.hint = hint
        self.offset = offset
        self.length = length
        super().__init__(message)


def bad(message: str, hint: str | None = None, word: str | None = None, at: int | None = None) -> Fault:
    """A mistake of meaning or grammar."""
    return Fault("bad-expression", message, hint, word, at)


def unsafe(message: str, hint: str | None = None, word: str | None = None, at: int | None = None) -> Fault:
    """Something that expressions may not do."""
    return Fault("unsafe-expression", message, hint, word, at)


def too_long(message: str) -> Fault:
    """A result larger than any film needs."""
    return Fault("too-long-value", message)


def placed(fault: Fault, source: str, offset: int) -> ValueProblem:
    """The fault of an expression whose `source` begins at `offset` of a text: where it says it is, else at the word it
    names, else at the whole expression.
    """
    at, length = fault.at, len(fault.word or " ")
    if at is None and fault.word:
        found = re.search(rf"(?<!\w){re.escape(fault.word)}(?!\w)", source)
        at = found.start() if found else None
    if at is None:
        at, length = 0, max(1, len(source))
    return ValueProblem(fault.code, fault.message, fault.hint, offset + at, length)
