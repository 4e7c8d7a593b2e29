"""What shots open and end on, and how the shots of a scene hang together, as written."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import model_validator

from storyboard.language.models.fields import CarriedFrame, Text, choice, whole
from storyboard.language.models.model import Fields, about
from storyboard.language.text.reading import Form, spelt, wrong
from storyboard.language.text.spelling import did_you_mean
from storyboard.language.text.tree import Map, Node

Carry = Annotated[str, choice("first_frame", "reference", "extend", "edit")]
"""How a shot is handed on to the next."""
IfBad = Annotated[str, choice("step_back", "fail", "use")]
"""What happens where the carried frame is black, faded or flat."""
HOW_CARRIED = (
    "How the shot is handed on: its frame as the opening picture, its frame as a reference, its clip to go on from, or "
    "its clip to draw over. Where it is left out: `first_frame` if the provider takes an opening frame, else "
    "`reference`."
)
WHEN_BAD = "What happens where the carried frame is black, faded or flat; `fail` asks the provider for nothing."


class Edge(Fields):
    """What a shot opens or ends on: another shot's frame or clip, a picture, or words."""

    noun: ClassVar[str] = "edge"
    on: ClassVar[bool] = True
    aka: ClassVar[dict[str, str]] = {"shot": "from", "file": "image", "text": "words", "description": "words"}

    from_: Text | None = about("The shot whose frame it is; `previous` is the nearest earlier one.", "1A", alias="from")
    frame: CarriedFrame | None = about(
        "Which frame of that shot: `last` is the one at the cut, `first` the first that it shows, `best` the sharpest "
        "well-exposed one of its last second; or a time in its clip.",
        "last",
        "best",
        3.5,
    )
    carry: Carry | None = about(HOW_CARRIED, "first_frame", "extend")
    if_bad: IfBad | None = about(WHEN_BAD, "step_back")
    image: Text | None = about("Path of a picture, counted from the storyboard.", "refs/opening.png")
    words: Text | None = about("The frame in words.", "Mira's back fills the left half.")

    @model_validator(mode="after")
    def _one(self) -> Edge:
        if not self.on:
            return self
        given = [key for key, value in (("from", self.from_), ("image", self.image), ("words", self.words)) if value]
        if len(given) > 1:
            raise wrong("bad-edge", f"{' and '.join(given)} stand beside one another", "keep one of them")
        if not given:
            raise wrong("bad-edge", "this opens on nothing", "add from, image or words")
        if given != ["from"] and (self.frame or self.carry or self.if_bad):
            raise wrong("bad-edge", "frame, carry and if_bad belong to a shot", "add from, or take them out")
        if self.carry in ("extend", "edit") and (self.frame not in (None, "last") or self.if_bad == "step_back"):
            what = "frame" if self.if_bad != "step_back" else "if_bad: step_back"
            hint = "leave it out, or carry by first_frame or reference"
            raise wrong("bad-edge", f"{self.carry} sends the clip; {what} chooses a frame", hint)
        return self


class NoEdge(Edge):
    """`none`: no frame, whatever the chain says."""

    on: ClassVar[bool] = False


def _edge(node: Node) -> Any:
    if isinstance(node, Map):
        return node
    text = spelt(node)
    if text == "none":
        return NoEdge()
    if text == "previous":
        return {"from": "previous"}
    found = "a list" if text is None else f'"{text}"'
    hint = f"for the frame of a shot write {{from: {text}}}" if text else None
    raise wrong("bad-edge", f"expected previous, none, {{from}}, {{image}} or {{words}}, found {found}", hint)


EdgeField = Annotated[Edge, Form(_edge, {"type": "string", "enum": ["previous", "none"]}, NoEdge)]
"""`previous`, `none` or a mapping."""


class Reanchor(Fields):
    """How a chain goes back to its references before it decays."""

    noun: ClassVar[str] = "reanchor"

    every: Annotated[int, whole(1, 99)] = about(
        "The most links that a shot is away from an anchor; the shot after that becomes one.", 3, default=...
    )
    by: Annotated[str, choice("references", "extend", "cut")] | None = about(
        "What an anchor is asked for: the frame as one more reference beside its own, the clip beside them, or a fresh "
        "start from its own alone.",
        "references",
    )


class Chain(Fields):
    """Every shot of a scene opens on the one before."""

    noun: ClassVar[str] = "chain"
    on: ClassVar[bool] = True

    carry: Carry | None = about(HOW_CARRIED, "first_frame", "extend")
    reanchor: Reanchor | None = about(
        "How the chain goes back to its references before it decays.", {"every": 3, "by": "references"}
    )
    if_bad: IfBad | None = about(WHEN_BAD, "step_back")
    color: Annotated[str, choice("match_first", "none")] | None = about(
        "Whether the cut brings each clip to the colours of the chain's first.", "match_first"
    )


class Unchained(Chain):
    """`chain: none`: the shots of this scene are not chained, whatever the film says."""

    on: ClassVar[bool] = False


def _chain(node: Node) -> Any:
    if isinstance(node, Map):
        return node
    text = spelt(node)
    if text == "none":
        return Unchained()
    if text == "previous":
        return {}
    found = "a list" if text is None else f'"{text}"'
    raise wrong("bad-choice", f"expected previous, none or a mapping, found {found}", did_you_mean(text or "", CHAINS))


CHAINS = ("previous", "none")
ChainField = Annotated[Chain, Form(_chain, {"type": "string", "enum": list(CHAINS)}, Unchained)]
"""`previous`, `none` or a mapping."""
