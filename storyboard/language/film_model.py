"""The whole document: scenes, templates and the film, on top of the shots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import SkipValidation

from storyboard.language.fields import Text, Version
from storyboard.language.model import Asset, Budget, ChainField, Delivery, Fields, Person, Style, about
from storyboard.language.reading import Several
from storyboard.language.shot_model import Defaults, Shot


class Template(Fields):
    """Shots that are written once and used with other values."""

    noun: ClassVar[str] = "template"
    aka: ClassVar[Mapping[str, str]] = {
        "parameters": "params",
        "args": "params",
        "arguments": "params",
        "with": "params",
        "vars": "params",
        "notes": "note",
    }

    note: Text | None = about("For people; never sent.", "one person over another's shoulder")
    params: dict[str, Any] | None = about(
        "Names that its texts see, with the values they have where a use gives none; `~` must be given.",
        {"who": None, "line": ""},
    )
    shots: SkipValidation[list[Shot]] | None = about(
        "The shots that a use makes.", [{"size": "MCU", "cast": ["{{ who }}"], "dialogue": "{{ line }}"}]
    )


class Scene(Fields):
    """Shots in one place and time."""

    noun: ClassVar[str] = "scene"
    aka: ClassVar[Mapping[str, str]] = {
        "name": "id",
        "heading": "slug",
        "title": "slug",
        "setting": "location",
        "place": "location",
        "sound": "sounds",
        "notes": "note",
    }

    id: Text | None = about("The scene's number or name; its place in the film where it is left out.", 1, "harbour")
    slug: Text | None = about("The scene heading.", "EXT. FERRY DECK - NIGHT")
    note: Text | None = about("For people; shown on the board, never sent.", "the only scene by daylight")
    location: Text | None = about("Short for `defaults.location`.", "deck")
    time: Text | None = about("Short for `defaults.time`.", "night")
    style: Text | None = about("Short for `defaults.style`.", "noir")
    sounds: Text | None = about("Short for `defaults.sounds`.", "gulls")
    keep: Annotated[list[Text], Several()] | None = about(
        "What must not change between its shots.", ["wet boards", "lamp on the left"]
    )
    chain: ChainField | None = about("Whether its shots open on one another's last frames.", "previous")
    defaults: Defaults | None = about("Fields of its shots.", {"time": "dawn"})
    shots: SkipValidation[list[Shot]] | None = about("Its shots, in film order.", [{"action": "Gulls lift."}])


class Storyboard(Fields):
    """A multi-shot film as a text. Renders with `storyboard render`."""

    noun: ClassVar[str] = "film"
    aka: ClassVar[Mapping[str, str]] = {
        "version": "storyboard",
        "name": "title",
        "characters": "cast",
        "actors": "cast",
        "variables": "vars",
        "output": "delivery",
        "format": "delivery",
        "settings": "delivery",
        "notes": "note",
    }

    storyboard: Version = about("Version of the language.", 1, default=...)
    title: Text | None = about("The film's title; the file's name where it is left out.", "Night Ferry")
    note: Text | None = about("For people; shown on the board, never sent.", "second draft")
    delivery: Delivery | None = about("What the film is delivered as.", {"aspect": "16:9", "fps": 24})
    budget: Budget | None = about("The most that may be spent with each provider, in its unit.", {"animatic": 0})
    vars: dict[str, Any] | None = about("Values for expressions, like {{ city }}.", {"city": "Oslo"})
    cast: dict[str, Person] | None = about("The people.", {"mira": {"description": "a ferry pilot"}})
    locations: dict[str, Asset] | None = about("The places.", {"deck": {"description": "a wet car deck"}})
    props: dict[str, Asset] | None = about("The things.", {"lamp": {"description": "a brass lamp"}})
    styles: dict[str, Style] | None = about("The looks of the film.", {"noir": {"prompt": "black-and-white"}})
    references: dict[str, Asset] | None = about("Other references that texts may cite.", {"fog": {"images": "f.png"}})
    defaults: Defaults | None = about("Fields that every shot takes unless it says otherwise.", {"duration": 5})
    templates: dict[str, Template] | None = about(
        "Shots that others `use`, by name.", {"single": {"params": {"who": None}, "shots": [{"cast": ["{{ who }}"]}]}}
    )
    chain: ChainField | None = about("Whether shots of a scene open on one another's last frames.", "previous")
    scenes: list[Scene] | None = about("The scenes, in film order.", [{"id": 1, "shots": [{"action": "Fog."}]}])
    shots: SkipValidation[list[Shot]] | None = about("The shots of a film without scenes.", [{"action": "Fog."}])
