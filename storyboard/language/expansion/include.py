"""`include`: parts of a storyboard that stand in files of their own.

Laws. Paths count from the file they stand in and stay inside the production's folder. Included files come before the
one that includes them, in the order of its list; a file that is included twice counts once. Mappings (assets, styles,
templates, vars) merge, and a key of two files is a mistake that cites both; lists (scenes, sound) are joined. Whatever
says what film is made stands in the main file. Every part keeps its place in its own file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from storyboard.diagnostics import Diagnostic, Refused, Related, in_file_order
from storyboard.language.models.film_model import Storyboard
from storyboard.language.text import names
from storyboard.language.text.files import Folder
from storyboard.language.text.reading import is_empty, kind, spelt
from storyboard.language.text.source import MAX_BYTES, Source, read
from storyboard.language.text.spelling import did_you_mean
from storyboard.language.text.tree import Map, Mark, Node, Seq, at, span
from storyboard.language.values.scope import holds_expression

MAPPINGS = (*names.LEVELS, "templates", "vars")
"""What merges, key by key."""
LISTS = ("scenes", "sound")
"""What is joined, included files first."""
PARTS = frozenset({"storyboard", "note", "include", *MAPPINGS, *LISTS})
"""What an included file may have."""
MOST_FILES = 1_000
"""A storyboard has at most this many files."""
MOST_LEVELS = 20
"""Files include one another over at most this many levels."""


class Inclusion(Struct):
    """A storyboard with its included files: one tree, every text by the name it is shown by, every path."""

    root: Map
    texts: dict[str, str]
    paths: list[Path]
    problems: list[Diagnostic] = field(default_factory=list)


def included(main: Source, path: Path, folder: Folder) -> Inclusion:
    """The main file with whatever it includes. Raises Refused where a file cannot be read, with the texts so far."""
    reading = _Inclusions(main, path, folder)
    if "include" in main.root:
        reading.visit(main, path)
        if reading.refused:
            raise Refused(in_file_order([*reading.problems, *reading.refused]), texts=reading.texts)
    roots = [*reading.roots, main.root]
    whole = _merged(roots, reading.problems) if len(roots) > 1 else main.root
    return Inclusion(whole, reading.texts, reading.paths, reading.problems)


class _Inclusions:
    """Reads included files, depth first."""

    def __init__(self, main: Source, path: Path, folder: Folder) -> None:
        self._folder = folder
        self._base = Path(main.file).parent
        self._way: list[tuple[Path, str]] = [(path.resolve(), main.file)]
        self._room = MAX_BYTES
        self.roots: list[Map] = []
        self.texts: dict[str, str] = {main.file: main.text}
        self.paths: list[Path] = [path.absolute()]
        self.problems: list[Diagnostic] = []
        self.refused: list[Diagnostic] = []

    def visit(self, source: Source, path: Path) -> None:
        """Read what a file includes."""
        for tree, step, written in self._entries(source.root):
            beside = written if "://" in written else os.path.normpath(Path(source.root.mark[0].folder, written))
            found = self._folder.media(beside)
            if isinstance(found, tuple):
                code, message, hint = found
                self.refused.append(at(tree, (step,), code, message, hint))
            elif any(found == other for other, _ in self._way):
                self._refuse_circle(tree, step, found)
            elif len(self._way) > MOST_LEVELS or len(self.paths) > MOST_FILES:
                message = f"files include one another over {MOST_LEVELS} levels, or are more than {MOST_FILES:,}"
                self.refused.append(at(tree, (step,), "too-deep", message))
            elif found not in self.paths:
                self._read(found, beside)

    def _read(self, path: Path, written: str) -> None:
        shown = str(self._base / written)
        self.paths.append(path)
        try:
            source = read(path, shown, str(Path(written).parent))
        except Refused as refused:
            self.refused += refused.diagnostics
            self.texts |= refused.texts
            return
        self.texts[shown] = source.text
        self._room -= len(source.text)
        if self._room < 0:
            message = f"the files of this storyboard are larger than {MAX_BYTES >> 20} MiB together"
            raise Refused([*self.refused, Diagnostic("too-large", message)], texts=self.texts)
        self.problems += [*source.problems, *_misplaced(source.root)]
        self._way.append((path, shown))
        self.visit(source, path)
        self._way.pop()
        self.roots.append(source.root)

    def _entries(self, root: Map) -> Iterator[tuple[Map | Seq, str | int, str]]:
        """Where each path stands, and the path; what is none is for the model to say."""
        node = root.get("include")
        entries = enumerate(node) if isinstance(node, Seq) else [("include", node)]
        tree = node if isinstance(node, Seq) else root
        for step, one in entries:
            written = spelt(one)
            if written is not None and holds_expression(written):
                message = "an include is a path, not an expression"
                self.problems.append(at(tree, (step,), "expression-not-allowed", message, "write the path out"))
            elif written is not None and not is_empty(one):
                yield tree, step, written

    def _refuse_circle(self, tree: Map | Seq, step: str | int, path: Path) -> None:
        shown = [name for _, name in self._way]
        ring = shown[[other for other, _ in self._way].index(path) :]
        message = f"files include one another: {' → '.join([*ring, ring[0]])}"
        self.refused.append(at(tree, (step,), "cycle", message, "break the circle here"))


def _misplaced(root: Map) -> Iterator[Diagnostic]:
    """What an included file may not have."""
    known = Storyboard.known()
    for key in root:
        if key in PARTS:
            continue
        if key in known:
            message = f'"{key}" stands in an included file; it belongs in the main one'
            yield at(root, (key,), "main-file-only", message, key=True)
        else:
            hint = did_you_mean(key, known, Storyboard.aka)
            yield at(root, (key,), "unknown-key", f'unknown key "{key}"', hint, key=True)
    if "storyboard" in root and spelt(root["storyboard"]) != "1":
        yield at(root, ("storyboard",), "wrong-version", "this file is of another version than 1")


def _merged(roots: list[Map], problems: list[Diagnostic]) -> Map:
    """One tree of many, the main file's last."""
    main = roots[-1]
    entries, marks = dict(main), dict(main.marks)
    for key in (*MAPPINGS, *LISTS):
        holders = [root for root in roots if key in root]
        kept = [root for root in holders if isinstance(root[key], _kinds(key))]
        for root in holders:
            if root not in kept and (root is not main or len(holders) > 1):
                expected = "a mapping" if key in MAPPINGS else "a list"
                problems.append(at(root, (key,), "wrong-kind", f"expected {expected}, found {kind(root[key])[:60]}"))
        if not kept or kept == [main]:
            continue
        marks[key] = kept[-1].marks[key]
        entries[key] = _mapping(key, kept, problems) if key in MAPPINGS else _list(key, kept)
    return Map.of(entries, marks, main.mark)


def _mapping(key: str, roots: list[Map], problems: list[Diagnostic]) -> Map:
    whole: Map | None = None
    for root in roots:
        part = root[key]
        assert isinstance(part, Map)
        for name in part if whole is not None else ():
            assert whole is not None
            if name in whole:
                message = f'"{name}" stands under {key} in two files'
                related = [Related("the other stands here", span(whole, (name,), key=True))]
                problem = at(part, (name,), "duplicate-key", message, "keep one of them", key=True, related=related)
                problems.append(problem)
        whole = part if whole is None else part.over(whole)
    assert whole is not None
    return whole


def _kinds(key: str) -> tuple[type, ...]:
    """What a part may be; one sound alone stands for a list of one."""
    return (Map,) if key in MAPPINGS else (Seq, Map) if key == "sound" else (Seq,)


def _list(key: str, roots: list[Map]) -> Seq:
    items: list[Node] = []
    marks: list[Mark] = []
    for root in roots:
        part = root[key]
        items += part if isinstance(part, Seq) else [part]
        marks += part.marks if isinstance(part, Seq) else [root.marks[key]]
    last = roots[-1][key]
    return Seq.of(items, marks, last.mark if isinstance(last, Map | Seq) else roots[-1].mark)
