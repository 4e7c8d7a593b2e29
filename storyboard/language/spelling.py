"""Words near the ones we know: what a person probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from storyboard.diagnostics import Suggestion

CLOSE = 0.6
"""How alike two words must be, from 0 to 1, before one is offered for the other."""


def nearest(word: str, known: Iterable[str], also: Mapping[str, str] | None = None) -> str | None:
    """The known word that `word` was probably meant to be; `also` maps words of other tools to known ones."""
    names = set(known)
    by_fold = {other.casefold(): name for other, name in (also or {}).items() if name in names}
    by_fold |= {name.casefold(): name for name in names}
    if word.casefold() in by_fold:
        return by_fold[word.casefold()]
    found = _closest(word.casefold(), tuple(by_fold))
    return by_fold[found] if found else None


@lru_cache(maxsize=256)  # one typo is often copied into every shot, and comparing is slow
def _closest(word: str, known: tuple[str, ...]) -> str | None:
    found = difflib.get_close_matches(word, known, n=1, cutoff=CLOSE)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str], also: Mapping[str, str] | None = None) -> str | None:
    """A hint that names the nearest known word (a `Suggestion`, which can be offered as an edit), or None."""
    found = nearest(word, known, also)
    return Suggestion(f'did you mean "{found}"?', word, found) if found else None


def listed(words: Iterable[str]) -> str:
    """Words for a sentence: `crop or pad`, `A, B or C`."""
    *most, last = list(words)
    return f"{', '.join(most)} or {last}" if most else last
