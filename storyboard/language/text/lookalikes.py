"""What a mistake is really about, read from the line it stands on: characters that look like YAML's and are not.

A full-width colon, a non-breaking space, a bullet or a smart quote is an ordinary letter for YAML. So the parser trips
over something else, or a key or value comes out odd, and what is said of it would help nobody. These rules look at the
line of a mistake that was found, and only there: the same characters in the text of a good storyboard are just text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from storyboard.diagnostics import LINE_END, Diagnostic, Span
from storyboard.language.text.traps import quoted
from storyboard.language.text.tree import Map, Mark, Seq
from storyboard.structs import replace

_ODD = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_INDENT = re.compile(rf"[ \t]*([{_ODD}][{_ODD} ]*)(?=\S)")
_DASH = re.compile(rf"[ ]*-([{_ODD}])")
_COLON = re.compile(rf"[ ]*(?:- )*([\w\"']+)(\s*：|:(?=[{_ODD}]))[ {_ODD}]*(.*)")
_BULLET = re.compile(r"[ ]*([–—－•·‣▪*])\s+(?=\S)")
_SLASHES = re.compile(r"[ ]*(//)")
_NO_SPACE_DASH = re.compile(r"[ ]*(-)(?=\w+\s*:)")
_NO_SPACE_COLON = re.compile(r"[ ]*(?:- )*([A-Za-z_]\w*)(?::(?=[^\s:/])|\s*=\s*)(.*)")
_SMART = re.compile(r"[“„«‘](.*?)[”»’“]")
_SEPARATOR = re.compile(r"\s*([，；;])\s*(?=[a-z_]+:\s)")
_UNIT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(secs?|seconds?|frames?)", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+s?")
_HASH = re.compile(r":\s+(#[^\s,}\]]\S*?)(?=[,}\]\s]|$)")

_SYNTAX = frozenset({"yaml-syntax", "wrong-kind"})
_CUT = re.compile(r"(?<=\S)[ \t]+(#[^\s#!].*)")
_NUMBERS = frozenset({"bad-time", "bad-number", "bad-aspect", "bad-fps", "bad-resolution", "bad-size"})
_STRUCTURE = _SYNTAX | {"unknown-key", "missing-key", "no-shots", "unquoted-colon"}
_QUOTING = frozenset({"unquoted-colon", "comma-in-braces", "unquoted-expression"})


def clarified(problems: Iterable[Diagnostic], texts: Mapping[str, str]) -> list[Diagnostic]:
    """The same mistakes, each as the cause that its line shows; what only follows from another is left out."""
    lines = {file: LINE_END.split(text) for file, text in texts.items()}
    found = [_clarified(one, lines) for one in problems]
    causes = {one.span for one in found if one.code in _QUOTING}
    kept = [one for one in found if one.code in _QUOTING or not one.code.startswith("bad-") or one.span not in causes]
    return list(dict.fromkeys(kept))


def _clarified(one: Diagnostic, lines: Mapping[str, list[str]]) -> Diagnostic:
    span = one.span
    if one.severity != "error" or span is None or span.line > len(lines.get(span.file, ())):
        return one
    text = lines[span.file]
    candidates = [span.line]
    if one.code == "yaml-syntax":
        candidates += [line for line in range(span.line - 1, 0, -1) if text[line - 1].strip()][:1]
    for number in candidates:
        for start, end, code, message, hint in _causes(one, text[number - 1], span if number == span.line else None):
            place = Span(span.file, number, start + 1, number, end + 1)
            return replace(one, code=code, message=message, span=place, hint=hint)
    return one


Cause = tuple[int, int, str, str, str]
"""Where on the line it stands (offsets), its code, message and hint."""


def _causes(one: Diagnostic, line: str, span: Span | None) -> Iterator[Cause]:
    if one.code in _STRUCTURE:
        yield from _of_structure(line)
    if one.code in _SYNTAX:
        yield from _of_spaces(line)
    if span is not None:
        yield from _of_value(one, line, span)


def _of_structure(line: str) -> Iterator[Cause]:
    """Characters where YAML's own belong: in the indentation, after the dash, after the key."""
    if found := _INDENT.match(line):
        message = f"{_name(found[1][0])} in the indentation, which YAML takes for a letter"
        yield found.start(1), found.end(1), "look-alike", message, "indent with spaces"
    if found := _DASH.match(line):
        message = f'{_name(found[1])} follows the "-", where a space must stand'
        yield found.start(1) - 1, found.end(1), "look-alike", message, 'write "- "'
    if found := _COLON.match(line):
        what = "a full-width colon is no colon" if "：" in found[2] else f"{_name(line[found.end(2)])} is no space"
        place = (found.start(2), max(found.end(2), found.start(2) + 1))
        yield *place, "look-alike", f"{what} for YAML", f"write {found[1]}: {found[3]}".rstrip()
    if found := _BULLET.match(line):
        yield found.start(1), found.end(1), "look-alike", f'"{found[1]}" begins no entry of a list', 'write "- "'
    if found := _SLASHES.match(line):
        yield found.start(1), found.end(1), "look-alike", '"//" begins no comment', 'a comment begins with "# "'


