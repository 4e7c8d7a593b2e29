"""`check --format json`: one object, whose keys stay. Lines and columns count from 1, columns in code points, ends are
exclusive.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from storyboard.cli.formats import Checked
from storyboard.diagnostics import Diagnostic, Edit, Span, edit, in_file_order, split


def text(checked: Sequence[Checked]) -> str:
    """Everything that was checked, as JSON."""
    found = [one for each in checked for one in each.diagnostics]
    told = {
        "files": [_file(one) for one in checked],
        "errors": sum(one.severity == "error" for one in found),
        "warnings": sum(one.severity == "warning" for one in found),
        "diagnostics": [told for each in checked for told in _diagnostics(each)],
    }
    return json.dumps(told, indent=2)


def _file(checked: Checked) -> dict[str, Any]:
    seconds = None if checked.length is None else float(checked.length)
    return {
        "file": checked.file,
        "film": checked.film,
        "good": checked.shots is not None,
        "shots": checked.shots,
        "seconds": seconds,
    }


def _diagnostics(checked: Checked) -> list[dict[str, Any]]:
    lines = split(checked.texts)
    return [_diagnostic(one, checked.file, edit(one, lines)) for one in in_file_order(checked.diagnostics)]


def _diagnostic(one: Diagnostic, file: str, fix: Edit | None) -> dict[str, Any]:
    return {
        "storyboard": file,
        "code": one.code,
        "severity": one.severity,
        "message": one.message,
        "hint": one.hint,
        "place": _place(one.span),
        "fix": {"place": _place(fix.span), "text": fix.text} if fix else None,
        "related": [{"message": other.message, "place": _place(other.span)} for other in one.related],
    }


def _place(span: Span | None) -> Mapping[str, Any] | None:
    if span is None:
        return None
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
