"""One entry written into, or taken out of, a mapping's text: a few characters at a place that the tree knows.

A `Splice` replaces a stretch of the text and touches nothing else, so comments, order, quotes, indentation and line
ends stay as they are. Where a place is not certain (an alias, a key of its own line) several splices are offered, the
best first: whoever applies one reads the result again and compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from storyboard.diagnostics import LINE_END
from storyboard.language.text.scalars import NULLS
from storyboard.language.text.tree import Map

Value = int | bool | Mapping[str, "Value"]
"""What a decision is: a number, a truth, or either under names."""

_ALIAS = re.compile(r"[ \t]*:[ \t]+(\*[^\s,\[\]{}]+)")
_REST = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")
_BLANK_REST = re.compile(r"[ \t]*(?=[\r\n]|\Z)")
_PLAIN_KEY = re.compile(r"[^\W_][\w.-]*\Z")


class Splice(Struct, frozen=True):
    """`text` in place of the code points from `start` to `end`."""

    start: int
    end: int
    text: str

    def applied(self, text: str) -> str:
        """The whole text after it."""
        return text[: self.start] + self.text + text[self.end :]


def put(holder: Map, key: str, value: Value, after: Sequence[str] = ()) -> Iterator[Splice]:
    """Ways to give `holder` an entry, or the one it has another value. A new one stands behind the first of `after`."""
    if key in holder:
        region = _value(holder, key)
        if region is not None:
            yield Splice(*region, _flow(value, _quote(holder)))
            return
    if is_flow(holder):
        yield from _into_flow(holder, key, value, after)
    else:
        yield from _into_block(holder, key, value, after)


def at_end_of_file(root: Map, key: str, value: Value) -> Iterator[Splice]:
    """A new entry of the outermost mapping on the last line; a file without a final line end stays so."""
    text = root.mark[0].text
    first = min(root.marks[name][1] for name in root)
    eol = _line_end(text, first)
    indent = " " * (first - _line_start(text, first))
    entry = indent + _entry(key, value, _quote(root), (eol, indent))
    ended = text.endswith(("\n", "\r"))
    yield Splice(len(text), len(text), entry + eol if ended else eol + entry)


def taken_out(holder: Map, key: str) -> Iterator[Splice]:
    """Ways to take an entry out with the line or the comma that it has for itself; none where a comment would go."""
    region = _value(holder, key)
    if region is None:
        return
    text, start, end = holder.mark[0].text, holder.marks[key][1], region[1]
    if is_flow(holder):
        before = re.search(r",[ \t\r\n]*\Z", text[holder.mark[3] : start])
        behind = re.compile(r"[ \t]*,[ \t]*").match(text, end)
        if before:
            yield Splice(holder.mark[3] + before.start(), end, "")
        else:
            yield Splice(start, behind.end() if behind else end, "")
        return
    line, rest = _line_start(text, start), _BLANK_REST.match(text, end)
    if rest is None or "#" in text[start:end] or text[line:start].strip(" "):
        return
    eol = LINE_END.match(text, rest.end())
    if eol:
        yield Splice(line, eol.end(), "")
    else:
        above = re.search(r"(?:\r\n|\r|\n)\Z", text[:line])
        yield Splice(above.start() if above else line, rest.end(), "")


def is_flow(holder: Map) -> bool:
    """Whether a mapping is written in braces."""
    return holder.mark[0].text.startswith("{", holder.mark[3])


def _value(holder: Map, key: str) -> tuple[int, int] | None:
    """Where the value of an entry of the holder's own text stands; None where the entry comes from elsewhere."""
    page, key_start, key_length, start, length = holder.marks[key]
    here, _, _, first, whole = holder.mark
    if page is not here or not first <= key_start < first + whole:
        return None
    key_end = key_start + key_length
    alias = _ALIAS.match(page.text, key_end)
    if alias:
        return alias.span(1)
    return (start, start + length) if key_end <= start < first + whole else None


def _into_flow(holder: Map, key: str, value: Value, after: Sequence[str]) -> Iterator[Splice]:
    entry = _entry(key, value, _quote(holder), None)
    for name in [*(one for one in after if one in holder), *list(holder)[-1:]]:
        region = _value(holder, name)
        if region is not None:
            yield Splice(region[1], region[1], f", {entry}")
    brace = holder.mark[3] + 1
    yield Splice(brace, brace, f"{entry}, " if holder else entry)


def _into_block(holder: Map, key: str, value: Value, after: Sequence[str]) -> Iterator[Splice]:
    text, quote = holder.mark[0].text, _quote(holder)
    own = {name: region for name in holder if (region := _value(holder, name)) is not None}
    if not own:
        return
    first = min(holder.marks[name][1] for name in own)
    line = _line_start(text, first)
    indent = " " * (first - line)
    ends = [own[name][1] for name in after if name in own and not set("\r\n") & set(text[slice(*own[name])])]
    for end in [*ends, holder.mark[3] + holder.mark[4]]:
        rest = _REST.match(text, end)
        if rest and text[end - 1] not in "\r\n":
            eol = _line_end(text, rest.end())
            yield Splice(rest.end(), rest.end(), eol + indent + _entry(key, value, quote, (eol, indent)))
    eol = _line_end(text, first)
    yield Splice(first, first, f"{_entry(key, value, quote, (eol, indent))}{eol}{indent}")


def _entry(key: str, value: Value, quote: str, block: tuple[str, str] | None) -> str:
    """An entry as it is written. In block style mappings of mappings take a line for each."""
    name = _key(key, quote)
    if block and isinstance(value, Mapping) and any(isinstance(one, Mapping) for one in value.values()):
        eol, indent = block[0], block[1] + "  "
        return f"{name}:" + "".join(f"{eol}{indent}{_entry(k, v, quote, (eol, indent))}" for k, v in value.items())
    return f"{name}: {_flow(value, quote)}"


def _flow(value: Value, quote: str) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key, quote)}: {_flow(one, quote)}" for key, one in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key(key: str, quote: str) -> str:
    """A key as spelt, in the quotes that its neighbours have, or where YAML would read it otherwise."""
    quote = quote or ("" if _PLAIN_KEY.match(key) and key not in NULLS else '"')
    return f"{quote}{key}{quote}"


def _quote(holder: Map) -> str:
    """The quotes that a mapping's keys are written in; none where they are plain."""
    page, start = holder.marks[next(iter(holder))][:2] if holder else (holder.mark[0], -1)
    return page.text[start] if start >= 0 and page.text[start] in "\"'" else ""


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _line_end(text: str, offset: int) -> str:
    """The line end of the line that holds `offset`; where it has none, that of the text's first line."""
    found = LINE_END.search(text, offset) or LINE_END.search(text)
    return found[0] if found else "\n"
