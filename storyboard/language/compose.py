"""Text to tree, in one pass over the C parser's events.

The guards stand here because nothing may be built before them: depth, nodes with every alias expanded, size of a
scalar, aliases inside their own anchor. One loop dispatches by the event's class and holds the open container in local
names; it is the hottest loop of reading, so it makes one tuple a node and no other object. A mistake that leaves the
rest readable is added to `problems`; any other is raised.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, NoReturn

from _ruamel_yaml import (
    AliasEvent,
    CParser,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from storyboard.diagnostics import Diagnostic, Refused, Related
from storyboard.language import traps
from storyboard.language.scalars import NULLS, TooLong, resolve
from storyboard.language.tree import Map, Node, Page, Scalar, Seq, size_of

MAX_DEPTH = 64
"""Containers inside each other."""
MAX_NODES = 10_000_000
"""Nodes of a file, every alias and merge key expanded."""
MAX_SCALAR = 1 << 20
"""Characters of one scalar."""
MAX_PROBLEMS = 200
"""Reading gives up at this many mistakes."""

_MERGE = "\x02<<"
_ODD_KEYS = NULLS | {"<<"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
_TAG = "tag:yaml.org,2002:"
_TAGGED: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
}


def compose(page: Page) -> tuple[Node, list[Diagnostic]]:
    """The root of the page's only document, and the mistakes that can be survived. Raises Refused for the others."""
    composer = _Composer(page)
    try:
        return composer.run(), composer.problems
    except Refused as refused:
        raise Refused([*composer.problems, *refused.diagnostics]) from None


