"""What libyaml's complaints mean to a person, and YAML's traps: braces, colons and commas that should be quoted.

Every syntax error becomes exactly one diagnostic whose place is where a person would mend it, not where the scanner
gave up: an unclosed quote is shown where it opens.
"""

from __future__ import annotations

import re
from typing import Any

from storyboard.diagnostics import Diagnostic
from storyboard.language.tree import Page

_PAIR = re.compile(r"""[ \t]*(?:-[ \t]+)*(?P<key>[^\s:#'"{\[][^:#'"]*):[ \t]+(?P<value>\S.*)""")
_FLOW_PAIR = re.compile(r"""(?P<key>[^\s:#'"{}\[\],][^:#'"{}\[\],]*):[ \t]+(?P<value>[^\s:'"{}\[\],][^:{}\[\],]*)$""")
_FLOW_END = re.compile(r"[,}\]]")
_COMMENT = re.compile(r"[ \t]#")
_SHOWN_AT_CONTEXT = frozenset({"found unexpected end of stream", "could not find expected ':'"})
_WORDS = {
    "did not find expected key": "this does not fit here: a key was expected",
    "did not find expected '-' indicator": 'this does not fit here: another "- " of the list was expected',
    "could not find expected ':'": 'this line is neither a "key: value" nor part of the text above',
    "did not find expected ',' or ']'": "the list is not closed here: a comma or ] was expected",
    "did not find expected ',' or '}'": "the braces are not closed here: a comma or } was expected",
    "did not find expected node content": "a value was expected here",
    "did not find expected <document start>": "nothing may follow the end of the document",
    "mapping values are not allowed in this context": "a colon does not fit here; the line may be indented too deep",
    "block sequence entries are not allowed in this context": "a list begins on a line of its own",
    "mapping keys are not allowed in this context": 'a "? " key does not fit here',
    "found unexpected ':'": "a text with a colon must be quoted here",
    "found undefined tag handle": "this tag has no meaning in a storyboard",
    "found duplicate anchor": "this anchor is named twice",
    "did not find expected alphabetic or numeric character": "a name must follow & or *",
    "found incompatible YAML document": "only YAML 1.2 is read",
    "did not find expected comment or line break": "the text of a block begins on the next line",
}


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
    if "cannot start any token" in said:
        return [_no_token(page, offset)]
    if "escape" in said:
        return [_bad_escape(page, offset)]
    line_start, line = page.line_at(offset)
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return [_tab(page, line_start + line.index("\t"))]
    if said == "found unexpected end of stream":
        return [Diagnostic("yaml-syntax", f"the quote {page.text[offset]} opened here is never closed", where)]
    return [Diagnostic("yaml-syntax", _WORDS.get(said, said or "this is no YAML"), where)]


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
    hint = f"write {pair['key'].strip()}: {_quoted(text)}"
    message = "a text with a colon and a space must be quoted"
    return Diagnostic("unquoted-colon", message, page.span(start, len(text)), hint)


def _no_token(page: Page, offset: int) -> Diagnostic:
    char = page.text[offset : offset + 1]
    if char == "\t":
        return _tab(page, offset)
    message = f'a plain text cannot begin with "{char}"'
    return Diagnostic("yaml-syntax", message, page.span(offset, 1), "put the text in quotes")


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
    hint = f"write {_quoted(text)}"
    return Diagnostic("unquoted-expression", "an expression must be quoted", page.span(start, len(text)), hint)


def comma_in_braces(page: Page, key: str, start: int, end: int) -> Diagnostic:
    """The mistake of a text with a comma inside braces, without quotes."""
    hint = f"write {key}: {_quoted(page.text[start:end])}"
    return Diagnostic(
        "comma-in-braces", "a text with a comma inside braces must be quoted", page.span(start, end - start), hint
    )


def same_place(one: Diagnostic, other: Diagnostic) -> bool:
    """Whether two mistakes are of one kind and begin at one place."""
    if one.span is None or other.span is None:
        return False
    return (one.code, one.span.line, one.span.column) == (other.code, other.span.line, other.span.column)


def _quoted(text: str) -> str:
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"
