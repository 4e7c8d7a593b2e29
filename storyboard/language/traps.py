"""What libyaml's complaints mean to a person, and YAML's traps: braces, colons and commas that should be quoted.

Every syntax error becomes exactly one diagnostic whose place is where a person would mend it, not where the scanner
gave up: an unclosed quote is shown where it opens.
"""

from __future__ import annotations

import re
from typing import Any

from storyboard.diagnostics import Diagnostic
from storyboard.language.tree import Page

_PAIR = re.compile(r"""[ \t]*(?:-[ \t]+)*(?:[{,][ \t]*)?(?P<key>[^\s:#'"{\[][^:#'"]*):[ \t]+(?P<value>\S.*)""")
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
    "found undefined tag handle": "this tag has no meaning in a storyboard",
    "found duplicate anchor": "this anchor is named twice",
    "did not find expected alphabetic or numeric character": "a name must follow & or *",
    "found incompatible YAML document": "only YAML 1.2 is read",
    "did not find expected comment or line break": "the text of a block begins on the next line",
}


def explain(error: Any, page: Page, problems: list[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics for one exception of the C parser; none where one of `problems` already names the cause."""
    offset = min(error.problem_mark.index, len(page.text))
    line_start = max(page.text.rfind("\n", 0, offset), page.text.rfind("\r", 0, offset)) + 1
    line_end = min(place for place in (page.text.find("\n", offset), len(page.text)) if place >= 0)
    line = page.text[line_start:line_end].rstrip("\r")
    where = page.span(offset, 1)
    if problems and problems[-1].span and problems[-1].span.line == where.line:
        return []
    said: str = error.problem or ""
    if "cannot start any token" in said:
        return [_no_token(page, offset, line)]
    if said == "mapping values are not allowed in this context":
        pair = _PAIR.match(line)
        if pair and line_start + pair.start("value") < offset:
            return [_unquoted_colon(page, pair["key"].strip(), line_start + pair.start("value"), pair["value"])]
    if "escape" in said:
        return [_bad_escape(page, offset)]
    if "\t" in line[: len(line) - len(line.lstrip())]:
        tab = line_start + line.index("\t")
        return [_tab(page, tab)]
    if said == "found unexpected end of stream" and error.context_mark:
        opened = error.context_mark.index
        quote = page.text[opened : opened + 1]
        return [Diagnostic("yaml-syntax", f"the quote {quote} opened here is never closed", page.span(opened, 1))]
    return [Diagnostic("yaml-syntax", _WORDS.get(said, said or "this is no YAML"), where)]


def _no_token(page: Page, offset: int, line: str) -> Diagnostic:
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


def _unquoted_colon(page: Page, key: str, start: int, value: str) -> Diagnostic:
    text = value.rstrip()
    quoted = f"write {key}: {_quoted(text)}"
    message = "a text with a colon and a space must be quoted"
    return Diagnostic("unquoted-colon", message, page.span(start, len(text)), quoted)


def unquoted_expression(page: Page, start: int) -> Diagnostic:
    """The mistake of a value that begins with `{{` and has no quotes."""
    rest = re.match(r"[^\r\n]*", page.text[start : start + 2000])
    line = rest[0].rstrip() if rest else ""
    close = line.rfind("}}") + 2
    text = line[:close] if close > 1 else line
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
