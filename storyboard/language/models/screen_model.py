"""What is put on the screen without being asked of anybody: cards, titles, and how shots come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import model_validator

from storyboard.language.models.fields import TEXT, Color, Length, Moment, Text, choice
from storyboard.language.models.model import Fields, about
from storyboard.language.text.reading import Form, Several, spelt, wrong
from storyboard.language.text.spelling import did_you_mean
from storyboard.language.text.tree import Map, Node

PLACES = ("lower-third", "top", "center", "bottom", "left", "right")
"""Where a title may stand."""
KINDS = ("dissolve", "fade", "wipe")
"""Transitions that take time."""


class Card(Fields):
    """A plain card, for a pause or for words: text in the middle, over a colour or a picture."""

    noun: ClassVar[str] = "card"
    aka: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("colour", "background", "bg"), "color"),
        **dict.fromkeys(("file", "picture"), "image"),
        **dict.fromkeys(("title", "words", "says"), "text"),
    }

    text: Text | None = about("The words; \\n begins a new line.", "Three winters later")
    color: Color | None = about("What is behind them. Black where nothing is written.", "black", "#02aab0")
    image: Text | None = about("Path of a picture behind them, counted from the storyboard.", "refs/sea.png")


def _words(node: Node) -> Any:
    return node if isinstance(node, Map) else {"text": node}


CardField = Annotated[Card, Form(_words, TEXT, Card)]
"""A text, or a mapping."""


class Title(Fields):
    """Letters over a shot."""

    noun: ClassVar[str] = "title"
    aka: ClassVar[Mapping[str, str]] = {
        "colour": "color",
        "position": "place",
        "start": "at",
        "from": "at",
        "end": "until",
        "to": "until",
        "says": "text",
    }

    text: Text = about("The words.", "OSLO, 1987", default=...)
    at: Moment | None = about("When they appear, counted from the shot's first visible frame.", 1)
    until: Length | None = about("When they are gone; the shot's end where nothing is written.", 4)
    place: Annotated[Literal["lower-third", "top", "center", "bottom", "left", "right"], choice(*PLACES)] | None = (
        about("Where they stand.", "lower-third")
    )
    color: Color | None = about("The colour of the letters. White where nothing is written.", "white", "#ffe9a0")


Titles = Annotated[list[Annotated[Title, Form(_words, TEXT, lambda: {"text": "?"})]], Several()]
"""A text, a mapping, or a list of either."""


class Transition(Fields):
    """How a shot comes in."""

    noun: ClassVar[str] = "transition"
    aka: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("kind", "name", "effect"), "type"),
        **dict.fromkeys(("length", "seconds", "time"), "duration"),
        **dict.fromkeys(("to", "from", "dir"), "direction"),
    }

    type: Annotated[
        Literal["cut", "dissolve", "fade", "wipe"],
        choice("cut", *KINDS, also={"crossfade": "dissolve", "cross dissolve": "dissolve"}),
    ] = about(
        "A dissolve and a wipe overlap the shot before; a fade goes through black and does not.",
        "dissolve",
        default=...,
    )
    duration: Length | None = about("How long it takes.", 0.5, "12f")
    direction: Annotated[Literal["left", "right", "up", "down"], choice("left", "right", "up", "down")] | None = about(
        "Where the edge of a wipe moves to.", "left"
    )

    @model_validator(mode="after")
    def _whole(self) -> Transition:
        if self.type != "cut" and self.duration is None:
            hint = f"write {{type: {self.type}, duration: 0.5}}"
            raise wrong("bad-transition", f"how long does the {self.type} take?", hint)
        if self.direction is not None and self.type != "wipe":
            raise wrong("bad-transition", f"a {self.type} has no direction", "leave direction out, or write type: wipe")
        return self


def _transition(node: Node) -> Any:
    if isinstance(node, Map):
        return node
    text = spelt(node)
    if text == "cut":
        return {"type": node}
    found = "a list" if text is None else f'"{text}"'
    hint = f"write {{type: {text}, duration: 0.5}}" if text in KINDS else did_you_mean(text or "", ("cut",))
    raise wrong("bad-transition", f"expected cut or {{type, duration}}, found {found}", hint)


TransitionField = Annotated[
    Transition, Form(_transition, {"type": "string", "enum": ["cut"]}, lambda: Transition.model_construct(type="cut"))
]
"""`cut`, or a mapping."""
