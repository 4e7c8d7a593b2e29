"""Letters that a shot is asked to have in its picture: a hint, because no model spells well and titles do.

What counts is a word in quotes and capitals ("EXIT"), and a sign, label or screen that is said to read something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from storyboard.diagnostics import Diagnostic
from storyboard.film import Shot
from storyboard.language.drafts import Draft

_CAPITALS = re.compile(r"""(?<!\w)["“”«„'‘]\s*([A-Z0-9][A-Z0-9 ,.!?&:'’-]*[A-Z][A-Z0-9 ,.!?&:'’-]*)["“”»'’]""")
_SIGN = "sign|banner|label|poster|plaque|placard|billboard|headline|screen|letter|note|caption|neon"
_SOMEBODY = "and|then|but|or|as|while|who|she|he|they"
_READS = re.compile(
    rf"\b((?:{_SIGN})s?(?:\s+(?!(?:{_SOMEBODY})\b)[\w'’-]+){{0,6}}?"
    r"\s+(?:reads|reading|says|saying|spells|spelling))\b",
    re.IGNORECASE,
)
_EITHER = (_CAPITALS, _READS)


def lettered(pairs: Sequence[tuple[Draft, Shot]]) -> list[Diagnostic]:
    """A warning for each action that asks for letters in the picture, where the shot has no titles."""
    return [
        _told(draft, index, words)
        for draft, shot in pairs
        if shot.generated and not shot.titles
        for index, one in enumerate(shot.action)
        if (words := next((found[1] for search in _EITHER if (found := search.search(one.does))), None))
    ]


def _told(draft: Draft, index: int, words: str) -> Diagnostic:
    message = f'"{words.strip()}" asks for letters in the picture, which come out misspelt'
    hint = "write them as titles, which are set in the cut; what is said is dialogue"
    return draft.at(("action", index), "letters-in-action", message, hint, severity="warning")
