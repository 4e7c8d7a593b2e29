"""What clips and their joins were found to be like, remembered: `checks.json` beside the journal, a memo (see `memo`).

Clips never change under their names, so what was measured of them holds for as long as the files are those that were
looked at. Their numbers on this disk say so, which no archive brings along.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from storyboard.state.memo import read_memo, write_memo

METHOD = 2
"""Counts the ways of measuring: what another one found is forgotten."""


class KnownChecks:
    """Answers by key, each about some files; kept in `memo`, without one only for as long as this object lives."""

    def __init__(self, memo: Path | None = None) -> None:
        self._memo = memo
        kept = read_memo(memo) if memo is not None else None
        found = kept.get("answers") if isinstance(kept, dict) and kept.get("method") == METHOD else None
        self._answers: dict[str, Any] = found if isinstance(found, dict) else {}
        self._new = False

    def get(self, key: str, files: Sequence[Path]) -> Any:
        """The answer, JSON; None where there is none about these very files."""
        found = self._answers.get(key)
        numbers = _numbers(files)
        if numbers is None or not isinstance(found, dict) or found.get("files") != numbers:
            return None
        return found.get("answer")

    def keep(self, key: str, files: Sequence[Path], answer: Any) -> None:
        """Remember an answer, JSON."""
        self._answers[key] = {"files": _numbers(files), "answer": answer}
        self._new = True

    def prune(self, files: Iterable[Path]) -> None:
        """Forget the answers about any other files than these."""
        there = {tuple(numbers[0]) for path in files if (numbers := _numbers([path])) is not None}
        kept = {key: one for key, one in self._answers.items() if _about(one) <= there}
        self._new = self._new or len(kept) < len(self._answers)
        self._answers = kept

    def save(self) -> None:
        """Write what is new, where there is a memo to keep it in."""
        if self._new and self._memo is not None:
            write_memo(self._memo, {"method": METHOD, "answers": self._answers})
            self._new = False


def _about(answer: Any) -> set[tuple[int, ...]]:
    """The numbers of the files that an answer is about; those of no file where it does not say."""
    files = answer.get("files") if isinstance(answer, dict) else None
    return {tuple(one) for one in files} if isinstance(files, list) else {()}


def _numbers(files: Sequence[Path]) -> list[list[int]] | None:
    """Where the files lie on this disk; None where one is not there."""
    try:
        about = [path.stat() for path in files]
    except OSError:
        return None
    return [[one.st_dev, one.st_ino, one.st_size] for one in about]
