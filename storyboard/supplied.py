"""What a take is supplied with where it does not open on a frame: pictures, clips, sounds, each with its role in words.

A gateway numbers what it is given by kind, from 1; the words of the prompt say what each is for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from storyboard.exchange import Ask
from storyboard.film import Kind, Reference


@dataclass(frozen=True, slots=True)
class Supplied:
    """A file that a gateway has to reach, and what the prompt says of it; `{n}` is its number among its kind's."""

    path: str
    kind: Kind
    says: str


def supplied(ask: Ask, kinds: Collection[Kind]) -> tuple[Supplied, ...]:
    """The references of these kinds, then what the shot follows."""
    told = [Supplied(one.path, one.kind, _role(one)) for one in ask.references if one.kind in kinds]
    follows = ask.follows
    if follows is not None and follows.carry == "reference" and follows.frame is not None:
        says = "Supplied image {n} is a frame of the shot before: match it."
        told.append(Supplied(follows.frame.path, "image", says))
    elif follows is not None and follows.carry == "extend":
        told.append(Supplied(follows.path, "video", "Continue from the supplied previous clip, supplied video {n}."))
    elif follows is not None and follows.carry == "edit":
        told.append(Supplied(follows.path, "video", "Strictly edit the supplied source video, supplied video {n}."))
    return tuple(told)


def in_words(prompt: str, files: Sequence[Supplied]) -> str:
    """The prompt, with the role of each supplied file after it."""
    roles = [
        one.says.replace("{n}", str(1 + sum(other.kind == one.kind for other in files[:place])))
        for place, one in enumerate(files)
    ]
    return " ".join([prompt, *roles]).strip()


def _role(reference: Reference) -> str:
    said = f"Supplied {reference.kind} {{n}} is a reference for {reference.role or 'the look'}"
    said += f": {reference.controls}" if reference.controls else ""
    return said + (f"; do not take {reference.avoid} from it." if reference.avoid else ".")
