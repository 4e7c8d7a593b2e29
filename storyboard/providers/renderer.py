"""A renderer of one's own: a program that makes clips, declared in the settings and never in a storyboard.

It is a local provider: it costs nothing, and its program runs on this machine or on a worker of the cluster that has
the resources it takes. What the program is told stands in `request`, how it is run in `media.making.program`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct, field

from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask
from storyboard.media.jobs import RenderJob


class Renderer(Struct):
    """A program and its arguments, what a worker needs for it, after how many seconds of work on a clip it is stopped
    (None: never), and what it can. See `storyboard.providers.Local`.
    """

    capabilities: Capabilities
    command: tuple[str, ...]
    resources: Mapping[str, float] = field(default_factory=dict)
    timeout_s: float | None = None

    def draw(self, ask: Ask, target: str) -> RenderJob:
        """The job that has the program make the clip of `ask` at `target`."""
        return RenderJob(self.command, request(ask, self.capabilities), target, self.resources, self.timeout_s)


def request(ask: Ask, capabilities: Capabilities) -> dict[str, Any]:
    """What the program reads. Seconds and frames a second are rational text; `frames` has one more than the seconds
    need, the frame at the cut; paths are absolute. `references` are in the order in which the prompt counts them.
    """
    facts = capabilities.facts(ask.shot)
    files = [{"path": one.path, "kind": one.kind} for one in ask.references]
    if ask.follows is not None and ask.follows.frame is not None:
        files.append({"path": ask.follows.frame.path, "kind": "image"})
    return {
        "storyboard": 1,
        "take": ask.take,
        "model": facts.get("model"),
        "prompt": ask.prompt,
        "negative": ask.negative,
        "seconds": str(ask.duration),
        "fps": str(ask.fps),
        "frames": frames(ask.duration, ask.fps),
        "width_px": ask.width_px,
        "height_px": ask.height_px,
        "seed": ask.seed,
        "audio": ask.audio,
        "start": ask.start.path if ask.start is not None else None,
        "end": ask.end.path if ask.end is not None else None,
        "references": files,
    }


def frames(seconds: Fraction, fps: Fraction) -> int:
    """The frames of a clip that shows so many seconds and has the frame at the cut too."""
    return int(seconds * fps) + 1
