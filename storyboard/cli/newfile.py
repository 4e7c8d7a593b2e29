"""A new file for a person: written whole, over nothing that is there."""

from __future__ import annotations

from pathlib import Path

from storyboard.diagnostics import Diagnostic, Refused


def write_new(target: Path, text: str) -> None:
    """Write `text` to a file that is not there yet, its folder made where it is missing.

    Raises Refused (14): `file-exists`, `cannot-write`.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise Refused([Diagnostic("file-exists", f"{target} is there already; nothing was changed")], 14) from None
    except OSError as error:
        raise Refused([Diagnostic("cannot-write", f"cannot write {target}: {error.strerror}")], 14) from error
