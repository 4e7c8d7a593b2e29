"""What `check` found, in the shapes that programs read: one pure function a format."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct, field

from storyboard.diagnostics import Diagnostic
from storyboard.structs import replace

NAMED = 4
"""How many films are named beside a mistake."""


class Checked(Struct, frozen=True):
    """One film that was checked: its storyboard's name as it was given, what was said, and the texts that this points
    into.

    `shots` and `length` (seconds) are those of the film, None where it was refused; `film` is what it is called under
    its profiles or its variant.
    """

    file: str
    diagnostics: Sequence[Diagnostic] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    shots: int | None = None
    length: Fraction | None = None
    film: str | None = None


def once(films: Sequence[Checked]) -> list[Checked]:
    """The films of one storyboard; what several say is said by the first of them, with the names of those that do."""
    names = defaultdict[Diagnostic, list[str]](list)
    for one in films:
        for said in dict.fromkeys(one.diagnostics):
            names[said].append(one.film or one.file)
    found: list[Checked] = []
    for one in films:
        new = [said for said in dict.fromkeys(one.diagnostics) if names[said][0] == (one.film or one.file)]
        found.append(replace(one, diagnostics=[_in(said, names[said], len(films)) for said in new]))
    return found


def _in(said: Diagnostic, names: Sequence[str], of: int) -> Diagnostic:
    """What only some of the films say, with their names."""
    if len(names) == of:
        return said
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return replace(said, message=f"{said.message} (in {', '.join(names[:NAMED])}{more})")
