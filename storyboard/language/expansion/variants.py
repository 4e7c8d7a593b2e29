"""`variants`: one film a row.

Laws. A row's columns lie over the vars, and add to them. An empty cell says nothing. A variant's name is an id, unique
without regard to case; without `name` it is its number. Rows hold values, no expressions; `name` sees the vars and its
row.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused, Related
from storyboard.language.text import delimited, names
from storyboard.language.text.files import Folder
from storyboard.language.text.reading import is_empty, kind, spelt
from storyboard.language.text.source import data_of, decoded, refuse_controls
from storyboard.language.text.spelling import did_you_mean, listed
from storyboard.language.text.tree import Map, Node, Page, Seq, at, plain, span
from storyboard.language.values.scope import Evaluation, holds_expression

MOST = 10_000
"""A storyboard makes at most this many films."""
SHOWN = 8
"""So many names are told where one is unknown."""


class Variant(Struct, frozen=True):
    """One row: the film's name, and its values by var."""

    name: str
    values: Mapping[str, Any]


class Variants:
    """The variants of a storyboard. `problems` holds what is wrong with them, `texts` the table's text by its file."""

    def __init__(self, root: Map, folder: Folder) -> None:
        node = root.get("variants")
        self._root = root
        self._folder = folder
        self._tree = node if isinstance(node, Map) else None
        self.problems: list[Diagnostic] = []
        self.texts: dict[str, str] = {}
        self.paths: list[str] = []

    def all(self, values: Mapping[str, Any]) -> dict[str, Variant]:
        """Every variant by its folded name; `values` are the vars below the rows. Raises Refused for a bad table."""
        found: dict[str, Variant] = {}
        places: dict[str, tuple[Map | Seq, str | int]] = {}
        rows = self._rows()
        for index, row in enumerate(rows):
            if not isinstance(row, Map):
                message, hint = f"a row is a mapping, this is {kind(row)[:60]}", "write {sku: lamp-1}"
                self.problems.append(at(rows, (index,), "wrong-kind", message, hint))
                continue
            self._look_at(row)
            given = plain(row)
            name, tree, step = self._name({**values, **given}, rows, index)
            if name is None:
                continue
            other = places.setdefault(names.folded(name), (tree, step))
            if names.folded(name) in found:
                related = [Related("the other row stands here", span(rows, (other[1],)) if other[0] is rows else None)]
                message = f'two variants are called "{name}"'
                self.problems.append(at(rows, (index,), "duplicate-id", message, "rename one", related=related))
            found.setdefault(names.folded(name), Variant(name, given))
        return found

    def _rows(self) -> Seq:
        """The rows as a list of mappings; an empty one where they are none, which their model says."""
        node = self._root.get("variants")
        rows = self._tree.get("rows") if self._tree is not None else node
        holder, step = (self._tree, "rows") if self._tree is not None else (self._root, "variants")
        none = Seq.of([], [], self._root.mark)
        if isinstance(rows, Seq):
            found = rows
        elif rows is None or is_empty(rows):
            return none
        elif (written := spelt(rows)) is None:
            message = f"expected a CSV file or a list of rows, found {kind(rows)}"
            self.problems.append(at(holder, (step,), "wrong-kind", message, "write rows: products.csv"))
            return none
        elif holds_expression(written):
            message = "this is a path, not an expression"
            self.problems.append(at(holder, (step,), "expression-not-allowed", message, "write the path out"))
            return none
        else:
            found = self._table(holder, step, written)
        if len(found) > MOST:
            message = f"{len(found):,} rows; a storyboard makes at most {MOST:,} films"
            raise Refused([at(holder, (step,), "too-many-variants", message)])
        if not found:
            self.problems.append(at(holder, (step,), "no-rows", "there is no row, and so no film", "add a row"))
        return found

    def _table(self, holder: Map, step: str, written: str) -> Seq:
        path = self._folder.media(written)
        if isinstance(path, tuple):
            raise Refused([at(holder, (step,), *path)])
        shown = str(Path(holder.file).parent / written)
        data = data_of(path, shown)
        self.paths.append(str(path))
        page = Page(shown, decoded(data, shown))
        self.texts[shown] = page.text
        refuse_controls(page)
        found, problems = delimited.rows(page)
        self.problems += problems
        return found

    def _look_at(self, row: Map) -> None:
        for key in row:
            reason = names.name_problem(key) if key.strip() else None
            if reason:
                hint = "rename the column" if row.file in self.texts else None
                self.problems.append(at(row, (key,), *reason, hint, key=True))
            elif row.file not in self.texts and holds_expression(row[key]):
                message = "rows hold values, not expressions"
                self.problems.append(at(row, (key,), "expression-not-allowed", message, "write the value out"))

    def _name(self, seen: Mapping[str, Any], rows: Seq, index: int) -> tuple[str | None, Map | Seq, str | int]:
        if self._tree is None or not (spelt(self._tree.get("name")) or "").strip():
            return str(index + 1), rows, index
        evaluation = Evaluation(seen)
        node: Node = evaluation.value(self._tree, "name", {})
        made = Related(f"for row {index + 1}", span(rows, (index,)))
        if evaluation.problems:
            self.problems += [_of_row(one, made) for one in evaluation.problems]
            return None, rows, index
        name = names.normal(spelt(node) or "")
        reason = names.id_problem(name)
        if reason:
            self.problems.append(at(self._tree, ("name",), *reason, related=[made]))
            return None, rows, index
        return name, rows, index


def _of_row(problem: Diagnostic, made: Related) -> Diagnostic:
    return Diagnostic(problem.code, problem.message, problem.span, problem.hint, problem.severity, (made,))


def chosen(variants: Mapping[str, Variant], name: str | None) -> Variant | None:
    """The variant of that name; None where there are none and none is asked for. Raises Refused."""
    if name is None and not variants:
        return None
    known = [one.name for one in variants.values()]
    told = listed([*known[:SHOWN], "others"] if len(known) > SHOWN else known) if known else ""
    if name is None:
        message = f"this storyboard makes {len(known)} films"
        raise Refused([Diagnostic("variant-needed", message, hint=f"name one with --variant: {told}")])
    found = variants.get(names.folded(name))
    if found is None:
        message = f'this storyboard has no variant "{name}"'
        hint = did_you_mean(name, known) or (f"there is {told}" if known else "it has no variants")
        raise Refused([Diagnostic("unknown-variant", message, hint=hint)])
    return found
