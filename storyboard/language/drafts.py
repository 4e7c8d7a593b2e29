"""A storyboard's scenes and shots while they are made: what stands in them, what lies below, what made them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Related, Span
from storyboard.language.expansion.expansion import Group, Layer
from storyboard.language.models.shot_model import FOUND, Shot
from storyboard.language.text.makers import Maker, Values
from storyboard.language.text.reading import spelt
from storyboard.language.text.tree import Map, at, span
from storyboard.language.values.scope import holds_expression

NOTHING: Values = {}
"""No names at all."""

UNREAD = Shot.model_construct()
"""A shot of which nothing could be read."""


class Setting(Struct):
    """A scene of the document while its shots are made: its tree, evaluated but for its shots' fields."""

    tree: Map
    index: int
    id: str = ""
    keep: tuple[str, ...] = ()
    slug: str | None = None
    note: str | None = None
    makers: tuple[Maker, ...] = ()

    @property
    def place(self) -> Span:
        """Where the scene stands."""
        return span(self.tree, ("id",) if "id" in self.tree else ())

    @property
    def seen(self) -> Values:
        """The names that the scene gives to expressions."""
        return {"scene": self.facts}

    @property
    def facts(self) -> dict[str, Any]:
        """What expressions see as `scene`."""
        texts = {key: spelt(self.tree.get(key)) or "" for key in ("slug", "location", "time")}
        known = {key: text for key, text in texts.items() if not holds_expression(text)}
        return {"id": self.id, "index": self.index + 1, **known}


class Draft(Struct):
    """A shot of the document while it is made. `own` is what stands in the shot itself, `tree` what it comes to.

    `layers` are those of a shot that a template or a loop made, `seen` the names that its texts see, `below` its
    defaults.
    """

    own: Map
    tree: Map
    index: int
    setting: Setting | None
    seen: Values
    below: Map | None = None
    layers: tuple[Layer, ...] = ()
    makers: tuple[Maker, ...] = ()
    group: Group | None = None
    id: str = ""
    written: bool = False
    model: Shot = UNREAD

    @property
    def place(self) -> Span:
        """Where the shot stands: its id, where one is written, else its own text, that of a template included."""
        return span(self.own, ("id",)) if self.written else span(self.text, ())

    @property
    def text(self) -> Map:
        """The mapping that says what the shot is: that of the template, where one makes it."""
        return self.layers[-1].tree if self.layers else self.own

    @property
    def origin(self) -> tuple[Related, ...]:
        """What made the shot, beside its own text: rows and uses, the innermost first."""
        return tuple(maker.related for maker in self.makers)

    @property
    def unread(self) -> bool:
        """Whether its source could not be read: what it lacks then says nothing."""
        return any(key in self.own and getattr(self.model, key) is None for key in FOUND)

    def at(
        self, path: tuple[str | int, ...], code: str, message: str, hint: str | None = None, **more: Any
    ) -> Diagnostic:
        """A mistake at a field of this shot. It tells what made the shot."""
        related = (*more.pop("related", ()), *self.origin)
        return at(self.tree, path, code, message, hint, related=related, **more)
