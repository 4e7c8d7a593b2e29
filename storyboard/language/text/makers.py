"""What made a shot beside its own text, and how mistakes in it tell so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Related
from storyboard.language.text.citing import Cited
from storyboard.language.text.tree import Map, Seq, span
from storyboard.structs import replace

SHOWN = 40
"""Characters of a value that a diagnostic tells."""

Values = Mapping[str, Any]
"""Values by the name that expressions know them by."""


class Maker(Struct, frozen=True):
    """What made a shot, beside its own text: a row of an `each` or a use of a `template`, with what it gave."""

    values: Values
    tree: Map | Seq
    step: str | int
    template: str | None = None

    @property
    def told(self) -> str:
        """In words: `for city = Oslo`."""
        given = ", ".join(f"{name} = {_told(value)}" for name, value in self.values.items())
        if self.template is None:
            return f"for {given}"
        return f'from template "{self.template}"{", with " if given else ""}{given}'

    @property
    def related(self) -> Related:
        """In words, and where it stands."""
        return Related(self.told, span(self.tree, (self.step,)))


def _told(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = value.key if isinstance(value, Cited) else str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def blamed(problems: Iterable[Diagnostic], makers: Iterable[Maker]) -> list[Diagnostic]:
    """The mistakes, each with what made the shot that they are in."""
    told = tuple(maker.related for maker in makers)
    return [replace(one, related=(*one.related, *told)) for one in problems] if told else list(problems)
