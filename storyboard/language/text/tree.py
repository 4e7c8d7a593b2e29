"""The tree of a storyboard's text: plain dicts, lists and texts that remember where each part was written.

`Map` and `Seq` are a dict and a list; each keeps, for every entry, the `Mark` of its key and of its value. A mark names
its own `Page`, so a tree may be assembled from several files and every part still points into the file that holds it.
Trees are treated as frozen: `replaced`, `over` and `without` give new ones and share what did not change. Marks are
bare tuples of offsets because a long film has a hundred thousand; lines and columns are computed when somebody asks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from storyboard.diagnostics import LINE_END, Diagnostic, Related, Severity, Span


class Page:
    """One file's text: `file` as it is shown to people, `text` whole and decoded.

    `folder` is where it stands, counted from the production's folder; paths in it count from there.
    """

    def __init__(self, file: str, text: str, folder: str = "") -> None:
        self.file = file
        self.text = text
        self.folder = folder

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(end.end() for end in LINE_END.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of the code point at `offset`."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line_at(self, offset: int) -> tuple[int, str]:
        """Where the line that holds `offset` begins, and its text without the line end."""
        line = self.position(offset)[0]
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return start, self.text[start:end].rstrip("\r\n")

    def span(self, start: int, length: int) -> Span:
        """The stretch of `length` code points from `start`, without white space at its end."""
        end = start + len(self.text[start : start + length].rstrip(" \t\r\n"))
        return Span(self.file, *self.position(start), *self.position(end))


Mark = tuple[Page, int, int, int, int]
"""A page, then offset and length of the key and of the value, in code points; without a key the value's, twice."""


class Scalar(Struct, frozen=True):
    """A plain scalar that YAML 1.2's core schema resolves to null, a boolean or a number, and its spelling."""

    spelt: str
    value: bool | int | float | None


class Map(dict[str, "Node"]):
    """A mapping. Keys are text as spelt; `marks` holds the mark of each entry, `mark` its own.

    `size` counts its nodes with every alias expanded.
    """

    __slots__ = ("mark", "marks", "size")

    mark: Mark
    marks: dict[str, Mark]
    size: int

    @classmethod
    def of(cls, entries: Mapping[str, Node], marks: Mapping[str, Mark], mark: Mark) -> Map:
        """A mapping of `entries`; `marks` must hold each of its keys."""
        new = cls(entries)
        new.marks = dict(marks)
        new.mark = mark
        new.size = 1 + sum(size_of(node) for node in entries.values())
        return new

    @property
    def file(self) -> str:
        """The file that it was written in, as shown to people."""
        return self.mark[0].file

    def replaced(self, entries: Mapping[str, Node]) -> Map:
        """The same mapping with other values under keys it has; positions stay. Raises KeyError for a new key."""
        for key in entries:
            _ = self.marks[key]
        return Map.of({**self, **entries}, self.marks, self.mark)

    def over(self, under: Map) -> Map:
        """This mapping laid over `under`: its own entries win, the others keep their own places."""
        return Map.of({**under, **self}, {**under.marks, **self.marks}, self.mark)

    def without(self, keys: Iterable[str]) -> Map:
        """The same mapping without these keys."""
        gone = set(keys)
        kept = {key: node for key, node in self.items() if key not in gone}
        return Map.of(kept, {key: self.marks[key] for key in kept}, self.mark)


class Seq(list["Node"]):
    """A sequence. `marks` holds the mark of each item, `mark` its own, `size` its nodes with every alias expanded."""

    __slots__ = ("mark", "marks", "size")

    mark: Mark
    marks: list[Mark]
    size: int

    @classmethod
    def of(cls, items: Iterable[Node], marks: Iterable[Mark], mark: Mark) -> Seq:
        """A sequence of `items` with as many `marks`. Raises ValueError if the counts differ."""
        new = cls(items)
        new.marks = list(marks)
        if len(new) != len(new.marks):
            raise ValueError("a sequence needs one mark an item")
        new.mark = mark
        new.size = 1 + sum(size_of(node) for node in new)
        return new

    @property
    def file(self) -> str:
        """The file that it was written in, as shown to people."""
        return self.mark[0].file

    def replaced(self, items: Sequence[Node]) -> Seq:
        """A sequence of as many other items; positions stay. Raises ValueError if the counts differ."""
        return Seq.of(items, self.marks, self.mark)


