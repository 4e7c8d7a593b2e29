"""Plain aligned columns for people; colours only on a terminal that wants them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
from msgspec import Struct

from storyboard.columns import visible, width

COLOURS = {
    "done": "green",
    "locked": "green",
    "render": "blue",
    "stale": "yellow",
    "held": "magenta",
    "blocked": "red",
    "failed": "red",
    "ambiguous": "red",
    "lost": "red",
    "skipped": "yellow",
    "cancelled": "yellow",
}


class Column(Struct, frozen=True):
    """A column's heading; words of `COLOURS` in it are coloured."""

    heading: str


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their headings, each column as wide as its widest cell, the last one free."""
    cells = [[column.heading for column in columns], *[[visible(cell) for cell in row] for row in rows]]
    widths = [max(width(row[number]) for row in cells) for number in range(len(columns))]
    lines = [_line(row, widths) for row in cells]
    return "\n".join([click.style(lines[0], dim=True) if coloured() else lines[0], *lines[1:]])


def coloured() -> bool:
    """Whether stdout is a terminal that takes colours."""
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (widths[number] - width(cell)) for number, cell in enumerate(row)]
    if coloured():
        padded = [click.style(text, fg=COLOURS.get(cell)) for text, cell in zip(padded, row, strict=True)]
    return "  ".join(padded).rstrip()
