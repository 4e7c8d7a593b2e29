"""Other people's names as ids and keys of the language: as near to what they wrote as it allows, each given once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import count

from storyboard.importing.writing import Value, cleaned, literal
from storyboard.language.text.names import LONGEST, folded, id_problem, name_problem, normal


def slate(text: str) -> str:
    """An id from a text; empty where nothing of it can stand in one."""
    kept = "".join(
        char if char.isalnum() or char in "._-" else "-" for char in normal(unicodedata.normalize("NFKC", text))
    )
    kept = re.sub(r"-{2,}", "-", kept).strip("-.")[: LONGEST - 4].rstrip("-.")
    if not kept:
        return ""
    problem = id_problem(kept)
    if problem is None:
        return kept
    return f"x-{kept}" if id_problem(f"x-{kept}") is None else ""


def unique(wanted: str, taken: set[str]) -> str:
    """The id that is wanted, numbered from 2 where somebody has it; `taken` holds folded ids and learns it.

    `1A_2`, for `1A-2` would be read as a take.
    """
    name = next(name for n in count(1) if folded(name := wanted if n == 1 else f"{wanted}_{n}") not in taken)
    taken.add(folded(name))
    return name


class Assets:
    """The assets of one level, met by name and given keys in the order they are met."""

    def __init__(self, taken: set[str], field: str = "name") -> None:
        self._taken = taken
        self._field = field
        self._keys: dict[str, str] = {}
        self._written: dict[str, dict[str, Value]] = {}

    def key(self, name: str, description: str | None = None) -> str:
        """The key for a name; a description is kept the first time one is given."""
        known = self._keys.get(name.casefold())
        if known is None:
            known = unique(_key(name), self._taken)
            self._keys[name.casefold()] = known
            self._written[known] = {self._field: literal(cleaned(name))}
        if description and "description" not in self._written[known]:
            self._written[known]["description"] = literal(cleaned(description))
        return known

    def known(self, name: str) -> str | None:
        """The key of a name that was met before."""
        return self._keys.get(name.casefold())

    @property
    def names(self) -> Mapping[str, str]:
        """Keys by name, folded."""
        return self._keys

    def document(self) -> dict[str, Value]:
        """The level as it is written."""
        return dict(self._written)


def _key(name: str) -> str:
    kept = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", name).casefold()).strip("_") or "someone"
    kept = normal(kept)[: LONGEST - 4]
    for candidate in (kept, f"{kept}_", f"the_{kept}"):
        if name_problem(candidate) is None:
            return candidate
    return "someone"
