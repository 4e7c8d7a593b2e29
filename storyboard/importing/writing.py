"""A storyboard's text from plain values, laid out as a person would write it.

Laws. The text is read back as the very same values: every scalar is tried plain first and kept so only where the
language's own reader gives it back unchanged, else it is folded, else quoted. Sections, scenes and long shots stand
apart by an empty line; a small mapping stands in braces on one line. Braces that other tools wrote are no expressions:
they are escaped.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from fractions import Fraction

from storyboard.diagnostics import Refused
from storyboard.language.text.source import Map, Scalar, parse
from storyboard.language.values.quantities import seconds

Value = str | int | bool | Fraction | Sequence["Value"] | Mapping[str, "Value"]
"""What a storyboard is written from; a fraction is a time in seconds, a tuple a list that stays on one line."""

WIDTH = 110
"""Lines are broken before this column where they may be."""

_ASSETS = frozenset({"cast", "locations", "props"})
_APART = _ASSETS | {"scenes", "shots", "sound", "defaults"}
_SHOT = (
    *("id", "file", "card", "clip", "size", "framing", "angle", "move", "lens", "location", "time", "cast", "props"),
    *("action", "prompt", "dialogue", "sounds", "negative", "titles", "duration", "in", "out", "speed", "transition"),
)
"""The order of a shot's fields; others follow as they come."""
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_OPENING = re.compile(r"\{[{%#]")


def cleaned(text: str) -> str:
    """Another tool's text as the language takes it: no invisible characters, no space at a line's end."""
    lines = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def literal(text: str) -> str:
    """A text that means itself: what would open an expression is written as one that gives it."""
    return _OPENING.sub(lambda found: "{{ '" + found[0] + "' }}", text)


def in_order(shot: Mapping[str, Value]) -> dict[str, Value]:
    """A shot with its fields in the order in which a person reads them."""
    return {key: shot[key] for key in (*(key for key in _SHOT if key in shot), *(k for k in shot if k not in _SHOT))}


def written(document: Mapping[str, Value], remarks: Sequence[str] = ()) -> str:
    """The whole text of a storyboard, with remarks as comments on its top. Texts must be `cleaned`."""
    lines = [f"# {line}" for remark in remarks for line in textwrap.wrap(cleaned(remark), WIDTH)]
    for key, value in document.items():
        if key in _APART and lines:
            lines.append("")
        lines += _pair(key, value, 0)
    return "\n".join(lines) + "\n"


def _pair(key: str, value: Value, indent: int) -> list[str]:
    """The lines of `key: value`, the first at `indent`."""
    head = " " * indent + _scalar(key, flow=False) + ":"
    flow = _flow(value, WIDTH - len(head) - 1)
    if flow is not None and not (key in _ASSETS and isinstance(value, Mapping)):
        return [f"{head} {flow}"]
    if isinstance(value, Mapping):
        return [head, *(line for name, one in value.items() for line in _pair(name, one, indent + 2))]
    if not isinstance(value, str) and isinstance(value, Sequence):
        return [head, *_items(value, indent + 2, spaced=key in ("shots", "scenes"))]
    block = _block(str(value), indent + 2)
    return [f"{head} {block[0]}", *block[1:]] if block else [f"{head} {_scalar(value, flow=False)}"]


def _items(values: Sequence[Value], indent: int, *, spaced: bool) -> list[str]:
    blocks = [_item(value, indent) for value in values]
    lines: list[str] = []
    for number, block in enumerate(blocks):
        if spaced and number and max(len(block), len(blocks[number - 1])) > 3:
            lines.append("")
        lines += block
    return lines


def _item(value: Value, indent: int) -> list[str]:
    head = " " * indent + "- "
    flow = _flow(value, WIDTH - len(head))
    if flow is not None:
        return [head + flow]
    if isinstance(value, Mapping):
        lines = [line for name, one in value.items() for line in _pair(name, one, indent + 2)]
        return [head + lines[0].lstrip(), *lines[1:]]
    block = _block(str(value), indent + 2)
    return [head + block[0], *block[1:]] if block else [head + _scalar(value, flow=False)]


def _flow(value: Value, room: int) -> str | None:
    """A value on one line of at most `room` characters; None where it must stand in lines of its own."""
    if isinstance(value, Mapping):
        if not value:
            return "{}"
        if any(not _leaf(one) or key in _APART for key, one in value.items()):
            return None
        line = "{" + ", ".join(f"{_scalar(key, flow=True)}: {_inside(one)}" for key, one in value.items()) + "}"
    elif isinstance(value, tuple) or (isinstance(value, list) and not value):
        line = _inside(value)
    elif isinstance(value, list):
        return None
    else:
        line = _scalar(value, flow=False)
    return line if len(line) <= room and "\n" not in line else None


def _leaf(value: Value) -> bool:
    if isinstance(value, tuple):
        return all(_leaf(one) for one in value)
    if isinstance(value, Mapping):
        return all(isinstance(one, str | int | Fraction) for one in value.values())
    return not isinstance(value, list)


def _inside(value: Value) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key, flow=True)}: {_inside(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_inside(one) for one in value) + "]"
    return _scalar(value, flow=True)


def _scalar(value: Value, *, flow: bool) -> str:
    """A scalar on one line: plain where it is read back so, else in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Fraction):
        return seconds(value)
    text = str(value)
    quoted = json.dumps(text, ensure_ascii=False)
    if not flow and len(text) > WIDTH:
        return quoted
    return text if _reads(f"k: {{k: {text}}}" if flow else f"k: {text}", text, flow) else quoted


def _block(text: str, indent: int) -> list[str] | None:
    """A long text folded, or one of several lines as a block; None where neither reads back."""
    pad = " " * indent
    if "\n" in text:
        lines, sign = [pad + line if line else "" for line in text.split("\n")], "|-"
    else:
        wrapped = textwrap.wrap(text, max(40, WIDTH - indent), break_long_words=False, break_on_hyphens=False)
        lines, sign = [pad + line for line in wrapped], ">-"
    source = "\n".join([f"{' ' * (indent - 2)}k: {sign}", *lines])
    return [sign, *lines] if _reads(source, text, flow=False) else None


def _reads(source: str, text: str, flow: bool) -> bool:
    """Whether a source of one pair gives that text back, as a text."""
    try:
        read = parse(source.encode(), "")
    except (Refused, UnicodeEncodeError):
        return False
    if read.problems or set(read.root) != {"k"}:
        return False
    value = read.root["k"]
    if flow:
        if not isinstance(value, Map) or set(value) != {"k"}:
            return False
        value = value["k"]
    if isinstance(value, Scalar):
        return value.value is not None and value.spelt == text
    return isinstance(value, str) and value == text