class _Composer:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[Diagnostic] = []
        self.anchors: dict[str, tuple[Node, int, int] | None] = {}
        self.known: dict[str, str | Scalar] = {}
        self.names: dict[str, str] = {}
        self.get: Any = CParser(page.text).get_event

    def run(self) -> Node:
        try:
            return self._document()
        except Refused:
            raise
        except Exception as error:
            if not hasattr(error, "problem_mark"):
                raise
            raise Refused(traps.explain(error, self.page, self.problems)) from None

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
                if (
                    event.anchor
                    or event.tag
                    or (event.style == '"' and end - start != len(node) + 2)
                    or end - start > MAX_SCALAR
                ):
                    start, node = self._unusual(event, start, end)
                    if keyed and key is None and node.__class__ is Scalar:
                        node = self._odd_key(node.spelt, start, end)
                elif keyed and key is None:
                    if node in _ODD_KEYS and event.implicit[0]:
                        node = self._odd_key(node, start, end)
                elif event.implicit[0]:
                    spelt = node
                    node = known.get(spelt)
                    if node is None:
                        node = known[spelt] = self._resolve(spelt, start, end)
                    if flow and not spelt and keyed and start == key_end and self._lost_comma(here, key_start, key_end):
                        key = None
                        continue
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                start = event.start_mark.index
                if keyed and key is None:
                    if not flow or not page.text.startswith("{{", begun):
                        self._odd_key(here, start, start + 1)
                    start, stop = begun, self._skip_braces(begun)
                    node = page.text[start:stop]
                    end = stop
                    here, marks, keyed, flow, key, key_start, key_end, begun, sizes, anchor = stack.pop()
                else:
                    if len(stack) >= MAX_DEPTH:
                        self._refuse(start, start + 1, "too-deep", f"nested deeper than {MAX_DEPTH} levels")
                    stack.append((here, marks, keyed, flow, key, key_start, key_end, begun, sizes, anchor))
                    begun, anchor = start, event.anchor
                    if anchor or event.tag:
                        begun = self._container_properties(event, start, kind is MappingStartEvent)
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
                    self.anchors[anchor] = (node, start, stop)
                here, marks, keyed, flow, key, key_start, key_end, begun, sizes, anchor = stack.pop()
                sizes += size - 1
            elif kind is AliasEvent:
                end = event.end_mark.index
                node, start, stop = self._alias(event.anchor, event.start_mark.index, end)
                sizes += size_of(node) - 1
                room -= size_of(node)
                if keyed and key is None:
                    node, start, stop = self._odd_key(node, event.start_mark.index, end), event.start_mark.index, end
            elif kind is DocumentStartEvent:
                if here:
                    self._refuse_second_document(event.start_mark.index)
                continue
            elif kind is StreamEndEvent:
                if not here:
                    self._refuse(0, 0, "empty-file", "the file is empty", 'a storyboard begins with "storyboard: 1"')
                root: Node = here[0]
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

    def _problem(
        self, start: int, end: int, code: str, message: str, hint: str | None = None, related: tuple[Related, ...] = ()
    ) -> Diagnostic:
        return Diagnostic(code, message, self.page.span(start, end - start), hint, related=related)

    def _refuse(self, start: int, end: int, code: str, message: str, hint: str | None = None) -> NoReturn:
        raise Refused([self._problem(start, end, code, message, hint)])

    def _report(self, problem: Diagnostic) -> None:
        self.problems.append(problem)
        if len(self.problems) >= MAX_PROBLEMS:
            raise Refused(())

    def _refuse_second_document(self, start: int) -> NoReturn:
        self._refuse(
            start, start + 3, "two-documents", "a second document begins here", "one file holds one storyboard"
        )

    def _bomb(self, start: int, end: int) -> NoReturn:
        message = f"more than {MAX_NODES:,} values once aliases and merges are expanded"
        self._refuse(start, end, "alias-bomb", message)

    def _resolve(self, spelt: str, start: int, end: int) -> str | Scalar:
        try:
            return resolve(spelt)
        except TooLong:
            self._report(self._problem(start, end, "bad-number", "a number with too many digits"))
            return spelt

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
        self._refuse(start, end, "bad-key", f"a key must be text, this one is {kind}", hint)

    def _unusual(self, event: Any, start: int, end: int) -> tuple[int, str | Scalar]:
        """A scalar with an anchor, a tag or double quotes, or a long one: where it begins, its node."""
        if end - start > MAX_SCALAR:
            self._refuse(start, start + 1, "too-large", f"a text longer than {MAX_SCALAR:,} characters")
        value: str = event.value
        if event.anchor or event.tag:
            start = self._after_properties(start, end)
        if event.style == '"' and _CONTROL.search(value):
            self._report(self._escaped_control(value, start, end))
            value = _CONTROL.sub("\ufffd", value)
        node: str | Scalar = value
        if event.tag:
            node = self._tagged(event.tag, value, start, end)
        elif event.implicit[0]:
            node = self._resolve(value, start, end)
        if event.anchor:
            self.anchors[event.anchor] = (node, start, end)
        return start, node

    def _escaped_control(self, value: str, start: int, end: int) -> Diagnostic:
        found = _CONTROL.search(value)
        code = ord(found[0]) if found else 0
        message = f"the text holds a control character (U+{code:04X})"
        return self._problem(start, end, "control-character", message)

    def _after_properties(self, start: int, end: int) -> int:
        properties = _PROPERTIES.match(self.page.text, start, end) if end else _PROPERTIES.match(self.page.text, start)
        return properties.end() if properties else start

    def _tagged(self, tag: str, value: str, start: int, end: int) -> str | Scalar:
        name = tag.removeprefix(_TAG)
        if name == "str" and tag != name:
            return value
        if name not in _TAGGED or tag == name:
            self._report_tag(tag, start, end)
            return value
        node = self._resolve(value, start, end)
        if not isinstance(node, Scalar) or type(node.value) not in _TAGGED[name]:
            self._report(self._problem(start, end, "bad-tag", f'"{value[:40]}" is no !!{name}'))
            return value
        return node

    def _report_tag(self, tag: str, start: int, end: int) -> None:
        shown = tag.replace(_TAG, "!!")[:60]
        message = f'the tag "{shown}" has no meaning in a storyboard'
        self._report(self._problem(start, end, "unknown-tag", message, "values need no tags"))

    def _container_properties(self, event: Any, start: int, is_map: bool) -> int:
        """Check a container's tag, open its anchor, and say where the container itself begins."""
        begun = self._after_properties(start, 0)
        if event.tag and event.tag != _TAG + ("map" if is_map else "seq"):
            self._report_tag(event.tag, start, begun)
        if event.anchor:
            self.anchors[event.anchor] = None
        return begun

    def _alias(self, name: str, start: int, end: int) -> tuple[Node, int, int]:
        if name not in self.anchors:
            near = get_close_matches(name, self.anchors, 1)
            hint = f'did you mean "*{near[0]}"?' if near else f'an anchor is written "&{name}" before it is used'
            self._refuse(start, end, "unknown-alias", f'no anchor "&{name}" stands above', hint)
        known = self.anchors[name]
        if known is None:
            self._refuse(start, end, "cyclic-alias", f'"*{name}" stands inside its own anchor "&{name}"')
        return known

    def _skip_braces(self, start: int) -> int:
        """Pass over `{{ name }}`, which YAML takes for two mappings; report it and say where it ends."""
        self._report(traps.unquoted_expression(self.page, start))
        depth = 2
        while depth:
            event = self.get()
            kind = event.__class__
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                depth += 1
                if depth > MAX_DEPTH:
                    self._refuse(start, start + 2, "too-deep", f"nested deeper than {MAX_DEPTH} levels")
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
        if self.problems and traps.same_place(self.problems[-1], problem):
            self.problems.pop()
        self._report(problem)
        return True

    def _duplicate(self, here: Map, key: str, start: int, end: int) -> None:
        shown = key.removeprefix("\x02")
        page, first, length = here.marks[key][:3]
        above = Related(f'"{shown}" is first written here', page.span(first, length))
        self._report(self._problem(start, end, "duplicate-key", f'"{shown}" is written twice', "keep one", (above,)))

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
                self._report(self._problem(start, start + length, "bad-merge", message))
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
