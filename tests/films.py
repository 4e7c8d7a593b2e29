"""Films made by hand, for tests that do not need the language."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from storyboard.capabilities import Capabilities
from storyboard.delivery import Delivery
from storyboard.diagnostics import Span
from storyboard.exchange import Ask
from storyboard.film import Beat, Clip, ClipId, Edge, Film, Shot, ShotId, TakeId
from storyboard.structs import replace

PLACE = Span("film.yaml", 1, 1, 1, 2)
ANIMATIC = Capabilities(name="animatic", local=True, any_fps=True, draws_slate=True, audio=True, negative=True)
PAID = Capabilities(
    name="paid",
    local=False,
    unit="credits",
    price_per_second=Decimal(6),
    durations=(Fraction(5), Fraction(10)),
    retention_s=3600,
)
CAPABILITIES: Mapping[str, Capabilities] = {"animatic": ANIMATIC, "paid": PAID}


def shot(name: str, index: int = 0, **fields: Any) -> Shot:
    """A shot of five seconds, small, drawn by the paid toy unless it says otherwise."""
    given: dict[str, Any] = {
        "scene": None,
        "provider": "paid",
        "duration": Fraction(5),
        "width_px": 64,
        "height_px": 36,
        "aspect": "16:9",
        "resolution": "720p",
        "action": (Beat(f"{name} happens."),),
    }
    given.update(fields)
    given.setdefault("out", given["duration"])
    return Shot(id=ShotId(name), index=index, place=PLACE, **given)


def film(*shots: Shot) -> Film:
    """A film of these shots, in this order."""
    placed = tuple(replace(one, index=index) for index, one in enumerate(shots))
    return Film(path="film.yaml", title="Film", delivery=Delivery(width_px=64, height_px=36), shots=placed)


def after(name: str, **fields: Any) -> Edge:
    """A start on the frame at the cut of another shot."""
    return Edge(place=PLACE, shot=ShotId(name), **fields)


def chain(*names: str, **fields: Any) -> Film:
    """Shots that each start on the one before."""
    edges = [None, *(after(name) for name in names)]
    return film(*(shot(name, start=edge, **fields) for name, edge in zip(names, edges, strict=False)))


def clip(letter: str, frames: int = 121) -> Clip:
    """A stored clip whose address is one letter, repeated."""
    return Clip(ClipId(letter * 64), frames, Fraction(24), 64, 36, False, 1000)


def asked(one: Shot) -> Ask:
    """What a local provider is asked for the first take of a shot."""
    return Ask(
        take=TakeId(f"{one.id}-1"),
        shot=one,
        prompt="",
        negative=None,
        duration=one.shown,
        width_px=one.width_px,
        height_px=one.height_px,
        aspect=one.aspect,
        resolution=one.resolution,
        fps=Fraction(24),
        seed=7,
        audio=one.audio,
    )
