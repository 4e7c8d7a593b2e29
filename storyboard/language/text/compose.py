"""Text to tree, in one pass over the C parser's events.

The guards stand here (and in `anchors`) because nothing may be built before them: depth, nodes with every alias
expanded, size of a scalar, aliases inside their own anchor. One loop dispatches by the event's class and holds the open
container in local names; it is the hottest loop of reading, so it makes one tuple a node and no other object. A mistake
that leaves the rest readable is kept in the findings; any other is raised.
"""

from __future__ import annotations

from typing import Any, NoReturn

from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from storyboard.collecting import no_cyclic_collection
from storyboard.diagnostics import Diagnostic, Refused, Related
from storyboard.language.text import traps
from storyboard.language.text.anchors import MAX_SCALAR, Anchors
from storyboard.language.text.findings import Findings
from storyboard.language.text.scalars import NULLS, STARTS
from storyboard.language.text.tree import Map, Node, Page, Scalar, Seq, size_of

MAX_DEPTH = 64
"""Containers inside each other."""
MAX_NODES = 10_000_000
"""Nodes of a file, every alias and merge key expanded."""

_MERGE = "\x02<<"
_ODD_KEYS = NULLS | {"<<"}


def compose(page: Page) -> tuple[Node, list[Diagnostic]]:
    """The root of the page's only document (null where there is none), and the mistakes that were survived.

    Raises Refused for the others.
    """
    findings = Findings(page)
    try:
        with no_cyclic_collection():
            return _Composer(findings).run(), findings.problems
    except Refused as refused:
        raise Refused([*findings.problems, *refused.diagnostics]) from None