def _of_spaces(line: str) -> Iterator[Cause]:
    """Spaces that YAML needs and that were left out."""
    if found := _NO_SPACE_DASH.match(line):
        yield found.start(1), found.end(1), "yaml-syntax", 'a space must follow the "-"', 'write "- "'
    if found := _NO_SPACE_COLON.match(line):
        message = "a colon and a space must follow the key"
        yield found.start(1), len(line.rstrip()), "yaml-syntax", message, f"write {found[1]}: {found[2]}".rstrip()


def _of_value(one: Diagnostic, line: str, span: Span) -> Iterator[Cause]:
    """Characters inside the value that was refused."""
    first, last = span.column - 1, span.end_column - 1 if span.end_line == span.line else len(line)
    for smart in _SMART.finditer(line, first):
        if smart.start() <= first and (one.code in _QUOTING or one.code.startswith("bad-")):
            message = f"{smart[0][0]} and {smart[0][-1]} are no quotes here"
            hint = f"write '{smart[1]}'" if one.code == "bad-expression" else f"write {quoted(smart[1])}"
            yield smart.start(), smart.end(), "look-alike", message, hint
    if one.code in _QUOTING and (found := _SEPARATOR.search(line, first)):
        message = f'"{found[1]}" separates no fields'
        yield found.start(1), found.end(1), "look-alike", message, 'write ", "'
    if one.code == "empty-value" and (found := _HASH.match(line, last)):
        message = '"#" begins a comment, so no value is here'
        yield found.start(1), found.end(1), "unquoted-hash", message, f"write {quoted(found[1])}"
    value = line[first:last]
    plain = unicodedata.normalize("NFKC", value)
    if one.code in _NUMBERS and (found := _DECIMAL_COMMA.fullmatch(value)):
        yield (
            first,
            last,
            one.code,
            "a decimal comma; numbers are written with a point",
            f"write {value.replace(',', '.')}",
        )
    if one.code == "bad-time" and (unit := _UNIT.fullmatch(value)):
        yield first, last, one.code, f'"{unit[2]}" is no unit here', f"write {unit[1]}{unit[2][0]}"
    if one.code in _NUMBERS and plain != value:
        odd = next(char for char in value if unicodedata.normalize("NFKC", char) != char)
        yield first, last, "look-alike", f'{_name(odd)} in this value, where "{plain}" was meant', f"write {plain}"


def cut_short(root: Map) -> list[Diagnostic]:
    """Warnings where a comment was probably meant to be text, as in `action: Take #3`; `root` is one file's tree."""
    text = root.mark[0].text
    candidates = {found.start(): found for found in _CUT.finditer(text)}
    problems = []
    for value, (page, _, _, start, length) in _leaves(root) if candidates else ():
        found = candidates.get(start + length)
        if found is None or page is not root.mark[0] or text[start] in "\"'|>":
            continue
        if found[1][1].isdigit() or " " in value:
            message = 'the text ends before "#": what follows is a comment'
            hint = 'quote the text, or write "# " before a comment'
            place = page.span(found.start(1), len(found[1]))
            problems.append(Diagnostic("unquoted-hash", message, place, hint, "warning"))
    return problems


def _leaves(node: Map | Seq) -> Iterator[tuple[str, Mark]]:
    """Every text of a tree with its mark."""
    entries = (
        [(one, node.marks[key]) for key, one in node.items()]
        if isinstance(node, Map)
        else zip(node, node.marks, strict=True)
    )
    for one, mark in entries:
        if isinstance(one, Map | Seq):
            yield from _leaves(one)
        elif isinstance(one, str):
            yield one, mark


def _name(char: str) -> str:
    """What a character is called, for a sentence."""
    if char == "\u00a0":
        return "a non-breaking space"
    name = unicodedata.name(char, "odd character").lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name} (U+{ord(char):04X})"
