"""The document: every field that a storyboard may have, with its kind, its meaning and examples.

These models validate evaluated trees and generate `schemas/storyboard.schema.json`. A field stands here only if this
version acts on it. Shots have a module of their own, `shot_model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from storyboard.language.models.fields import (
    TEXT,
    Aspect,
    Length,
    Lufs,
    Rate,
    Resolution,
    Size,
    Spending,
    StartTimecode,
    Text,
    choice,
)
from storyboard.language.text.reading import Form, Several, wrong
from storyboard.language.text.tree import Map, Node

CODECS: Mapping[str, str] = {
    "h.264": "h264",
    "prores 422 hq": "prores",
    "prores hq": "prores",
    "dnxhr hqx": "dnxhr",
}
"""Other spellings of codecs."""


def about(description: str, *examples: Any, alias: str | None = None, default: Any = None) -> Any:
    """A field of the language: what it means, and values to show."""
    return Field(default=default, alias=alias, description=description, examples=list(examples))


def _title(name: str, info: Any) -> str:
    return str(info.alias or name).replace("_", " ").capitalize()


class Fields(BaseModel):
    """A mapping of the language. `noun` names it in sentences; `aka` maps keys of other tools to ours."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, serialize_by_alias=True, field_title_generator=_title
    )
    noun: ClassVar[str] = ""
    aka: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def known(cls) -> tuple[str, ...]:
        """The keys that it takes, as written in a storyboard."""
        return tuple(info.alias or name for name, info in cls.model_fields.items())


def _file(node: Node) -> Any:
    return node if isinstance(node, Map) else {"file": node}


class File(Fields):
    """A file of an asset, and what it is there for."""

    noun: ClassVar[str] = "file"
    aka: ClassVar[Mapping[str, str]] = {"path": "file", "image": "file", "avoid": "not"}

    file: Text = about("Path of the file, counted from the storyboard.", "refs/mira.png", default=...)
    kind: Annotated[str, choice("image", "video", "audio")] = about(
        "What kind of file it is.", "image", "video", default="image"
    )
    role: Annotated[str, choice("identity", "look", "style", "composition", "camera", "tempo")] | None = about(
        "What the file is a reference for.", "identity", "style"
    )
    controls: Text | None = about("What should follow this reference, in words.", "face and hair")
    avoid: Text | None = about("What must not be taken from it, in words.", "the background", alias="not")


Files = Annotated[
    list[Annotated[File, Form(_file, TEXT, lambda: {"file": "?"})]],
    Several(),
]
"""A list of paths, or of `{file, …}`."""


class Look(Fields):
    """One appearance of somebody, cited as `name.look`."""

    noun: ClassVar[str] = "look"
    aka: ClassVar[Mapping[str, str]] = {"image": "images", "file": "files", "prompt": "description"}

    description: Text | None = about("What is different in this look.", "a long grey oilskin")
    images: Files | None = about("Reference pictures of the look.", ["refs/mira-oilskin.png"])
    files: Files | None = about("The same as `images`.", [{"file": "refs/coat.png", "role": "look"}])


class Asset(Fields):
    """Something that shots cite by its key. Without a file it is a stated hole, not an error."""

    noun: ClassVar[str] = "asset"
    aka: ClassVar[Mapping[str, str]] = {
        "image": "images",
        "file": "files",
        "prompt": "description",
        "text": "description",
        "desc": "description",
    }

    name: Text | None = about("The name that is shown; the key with capitals where it is left out.", "Mira")
    description: Text | None = about("What it looks like, in words.", "a ferry pilot in her forties")
    images: Files | None = about("Reference pictures.", ["refs/mira.png"])
    files: Files | None = about("The same as `images`.", [{"file": "refs/mira.png", "role": "identity"}])


class Person(Asset):
    """A member of the cast."""

    looks: dict[str, Look] | None = about(
        "Other appearances, each cited as `name.look`.", {"oilskin": {"description": "a long grey oilskin"}}
    )


class Style(Asset):
    """How the film looks."""

    aka: ClassVar[Mapping[str, str]] = {"image": "images", "file": "files", "negative_prompt": "negative"}

    prompt: Text | None = about("The style in words, as they are sent.", "black-and-white, 35mm grain")
    negative: Text | None = about("What must not be seen.", "neon, text, watermark")


class Delivery(Fields):
    """What the film is delivered as."""

    noun: ClassVar[str] = "delivery"
    aka: ClassVar[Mapping[str, str]] = {
        "ratio": "aspect",
        "aspect_ratio": "aspect",
        "framerate": "fps",
        "frame_rate": "fps",
        "rate": "fps",
        "duration": "length",
        "quality": "resolution",
    }

    aspect: Aspect | None = about("The picture's shape, width to height.", "16:9", "9:16", "2.39:1")
    resolution: Resolution | None = about("The picture's short side.", "720p", "1080p", "4k")
    size: Size | None = about("Exact pixels, in place of aspect and resolution.", "1080x1350")
    fps: Rate | None = about("Frames a second.", 24, 23.976, "30000/1001")
    fit: Annotated[Literal["crop", "pad"], choice("crop", "pad")] | None = about(
        "How pictures of another shape fill the frame.", "crop"
    )
    length: Length | None = about("How long the film must be; checked to the frame.", 90, "1:30")
    loudness: Lufs | None = about("How loud the film is, in LUFS.", -16, -23)
    codec: (
        Annotated[
            Literal["h264", "prores", "dnxhr"],
            choice("h264", "prores", "dnxhr", also=CODECS, hint="prores is ProRes 422 HQ, dnxhr is DNxHR HQX"),
        ]
        | None
    ) = about("How the film is coded: to be watched, or as a master for editors.", "h264", "prores", "dnxhr")
    start_timecode: StartTimecode | None = about(
        "The timecode of the film's first frame.", "01:00:00:00", "00:59:50;00"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Delivery:
        if self.size and (self.aspect or self.resolution):
            raise wrong("given-twice", "size says both aspect and resolution", "keep size, or the other two")
        return self


class Budget(Fields):
    """The most that may be spent with each provider, in its own unit; provider names are its other keys."""

    model_config = ConfigDict(extra="allow")
    noun: ClassVar[str] = "budget"
    __pydantic_extra__: dict[str, Spending]

    unknown_price: Annotated[str, choice("refuse", "allow")] | None = about(
        "Whether shots may be asked for whose price is not known.", "refuse"
    )

    @property
    def most(self) -> Mapping[str, Decimal]:
        """Amounts by provider."""
        return self.__pydantic_extra__
