"""The words and signs of expressions, spelt as in Jinja, and where an expression in a text ends."""

from __future__ import annotations

import re
from typing import Any

from storyboard.language.values.faults import bad

MAX_TOKENS = 300
"""Words and signs of one expression."""

Token = tuple[str, Any, int]
"""Kind (`name`, `number`, `text`, `sign`, `end`), value and offset."""

_TOKEN = re.compile(
    r"""(?:\s+
    |(?P<float>\d+(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+))
    |(?P<whole>\d+)
    |(?P<name>[^\W\d]\w*)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<sign>//|\*\*|==|!=|<=|>=|[-+*/%~<>.,:|()\[\]{}]))\s*""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "t": "\t"}
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_TRIM = ("-}}", "+}}")


def tokens(source: str) -> list[Token]:
    """The tokens of an expression, one of kind `end` last. Raises Fault."""
    found: list[Token] = []
    place, length = 0, len(source)
    match = _TOKEN.match
    while place < length:
        token = match(source, place)
        if token is None:
            raise _stray(source, place)
        kind = token.lastgroup
        if kind is not None:
            found.append(_token(kind, token[kind], place))
        place = token.end()
    if len(found) > MAX_TOKENS:
        raise bad(f"an expression has at most {MAX_TOKENS} words and signs")
    found.append(("end", "", length))
    return found


def _token(kind: str, written: str, place: int) -> Token:
    if kind == "whole":
        return "number", int(written[:40]), place
    if kind == "float":
        return "number", float(written), place
    return kind, _unescaped(written, place) if kind == "text" else written, place


def _stray(source: str, place: int) -> Exception:
    if source[place] in "'\"":
        return bad("a quote is never closed", at=place)
    return bad(f'"{source[place]}" does not belong in an expression', at=place)


def _unescaped(quoted: str, place: int) -> str:
    text = quoted[1:-1]
    if "\\" not in text:
        return text
    for escape in _ESCAPE.finditer(text):
        if escape[1] not in _ESCAPED:
            raise bad(f'"{escape[0]}" stands for no character here', at=place + 1 + escape.start())
    return _ESCAPE.sub(lambda escape: _ESCAPED[escape[1]], text)


def end_of(text: str, start: int) -> tuple[int, int]:
    """Where the expression that begins at `start` ends, and where its `}}` does; `-}}` takes white space with it.

    Raises Fault where it does not end.
    """
    place, waiting = start, [""]
    while place < len(text):
        if len(waiting) == 1 and (text.startswith("}}", place) or text.startswith(_TRIM, place)):
            return place, _after(text, place)
        token = _TOKEN.match(text, place)
        if token is None:
            raise _stray(text, place)
        sign = token["sign"]
        if sign in _CLOSES:
            waiting.append(_CLOSES[sign])
        elif sign in (")", "]", "}") and waiting.pop() != sign:
            raise bad(f'"{sign}" closes nothing', at=place)
        place = token.end()
    raise bad("an expression that begins with {{ must end with }}")


def _after(text: str, place: int) -> int:
    end = place + (2 if text[place] == "}" else 3)
    if text[place] == "-":
        end += len(text[end:]) - len(text[end:].lstrip())
    return end
