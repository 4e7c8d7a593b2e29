"""`each` and `when`: the rows that a loop makes, and which of them are wanted.

Laws. A mapping is a product, its first key varies slowest; a list of mappings is rows as they stand. `loop` is counted
before `when`. Every row is counted before any is made, so that a product too large costs nothing. A row sees what
stands around its shot and hides what has its name; `when` is `true`, `false` or one whole expression that gives one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

from storyboard.diagnostics import Diagnostic, Refused, Related
from storyboard.language.text import names
from storyboard.language.text.makers import Maker, Values
from storyboard.language.text.reading import EMPTY, EMPTY_HINT, is_empty, kind
from storyboard.language.text.tree import Map, Node, Scalar, Seq, at, span
from storyboard.language.values.scope import Evaluation, turn

MOST_SHOTS = 200_000
"""A film has at most this many shots."""
MOST_ROWS = 2 * MOST_SHOTS
"""The loops of a film have at most this many rows, those included that `when` leaves out."""


class Loops:
    """Makes the rows of loops; `problems` holds what is wrong with them."""

    def __init__(self, root: Map, evaluation: Evaluation) -> None:
        self._root = root
        self._evaluation = evaluation
        self._room = MOST_ROWS
        self.problems: list[Diagnostic] = []

    def rows(self, shot: Map, seen: Values, makers: tuple[Maker, ...]) -> Iterator[tuple[Values, Maker]]:
        """What each row of a shot's `each` sees, and how it is told. Raises Refused for more than a film has room for.

        `seen` are the names around it, `makers` what makes it. A row that `when` leaves out is left out.
        """
        failures = len(self._evaluation.problems)
        node = self._evaluation.value(shot, "each", seen, makers)
        if len(self._evaluation.problems) > failures:
            return
        given = list(self._given(shot, node))
        if given and isinstance(shot.get("when"), Scalar) and not self.wanted(shot, seen, makers):
            return
        for index, (values, tree, step) in enumerate(given):
            row = {**seen, **values, "loop": turn(index, len(given))}
            maker = Maker(values, tree, step)
            if self.wanted(shot, row, (maker, *makers)):
                yield row, maker

    def wanted(self, shot: Map, seen: Values, makers: tuple[Maker, ...]) -> bool:
        """Whether `when` wants the shot; where it cannot be read, a mistake, it does."""
        if "when" not in shot:
            return True
        failures = len(self._evaluation.problems)
        node = self._evaluation.value(shot, "when", seen, makers)
        if len(self._evaluation.problems) > failures:
            return True
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        if is_empty(node):
            self.problems.append(at(shot, ("when",), "empty-value", EMPTY, EMPTY_HINT, key=True))
            return True
        given = "gives" if shot["when"] is not node else "is"
        message = f"when {given} {kind(node)[:60]}, not true or false"
        hint = "write one whole expression that compares: \"{{ city == 'Oslo' }}\""
        related = [maker.related for maker in makers]
        self.problems.append(at(shot, ("when",), "bad-condition", message, hint, related=related))
        return True

    def count(self, shot: Map, size: int) -> None:
        """Count `size` more rows. Raises Refused where they are too many."""
        self._room -= size
        if self._room < 0:
            message = f"more than {MOST_ROWS:,} rows, those included that when leaves out"
            raise Refused([at(shot, ("each",), "too-many-shots", message, key=True)])

    def _given(self, shot: Map, node: Node) -> Iterator[tuple[Values, Map | Seq, str | int]]:
        """The values of each row, and where they are written."""
        if isinstance(node, Map) and node:
            if self._names_are_good(shot, node):
                yield from self._product(shot, node)
        elif isinstance(node, Seq):
            self.count(shot, len(node))
            for index, row in enumerate(node):
                if isinstance(row, Map) and self._names_are_good(shot, row):
                    yield {key: self._evaluation.plain(one) for key, one in row.items()}, node, index
                elif not isinstance(row, Map):
                    message, hint = f"a row is a mapping, this is {kind(row)}", "write {city: Oslo}"
                    self.problems.append(at(node, (index,), "wrong-kind", message, hint))
        elif is_empty(node):
            self.problems.append(at(shot, ("each",), "empty-value", EMPTY, EMPTY_HINT, key=True))
        else:
            message = f"expected names with their values, or a list of rows, found {kind(node)[:60]}"
            self.problems.append(at(shot, ("each",), "wrong-kind", message, "write each: {city: [Oslo, Lisbon]}"))

    def _product(self, shot: Map, node: Map) -> Iterator[tuple[Values, Map | Seq, str | int]]:
        lists = [one if isinstance(one, Seq) else [one] for one in node.values()]
        self.count(shot, math.prod(map(len, lists)))
        for row in product(*([self._evaluation.plain(item) for item in one] for one in lists)):
            yield dict(zip(node, row, strict=True)), shot, "each"

    def _names_are_good(self, shot: Map, row: Map) -> bool:
        before = len(self.problems)
        for key, one in row.items():
            reason = names.name_problem(key)
            if reason:
                self.problems.append(at(row, (key,), *reason, key=True))
            elif is_empty(one) and isinstance(one, Scalar):
                self.problems.append(at(row, (key,), "empty-value", EMPTY, EMPTY_HINT, key=True))
            else:
                self.problems += clash(self._root, row, key, "of this each")
        return len(self.problems) == before


def clash(root: Map, tree: Map, key: str, whose: str) -> list[Diagnostic]:
    """A name that hides an asset's: a mistake that cites both."""
    for level in names.LEVELS:
        assets = root.get(level)
        if isinstance(assets, Map) and key in assets:
            message = f'"{key}" is a name under {level} and {whose}'
            related = [Related(f"the other stands under {level}", span(assets, (key,), key=True))]
            return [at(tree, (key,), "name-clash", message, "rename one", key=True, related=related)]
    return []


def literal_size(shot: Map) -> int:
    """How many rows a shot's `each` has at least, as far as it is written out; 1 without one."""
    node = shot.get("each")
    if isinstance(node, Map):
        return math.prod(len(one) if isinstance(one, Seq) else not isinstance(one, str) for one in node.values())
    return len(node) if isinstance(node, Seq) else int("each" not in shot)


def too_many(tree: Map, key: str, count: int) -> Diagnostic:
    """What is said of more shots than a film may have, at the key that asks for them."""
    message = f"{count:,} shots; a film has at most {MOST_SHOTS:,}"
    return at(tree, (key,), "too-many-shots", message, key=True)
