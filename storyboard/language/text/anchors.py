"""Scalars and what may stand before a value: anchors, aliases, tags.

An alias gives the anchored node itself, placed at the anchor. Tags say only what the core schema says anyway; any other
is refused, so no tag can ever name a class.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from storyboard.diagnostics import Diagnostic
from storyboard.language.text.findings import Findings
from storyboard.language.text.scalars import TooLong, resolve
from storyboard.language.text.tree import Node, Scalar

MAX_SCALAR = 1 << 20
"""Characters of one scalar."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
_TAG = "tag:yaml.org,2002:"
_TAGGED: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
}


class Anchors:
    """The anchors of one page, and the nodes of scalars."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.text = findings.page.text
        self.known: dict[str, tuple[Node, int, int] | None] = {}

    def plain(self, spelt: str, start: int, end: int) -> str | Scalar:
        """The node of a plain scalar."""
        try:
            return resolve(spelt)
        except TooLong:
            self.findings.keep(self.findings.problem(start, end, "bad-number", "a number with too many digits"))
            return spelt

    def scalar(self, event: Any, start: int, end: int) -> tuple[int, str | Scalar]:
        """A scalar that is more than a plain word: where it begins without its properties, and its node."""
        if end - start > MAX_SCALAR:
            self.findings.refuse(start, start + 1, "too-large", f"a text longer than {MAX_SCALAR:,} characters")
        value: str = event.value
        begun = start
        if event.anchor or event.tag:
            start = self._after_properties(start, end)
        if event.style == '"' and _CONTROL.search(value):
            self.findings.keep(self._escaped_control(value, start, end))
            value = _CONTROL.sub("\ufffd", value)
        node: str | Scalar = value
        if event.tag:
            node = self._tagged(event.tag, value, begun, start, end)
        elif event.implicit[0]:
            node = self.plain(value, start, end)
        if event.anchor:
            self.known[event.anchor] = (node, start, end)
        return start, node

    def container(self, event: Any, start: int, is_map: bool) -> int:
        """Check a container's tag, open its anchor, and say where the container itself begins."""
        begun = self._after_properties(start, 0)
        if event.tag and event.tag != _TAG + ("map" if is_map else "seq"):
            self._report_tag(event.tag, start, begun)
        if event.anchor:
            self.known[event.anchor] = None
        return begun

    def alias(self, name: str, start: int, end: int) -> tuple[Node, int, int]:
        """The node that an alias names, and where it stands."""
        if name not in self.known:
            near = get_close_matches(name, self.known, 1)
            hint = f'did you mean "*{near[0]}"?' if near else f'an anchor is written "&{name}" before it is used'
            self.findings.refuse(start, end, "unknown-alias", f'no anchor "&{name}" stands above', hint)
        known = self.known[name]
        if known is None:
            self.findings.refuse(start, end, "cyclic-alias", f'"*{name}" stands inside its own anchor "&{name}"')
        return known

    def _escaped_control(self, value: str, start: int, end: int) -> Diagnostic:
        found = _CONTROL.search(value)
        code = ord(found[0]) if found else 0
        message = f"the text holds a control character (U+{code:04X})"
        return self.findings.problem(start, end, "control-character", message)

    def _after_properties(self, start: int, end: int) -> int:
        properties = _PROPERTIES.match(self.text, start, end) if end else _PROPERTIES.match(self.text, start)
        return properties.end() if properties else start

    def _tagged(self, tag: str, value: str, begun: int, start: int, end: int) -> str | Scalar:
        name = tag.removeprefix(_TAG)
        if name == "str" and tag != name:
            return value
        if name not in _TAGGED or tag == name:
            self._report_tag(tag, begun, start if start > begun else end)
            return value
        node = self.plain(value, start, end)
        if not isinstance(node, Scalar) or type(node.value) not in _TAGGED[name]:
            self.findings.keep(self.findings.problem(start, end, "bad-tag", f'"{value[:40]}" is no !!{name}'))
            return value
        return node

    def _report_tag(self, tag: str, start: int, end: int) -> None:
        shown = tag.replace(_TAG, "!!")[:60]
        message = f'the tag "{shown}" has no meaning in a storyboard'
        self.findings.keep(self.findings.problem(start, end, "unknown-tag", message, "values need no tags"))
