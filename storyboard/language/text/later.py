"""What belongs to the language but not to this version.

One table: a field that stands here is refused with `not-in-this-version`, never accepted and ignored. A release that
learns a field takes its row out and gives it to the model.
"""

from __future__ import annotations

from collections.abc import Mapping

SHOT: frozenset[str] = frozenset()

FIELDS: Mapping[str, frozenset[str]] = {
    "delivery": frozenset({"codec"}),
    "scene": frozenset(),
    "defaults": SHOT,
    "shot": SHOT,
    "edge": frozenset(),
    "sound": frozenset(),
    "chain": frozenset(),
}
"""Fields by the noun of the model that will take them."""


def is_later(noun: str, key: str) -> bool:
    """Whether the language has `key` at this level and this version does not render it."""
    return key in FIELDS.get(noun, frozenset())


def sentence(written: str) -> str:
    """What is said about a field or a value of a later version."""
    return f"{written} belongs to the language, but this version does not render it yet"
