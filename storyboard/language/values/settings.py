"""Values that come from the command line instead of the file: `--vars FILE` and `--set NAME=VALUE` over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.language.text.source import parse, read
from storyboard.language.text.tree import plain


def settings(assignments: Mapping[str, str], vars_file: Path | None) -> dict[str, Any]:
    """The values by var name, typed as YAML types them; an assignment wins over the file.

    Raises Refused for a file or a value that is no YAML.
    """
    values: dict[str, Any] = dict(plain(read(vars_file).root)) if vars_file is not None else {}
    problems: list[Diagnostic] = []
    for name, text in assignments.items():
        try:
            values[name] = plain(parse(f"value: {text}\n".encode("utf-8", "surrogateescape"), "--set").root)["value"]
        except Refused as refused:
            message = f"--set {name}: {refused.diagnostics[0].message}"
            problems.append(Diagnostic("bad-setting", message, hint="quote it as YAML does"))
    if problems:
        raise Refused(problems)
    return values
