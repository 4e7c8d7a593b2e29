"""A template of prompts, filled: the text that it gives for a shot, and what is wrong wherever its conditions lead.

A template may come from a stranger, and runs without a process of its own, because nothing in it can grow. Its
expressions are those of values: bounded operations on plain data, without calls and without a Python object in reach.
A loop goes over a list, so it ends; one text evaluates expressions and lists of at most `MAX_WORK` characters and items
in all, repeated ones counted each time, and is `MAX_TEXT` characters long at most. Names read as in Jinja: what a loop
sets ends with its turn, what `if` sets stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from storyboard.language.values.arithmetic import MAX_TEXT, bounded, in_text
from storyboard.language.values.faults import Fault, Undefined, ValueProblem, bad, placed
from storyboard.language.values.scope import turn
from storyboard.language.values.statements import Branches, Code, Loop, Naming, Node, Reader

MAX_WORK = 20_000
"""Characters of expressions, and items of the lists that they give, that are evaluated for one text."""


class Template:
    """A template that was read. Raises ValueProblem where it is none."""

    def __init__(self, source: str) -> None:
        reader = Reader(source)
        self._nodes = reader.whole()
        self.expressions = reader.expressions
        """Where its expressions stand: offsets and lengths, from left to right."""

    def text(self, names: Mapping[str, Any]) -> str:
        """The text that it gives for these names. Raises ValueProblem."""
        run = _Run()
        run.nodes(self._nodes, dict(names))
        return "".join(run.said)

    def problems(self, names: Mapping[str, Any]) -> list[ValueProblem]:
        """What is wrong wherever the conditions lead, for names with values as they are in any text.

        A missing item of a list is none: a condition may guard it.
        """
        trial = _Trial()
        trial.nodes(self._nodes, dict(names))
        return trial.problems


class _Run:
    """One text being made."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.length = 0
        self.work = 0

    def nodes(self, nodes: list[Node], names: dict[str, Any]) -> None:
        for node in nodes:
            match node:
                case str():
                    self.say(node, None)
                case Code():
                    self.say(self.text(node, names), node)
                case Naming():
                    self.naming(node, names)
                case Branches():
                    self.branches(node, names)
                case Loop():
                    self.loop(node, names)

    def say(self, text: str, code: Code | None) -> None:
        self.length += len(text)
        if self.length > MAX_TEXT:
            at, length = (code.offset, len(code.source)) if code else (0, 1)
            message = f"the text is longer than {MAX_TEXT:,} characters"
            raise ValueProblem("too-long-value", message, None, at, length)
        self.said.append(text)

    def value(self, code: Code, names: Mapping[str, Any]) -> Any:
        self.spend(len(code.source), code)
        try:
            found = bounded(code.run((names, {})))
        except Fault as fault:
            raise placed(fault, code.source, code.offset) from fault
        self.spend(_items(found), code)
        return found

    def spend(self, work: int, code: Code) -> None:
        self.work += work
        if self.work > MAX_WORK:
            message = f"the template does more than {MAX_WORK:,} characters and items of work"
            raise ValueProblem("too-long-value", message, "loop over less", code.offset, len(code.source))

    def text(self, code: Code, names: Mapping[str, Any]) -> str:
        try:
            return in_text(self.value(code, names))
        except Fault as fault:
            raise placed(fault, code.source, code.offset) from None

    def naming(self, node: Naming, names: dict[str, Any]) -> None:
        names[node.name] = self.value(node.of, names)

    def branches(self, node: Branches, names: dict[str, Any]) -> None:
        for condition, body in node.arms:
            if condition is None or self.value(condition, names):
                self.nodes(body, names)
                return

    def loop(self, node: Loop, names: dict[str, Any]) -> None:
        items = self.items(node, names)
        for index, item in enumerate(items):
            self.turn(node, names, item, index, len(items))
        if not items:
            self.nodes(node.empty, names)

    def turn(self, node: Loop, names: Mapping[str, Any], item: Any, index: int, count: int) -> None:
        self.spend(1, node.of)
        self.nodes(node.body, {**names, "loop": turn(index, count), node.name: item})

    def items(self, node: Loop, names: Mapping[str, Any]) -> list[Any]:
        found = self.value(node.of, names)
        if not isinstance(found, list | tuple | Mapping):
            raise placed(bad("this is no list"), node.of.source, node.of.offset)
        return list(found)


class _Trial(_Run):
    """A run down every way: conditions decide nothing, a loop turns once, and what is wrong is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[ValueProblem] = []

    def tried(self, made: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return made()
        except ValueProblem as problem:
            cause = problem.__cause__
            if not (isinstance(cause, Undefined) and cause.word is None):  # a condition may guard a missing item
                self.problems.append(problem)
            return otherwise

    def say(self, text: str, code: Code | None) -> None:
        """Every branch is gone down, so that the text is longer than any real one."""

    def text(self, code: Code, names: Mapping[str, Any]) -> str:
        return str(self.tried(lambda: super(_Trial, self).text(code, names), ""))

    def naming(self, node: Naming, names: dict[str, Any]) -> None:
        names[node.name] = self.tried(lambda: self.value(node.of, names), "")

    def branches(self, node: Branches, names: dict[str, Any]) -> None:
        for condition, body in node.arms:
            if condition is not None:
                self.tried(partial(self.value, condition, names), "")
            self.nodes(body, names)

    def loop(self, node: Loop, names: dict[str, Any]) -> None:
        for item in self.tried(lambda: self.items(node, names), [])[:1]:
            self.turn(node, names, item, 0, 1)
        self.nodes(node.empty, names)


def _items(value: Any) -> int:
    """How many items a list or mapping has, those inside others included."""
    if isinstance(value, Mapping):
        return len(value) + sum(map(_items, value.values()))
    return len(value) + sum(map(_items, value)) if isinstance(value, list | tuple) else 0
