"""Variables, the names that expressions see, and trees with their expressions evaluated.

A var is declared in the file and may be given another value from outside, under a declared name only. An asset field
sees the vars; everything below it sees the vars, the assets and the facts of its scene and shot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from storyboard.diagnostics import Diagnostic, Related
from storyboard.language.text import names
from storyboard.language.text.citing import citations, has_citation
from storyboard.language.text.makers import Maker, blamed
from storyboard.language.text.reading import EMPTY, EMPTY_HINT, EXPRESSION, is_empty
from storyboard.language.text.spelling import did_you_mean
from storyboard.language.text.tree import Map, Node, Seq, at, mark_at, plain, span, span_within, wrap

if TYPE_CHECKING:
    from storyboard.language.values.values import Evaluator

_BRACES = ((EXPRESSION, ""), ("{%", "%}"), ("{#", "#}"))


def variables(
    root: Map, settings: Mapping[str, Any], row: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Diagnostic]]:
    """The vars of a storyboard, a variant's `row` over and beside them, `settings` over both; and what is wrong."""
    tree = root.get("vars")
    if not isinstance(tree, Map):
        tree = root.without(root)
    problems: list[Diagnostic] = []
    for key, node in tree.items():
        reason = names.name_problem(key)
        if reason:
            problems.append(at(tree, (key,), *reason, key=True))
        elif is_empty(node):
            problems.append(at(tree, (key,), "empty-value", EMPTY, EMPTY_HINT, key=True))
        elif holds_expression(node):
            message = "vars hold values, not expressions"
            problems.append(at(tree, (key,), "expression-not-allowed", message, "write the value out"))
    values = {**plain(tree), **row}
    problems += [_undeclared(name, values) for name in settings if name not in values]
    return {**values, **{name: value for name, value in settings.items() if name in values}}, problems


def _undeclared(name: str, declared: Any) -> Diagnostic:
    message = f'"{name}" is no variable of this storyboard'
    return Diagnostic("unknown-var", message, hint=did_you_mean(name, declared) or "declare it under vars")


def clashes(root: Map) -> list[Diagnostic]:
    """Names that mean two things: a var named like an asset, two assets of one name. Each cites both places."""
    first: dict[str, tuple[str, Map]] = {}
    problems: list[Diagnostic] = []
    for level in ("vars", *names.LEVELS):
        tree = root.get(level)
        for key in tree if isinstance(tree, Map) else ():
            assert isinstance(tree, Map)
            if key in first:
                other, place = first[key]
                related = [Related(f"the other stands under {other}", span(place, (key,), key=True))]
                message = f'"{key}" is a name under {other} and under {level}'
                problems.append(at(tree, (key,), "name-clash", message, "rename one", key=True, related=related))
            else:
                first[key] = (level, tree)
    return problems


def holds_expression(node: Node) -> bool:
    """Whether any text inside has an expression."""
    if isinstance(node, str):
        return any(begin in node and end in node for begin, end in _BRACES)
    if isinstance(node, Map):
        return any(map(holds_expression, node.values()))
    return isinstance(node, Seq) and any(map(holds_expression, node))


class Evaluation:
    """Evaluates the expressions of trees and collects what is wrong with them.

    It sees the vars, and the assets and facts of the film once it is told to.
    """

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._seen = dict(variables)
        self.problems: list[Diagnostic] = []

    @cached_property
    def _evaluator(self) -> Evaluator:
        """Made when the first expression is met: a storyboard without any needs none."""
        from storyboard.language.values.values import Evaluator

        return Evaluator(self._seen)

    def see(self, facts: Mapping[str, Any]) -> None:
        """From now on expressions see these names too."""
        self._seen.update(facts)

    def plain(self, node: Node) -> Any:
        """A node as a value of expressions; a text that is one citation is the asset again, with all it has."""
        if isinstance(node, str) and has_citation(node):
            (level, key, look), *others = citations(node)
            asset = self._seen.get(level, {}).get(key)
            cited = asset if look is None or asset is None else asset.parts.get(look)
            return cited if cited == node and not others else node
        return plain(node)

    def value(self, tree: Map, key: str, scope: Mapping[str, Any], makers: Iterable[Maker] = ()) -> Node:
        """What stands under `key`, with its expressions replaced by their values. Mistakes tell what made the shot."""
        if not holds_expression(tree[key]):
            return tree[key]
        before = len(self.problems)
        found = self._node(tree, (key,), tree[key], scope)
        self.blame(before, makers)
        return found

    def blame(self, since: int, makers: Iterable[Maker]) -> None:
        """Let the mistakes kept after the first `since` tell what made the shot."""
        if len(self.problems) > since:
            self.problems[since:] = blamed(self.problems[since:], makers)

    def tree(self, tree: Map, scope: Mapping[str, Any]) -> Map:
        """The same mapping with every expression replaced by its value; positions stay."""
        changed = {key: self._node(tree, (key,), node, scope) for key, node in tree.items() if holds_expression(node)}
        return tree.replaced(changed) if changed else tree

    def _node(self, root: Map, path: tuple[str | int, ...], node: Node, scope: Mapping[str, Any]) -> Node:
        if isinstance(node, Map):
            return node.replaced({key: self._node(root, (*path, key), item, scope) for key, item in node.items()})
        if isinstance(node, Seq):
            return node.replaced([self._node(root, (*path, i), item, scope) for i, item in enumerate(node)])
        return self._text(root, path, node, scope) if isinstance(node, str) and holds_expression(node) else node

    def _text(self, root: Map, path: tuple[str | int, ...], text: str, scope: Mapping[str, Any]) -> Node:
        from storyboard.language.values.values import ValueProblem

        try:
            return wrap(self._evaluator.evaluate(text, scope), mark_at(root, path))
        except ValueProblem as problem:
            place = span_within(root, path, problem.offset, problem.length)
            self.problems.append(Diagnostic(problem.code, problem.message, place, problem.hint))
            return text


def turn(index: int, length: int) -> dict[str, Any]:
    """Jinja's `loop`: which turn this is."""
    return {
        "index": index + 1,
        "index0": index,
        "first": index == 0,
        "last": index == length - 1,
        "length": length,
        "revindex": length - index,
        "revindex0": length - index - 1,
    }
