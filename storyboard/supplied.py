"""The pictures, clips and sounds that go beside a prompt as references, and what the prompt says of each.

Laws. Files keep the order of the ask: its references, then what the shot follows. A file is told by its number among
those of its kind, from 1, in the words by which its gateway knows it (its label).
"""

from __future__ import annotations

from dataclasses import dataclass

from storyboard.exchange import Ask, Capabilities
from storyboard.film import Kind, Reference

IT = "{it}"


@dataclass(frozen=True, slots=True)
class Supplied:
    """A file, and what the prompt says of it; `{it}` stands for its label."""

    path: str
    kind: Kind
    says: str


def supplied(ask: Ask, capabilities: Capabilities) -> tuple[Supplied, ...]:
    """References of the kinds that the provider reads, then what the shot follows.

    Raises ValueError, with words for people, for more than it takes.
    """
    told = [Supplied(one.path, one.kind, _role(one)) for one in ask.references if one.kind in capabilities.kinds]
    follows = ask.follows
    if follows is not None and follows.carry == "reference" and follows.frame is not None:
        told.append(Supplied(follows.frame.path, "image", f"{IT} is a frame of the shot before: match it."))
    elif follows is not None and follows.carry == "extend":
        told.append(Supplied(follows.path, "video", f"Continue from the supplied previous clip, {IT}."))
    elif follows is not None and follows.carry == "edit":
        told.append(Supplied(follows.path, "video", f"Strictly edit the supplied source video, {IT}."))
    most = capabilities.references
    if most is not None and len(told) > most:
        raise ValueError(f"it brings {len(told)} files; {most} are taken")
    return tuple(told)


def roles(files: tuple[Supplied, ...], label: str) -> list[str]:
    """What the prompt says of each file. `label` names one by its `{kind}` and number `{n}`: `@{kind}{n}`."""
    told = []
    for place, one in enumerate(files):
        number = 1 + sum(other.kind == one.kind for other in files[:place])
        said = one.says.replace(IT, label.format(kind=one.kind, n=number))
        told.append(said[0].upper() + said[1:])
    return told


def _role(reference: Reference) -> str:
    said = f"{IT} is a reference for {reference.role or 'the look'}"
    said += f": {reference.controls}" if reference.controls else ""
    return said + (f"; do not take {reference.avoid} from it." if reference.avoid else ".")
