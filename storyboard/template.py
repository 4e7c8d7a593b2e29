"""The film's own template of prompts, as it is written; `storyboard.planning.prompt` fills it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from storyboard.diagnostics import Span


class PromptTemplate(Struct, frozen=True):
    """The film's own template of prompts, where it is written, and where each of its expressions is, by its offset."""

    text: str
    place: Span
    expressions: Mapping[int, Span] = field(default_factory=dict)

    def at(self, offset: int) -> Span:
        """The place of the expression that the character at `offset` belongs to."""
        begun = max((one for one in self.expressions if one <= offset), default=None)
        return self.place if begun is None else self.expressions[begun]
