"""What libyaml's complaints mean to a person, and YAML's traps: braces, colons and commas that should be quoted.

Every syntax error becomes exactly one diagnostic whose place is where a person would mend it, not where the scanner
gave up: an unclosed quote is shown where it opens.
"""

from __future__ import annotations

import re
from typing import Any

from storyboard.diagnostics import Diagnostic
from storyboard.language.text.tree import Page

_PAIR = re.compile(r"""[ \t]*(?:-[ \t]+)*(?P<key>[^\s:#'"{\[][^:#'"]*):[ \t]+(?P<value>\S.*)""")
_FLOW_PAIR = re.compile(r"""(?P<key>[^\s:#'"{}\[\],][^:#'"{}\[\],]*):[ \t]+(?P<value>[^\s:'"{}\[\],][^:{}\[\],]*)$""")
_FLOW_END = re.compile(r"[,}\]]")
_COMMENT = re.compile(r"[ \t]#")
_SHOWN_AT_CONTEXT = frozenset({"found unexpected end of stream", "could not find expected ':'"})
_WORDS: dict[str, tuple[str, str | None]] = {
    "did not find expected key": ("this does not fit here: a key was expected", None),
    "did not find expected '-' indicator": ('this does not fit here: another "- " of the list was expected', None),
    "could not find expected ':'": (
        'this line is neither a "key: value" nor part of the text above',
        "a text of several lines is indented deeper than its key",
    ),
    "did not find expected ',' or ']'": ("the list is not closed here: a comma or ] was expected", None),
    "did not find expected ',' or '}'": ("the braces are not closed here: a comma or } was expected", None),
    "did not find expected node content": ("a value was expected here", None),
    "did not find expected <document start>": ("nothing may follow the end of the document", None),
    "mapping values are not allowed in this context": (
        "a colon does not fit here; the line may be indented too deep",
        None,
    ),
    "block sequence entries are not allowed in this context": (
        "a list begins on a line of its own",
        'put it below the key, or quote a text that begins with "-"',
    ),
    "mapping keys are not allowed in this context": (
        'a "? " key does not fit here',
        'quote a text that begins with "?"',
    ),
    "found unexpected ':'": ("a text with a colon must be quoted here", None),
    "found undefined tag handle": ("this tag has no meaning in a storyboard", None),
    "found duplicate anchor": ("this anchor is named twice", None),
    "did not find expected alphabetic or numeric character": (
        "a name must follow & or *",
        "put a text that begins with * or & in quotes",
    ),
    "found incompatible YAML document": ("only YAML 1.2 is read", None),
    "did not find expected comment or line break": (
        "the text of a block begins on the next line",
        "write the text below, indented, or put all of it in quotes",
    ),
}
_FLOWS = frozenset({"while parsing a flow mapping", "while parsing a flow sequence", "while parsing a flow node"})
_INDENTED = frozenset(
    {
        "did not find expected key",
        "did not find expected '-' indicator",
        "mapping values are not allowed in this context",
        "block sequence entries are not allowed in this context",
    }
)
_OPENERS = {'"': '"', "'": "'", "]": "[", "}": "{"}
_OPENED = re.compile(r"""[ ]*(?:-[ ]+)*(?P<key>[^\s:#'"]+):[ ]+(?P<value>["'\[{].*)""")
_LOST_SPACE = re.compile(r",\s*(?P<key>[a-z_]+):(?P<value>[^\s:,/][^:,]*)$")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+s?")
_ENTRY = re.compile(r"([ ]*)- ")
_KEYED = re.compile(r"([ ]*(?:-[ ]+)*)[^\s:#'\"{\[-][^:#'\"]*:(?:[ ]|$)")


