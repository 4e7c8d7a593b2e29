"""All that drawing a shot needs, as a value that travels as JSON.

The spec knows nothing of the language: whoever builds it has resolved names, looks and frames. Times are decimal or
rational text (`2.5`, `5/2`), so that nothing is rounded on the way; paths are absolute.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Self

from msgspec import Struct, to_builtins

from storyboard.timing import enough_frames


class Person(Struct, frozen=True):
    """Somebody in the shot: who they are, what they wear (`look`), how they are here (`manner`), a reference image."""

    name: str
    description: str = ""
    look: str = ""
    manner: str = ""
    image: str | None = None


class Place(Struct, frozen=True):
    """Where the shot plays; `image` is a reference picture."""

    name: str
    description: str = ""
    image: str | None = None


class Prop(Struct, frozen=True):
    """A thing in the shot."""

    name: str
    description: str = ""


class Does(Struct, frozen=True):
    """Something that happens; `at` is seconds into the clip, as text."""

    does: str
    at: str | None = None


class Says(Struct, frozen=True):
    """A spoken line; `who` holds the shown names, `at` is seconds into the clip, as text."""

    says: str
    who: tuple[str, ...] = ()
    how: str | None = None
    offscreen: bool = False
    at: str | None = None


class Left(Struct, frozen=True):
    """How the camera of an earlier shot moved, in its words, until it was left: after `seconds`, at `share` of it."""

    move: str | None
    text: str
    seconds: str
    share: str


class Under(Struct, frozen=True):
    """A clip to draw over, from frame `first`; `lettered` says that a slate and captions stand in its pictures."""

    path: str
    first: int
    lettered: bool


class Spec(Struct, frozen=True):
    """One animatic clip. `prompt` is a verbatim prompt, `words` the described first frame, `start` the path of a PNG
    that frame 0 must be; `staged_as` the slate of the shot whose staging it keeps, `before` those whose camera goes on
    in this one, `guide` the path of a PNG whose colours it follows, `under` a clip that it is drawn over; `style` is
    the style's prompt. `fps` is rational text (`24/1`), sizes are even. `numbered` writes its number on every frame
    that carries letters.
    """

    slate: str
    duration: str
    width_px: int
    height_px: int
    fps: str = "24/1"
    seed: int = 0
    audio: bool = False
    size: str | None = None
    framing: str | None = None
    angle: str | None = None
    move: str | None = None
    lens: str | None = None
    action: tuple[Does, ...] = ()
    dialogue: tuple[Says, ...] = ()
    prompt: str | None = None
    words: str | None = None
    sounds: str | None = None
    cast: tuple[Person, ...] = ()
    location: Place | None = None
    props: tuple[Prop, ...] = ()
    time: str | None = None
    slug: str | None = None
    style: str | None = None
    negative: str | None = None
    keep: tuple[str, ...] = ()
    start: str | None = None
    staged_as: str | None = None
    before: tuple[Left, ...] = ()
    guide: str | None = None
    under: Under | None = None
    numbered: bool = False

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return Fraction(self.fps)

    @property
    def seconds(self) -> Fraction:
        """The length asked for."""
        return Fraction(self.duration)

    @property
    def staging(self) -> str:
        """The slate that people's places follow from."""
        return self.staged_as or self.slate

    @property
    def frames(self) -> int:
        """Pictures in the clip: its length, and one more, the frame at the cut, on which the next shot may open."""
        return enough_frames(self.seconds, self.rate)

    def to_json(self) -> dict[str, Any]:
        """Plain mappings, lists, texts and numbers; `from_json` reads them back."""
        told: dict[str, Any] = to_builtins(self, enc_hook=str)
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The spec that `to_json` gave. Raises TypeError for unknown or missing fields, ValueError for bad numbers."""
        fields = dict(data)
        fields["action"] = tuple(Does(**beat) for beat in fields.get("action", ()))
        fields["dialogue"] = tuple(
            Says(**{**line, "who": tuple(line.get("who", ()))}) for line in fields.get("dialogue", ())
        )
        fields["cast"] = tuple(Person(**person) for person in fields.get("cast", ()))
        fields["props"] = tuple(Prop(**prop) for prop in fields.get("props", ()))
        fields["before"] = tuple(Left(**left) for left in fields.get("before", ()))
        fields["keep"] = tuple(fields.get("keep", ()))
        under = fields.get("under")
        fields["under"] = Under(**under) if under is not None else None
        location = fields.get("location")
        fields["location"] = Place(**location) if location is not None else None
        spec = cls(**fields)
        if spec.rate <= 0 or spec.seconds <= 0:
            raise ValueError(f"a clip lasts longer than nothing, not {spec.duration} s at {spec.fps}")
        return spec
