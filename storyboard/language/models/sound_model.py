"""The models of sounds laid over the film."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from storyboard.language.models.fields import NUMBER_OR_TEXT, Decibels, Length, Moment, Tempo, Text, Truth, choice
from storyboard.language.models.model import Fields, about
from storyboard.language.text.reading import Form, Several, wrong
from storyboard.language.text.tree import Map, Node, Scalar


class Fade(Fields):
    """How long a sound comes and goes."""

    noun: ClassVar[str] = "fade"

    in_: Length | None = about("How long it comes.", 0.5, alias="in")
    out: Length | None = about("How long it goes.", 2)


def _fade(node: Node) -> Any:
    return node if isinstance(node, Map) else {"in": node, "out": node}


class Clock(Fields):
    """The beat of the sound that is the film's clock."""

    noun: ClassVar[str] = "clock"
    aka: ClassVar[Mapping[str, str]] = {"tempo": "bpm", **dict.fromkeys(("offset", "downbeat", "at"), "first")}

    bpm: Tempo | None = about("Its beats a minute; without them there are no times in beats.", 120)
    first: Moment | None = about("Where in its file the first beat is heard.", 0.4)


def _clock(node: Node) -> Any:
    if isinstance(node, Map):
        return node
    if isinstance(node, Scalar) and node.value is True:
        return {}
    raise wrong("bad-clock", "expected true or {bpm, first}", "leave clock out where the sound is none")


ClockField = Annotated[Clock, Form(_clock, {"const": True}, Clock)]
"""`true`, or a mapping."""


class Sound(Fields):
    """A sound laid over the film."""

    noun: ClassVar[str] = "sound"
    aka: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("path", "src", "audio", "source"), "file"),
        **dict.fromkeys(("kind", "type", "track"), "role"),
        **dict.fromkeys(("says", "line", "words", "narration"), "text"),
        **dict.fromkeys(("start", "time", "offset"), "at"),
        **dict.fromkeys(("until", "to"), "through"),
        **dict.fromkeys(("repeat", "looped"), "loop"),
        **dict.fromkeys(("ducking", "ducked"), "duck"),
        "from": "shot",
        "volume": "gain",
        "fades": "fade",
        "end": "out",
    }

    file: Text | None = about("Path of the sound, counted from the storyboard.", "audio/score.mp3")
    text: Text | None = about(
        "What is spoken; without a file, silence that is flagged.", "She had piloted it for years."
    )
    role: Annotated[str, choice("music", "narration", "effect", "ambience")] | None = about(
        "What it is there for; an effect where it is left out, a narration where it has a text.", "music"
    )
    shot: Text | None = about("The shot from whose first visible frame it counts; else the film's.", "2A")
    at: Moment | None = about("When it begins, counted from there.", 0.5)
    through: Text | None = about("The shot with whose last frame it ends.", "2C")
    in_: Moment | None = about("Where its file is entered.", 12, alias="in")
    out: Length | None = about("Where its file is left.", 30)
    gain: Decibels | None = about("How much louder it is, in decibels.", -12)
    fade: Annotated[Fade, Form(_fade, NUMBER_OR_TEXT, lambda: {})] | None = about(
        "How long it comes and goes: a time for both, or each.", 2, {"in": 0.5, "out": 4}
    )
    loop: Truth | None = about("Whether it is repeated, until the film ends or the shot of `through`.", True)
    duck: Truth | None = about("Whether it goes down under dialogue and narration.", True)

    clock: ClockField | None = about(
        "Makes it the film's clock: the film ends with it, and shots may have `at`.", True, {"bpm": 120, "first": 0.4}
    )


SoundsField = Annotated[list[Sound], Several()]
"""A list of sounds; one alone stands for a list of one."""
