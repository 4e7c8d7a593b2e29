"""Where a mistake stands, what is said about it, and the one drawing of it.

A `Diagnostic` is a value; `Refused` carries any number of them upwards; `draw` is the only brush. Codes are stable
kebab-case words with a page each in `storyboard.codes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from storyboard.columns import shown, visible, width

Severity = Literal["error", "warning"]

LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a line of a source text: the three line ends of YAML 1.2."""

COLUMNS = 160
"""How wide a drawing is where nobody says; of a longer source line only what surrounds the carets is drawn."""

LEAST_COLUMNS = 40
"""So much of a source line is drawn in however narrow a terminal."""


class Span(Struct, frozen=True, order=True):
    """A stretch of a text: lines and columns count from 1, columns in code points; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class Related(Struct, frozen=True):
    """A second place that belongs to a diagnostic: the other definition, the row that made the shot."""

    message: str
    span: Span | None = None


class Diagnostic(Struct, frozen=True):
    """One mistake: its stable `code`, a `message` for a person, its place, and a `hint` drawn beside the carets."""

    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
    severity: Severity = "error"
    related: tuple[Related, ...] = ()


class Suggestion(str):
    """A hint that names what was probably meant, so that it can be offered as an edit: `instead` in place of `word`."""

    word: str
    instead: str

    def __new__(cls, hint: str, word: str, instead: str) -> Suggestion:
        """The words of the hint, and the edit."""
        made = super().__new__(cls, hint)
        made.word, made.instead = word, instead
        return made


class Edit(Struct, frozen=True):
    """A change that mends a mistake: `text` in place of what stands at `span`."""

    span: Span
    text: str


def split(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The lines of every text, by file."""
    return {file: LINE_END.split(text) for file, text in texts.items()}


def edit(diagnostic: Diagnostic, lines: Mapping[str, list[str]]) -> Edit | None:
    """The edit that a diagnostic's hint offers; None unless its place holds the misspelt word exactly once.

    `lines` are those of each file, as `split` gives them.
    """
    hint, span = diagnostic.hint, diagnostic.span
    if not isinstance(hint, Suggestion) or span is None or span.line != span.end_line or span.file not in lines:
        return None
    line = lines[span.file][span.line - 1]
    written = line[span.column - 1 : span.end_column - 1]
    if written.count(hint.word) != 1:
        return None
    column = span.column + written.index(hint.word)
    return Edit(Span(span.file, span.line, column, span.line, column + len(hint.word)), hint.instead)


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


def _quote(span: Span, lines: list[str], hint: str | None, label_width: int, columns: int) -> list[str]:
    """The source line under a gutter, with carets below the span and the hint beside or, where long, below them."""
    gutter = " " * label_width
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    room = max(columns - label_width - len(" | ") - 2 * len("…"), LEAST_COLUMNS)
    drawn = shown(line, span.column - 1, end, room)
    under = f"{gutter} | {' ' * drawn.start}{'^' * (drawn.end - drawn.start)}"
    quoted = [f"{gutter} |", f"{span.line:>{label_width}} | {drawn.text}".rstrip()]
    if hint and width(under) + 1 + width(hint) > columns:
        return [*quoted, under, f"{gutter} = {hint}"]
    return [*quoted, f"{under} {hint}" if hint else under]


def _place(span: Span) -> str:
    return f"{visible(span.file)}:{span.line}:{span.column}"


def draw_one(diagnostic: Diagnostic, texts: Mapping[str, str], columns: int = COLUMNS) -> str:
    """Draw one diagnostic in the shape of the reference; `texts` maps the span's file to its whole text."""
    return _draw(diagnostic, _lines([diagnostic], texts), columns)


def _lines(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The lines of every text that is quoted, each split once."""
    places = [place for one in diagnostics for place in (one.span, *(other.span for other in one.related))]
    files = {place.file for place in places if place}
    return {file: LINE_END.split(texts[file]) for file in files if file in texts}


def _draw(diagnostic: Diagnostic, quoted: Mapping[str, list[str]], columns: int) -> str:
    span = diagnostic.span
    head = f"{diagnostic.severity}[{diagnostic.code}]: {visible(diagnostic.message)}"
    hint = visible(diagnostic.hint) if diagnostic.hint else None
    if span is None:
        drawn = [head, *([f"  = {hint}"] if hint else [])]
    else:
        drawn = [f"{_place(span)}: {head}"]
        lines = quoted.get(span.file)
        if lines is not None:
            drawn += _quote(span, lines, hint, len(str(span.line)), columns)
        elif hint:
            drawn.append(f"  = {hint}")
    for other in diagnostic.related:
        drawn += _related(other, quoted, columns)
    return "\n".join(drawn)


def _related(other: Related, quoted: Mapping[str, list[str]], columns: int) -> list[str]:
    span = other.span
    if span is None:
        return [f"  {visible(other.message)}"]
    drawn = [f"  {_place(span)}: {visible(other.message)}"]
    lines = quoted.get(span.file)
    return (
        drawn
        if lines is None
        else drawn + [f"  {line}" for line in _quote(span, lines, None, len(str(span.line)), columns - 2)]
    )


def draw(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], columns: int = COLUMNS) -> str:
    """Draw diagnostics in file order, an empty line between two, for a terminal of so many columns."""
    ordered = in_file_order(diagnostics)
    quoted = _lines(ordered, texts)
    return "\n\n".join(_draw(diagnostic, quoted, columns) for diagnostic in ordered)
