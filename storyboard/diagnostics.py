"""Where a mistake stands, what is said about it, and the one drawing of it.

A `Diagnostic` is a value; `Refused` carries any number of them upwards; `draw` is the only brush. Codes are stable
kebab-case words with a page each in `storyboard.codes`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]

LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a line of a source text: the three line ends of YAML 1.2."""

TAB_STOP = 4
"""A tab in a quoted source line is drawn as spaces up to the next multiple of this many columns."""

LINE_CHARS = 160
"""Of a longer source line only this much is drawn, around the carets."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text: lines and columns count from 1, columns in code points; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a diagnostic: the other definition, the row that made the shot."""

    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: its stable `code`, a `message` for a person, its place, and a `hint` drawn beside the carets."""

    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
    severity: Severity = "error"
    related: tuple[Related, ...] = field(default=())


class Refused(Exception):
    """The input was refused. Carries every diagnostic found and the exit code that the command ends with.

    `texts` maps each file that was read to its text, for `draw`.
    """

    def __init__(
        self, diagnostics: Iterable[Diagnostic], exit_code: int = 10, texts: Mapping[str, str] | None = None
    ) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        self.exit_code = exit_code
        self.texts: Mapping[str, str] = dict(texts or {})
        super().__init__("; ".join(d.message for d in self.diagnostics))


def in_file_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort by file, line and column; diagnostics without a place come last."""
    return sorted(diagnostics, key=lambda d: (d.span is None, d.span or Span("", 0, 0, 0, 0), d.code, d.message))


def width(text: str) -> int:
    """Columns that `text` takes in a terminal: 2 for wide characters and emoji, 0 for marks that combine."""
    if text.isascii() and text.isprintable():
        return len(text)
    total = 0
    for char in text:
        if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Me", "Mn"):
            continue
        total += 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
    return total


def visible(text: str) -> str:
    """Escape what a terminal would obey or hide: control characters, bidi and zero-width marks, lone surrogates."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") else char for char in text
    )


def _line(text: str) -> str:
    """A source line as it is drawn: tabs become spaces, control characters become visible."""
    drawn: list[str] = []
    column = 0
    for char in text:
        piece = " " * (TAB_STOP - column % TAB_STOP) if char == "\t" else visible(char)
        drawn.append(piece)
        column += width(piece)
    return "".join(drawn)


def _window(source: str, start: int, end: int) -> tuple[str, int, int]:
    """A long line cut down to what surrounds [start, end), with an ellipsis on each side that was cut."""
    if len(source) <= LINE_CHARS:
        return source, start, end
    first = max(0, min(start - LINE_CHARS // 3, len(source) - LINE_CHARS))
    left, right = "…" if first else "", "…" if first + LINE_CHARS < len(source) else ""
    cut = source[first : first + LINE_CHARS]
    shift = first - len(left)
    return left + cut + right, start - shift, min(end - shift, len(left) + len(cut))


def _quote(span: Span, lines: list[str], hint: str | None, label_width: int) -> list[str]:
    """The source line under a gutter, with carets below the span and the hint beside them."""
    gutter = " " * label_width
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    source, start, end = _window(line, span.column - 1, end)
    before = _line(source[:start])
    marked = _line(source[: max(end, start)])[len(before) :]
    carets = "^" * max(1, width(marked.rstrip()))
    under = " " * width(before) + carets + (f" {hint}" if hint else "")
    shown = _line(source).rstrip()
    return [f"{gutter} |", f"{span.line:>{label_width}} | {shown}".rstrip(), f"{gutter} | {under}"]


def _place(span: Span) -> str:
    return f"{visible(span.file)}:{span.line}:{span.column}"


def draw_one(diagnostic: Diagnostic, texts: Mapping[str, str]) -> str:
    """Draw one diagnostic in the shape of the reference; `texts` maps the span's file to its whole text."""
    return _draw(diagnostic, _lines([diagnostic], texts))


def _lines(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The lines of every text that is quoted, each split once."""
    files = {diagnostic.span.file for diagnostic in diagnostics if diagnostic.span}
    return {file: LINE_END.split(texts[file]) for file in files if file in texts}


def _draw(diagnostic: Diagnostic, quoted: Mapping[str, list[str]]) -> str:
    span = diagnostic.span
    head = f"{diagnostic.severity}[{diagnostic.code}]: {visible(diagnostic.message)}"
    hint = visible(diagnostic.hint) if diagnostic.hint else None
    if span is None:
        drawn = [head, *([f"  = {hint}"] if hint else [])]
    else:
        drawn = [f"{_place(span)}: {head}"]
        lines = quoted.get(span.file)
        if lines is not None:
            drawn += _quote(span, lines, hint, len(str(span.line)))
        elif hint:
            drawn.append(f"  = {hint}")
    for other in diagnostic.related:
        where = f"{_place(other.span)}: " if other.span else ""
        drawn.append(f"  {where}{visible(other.message)}")
    return "\n".join(drawn)


def draw(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]) -> str:
    """Draw diagnostics in file order, an empty line between two."""
    ordered = in_file_order(diagnostics)
    quoted = _lines(ordered, texts)
    return "\n\n".join(_draw(diagnostic, quoted) for diagnostic in ordered)
