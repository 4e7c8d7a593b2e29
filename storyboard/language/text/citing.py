"""Citations: how an asset's name stands inside a text until a provider says how to name it.

`{{ mira }}` leaves the token STX `cast.mira` ETX in the text. Control characters cannot stand in a storyboard's text,
so a token is always a citation. A look is cited as `cast.mira.oilskin`; keys have no dots.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_OPEN, _CLOSE = "\x02", "\x03"
_TOKEN = re.compile(f"{_OPEN}([^{_CLOSE}.]*)\\.([^{_CLOSE}.]*)(?:\\.([^{_CLOSE}.]*))?{_CLOSE}")

Citation = tuple[str, str, str | None]
"""Level, key and look (None without one) of a cited asset."""


class Cited(str):
    """An asset as expressions see it: its text is the token that cites it.

    `parts` holds what stands after a dot: `name` and `description` as plain text, and each look as a `Cited`.
    """

    __slots__ = ("key", "parts")

    key: str
    parts: Mapping[str, object]

    @classmethod
    def asset(
        cls, level: str, key: str, name: str, description: str | None, looks: Mapping[str, str | None] | None = None
    ) -> Cited:
        """An asset with its looks (key to description)."""
        parts: dict[str, object] = {
            look: cls._made(f"{level}.{key}.{look}", f"{key}.{look}", {"name": name, "description": words or ""})
            for look, words in (looks or {}).items()
        }
        return cls._made(f"{level}.{key}", key, {**parts, "name": name, "description": description or ""})

    @classmethod
    def _made(cls, path: str, key: str, parts: Mapping[str, object]) -> Cited:
        new = cls(f"{_OPEN}{path}{_CLOSE}")
        new.key = key
        new.parts = parts
        return new


def has_citation(text: str) -> bool:
    """Whether a token stands in `text`."""
    return _OPEN in text


def citations(text: str) -> list[Citation]:
    """Every citation in `text`, in order."""
    return [(found[1], found[2], found[3]) for found in _TOKEN.finditer(text)]


def uncite(text: str, name_of: Callable[[str, str, str | None], str]) -> str:
    """`text` with each token replaced by what `name_of(level, key, look)` calls it."""
    return _TOKEN.sub(lambda found: name_of(found[1], found[2], found[3]), text)
