"""People, places, props and styles: what a film is made with, and the files that show it. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from storyboard.diagnostics import Span

Level = Literal["cast", "locations", "props", "styles", "references"]
Kind = Literal["image", "video", "audio"]


class Reference(Struct, frozen=True):
    """A file of an asset: `path` is absolute, `written` is how the storyboard spells it."""

    path: str
    written: str
    kind: Kind
    place: Span
    role: str | None = None
    controls: str | None = None
    avoid: str | None = None


class Look(Struct, frozen=True):
    """One appearance of a cast member (`mira.oilskin`)."""

    key: str
    description: str | None = None
    references: tuple[Reference, ...] = ()


class Asset(Struct, frozen=True):
    """A person, place, prop, style or free reference. `name` is what is shown; it defaults to the key, titled."""

    level: Level
    key: str
    name: str
    place: Span
    description: str | None = None
    references: tuple[Reference, ...] = ()
    looks: Mapping[str, Look] = field(default_factory=dict)
    prompt: str | None = None
    negative: str | None = None

    def worn(self, look: Look | None) -> tuple[Reference, ...]:
        """Its files in a look: the look's own where that has any."""
        return look.references if look is not None and look.references else self.references


class Casting(Struct, frozen=True):
    """Somebody in a shot: who, in which look, and how they are here."""

    asset: Asset
    look: Look | None = None
    manner: str | None = None
