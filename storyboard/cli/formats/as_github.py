"""`check --format github`: workflow commands, which GitHub shows as annotations beside the lines of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions: values are escaped as the runner
unescapes them, and columns are said only where a mistake begins and ends on one line.
"""

from __future__ import annotations

from collections.abc import Sequence

from storyboard.cli.formats import Checked
from storyboard.columns import visible
from storyboard.diagnostics import Diagnostic, in_file_order


def text(checked: Sequence[Checked]) -> str:
    """A line for each mistake and doubt; nothing for good files."""
    return "\n".join(_command(one, each.file) for each in checked for one in in_file_order(each.diagnostics))


def _command(one: Diagnostic, file: str) -> str:
    properties = {"file": file}
    if span := one.span:
        properties = {"file": span.file, "line": str(span.line), "endLine": str(span.end_line)}
        if span.line == span.end_line:
            properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    properties["title"] = one.code
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{one.severity} {said}::{_data(_message(one))}"


def _message(one: Diagnostic) -> str:
    lines = [one.message, *([one.hint] if one.hint else [])]
    for other in one.related:
        where = f"{other.span.file}:{other.span.line}:{other.span.column}: " if other.span else ""
        lines.append(where + other.message)
    return "\n".join(map(visible, lines))


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