Node = str | Scalar | Map | Seq
"""Anything that can stand in a storyboard. `str` is quoted, block or plain text that resolves to nothing else."""


def size_of(node: Node) -> int:
    """How many nodes it has, itself included, with every alias expanded."""
    return node.size if isinstance(node, Map | Seq) else 1


def _walk(tree: Node, path: Sequence[str | int]) -> tuple[Node, Mark]:
    if not isinstance(tree, Map | Seq):
        raise TypeError("only a mapping or a sequence knows its place")
    node: Any = tree
    mark = tree.mark
    for step in path:
        inside = step in node if isinstance(node, Map) else isinstance(node, Seq) and step in range(len(node))
        if not inside:
            break
        mark, node = node.marks[step], node[step]
    return node, mark


def mark_at(tree: Node, path: Sequence[str | int]) -> Mark:
    """The mark at the end of `path`, or of the nearest ancestor that exists. Raises TypeError if `tree` is a leaf."""
    return _walk(tree, path)[1]


def span(tree: Node, path: Sequence[str | int], *, key: bool = False) -> Span:
    """Where the value at the end of `path` stands (or its key); a missing step gives its nearest ancestor's place."""
    page, key_start, key_length, start, length = mark_at(tree, path)
    return page.span(key_start, key_length) if key else page.span(start, length)


def span_within(tree: Node, path: Sequence[str | int], offset: int, length: int) -> Span:
    """Where characters [offset, offset + length) of the text at `path` stand; the whole value if escapes hide them."""
    node, (page, _, _, start, whole) = _walk(tree, path)
    value = node.spelt if isinstance(node, Scalar) else node
    if isinstance(value, str):
        part = value[offset : offset + length]
        raw = page.text[start : start + whole]
        if part and raw.count(part) == value.count(part):
            place = -1
            for _ in range(value.count(part, 0, offset + length)):
                place = raw.find(part, place + 1)
            return page.span(start + place, length)
    return page.span(start, whole)


def at(
    tree: Node,
    path: Sequence[str | int],
    code: str,
    message: str,
    hint: str | None = None,
    *,
    key: bool = False,
    severity: Severity = "error",
    related: Iterable[Related] = (),
) -> Diagnostic:
    """A user's mistake at the value (or the key) that `path` leads to: the only birthplace of one."""
    return Diagnostic(code, message, span(tree, path, key=key), hint, severity, tuple(related))


def plain(node: Node) -> Any:
    """Ordinary Python data without positions: dict, list, str, int, float, bool, None."""
    if isinstance(node, Map):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, Seq):
        return [plain(value) for value in node]
    return node.value if isinstance(node, Scalar) else node


def wrap(value: Any, mark: Mark) -> Node:
    """A Python value (None, bool, int, float, str, list, tuple, mapping) as a node placed at `mark`.

    Everything inside points at `mark` too. Raises TypeError for any other type.
    """
    if isinstance(value, Map | Seq | Scalar | str):
        return value
    if value is None or isinstance(value, bool):
        return Scalar({None: "null", True: "true", False: "false"}[value], value)
    if isinstance(value, int | float):
        return Scalar(str(value), value)
    if isinstance(value, Mapping):
        entries = {str(key): wrap(item, mark) for key, item in value.items()}
        return Map.of(entries, dict.fromkeys(entries, mark), mark)
    if isinstance(value, list | tuple):
        return Seq.of([wrap(item, mark) for item in value], [mark] * len(value), mark)
    raise TypeError(f"{type(value).__name__} is no storyboard value")
