"""Templates: shots written once, used many times with other values.

Laws. A template's texts see its params, the vars, the assets and the facts, never the rows or params of who uses it. A
param that is `~` must be given; any other value is what it is where nobody gives one. A template may use others, never
itself, however far around.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Related
from storyboard.language.expansion.loops import clash, literal_size
from storyboard.language.text import names
from storyboard.language.text.circles import cycles
from storyboard.language.text.makers import Maker, Values, blamed
from storyboard.language.text.reading import EMPTY, EMPTY_HINT, is_empty, kind, spelt
from storyboard.language.text.spelling import did_you_mean, listed, nearest
from storyboard.language.text.tree import Map, Scalar, Seq, at, span
from storyboard.language.values.scope import Evaluation, holds_expression

MOST_LEVELS = 20
"""Templates use one another over at most this many levels."""


class Template(Struct, frozen=True):
    """A template as its uses need it. `single`: it makes one shot, which then has the id of the use itself."""

    name: str
    tree: Map
    shots: tuple[Map, ...]
    params: tuple[str, ...]
    required: tuple[str, ...]
    fallbacks: Values
    single: bool


class Templates:
    """The templates of a storyboard, each read when it is first used; `problems` holds what is wrong with them."""

    def __init__(self, root: Map, evaluation: Evaluation) -> None:
        trees = root.get("templates")
        self._root = root
        self._evaluation = evaluation
        self._trees: Mapping[str, Any] = trees if isinstance(trees, Map) else {}
        self._read: dict[str, Template] = {}
        self._least: dict[str, int] = {}
        self.problems: list[Diagnostic] = []
        self.broken = self._circles()

    @property
    def unused(self) -> list[Map]:
        """The shots of templates that nobody uses."""
        trees = [(name, tree) for name, tree in self._trees.items() if name not in self._read]
        return [shot for _, tree in trees if isinstance(tree, Map) for shot in _shots(tree)]

    def find(self, shot: Map, name: str, makers: tuple[Maker, ...]) -> Template | None:
        """The template that a shot uses; None where there is none, a mistake."""
        if name in self.broken:
            return None
        tree = self._trees.get(name)
        if isinstance(tree, Map):
            if name not in self._read:
                self._read[name] = self._template(name, tree)
            return self._read[name]
        if tree is None:
            known = f"there {'are' if len(self._trees) > 1 else 'is'} {listed(self._trees)}" if self._trees else None
            hint = did_you_mean(name, self._trees) or known or "declare it under templates"
            message = f'there is no template "{name}"'
            self.problems += blamed([at(shot, ("use",), "unknown-template", message, hint)], makers)
        return None

    def bound(self, shot: Map, template: Template, given: Map, makers: tuple[Maker, ...]) -> Values | None:
        """The params of a use, those that it gives over the others; None where it does not fit, a mistake."""
        known = template.params
        there = [Related("the template stands here", span(self._root, ("templates", template.name), key=True))]
        found: list[Diagnostic] = []
        for key, node in given.items():
            if key not in known:
                takes = f"it takes {listed(known)}" if known else "it takes none"
                message, hint = f'template "{template.name}" has no param "{key}"', did_you_mean(key, known) or takes
                found.append(at(shot, ("with", key), "unknown-param", message, hint, key=True, related=there))
            elif isinstance(node, Scalar) and is_empty(node) and _is_written(shot, key):
                found.append(at(shot, ("with", key), "empty-value", EMPTY, EMPTY_HINT, key=True))
        meant = {nearest(key, known) for key in given if key not in known}
        missing = [key for key in template.required if key not in given and key not in meant]
        if missing:
            needs = " and ".join(f'"{key}"' for key in missing)
            place: tuple[str, ...] = ("with",) if isinstance(shot.get("with"), Map) else ("use",)
            hint = f"write with: {{{', '.join(f'{key}: …' for key in missing)}}}"
            message = f'template "{template.name}" needs {needs}'
            found.append(at(shot, place, "missing-param", message, hint, related=there))
        self.problems += blamed(found, makers)
        if found:
            return None
        return {**template.fallbacks, **{key: self._evaluation.plain(node) for key, node in given.items()}}

    def least(self, shot: Map) -> int:
        """How many shots a written one makes at least, as far as that is written out."""
        if "when" in shot:
            return 0
        if "use" not in shot:
            return literal_size(shot)
        return literal_size(shot) * self._least_of(spelt(shot["use"]) or "")

    def _least_of(self, name: str) -> int:
        if name not in self._least:
            tree = self._trees.get(name)
            shots = _shots(tree) if isinstance(tree, Map) and name not in self.broken else ()
            self._least[name] = sum(map(self.least, shots))
        return self._least[name]

    def _template(self, name: str, tree: Map) -> Template:
        written = tree.get("params")
        params = written if isinstance(written, Map) else tree.without(tree)
        for key in params:
            reason = names.name_problem(key)
            if reason:
                self.problems.append(at(params, (key,), *reason, key=True))
            self.problems += clash(self._root, params, key, f'a param of template "{name}"')
        required = tuple(key for key, node in params.items() if isinstance(node, Scalar) and is_empty(node))
        others = self._evaluation.tree(params.without(required), {})
        fallbacks = {key: self._evaluation.plain(node) for key, node in others.items()}
        shots = _shots(tree)
        return Template(name, tree, shots, tuple(params), required, fallbacks, self._single(shots))

    def _single(self, shots: tuple[Map, ...]) -> bool:
        if len(shots) != 1 or "each" in shots[0]:
            return False
        inner = self._trees.get(spelt(shots[0].get("use")) or "") if "use" in shots[0] else None
        return self._single(_shots(inner)) if isinstance(inner, Map) else True

    def _circles(self) -> frozenset[str]:
        """The templates that use themselves, each circle told as a path."""
        uses = {
            name: {spelt(shot["use"]) or "": shot for shot in _shots(tree) if "use" in shot}
            for name, tree in self._trees.items()
            if isinstance(tree, Map)
        }
        rings = cycles(uses)
        bad = {name for ring in rings for name in ring}
        for name in _deep(uses, bad):
            bad.add(name)
            message = f"templates use one another over more than {MOST_LEVELS} levels"
            self.problems.append(at(self._root, ("templates", name), "too-deep", message, key=True))
        for ring in rings:
            path = " → ".join([*ring, ring[0]])
            message = f"templates use one another: {path}" if len(ring) > 1 else f"template uses itself: {path}"
            shot = uses[ring[0]][ring[1 % len(ring)]]
            self.problems.append(at(shot, ("use",), "cycle", message, "break the circle here"))
        return _reaching(uses, bad)


def _is_written(shot: Map, key: str) -> bool:
    """Whether the value of a param stands there as such, and is not what an expression gives."""
    given = shot["with"]
    return isinstance(given, Map) and not holds_expression(given[key])


def _deep(uses: Mapping[str, Mapping[str, Any]], bad: set[str]) -> set[str]:
    """The templates that use others over more levels than they may; those in `bad` count as none."""
    left = {name for name in uses if name not in bad}
    for _ in range(MOST_LEVELS):
        left = {name for name in left if not left.isdisjoint(uses[name])}
    return left


def _reaching(uses: Mapping[str, Mapping[str, Any]], bad: set[str]) -> frozenset[str]:
    """`bad` and whatever leads to it."""
    users: dict[str, list[str]] = {}
    for name, used in uses.items():
        for other in used:
            users.setdefault(other, []).append(name)
    waiting = list(bad)
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in bad:
                bad.add(user)
                waiting.append(user)
    return frozenset(bad)


def _shots(tree: Map) -> tuple[Map, ...]:
    """The shots of a template, as far as they are some."""
    shots = tree.get("shots")
    return tuple(shot for shot in shots if isinstance(shot, Map)) if isinstance(shots, Seq) else ()


def shapeless(root: Map) -> list[Diagnostic]:
    """Templates without shots, and shots of templates that are none."""
    trees = root.get("templates")
    problems = []
    for name, tree in trees.items() if isinstance(trees, Map) else ():
        assert isinstance(trees, Map)
        reason = names.id_problem(name)
        if reason:
            problems.append(at(trees, (name,), *reason, key=True))
        shots = tree.get("shots") if isinstance(tree, Map) else None
        if isinstance(tree, Map) and not shots:
            problems.append(at(trees, (name,), "no-shots", f'template "{name}" has no shots', "add shots", key=True))
        elif isinstance(shots, Seq):
            for index, shot in enumerate(shots):
                if not isinstance(shot, Map):
                    message = f"a shot is a mapping, this is {kind(shot)[:60]}"
                    problems.append(at(shots, (index,), "wrong-kind", message, "write - action: before the text"))
    return problems