class _Composer:
    def __init__(self, findings: Findings) -> None:
        self.page = findings.page
        self.findings = findings
        self.anchors = Anchors(findings)
        self.known: dict[str, str | Scalar] = {}
        self.names: dict[str, str] = {}
        self.restarted: Map | None = None
        self.get: Any = CParser(self.page.text).get_event

    def run(self) -> Node:
        try:
            return self._document()
        except Refused:
            raise
        except Exception as error:
            if not hasattr(error, "problem_mark"):
                raise
            raise Refused(traps.explain(error, self.page, self.findings.problems)) from None

    def _document(self) -> Node:
        page, known, names, get = self.page, self.known, self.names, self.get
        here: Any = Seq()
        marks: Any = []
        here.marks = marks
        keyed = flow = False
        key: str | None = None
        key_start = key_end = begun = sizes = start = stop = end = 0
        room = MAX_NODES
        anchor: str | None = None
        stack: list[Any] = []
        node: Any
        while True:
            event = get()
            kind = event.__class__
            if kind is ScalarEvent:
                start = event.start_mark.index
                stop = end = event.end_mark.index
                node = event.value
                if end - start != len(node) or end - start > MAX_SCALAR:
                    start, node = self.anchors.scalar(event, start, end)
                    if keyed and key is None and node.__class__ is Scalar:
                        node = self._odd_key(node.spelt, start, end)
                # Else it is as long as its value: plain, on one line, with neither tag nor anchor.
                elif keyed and key is None:
                    if node in _ODD_KEYS:
                        node = self._odd_key(node, start, end)
                elif not node or node[0] in STARTS:
                    spelt = node
                    node = known.get(spelt)
                    if node is None:
                        node = known[spelt] = self.anchors.plain(spelt, start, end)
                    bare = not spelt and flow and keyed and start == key_end
                    if bare and self._lost_comma(here, key_start, key_end):
                        key = None
                        continue
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                start = event.start_mark.index
                if keyed and key is None:
                    if not flow or not page.text.startswith("{{", begun):
                        self._odd_key(Map() if kind is MappingStartEvent else Seq(), start, start + 1)
                    start, stop = begun, self._skip_braces(begun, stack[-1][3])
                    node = page.text[start:stop]
                    end = stop
                    here, marks, keyed, flow, key, key_start, key_end, begun, sizes, anchor = stack.pop()
                else:
                    if len(stack) >= MAX_DEPTH:
                        self.findings.refuse(start, start + 1, "too-deep", f"nested deeper than {MAX_DEPTH} levels")
                    stack.append((here, marks, keyed, flow, key, key_start, key_end, begun, sizes, anchor))
                    begun, anchor = start, event.anchor
                    if anchor or event.tag:
                        begun = self.anchors.container(event, start, kind is MappingStartEvent)
                    flow, sizes, key = event.flow_style, 0, None
                    keyed = kind is MappingStartEvent
                    here = Map() if keyed else Seq()
                    here.marks = marks = {} if keyed else []
                    end = start
                    continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                node = here
                if flow:
                    end = event.end_mark.index
                start, stop = begun, end
                node.mark = (page, start, stop - start, start, stop - start)
                node.size = sizes + len(node) + 1
                if keyed and _MERGE in node:
                    room -= self._merge(node, room)
                size = node.size
                if anchor:
                    self.anchors.known[anchor] = (node, start, stop)
                here, marks, keyed, flow, key, key_start, key_end, begun, sizes, anchor = stack.pop()
                sizes += size - 1
            elif kind is AliasEvent:
                end = event.end_mark.index
                node, start, stop = self.anchors.alias(event.anchor, event.start_mark.index, end)
                sizes += size_of(node) - 1
                room -= size_of(node)
                if room < 0:
                    self._bomb(event.start_mark.index, end)
                if keyed and key is None:
                    node, start, stop = self._odd_key(node, event.start_mark.index, end), event.start_mark.index, end
            elif kind is DocumentStartEvent:
                if here:
                    self._refuse_second_document(event.start_mark.index)
                continue
            elif kind is StreamEndEvent:
                root: Node = here[0] if here else Scalar("", None)
                return root
            else:
                continue
            room -= 1
            if room < 0:
                self._bomb(start, stop)
            if not keyed:
                here.append(node)
                length = stop - start
                marks.append((page, start, length, start, length))
            elif key is None:
                key, key_start, key_end = names.setdefault(node, node), start, stop
            else:
                if key in here:
                    self._duplicate(here, key, key_start, key_end)
                else:
                    here[key] = node
                    marks[key] = (page, key_start, key_end - key_start, start, stop - start)
                key = None

    def _refuse_second_document(self, start: int) -> NoReturn:
        self.findings.refuse(
            start, start + 3, "two-documents", "a second document begins here", "one file holds one storyboard"
        )

    def _bomb(self, start: int, end: int) -> NoReturn:
        message = f"more than {MAX_NODES:,} values once aliases and merges are expanded"
        self.findings.refuse(start, end, "alias-bomb", message)

    def _odd_key(self, node: Node, start: int, end: int) -> str:
        """The text of a key that is not simply plain or quoted text."""
        if node == "<<":
            return _MERGE
        if isinstance(node, Scalar) and node.value is not None:
            return node.spelt
        if isinstance(node, str) and node not in NULLS:
            return node
        kind = "null" if isinstance(node, str | Scalar) else "a mapping" if isinstance(node, Map) else "a list"
        hint = "write it in quotes" if kind == "null" and end > start else None
        self.findings.refuse(start, end, "bad-key", f"a key must be text, this one is {kind}", hint)

    def _skip_braces(self, start: int, flow: bool) -> int:
        """Pass over `{{ name }}`, which YAML takes for two mappings; report it and say where it ends."""
        self.findings.keep(traps.unquoted_expression(self.page, start, flow))
        depth = 2
        while depth:
            event = self.get()
            kind = event.__class__
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                depth += 1
                if depth > MAX_DEPTH:
                    raise Refused(())
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                depth -= 1
        end: int = event.end_mark.index
        return end

    def _lost_comma(self, here: Map, key_start: int, key_end: int) -> bool:
        """Whether a key without colon is the rest of the text before it: `{action: low, steamy}`. Reports it."""
        if not here:
            return False
        last = next(reversed(here))
        page, name_start, name_length, start, _ = here.marks[last]
        if not isinstance(here[last], str | Scalar) or page is not self.page:
            return False
        here[last] = page.text[start:key_end]
        here.marks[last] = (page, name_start, name_length, start, key_end - start)
        problem = traps.comma_in_braces(page, last, start, key_end)
        if self.findings.problems and traps.same_place(self.findings.problems[-1], problem):
            self.findings.problems.pop()
        self.findings.keep(problem)
        return True

    def _duplicate(self, here: Map, key: str, start: int, end: int) -> None:
        shown = key.removeprefix("\x02")
        page, first, length = here.marks[key][:3]
        if self.restarted is here:
            return
        hint = "keep one"
        line_start, line = page.line_at(first)
        if key == next(iter(here)) and line[: first - line_start].strip() == "-":
            self.restarted = here
            hint = 'keep one, or begin the next entry of the list with "- "'
        above = Related(f'"{shown}" is first written here', page.span(first, length))
        message = f'"{shown}" is written twice'
        self.findings.keep(self.findings.problem(start, end, "duplicate-key", message, hint, (above,)))

    def _merge(self, node: Map, room: int) -> int:
        """Take in what `<<` names: explicit keys win, then earlier mappings. Says how many nodes it went through."""
        value = node.pop(_MERGE)
        _, key_start, key_length, start, length = node.marks.pop(_MERGE)
        sources = value if isinstance(value, Seq) else [value]
        node.size -= size_of(value) + 1
        seen = 0
        for source in sources:
            if not isinstance(source, Map):
                message = 'a merge key "<<" takes a mapping, or a list of mappings'
                self.findings.keep(self.findings.problem(start, start + length, "bad-merge", message))
                break
            seen += source.size
            if seen > room:
                self._bomb(key_start, key_start + key_length)
            for key in source:
                if key not in node:
                    node[key] = source[key]
                    node.marks[key] = source.marks[key]
                    node.size += size_of(source[key]) + 1
        return seen
