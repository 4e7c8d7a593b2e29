"""The shot, on top of the models in `model`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import WithJsonSchema

from storyboard.language.models.circle_model import CircleField, Review
from storyboard.language.models.edge_model import EdgeField
from storyboard.language.models.fields import (
    TEXT,
    Aspect,
    Decibels,
    Length,
    Moment,
    Place,
    ProviderName,
    Resolution,
    Speed,
    Text,
    Truth,
    choice,
    whole,
)
from storyboard.language.models.model import (
    Fields,
    about,
)
from storyboard.language.models.screen_model import CardField, Titles, TransitionField
from storyboard.language.text.reading import Form, Several, kind, spelt, wrong
from storyboard.language.text.tree import Map, Node

SIZES: Mapping[str, str] = {
    **dict.fromkeys(("extreme wide", "extreme wide shot", "extreme long shot", "establishing shot", "els"), "EWS"),
    **dict.fromkeys(("wide", "wide shot", "long shot", "ls"), "WS"),
    **dict.fromkeys(("medium wide", "medium wide shot", "medium long shot", "mls"), "MWS"),
    **dict.fromkeys(("full", "full shot"), "FS"),
    **dict.fromkeys(("medium", "medium shot", "mid shot"), "MS"),
    **dict.fromkeys(("medium close up", "medium closeup", "medium close up shot"), "MCU"),
    **dict.fromkeys(("close up", "closeup", "close", "close shot", "close up shot"), "CU"),
    **dict.fromkeys(("extreme close up", "extreme closeup", "xcu"), "ECU"),
    **dict.fromkeys(("insert shot", "detail"), "INSERT"),
}
"""Long names of shot sizes."""

MAKING = frozenset({"use", "with", "each", "when"})
"""Fields that say how shots are made, not what they are."""
SOURCES = ("action", "dialogue", "prompt", "file", "card", "clip")
"""What a shot may be made of, one of them; dialogue may also stand beside another."""
FOUND = ("file", "card", "clip")
"""The sources that nobody is asked for: they are there, or made on the spot."""


def _keyed(key: str) -> Any:
    """A short form: a leaf stands for a mapping with that one key."""
    return lambda node: node if isinstance(node, Map) else {key: node}


class Beat(Fields):
    """Something that happens at a moment of the shot."""

    noun: ClassVar[str] = "beat"
    aka: ClassVar[Mapping[str, str]] = {"time": "at", "start": "at", "action": "does", "text": "does"}

    at: Moment | None = about("When, counted in the clip.", 0, 2.5)
    does: Text = about("What happens.", "She turns.", default=...)


class Line(Fields):
    """A spoken line."""

    noun: ClassVar[str] = "line"
    aka: ClassVar[Mapping[str, str]] = {
        "time": "at",
        "start": "at",
        "text": "says",
        "line": "says",
        "speaker": "who",
        "character": "who",
        "tone": "how",
    }

    who: Annotated[list[Text], Several()] | None = about(
        "Who speaks: a key of the cast, or several. May be left out where one person is in the shot.", "mira"
    )
    says: Text = about("The words.", "You kept the coat.", default=...)
    how: Text | None = about("How it is said.", "softly")
    offscreen: Truth | None = about("Whether the speaker is out of the picture.", True)
    at: Moment | None = about("When, counted in the clip.", 6)


class Casting(Fields):
    """Somebody in the shot, in which look, and how they are here."""

    noun: ClassVar[str] = "casting"

    who: Text = about("A key of the cast, or `name.look`.", "mira", "mira.oilskin", default=...)
    manner: Text | None = about("How they are here.", "soaked, out of breath")


CASTING: Mapping[str, Any] = {
    "anyOf": [TEXT, {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": TEXT}]
}
"""`name`, `name.look`, or one of them with how they are here."""


def _casting(node: Node) -> Any:
    if not isinstance(node, Map):
        return {"who": node}
    if len(node) != 1:
        raise wrong("wrong-kind", "expected one person an item, like mira, mira.oilskin or {mira: out of breath}")
    ((who, manner),) = node.items()
    return {"who": who, "manner": manner}


AKA: Mapping[str, str] = {
    **dict.fromkeys(("length", "seconds", "dur", "runtime"), "duration"),
    **dict.fromkeys(("characters", "character", "actors", "people"), "cast"),
    **dict.fromkeys(("camera", "movement", "camera_move", "camera_movement", "motion"), "move"),
    **dict.fromkeys(("text", "description", "does", "visual", "content"), "action"),
    **dict.fromkeys(("shot_size", "shot_type", "type"), "size"),
    **dict.fromkeys(("name", "slate", "shot", "shot_id"), "id"),
    **dict.fromkeys(("setting", "place", "background"), "location"),
    **dict.fromkeys(("line", "lines", "speech", "voiceover"), "dialogue"),
    **dict.fromkeys(("sound", "sfx", "ambience"), "sounds"),
    **dict.fromkeys(("from", "first_frame", "start_frame", "starts"), "start"),
    **dict.fromkeys(("last_frame", "end_frame"), "end"),
    **dict.fromkeys(("depends_on", "needs", "requires"), "after"),
    **dict.fromkeys(("ratio", "aspect_ratio"), "aspect"),
    **dict.fromkeys(("notes", "comment"), "note"),
    **dict.fromkeys(("skip", "disabled", "omitted"), "omit"),
    **dict.fromkeys(("model", "engine"), "provider"),
    **dict.fromkeys(("footage", "video", "still", "image", "src"), "file"),
    **dict.fromkeys(("title", "overlay", "caption", "captions"), "titles"),
    **dict.fromkeys(("rate", "playback_rate"), "speed"),
    **dict.fromkeys(("fade", "fadeout"), "fade_out"),
    "transition_in": "transition",
    "reuse": "clip",
    "negative_prompt": "negative",
    "volume": "gain",
    "take": "takes",
    "circle": "circled",
    "focal_length": "lens",
    "mood": "style",
    "object": "props",
    "objects": "props",
}
"""Keys that other tools use, and ours."""


class Moderation(Fields):
    """What is done where a provider refuses what is to be seen."""

    noun: ClassVar[str] = "on_moderation"
    aka: ClassVar[Mapping[str, str]] = dict.fromkeys(("retries", "again", "times"), "retry")

    retry: Annotated[int, whole(1, 9)] = about("How often it is asked again.", 2, default=...)


def _moderation(node: Node) -> Any:
    if isinstance(node, Map):
        return node
    if spelt(node) == "fail":
        return FAIL
    raise wrong("bad-choice", f"expected fail or {{retry: N}}, found {kind(node)}")


FAIL = Moderation.model_construct(retry=0)
ModerationField = Annotated[Moderation, Form(_moderation, {"const": "fail"}, lambda: FAIL)]
"""`fail`, or a mapping."""


class Defaults(Fields):
    """Fields that every shot takes unless it says otherwise."""

    noun: ClassVar[str] = "defaults"
    aka: ClassVar[Mapping[str, str]] = AKA

    note: Text | None = about("For people; shown on the board, never sent.", "the only shot by daylight")
    size: Annotated[str, choice("EWS", "WS", "MWS", "FS", "MS", "MCU", "CU", "ECU", "INSERT", also=SIZES)] | None = (
        about("How much of the scene is seen; long names are understood.", "WS", "medium close-up")
    )
    framing: Text | None = about("How the picture is composed.", "over Jonas's shoulder")
    angle: Text | None = about("Where the camera looks from.", "low angle")
    move: Text | None = about("How the camera moves.", "slow push in", "locked")
    lens: Text | None = about("The lens.", "35mm")
    location: Text | None = about("Where it is: a key of `locations`.", "deck")
    time: Text | None = about("When it is; read from the scene's slug where not written.", "dawn")
    cast: (
        Annotated[list[Annotated[Casting, Form(_casting, CASTING, lambda: {"who": "?"}, whole=True)]], Several()] | None
    ) = about("Who is in it: `name`, `name.look`, or `{name: how they are here}`.", ["mira", "jonas.suit"])
    props: Annotated[list[Text], Several()] | None = about("Keys of `props`.", ["lamp"])
    style: Text | None = about("How it looks: a key of `styles`.", "noir")
    sounds: Text | None = about("What is heard; asked for where `audio` is.", "gulls, a rope creaking")
    negative: Text | None = about("What must not be seen.", "text, watermark")
    constraints: Text | None = about(
        "How the prompt closes, in place of the usual close; `none` leaves that out.", "Hands stay whole.", "none"
    )
    references: Annotated[list[Text], Several()] | None = about(
        "Assets of any kind that the provider is given besides: `name` or `name.look`.", ["fog", "mira.oilskin"]
    )
    provider: Annotated[list[ProviderName], Several()] | None = about(
        "Who makes the clip; of several, the next where those before refuse or fail for good.",
        "animatic",
        ["seedance2ai", "animatic"],
    )
    duration: Length | None = about("The length asked for.", 5, "400ms", "1:02.5", "60f")
    aspect: Aspect | None = about("The clip's shape, where it is not the film's.", "16:9")
    resolution: Resolution | None = about("The clip's short side, where it is not the film's.", "720p")
    seed: Annotated[int, whole(0, 2**32 - 1)] | None = about("Number that the randomness starts from.", 7)
    audio: Truth | None = about("Whether the clip is asked for with sound.", True)
    options: dict[str, dict[str, Any]] | None = about("A provider's own fields, under its name.", {"animatic": {}})
    takes: Annotated[int, whole(1, 99)] | None = about("How many takes are made.", 3)
    review: Review | None = about("Whether what depends on the shot waits until a take is circled.", "required")
    omit: Truth | None = about("Whether the shot is left out of the film.", True)
    in_: Moment | None = about("Where the film enters the clip.", 0.5, alias="in")
    out: Length | None = about("Where the film leaves the clip.", 4.5)
    speed: Speed | None = about("How fast the shot plays: 2 is twice as fast, its sound at the pitch it had.", 0.5, 2)
    transition: TransitionField | None = about("How the shot comes in.", "cut", {"type": "dissolve", "duration": 0.5})
    fade_out: Length | None = about("How long the shot fades to black at its end.", 1)
    mute: Truth | None = about("Whether the clip's sound is left out.", True)
    gain: Decibels | None = about("How much louder the clip's sound is, in decibels.", -6)
    lead: Length | None = about("How long its sound is heard before its picture.", 0.3)
    tail: Length | None = about("How long its sound is heard after its picture.", 0.5)
    on_fail: Annotated[str, choice("stop_chain", "placeholder")] | None = about(
        "What becomes of the film where the shot fails: nothing, or a slate in its place.", "placeholder"
    )
    on_moderation: ModerationField | None = about(
        "What is done where a provider refuses what is to be seen: nothing, or it is asked again so often.",
        "fail",
        {"retry": 2},
    )
    titles: Titles | None = about("Letters over the picture.", [{"text": "OSLO, 1987", "place": "lower-third"}])


ROWS: Mapping[str, Any] = {
    "anyOf": [
        {"type": "object", "minProperties": 1},
        {"type": "array", "items": {"type": ["object", "string"]}},
        {"type": "string", "pattern": "\\{\\{"},
    ]
}
"""What `each` takes: names with their values, rows, or an expression that gives either."""


class Content(Defaults):
    """What one shot is."""

    noun: ClassVar[str] = "shot"

    action: (
        Annotated[
            list[Annotated[Beat, Form(_keyed("does"), TEXT, lambda: {"does": "?"})]],
            Several(),
        ]
        | None
    ) = about(
        "What happens: a text, or moments.",
        "A pilot walks to the rail.",
        [{"at": 0, "does": "Jonas sees her."}, {"at": 5, "does": "She does not move."}],
    )
    prompt: Text | None = about("A prompt that is sent as written, in place of `action`.", "Fog, a ferry, 35mm.")
    dialogue: (
        Annotated[
            list[Annotated[Line, Form(_keyed("says"), TEXT, lambda: {"says": "?"})]],
            Several(),
        ]
        | None
    ) = about("What is said: a text, or lines.", "You're late.", [{"who": "jonas", "says": "You kept the coat."}])
    file: Text | None = about("Path of footage or of a still, counted from the storyboard.", "footage/harbour.mov")
    card: CardField | None = about("A plain card.", {"text": "Three winters later", "color": "black"})
    clip: Text | None = about("The shot whose clip is shown again.", "3C")
    start: EdgeField | None = about("What the shot opens on.", "previous", {"from": "1A"}, {"image": "refs/first.png"})
    end: EdgeField | None = about("What the shot ends on.", {"image": "refs/last.png"})
    after: Annotated[list[Text], Several()] | None = about(
        "Shots that must be done before; no frame is carried.", ["1A"]
    )
    circled: CircleField | None = about("The take that the film and the chain use.", 2, {"draft": 1})
    at: Place | None = about(
        "Its place in the film, where that has a clock; the shot before is trimmed to it.", 4, "8b"
    )
    locked: Truth | None = about("Whether its clip stays, whatever changes.", True)


class Shot(Content):
    """One shot."""

    id: Text | None = about("The slate. Without it the scene's id and the next free letter.", "1A", "harbour-2")
    use: Text | None = about("The template that the shot is made from.", "single")
    with_: dict[str, Any] | None = about(
        "The template's params.", {"who": "mira", "line": "You're late."}, alias="with"
    )
    each: Annotated[Any, WithJsonSchema(ROWS)] = about(
        "Makes a shot a row: names with their values give every combination, a list of mappings gives the rows.",
        {"city": ["Oslo", "Lisbon"], "hour": ["dawn", "dusk"]},
        [{"city": "Oslo", "hour": "dawn"}, {"city": "Lisbon", "hour": "dusk"}],
    )
    when: Truth | None = about(
        "Whether the shot is made: one whole expression, asked for each row.", "{{ city == 'Oslo' }}"
    )


ONLY_IN_SHOTS = frozenset({"id", *MAKING, *SOURCES, "start", "end", "after", "circled", "locked", "at"})
"""Fields that cannot be defaults."""
