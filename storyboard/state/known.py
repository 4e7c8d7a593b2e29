"""What is known of the files that a film names: their digests, and how long footage and sounds are.

Both need every byte of a file, and footage is large; so they are kept in `files.json` beside the journal and hold as
long as the file's identity does (see `memo`). A file is hashed again as soon as there is any doubt.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Film, Stream
from storyboard.state.memo import Identity, identity, read_memo, write_memo

Measured = tuple[Fraction, bool]
"""Seconds of picture, and whether there is sound."""

_DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch
_SECONDS = re.compile(r"[1-9][0-9]{0,17}(/[1-9][0-9]{0,17})?").fullmatch


class KnownFiles:
    """The digests and measures of files, remembered in `memo`; without one only for as long as this object lives."""

    def __init__(self, memo: Path | None = None, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._memo = memo
        self._now_ns = now_ns
        self._new = False
        kept = read_memo(memo) if memo is not None else None
        self._kept: dict[str, dict[str, Any]] = kept if isinstance(kept, dict) else {}

    def digest(self, path: str) -> str:
        """SHA-256 of a file's bytes, 64 hex digits. Raises OSError."""
        seen = identity(Path(path), self._now_ns())
        known = self._of(path, seen).get("sha256")
        if isinstance(known, str) and _DIGEST(known):
            return known
        with Path(path).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._keep(path, seen, {"sha256": digest})
        return digest

    def measure(self, path: Path, of: Stream, anew: Callable[[Path, Stream], Measured]) -> Measured:
        """The length of a file's picture or sound, by `anew` where that is not known. Raises what `anew` does."""
        seen = identity(path, self._now_ns())
        known = self._of(str(path), seen).get(of)
        seconds, sounds = (known.get("seconds"), known.get("sounds")) if isinstance(known, dict) else (None, None)
        if isinstance(seconds, str) and _SECONDS(seconds) and isinstance(sounds, bool):
            return Fraction(seconds), sounds
        measured = anew(path, of)
        self._keep(str(path), seen, {of: {"seconds": str(measured[0]), "sounds": measured[1]}})
        return measured

    def save(self) -> None:
        """Remember what was learned, where there is a memo to keep it in."""
        if self._new and self._memo is not None:
            write_memo(self._memo, self._kept)
            self._new = False

    def _of(self, path: str, seen: Identity | None) -> dict[str, Any]:
        known = self._kept.get(path)
        return known if seen is not None and isinstance(known, dict) and known.get("identity") == seen else {}

    def _keep(self, path: str, seen: Identity | None, facts: dict[str, Any]) -> None:
        if seen is not None and identity(Path(path), self._now_ns()) == seen:
            self._kept[path] = {**self._of(path, seen), "identity": seen, **facts}
            self._new = True


def digests(film: Film, files: KnownFiles) -> dict[str, str]:
    """SHA-256 of every file that the film names, by absolute path. Raises Refused `unreadable-file` (10)."""
    found: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for reference in film.files:
        try:
            found[reference.path] = files.digest(reference.path)
        except OSError as error:
            message = f"cannot read {reference.written}: {error.strerror}"
            problems.append(Diagnostic("unreadable-file", message, reference.place))
    if problems:
        raise Refused(problems)
    return found
