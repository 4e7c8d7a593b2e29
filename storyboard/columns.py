"""Text as a terminal shows it: the columns it takes, what is hidden in it, and a stretch of a line that is too long.

A terminal obeys control characters, bidirectional marks reorder what is read, and some characters are not seen at all.
So whatever comes from a file is made `visible` before it is drawn. Joiners stay where a script or an emoji needs them,
between characters that are not ASCII: there they change how a word is drawn, and cannot hide another spelling of a key.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

TAB_STOP = 4
"""A tab is drawn as spaces up to the next multiple of this many columns."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_KEPT = re.compile(
    "(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])"  # a joiner between two letters or emoji
    "|(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"  # the flag of a region
)
_MARGIN = 8
"""Code points looked at on each side of a long line, as a multiple of the columns that are shown."""


def width(text: str) -> int:
    """Columns that `text` takes in a terminal: 2 for wide characters, emoji and flags, 0 for marks that combine."""
    if text.isascii():
        return len(text)
    import wcwidth

    return wcwidth.width(text, control_codes="ignore")


def visible(text: str) -> str:
    """Escape what a terminal would obey or hide: control characters, bidi and zero-width marks, lone surrogates."""
    if text.isprintable():
        return text
    shown, end = [], 0
    for kept in _KEPT.finditer(text):
        shown += [*map(_seen, text[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*shown, *map(_seen, text[end:])])


def _seen(char: str) -> str:
    if unicodedata.category(char) not in _HIDDEN:
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


class Shown(Struct, frozen=True):
    """A line as it is drawn, and the columns [start, end) of it that are marked, counted from 0."""

    text: str
    start: int
    end: int


def shown(line: str, start: int, end: int, columns: int) -> Shown:
    """Draw a source line with the code points [start, end) marked; of a long one at most `columns` columns around them.

    An ellipsis stands on each side that was cut. At least one column is marked, also past the end of the line.
    """
    start, line = min(start, len(line)), line.rstrip()
    if line.isascii() and line.isprintable() and len(line) <= columns:
        return Shown(line, start, max(start + 1, min(end, max(len(line), start))))
    first = max(0, start - _MARGIN * columns)
    cells = _cells(line[first : end + _MARGIN * columns], start - first, end - first)
    return _cut(cells, columns, first > 0, len(line) > end + _MARGIN * columns)


class _Cell(Struct, frozen=True):
    """What is read as one character: how it is drawn, its columns, and whether it is `before` or among the marked."""

    drawn: str
    columns: int
    before: bool
    marked: bool


def _cells(text: str, start: int, end: int) -> list[_Cell]:
    import wcwidth

    cells: list[_Cell] = []
    offset = column = 0
    for cluster in wcwidth.iter_graphemes(text):
        drawn = " " * (TAB_STOP - column % TAB_STOP) if cluster == "\t" else visible(cluster)
        wide = width(drawn)
        stop = offset + len(cluster)
        cells.append(_Cell(drawn, wide, stop <= start, start < stop and offset < max(end, start + 1)))
        offset, column = stop, column + wide
    return cells


def _cut(cells: list[_Cell], columns: int, more_left: bool, more_right: bool) -> Shown:
    """As many cells as have room, the first marked one a third from the left."""
    total = sum(cell.columns for cell in cells)
    start = sum(cell.columns for cell in cells if cell.before)
    from_column = max(0, min(start - columns // 3, total - columns)) if total > columns or more_left else 0
    text: list[str] = []
    begin = marked = column = drawn = 0
    cut_left, cut_right = more_left, more_right
    for cell in cells:
        if column < from_column:
            cut_left = True
        elif drawn + cell.columns > columns:
            cut_right = True
            break
        else:
            text.append(cell.drawn)
            drawn += cell.columns
            begin += cell.columns if cell.before else 0
            marked += cell.columns if cell.marked else 0
        column += cell.columns
    left, right = "…" if cut_left else "", "…" if cut_right else ""
    begin += len(left)
    return Shown(left + "".join(text) + right, begin, begin + max(1, marked))
