"""What a person decides about a shot: the take that counts, the clip that stays, the review that is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict

from storyboard.language.models.fields import Truth, choice, whole
from storyboard.language.models.model import Fields, about
from storyboard.language.text.reading import Form, Reading, kind, spelt, wrong
from storyboard.language.text.tree import Map, Node

NUMBER = whole(1, 99)
EVERY = ""
"""Under this name stands the take that is circled in every profile."""
Review = Annotated[str, choice("required", "none", hint="required, or leave it out")]


class Circle(Fields):
    """The circled take of each profile that is named."""

    model_config = ConfigDict(extra="allow")
    noun: ClassVar[str] = "circle"
    __pydantic_extra__: dict[str, Annotated[int, NUMBER]]

    def take(self, profiles: Sequence[str] = ()) -> int | None:
        """The circled take under these profiles, the last that is named first; None where none is."""
        named: Mapping[str, int] = self.__pydantic_extra__
        return next((named[name] for name in (*reversed(profiles), EVERY) if name in named), None)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that it names."""
        return tuple(name for name in self.__pydantic_extra__ if name != EVERY)


def _circle(node: Node) -> Any:
    if isinstance(node, Map):
        return node
    text = spelt(node)
    if text is None:
        raise wrong("wrong-kind", f"expected the number of a take, or one for each profile, found {kind(node)}")
    return Circle.model_construct(**{EVERY: NUMBER.read(text, node, Reading())})


CircleField = Annotated[Circle, Form(_circle, NUMBER.schema, Circle)]
"""The number of a take, or a mapping of profiles to numbers."""


class Decision(Fields):
    """What is decided about a shot that a template or a loop made."""

    noun: ClassVar[str] = "decision"
    aka: ClassVar[Mapping[str, str]] = {"circle": "circled", "lock": "locked"}

    circled: CircleField | None = about("The take that the film and the chain use.", 1, {"draft": 2})
    locked: Truth | None = about("Whether its clip stays, whatever changes.", True)
    review: Review | None = about("Whether what depends on the shot waits until a take is circled.", "required")
