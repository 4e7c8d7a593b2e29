"""Delimited text (CSV): a header and rows, as a tree that knows where each cell stands.

Laws. Cells are separated by what separates the header: a comma, a semicolon or a tab. A cell in double quotes may hold
separators, line ends and doubled quotes. A cell that spells a number or a boolean as they are written out is one, any
other is text: `7` is a number, `007`, `1e3` and `3.50` stay as they are. An empty cell says nothing. Empty lines are
skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.language.text.scalars import TooLong, resolve
from storyboard.language.text.tree import Map, Mark, Node, Page, Scalar, Seq

_SEPARATORS = ",;\t"


class _Cell(NamedTuple):
    text: str
    start: int
    length: int


def rows(page: Page) -> tuple[Seq, list[Diagnostic]]:
    """The rows of a page as mappings by column, and what is wrong with it. Raises Refused where it cannot be read."""
    lines = list(_lines(page))
    if not lines:
        raise Refused([_problem(page, 0, 0, "the file has no header", "its first line names the columns")])
    header, *body = lines
    problems = _columns(page, header)
    found, marks = [], []
    for line in body:
        extra = line[len(header) :]
        if len(line) != len(header):
            start, end = (extra[0].start, extra[-1]) if extra else (line[0].start, line[-1])
            message = f"{len(line)} cells in a table of {len(header)} columns"
            hint = "put a cell with a separator in it into quotes" if extra else "give every row as many cells"
            problems.append(_problem(page, start, end.start + end.length - start, message, hint))
        mark = (page, line[0].start, 0, line[0].start, line[-1].start + line[-1].length - line[0].start)
        found.append(_row(page, header, line, mark))
        marks.append(mark)
    whole = (page, 0, 0, 0, len(page.text))
    return Seq.of(found, marks, whole), problems


def _row(page: Page, header: list[_Cell], line: list[_Cell], mark: Mark) -> Map:
    entries: dict[str, Node] = {}
    marks: dict[str, Mark] = {}
    for column, cell in zip_longest(header, line[: len(header)]):
        if cell is not None and cell.text.strip():
            entries[column.text] = _value(cell.text)
            marks[column.text] = (page, column.start, column.length, cell.start, cell.length)
    return Map.of(entries, marks, mark)


def _value(text: str) -> Node:
    try:
        node = resolve(text.strip())
    except TooLong:
        return text
    exact = isinstance(node, Scalar) and node.value is not None and str(node.value).lower() == node.spelt.lower()
    return node if exact else text


def _columns(page: Page, header: list[_Cell]) -> list[Diagnostic]:
    problems, seen = [], set()
    for cell in header:
        if not cell.text.strip():
            problems.append(_problem(page, cell.start, cell.length, "this column has no name", "name it, or delete it"))
        elif cell.text in seen:
            message = f'two columns are called "{cell.text}"'
            problems.append(_problem(page, cell.start, cell.length, message, "rename one"))
        seen.add(cell.text)
    return problems


def _lines(page: Page) -> Iterator[list[_Cell]]:
    """The cells of each line that is not empty. Raises Refused for a quote that is not closed."""
    text, separator, place = page.text, _separator(page.text), 0
    line: list[_Cell] = []
    cell = re.compile(rf'[ ]*"((?:[^"]|"")*)"[ ]*(?=[{separator}\r\n]|\Z)|([^{separator}\r\n]*)')
    while True:
        found = cell.match(text, place)
        assert found is not None
        quoted, bare = found.groups()
        if quoted is None and bare.lstrip(" ").startswith('"'):
            start = place + len(bare) - len(bare.lstrip(" "))
            message = "a quote opens here that does not close at the end of its cell"
            raise Refused([_problem(page, start, 1, message, 'a quote inside quotes is written ""')])
        line.append(_Cell(bare if quoted is None else quoted.replace('""', '"'), place, found.end() - place))
        place = found.end()
        if text[place : place + 1] == separator:
            place += 1
            continue
        if any(one.length for one in line):
            yield line
        if place >= len(text):
            return
        place += 2 if text[place : place + 2] == "\r\n" else 1
        line = []


def _separator(text: str) -> str:
    first = re.sub(r'"[^"]*"', "", re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0])
    return max(_SEPARATORS, key=first.count)


def _problem(page: Page, start: int, length: int, message: str, hint: str) -> Diagnostic:
    return Diagnostic("bad-csv", message, page.span(start, max(length, 1)), hint)
