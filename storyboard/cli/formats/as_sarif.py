"""`check --format sarif`: SARIF 2.1.0, which code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/. Columns are code points, as in our own spans, and the run
says so. Messages have no arguments, so braces in them stay single: no reader turns `{{{{` back into `{{`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from storyboard.cli.formats import Checked
from storyboard.codes import CODES
from storyboard.diagnostics import Diagnostic, Edit, Span, edit, in_file_order, split
from storyboard.version import VERSION

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def text(checked: Sequence[Checked]) -> str:
    """One run over everything that was checked; its rules are the pages of the codes that were found."""
    codes = sorted({one.code for each in checked for one in each.diagnostics})
    number = {code: index for index, code in enumerate(codes)}
    rules = [_rule(code) for code in codes]
    driver = {"name": "storyboard", "semanticVersion": VERSION, "version": VERSION, "rules": rules}
    results = [told for each in checked for told in _results(each, number)]
    named = {each.file: each for each in checked}.values()  # a file that is named twice is one artifact
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "artifacts": [{"location": _artifact(each.file), "sourceLanguage": "yaml"} for each in named],
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: str) -> dict[str, Any]:
    page = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.meaning or page.title},
        "help": {"text": page.text or page.title, "markdown": page.markdown or page.title},
    }


def _results(checked: Checked, number: Mapping[str, int]) -> list[dict[str, Any]]:
    lines = split(checked.texts)
    return [
        _result(one, checked.file, number[one.code], edit(one, lines)) for one in in_file_order(checked.diagnostics)
    ]


def _result(one: Diagnostic, file: str, number: int, fix: Edit | None) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": number,
        "level": one.severity,
        "message": {"text": f"{one.message} ({one.hint})" if one.hint else one.message},
        "locations": [_location(one.span, file)],
    }
    if one.related:
        result["relatedLocations"] = [
            {"id": place, **_location(other.span, file), "message": {"text": other.message}}
            for place, other in enumerate(one.related)
        ]
    if fix:
        result["fixes"] = [_fix(fix, str(one.hint))]
    return result


def _location(span: Span | None, file: str) -> dict[str, Any]:
    if span is None:
        return {"physicalLocation": {"artifactLocation": _artifact(file)}}
    return {"physicalLocation": {"artifactLocation": _artifact(span.file), "region": _region(span)}}


def _artifact(file: str) -> dict[str, str]:
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": quote(path.as_uri(), safe="/:%")}
    return {"uri": quote(path.as_posix(), errors="surrogateescape")}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(fix: Edit, hint: str) -> dict[str, Any]:
    replacement = {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.text}}
    change = {"artifactLocation": _artifact(fix.span.file), "replacements": [replacement]}
    return {"description": {"text": hint}, "artifactChanges": [change]}
