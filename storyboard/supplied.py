"""The pictures, clips and sounds that go beside a prompt, in the order in which the prompt counts them."""

from __future__ import annotations

from msgspec import Struct

from storyboard.assets import Kind
from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask


class Supplied(Struct, frozen=True):
    """A file that a gateway has to reach."""

    path: str
    kind: Kind


def supplied(ask: Ask, capabilities: Capabilities) -> tuple[Supplied, ...]:
    """The references, then what the shot follows. Raises ValueError, with words for people, for more than are taken."""
    files = [Supplied(one.path, one.kind) for one in ask.references]
    follows = ask.follows
    if follows is not None and follows.carry == "reference":
        files += [Supplied(follows.frame.path, "image")] if follows.frame is not None else []
    elif follows is not None:
        files.append(Supplied(follows.path, "video"))
    most = capabilities.references
    if most is not None and len(files) > most:
        raise ValueError(f"it brings {len(files)} files; {most} are taken")
    return tuple(files)
