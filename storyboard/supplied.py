"""What a take is supplied with where it does not open on a frame: pictures, clips, sounds, each with its role in words.

A gateway numbers what it is given by kind, from 1; the words of the prompt say what each is for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from storyboard.exchange import Ask
from storyboard.film import Kind, Reference

NAMED = "supplied {kind} {n}"
"""How a gateway without labels is told of a file: by its kind and its number among its kind's, in words."""
IT = "{it}"


@dataclass(frozen=True, slots=True)
class Supplied:
    """A file that a gateway has to reach, and what the prompt says of it; `{it}` is how the gateway knows it."""

    path: str
    kind: Kind
    says: str


def supplied(ask: Ask, kinds: Collection[Kind]) -> tuple[Supplied, ...]:
    """The references of these kinds, then what the shot follows."""
    told = [Supplied(one.path, one.kind, _role(one)) for one in ask.references if one.kind in kinds]
    follows = ask.follows
    if follows is not None and follows.carry == "reference" and follows.frame is not None:
        told.append(Supplied(follows.frame.path, "image", f"{IT} is a frame of the shot before: match it."))
    elif follows is not None and follows.carry == "extend":
        told.append(Supplied(follows.path, "video", f"Continue from the supplied previous clip, {IT}."))
    elif follows is not None and follows.carry == "edit":
        told.append(Supplied(follows.path, "video", f"Strictly edit the supplied source video, {IT}."))
    return tuple(told)


def in_words(prompt: str, files: Sequence[Supplied], named: str = NAMED) -> str:
    """The prompt, with the role of each supplied file after it. A file is `named` by its `{kind}` and number `{n}`."""
    roles = []
    for place, one in enumerate(files):
        number = 1 + sum(other.kind == one.kind for other in files[:place])
        role = one.says.replace(IT, named.format(kind=one.kind, n=number))
        roles.append(role[0].upper() + role[1:])
    return " ".join([prompt, *roles]).strip()


def _role(reference: Reference) -> str:
    said = f"{IT} is a reference for {reference.role or 'the look'}"
    said += f": {reference.controls}" if reference.controls else ""
    return said + (f"; do not take {reference.avoid} from it." if reference.avoid else ".")
