"""What `check` found, in the shapes that programs read: one pure function a format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from storyboard.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Checked:
    """One storyboard that was checked: its name as it was given, what was said, and the texts that this points into.

    `shots` and `length` (seconds) are those of the film, None where it was refused.
    """

    file: str
    diagnostics: Sequence[Diagnostic] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    shots: int | None = None
    length: Fraction | None = None
