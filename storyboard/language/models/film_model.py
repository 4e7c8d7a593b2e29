"""The whole document: scenes, templates and the film, on top of the shots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import SkipValidation, WithJsonSchema

from storyboard.language.models.check_model import Checks
from storyboard.language.models.circle_model import Decision
from storyboard.language.models.edge_model import ChainField
from storyboard.language.models.fields import Text, Version
from storyboard.language.models.model import Asset, Budget, Delivery, Fields, Person, Style, about
from storyboard.language.models.shot_model import Content, Defaults, Shot
from storyboard.language.models.sound_model import SoundsField
from storyboard.language.models.subtitle_model import SubtitlesField
from storyboard.language.text.reading import Form, Several
from storyboard.language.text.tree import Map, Node

VARIANT_ROWS: Mapping[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "object"}}]
}
"""A CSV file, or rows."""


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


class Profile(Fields):
    """Other settings for the same film; `--profile` lays them over it."""

    noun: ClassVar[str] = "profile"
    aka: ClassVar[Mapping[str, str]] = {"overrides": "override", "variables": "vars", "notes": "note"}

    note: Text | None = about("For people; never sent.", "for the client, in the evening")
    title: Text | None = about("Another title.", "Night Ferry, draft")
    delivery: Delivery | None = about("What is delivered otherwise.", {"aspect": "9:16"})
    budget: Budget | None = about("Other limits.", {"animatic": 0})
    vars: dict[str, Any] | None = about("Other values for vars that the film declares.", {"weather": "rain"})
    cast: dict[str, Person] | None = about("People, over those of the film.", {"mira": {"name": "Mira"}})
    locations: dict[str, Asset] | None = about("Places, over those of the film.", {"deck": {"description": "a pier"}})
    props: dict[str, Asset] | None = about("Things, over those of the film.", {"lamp": {"description": "a torch"}})
    styles: dict[str, Style] | None = about("Looks, over those of the film.", {"noir": {"prompt": "in colour"}})
    references: dict[str, Asset] | None = about("References, over those of the film.", {"fog": {"images": "f.png"}})
    defaults: Defaults | None = about("Defaults, over those of the film.", {"aspect": "9:16"})
    chain: ChainField | None = about("Whether scenes are chained.", "none")
    sound: SoundsField | None = about("Sounds, in place of the film's.", [{"file": "audio/temp.mp3"}])
    subtitles: SubtitlesField | None = about("Subtitles, over those of the film.", {"from": "dialogue", "burn": True})
    checks: Checks | None = about("Other limits for joins and clips.", {"fail": "all"})
    override: Defaults | None = about(
        "Fields over those of every shot that somebody is asked for.", {"provider": "animatic"}
    )
    shots: dict[str, Content] | None = about(
        "Fields over those of single shots, by id.", {"1C": {"framing": "door low, sky above"}}
    )


class Variants(Fields):
    """One film a row."""

    noun: ClassVar[str] = "variants"
    aka: ClassVar[Mapping[str, str]] = {"file": "rows", "csv": "rows", "id": "name", "names": "name"}

    rows: Annotated[Any, WithJsonSchema(VARIANT_ROWS)] = about(
        "A CSV file whose columns are vars, or a list of mappings.", "products.csv", [{"sku": "lamp-1"}], default=...
    )
    name: Text | None = about("What each film is called; its number where it is left out.", "{{ sku }}")


def _variants(node: Node) -> Any:
    return node if isinstance(node, Map) else {"rows": node}


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
        **dict.fromkeys(("sounds", "audio", "music", "soundtrack"), "sound"),
    }

    storyboard: Version = about("Version of the language.", 1, default=...)
    title: Text | None = about("The film's title; the file's name where it is left out.", "Night Ferry")
    note: Text | None = about("For people; shown on the board, never sent.", "second draft")
    include: Annotated[list[Text], Several()] | None = about(
        "Files with parts of the storyboard, counted from this one.", ["cast.yaml", "scenes/harbour.yaml"]
    )
    delivery: Delivery | None = about("What the film is delivered as.", {"aspect": "16:9", "fps": 24})
    budget: Budget | None = about("The most that may be spent with each provider, in its unit.", {"animatic": 0})
    vars: dict[str, Any] | None = about("Values for expressions, like {{ city }}.", {"city": "Oslo"})
    cast: dict[str, Person] | None = about("The people.", {"mira": {"description": "a ferry pilot"}})
    locations: dict[str, Asset] | None = about("The places.", {"deck": {"description": "a wet car deck"}})
    props: dict[str, Asset] | None = about("The things.", {"lamp": {"description": "a brass lamp"}})
    styles: dict[str, Style] | None = about("The looks of the film.", {"noir": {"prompt": "black-and-white"}})
    references: dict[str, Asset] | None = about("Other references that texts may cite.", {"fog": {"images": "f.png"}})
    profiles: dict[str, Profile] | None = about(
        "Other settings for the same film, by the name that --profile takes.", {"draft": {"override": {"takes": 1}}}
    )
    variants: Annotated[Variants, Form(_variants, VARIANT_ROWS, Variants.model_construct)] | None = about(
        "One film a row: a CSV file or a list of rows, whose columns are vars.",
        {"rows": "products.csv", "name": "{{ sku }}"},
    )
    decisions: dict[str, Decision] | None = about(
        "Decisions about shots that a template or a loop made, by their ids.", {"2A": {"circled": 1}}
    )
    defaults: Defaults | None = about("Fields that every shot takes unless it says otherwise.", {"duration": 5})
    templates: dict[str, Template] | None = about(
        "Shots that others `use`, by name.", {"single": {"params": {"who": None}, "shots": [{"cast": ["{{ who }}"]}]}}
    )
    chain: ChainField | None = about("Whether shots of a scene open on one another's last frames.", "previous")
    constraints: Text | None = about(
        "How every prompt closes, in place of the usual close; `none` leaves that out.", "Hands stay whole.", "none"
    )
    prompt_template: Text | None = about(
        "How prompts are composed: a text with `{{ }}`, and with the statements if, for and set.",
        "{{ style }} {{ subject }} {{ action }}",
    )
    scenes: list[Scene] | None = about("The scenes, in film order.", [{"id": 1, "shots": [{"action": "Fog."}]}])
    shots: SkipValidation[list[Shot]] | None = about("The shots of a film without scenes.", [{"action": "Fog."}])
    sound: SoundsField | None = about(
        "Sounds laid over the film: music, narration, effects, ambience.",
        [{"file": "audio/score.mp3", "role": "music", "gain": -12, "duck": True, "loop": True, "fade": 2}],
    )
    subtitles: SubtitlesField | None = about(
        "What becomes subtitles, beside the film and, with `burn`, on its picture.",
        "dialogue",
        "subtitles/night-ferry.srt",
        {"from": "dialogue", "burn": True},
    )
    checks: Checks | None = about(
        "How far joins and clips may be off, and which of it is an error.", {"color": 2, "fail": ["frame", "black"]}
    )