def explain(error: Any, page: Page, problems: list[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics for one exception of the C parser; none where one of `problems` already names the cause."""
    said: str = error.problem or ""
    mark = error.context_mark if said in _SHOWN_AT_CONTEXT and error.context_mark else error.problem_mark
    offset = min(mark.index, len(page.text))
    where = page.span(offset, 1)
    if problems and problems[-1].span and problems[-1].span.line == page.position(error.problem_mark.index)[0]:
        return []
    colon = _colon(page, offset, said)
    if colon:
        return [colon]
    if "cannot start any token" in said or said == "found unknown directive name":
        return [_no_token(page, offset)]
    if "escape" in said:
        return [_bad_escape(page, offset)]
    line_start, line = page.line_at(offset)
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return [_tab(page, line_start + line.index("\t"))]
    if said == "found unexpected end of stream":
        return [_unclosed(page, offset)]
    if error.context in _FLOWS and error.context_mark:
        return [_flow(page, error.context_mark.index, offset, said)]
    found = _runs_on(page, offset) or _astray(page, offset, said)
    message, hint = _WORDS.get(said, (said or "this is no YAML", None))
    return [found or Diagnostic("yaml-syntax", message, where, hint)]


def _unclosed(page: Page, offset: int) -> Diagnostic:
    quote = page.text[offset]
    message = f"the quote {quote} opened here is never closed"
    return Diagnostic("yaml-syntax", message, page.span(offset, 1), f"write {quote} where the text ends")


def _flow(page: Page, opened: int, offset: int, said: str) -> Diagnostic:
    """A list in brackets or a mapping in braces that goes wrong: where it opens, if it is never closed."""
    if page.text[opened : opened + 1] not in ("{", "["):
        opened = max(page.text.rfind("{", 0, opened), page.text.rfind("[", 0, opened), 0)
    bracket, line = page.text[opened], page.line_at(opened)
    comment = _COMMENT.search(line[1], opened - line[0])
    if comment and page.position(offset)[0] > page.position(opened)[0]:
        start = line[0] + comment.start() + 1
        written = _FLOW_END.split(page.text[start : line[0] + len(line[1])])[0].rstrip()
        message = f'"#" begins a comment, so the {bracket} is never closed'
        return Diagnostic("unquoted-hash", message, page.span(start, len(written)), f"write {quoted(written)}")
    closing = "}" if bracket == "{" else "]"
    if page.position(offset)[0] > page.position(opened)[0]:
        message = f"the {bracket} opened here is not closed"
        return Diagnostic("yaml-syntax", message, page.span(opened, 1), f"write {closing} where it ends")
    message, hint = _WORDS.get(said, (said, None))
    return Diagnostic("yaml-syntax", message, page.span(offset, 1), hint)


def _runs_on(page: Page, offset: int) -> Diagnostic | None:
    """A value that begins with a quote or a bracket, and goes on after the one that closes it."""
    line_start, line = page.line_at(offset)
    before = line[: offset - line_start].rstrip()
    if not before or before[-1] not in "\"']}":
        return None
    pair = _OPENED.match(line)
    closer = before[-1]
    if page.text[offset : offset + 1] in ("}", "]"):
        message = f"this {page.text[offset]} closes nothing"
        return Diagnostic("yaml-syntax", message, page.span(offset, 1), "delete it")
    if pair is None or pair["value"][0] != _OPENERS[closer] or pair.start("value") >= len(before) - 1:
        opened = page.text.rfind(closer, 0, line_start + len(before) - 1)
        if closer in "\"'" and opened >= 0 and page.position(opened)[0] < page.position(offset)[0]:
            line_number = page.position(offset)[0]
            message = f"the quote {closer} opened here is closed by the next one, in line {line_number}"
            return Diagnostic("yaml-syntax", message, page.span(opened, 1), f"write {closer} where the text ends")
        return None
    start, value = line_start + pair.start("value"), pair["value"].rstrip()
    text = value
    if closer in "\"'" and value[0] == value[-1] and len(value) > 1:
        text = value[1:-1]
    what = "quote" if closer in "\"'" else "bracket" if closer == "]" else "brace"
    message = f"the text goes on after its {what} is closed"
    return Diagnostic("yaml-syntax", message, page.span(start, len(value)), f"write {pair['key']}: {quoted(text)}")


def _astray(page: Page, offset: int, said: str) -> Diagnostic | None:
    """A line whose indentation fits none of the lines above: a list entry, or a key."""
    if said not in _INDENTED:
        return None
    line_start, line = page.line_at(offset)
    own = len(line) - len(line.lstrip(" "))
    entry = line.startswith("- ", own)
    if not entry and not _KEYED.match(line):
        return None
    above = _above(page, line_start, entry)
    if above is None or above == own:
        return None
    what = 'this "- "' if entry else "this key"
    message = f"{what} is indented by {own}, {'the entries' if entry else 'the keys'} above by {above}"
    hint = f"indent it by {above}" if above else "begin it at the left edge"
    if not entry and own > above:
        hint += ", or quote the text above if this line is part of it"
    return Diagnostic("yaml-syntax", message, page.span(line_start + own, len(line) - own), hint)


def _above(page: Page, line_start: int, entry: bool) -> int | None:
    """By how much the nearest entry, or the nearest key, above a line is indented."""
    for line in reversed(page.text[:line_start].splitlines()):
        found = (_ENTRY if entry else _KEYED).match(line)
        if found:
            return found.end(1)
    return None


def _colon(page: Page, offset: int, said: str) -> Diagnostic | None:
    """The mistake of a text with a colon and no quotes, if that is what the parser stumbled over at `offset`."""
    line_start, line = page.line_at(offset)
    if said == "mapping values are not allowed in this context":
        pair = _PAIR.match(line)
    elif said == "did not find expected ',' or '}'" and page.text.startswith(":", offset):
        pair = _FLOW_PAIR.search(line, 0, offset - line_start)
    else:
        return None
    if pair is None or line_start + pair.start("value") >= offset:
        return None
    start = line_start + pair.start("value")
    text = pair["value"] if pair.re is _PAIR else _FLOW_END.split(line[pair.start("value") :])[0]
    text = text.rstrip()
    hint = f"write {pair['key'].strip()}: {quoted(text)}"
    message = "a text with a colon and a space must be quoted"
    return Diagnostic("unquoted-colon", message, page.span(start, len(text)), hint)


def _no_token(page: Page, offset: int) -> Diagnostic:
    char = page.text[offset : offset + 1]
    if char == "\t":
        return _tab(page, offset)
    line_start, line = page.line_at(offset)
    if line.startswith("```"):
        return Diagnostic("yaml-syntax", "a fence of Markdown", page.span(line_start, len(line)), "delete this line")
    if line.startswith("%"):
        return Diagnostic("yaml-syntax", 'a line cannot begin with "%"', page.span(line_start, 1), "quote the text")
    text = _COMMENT.split(line[offset - line_start :])[0].rstrip()
    pair = _PAIR.match(line)
    alone = pair is not None and line_start + pair.start("value") == offset
    hint = f"write {pair['key']}: {quoted(text)}" if pair and alone else "put the text in quotes"
    message = f'a text that begins with "{char}" must be quoted'
    return Diagnostic("yaml-syntax", message, page.span(offset, len(text) if alone else 1), hint)


def _tab(page: Page, offset: int) -> Diagnostic:
    return Diagnostic("tab-indent", "a tab in the indentation", page.span(offset, 1), "indent with spaces")


def _bad_escape(page: Page, offset: int) -> Diagnostic:
    start = max(page.text.rfind("\\", 0, offset + 1), 0)
    shown = re.match(r"\\(?:u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|x[0-9a-fA-F]{0,2}|.)?", page.text[start:])
    written = shown[0] if shown else "\\"
    message = f'"{written}" stands for no character'
    hint = 'a backslash is written "\\\\"; single quotes take it as it is'
    return Diagnostic("bad-escape", message, page.span(start, len(written)), hint)


def unquoted_expression(page: Page, start: int, flow: bool) -> Diagnostic:
    """The mistake of a value that begins with `{{` and has no quotes; `flow` says that it stands inside braces."""
    line_start, line = page.line_at(start)
    text = _COMMENT.split(line[start - line_start :])[0].rstrip()
    if flow:
        text = text[: text.find("}}") + 2] if "}}" in text else text
    hint = f"write {quoted(text)}"
    return Diagnostic("unquoted-expression", "an expression must be quoted", page.span(start, len(text)), hint)


def comma_in_braces(page: Page, key: str, start: int, end: int) -> Diagnostic:
    """The mistake of a text with a comma inside braces, without quotes."""
    text = page.text[start:end]
    if tail := _LOST_SPACE.search(text):
        place = page.span(start + tail.start("key"), len(tail["key"]) + len(tail["value"]) + 1)
        hint = f"write {tail['key']}: {tail['value']}"
        return Diagnostic("yaml-syntax", "a colon and a space must follow the key", place, hint)
    if _DECIMAL_COMMA.fullmatch(text):
        message, hint = "a decimal comma; numbers are written with a point", f"write {text.replace(',', '.')}"
        return Diagnostic("comma-in-braces", message, page.span(start, end - start), hint)
    hint = f"write {key}: {quoted(text)}"
    return Diagnostic(
        "comma-in-braces", "a text with a comma inside braces must be quoted", page.span(start, end - start), hint
    )


def same_place(one: Diagnostic, other: Diagnostic) -> bool:
    """Whether two mistakes are of one kind and begin at one place."""
    if one.span is None or other.span is None:
        return False
    return (one.code, one.span.line, one.span.column) == (other.code, other.span.line, other.span.column)


def quoted(text: str) -> str:
    """`text` as YAML takes it in quotes, double ones where that needs no escapes."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"
