"""Words near the ones we know: what a person probably meant.

Laws. Of few words the most alike is offered. Of many, like the ids of a long film, only such as differ by a letter or
two are looked at, found by what is left of both when a letter is taken out: to compare with all of them takes longer
than to read the film.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from storyboard.diagnostics import Suggestion

CLOSE = 0.6
"""How alike two words must be, from 0 to 1, before one is offered for the other."""
FEW = 500
"""So many words are compared one by one."""


def nearest(word: str, known: Iterable[str], also: Mapping[str, str] | None = None) -> str | None:
    """The known word that `word` was probably meant to be; `also` maps words of other tools to known ones."""
    several = tuple(known)
    if len(several) > FEW and not also:
        return _index(several).nearest(word.casefold())
    names = set(several)
    by_fold = {other.casefold(): name for other, name in (also or {}).items() if name in names}
    by_fold |= {name.casefold(): name for name in names}
    if word.casefold() in by_fold:
        return by_fold[word.casefold()]
    found = _closest(word.casefold(), tuple(by_fold))
    return by_fold[found] if found else None


class _Index:
    """Many words, by what is left of them, folded, without one letter or none."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_fold = {name.casefold(): name for name in names}
        self._near: defaultdict[str, list[str]] = defaultdict(list)
        for name in self._by_fold:
            for rest in {name, *_less(name)}:
                self._near[rest].append(name)

    def nearest(self, word: str) -> str | None:
        """The word that a folded one is most alike, of those that differ by a letter or two."""
        if word in self._by_fold:
            return self._by_fold[word]
        once = list(_less(word))
        for rests in ((word, *once), {twice for one in once for twice in _less(one)}):
            found = _closest(word, tuple(sorted({name for rest in rests for name in self._near.get(rest, ())})))
            if found:
                return self._by_fold[found]
        return None


def _less(word: str) -> Iterator[str]:
    """The word without each of its letters."""
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


@lru_cache(maxsize=4)
def _index(names: tuple[str, ...]) -> _Index:
    return _Index(names)


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
