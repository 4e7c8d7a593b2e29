"""Specs to draw in tests: small pictures of short shots."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from storyboard.media.animatic import Does, Person, Place, Spec
from storyboard.structs import replace

MIRA = Person("Mira", "a ferry pilot in her forties, short silver hair", "a long grey oilskin")
JONAS = Person("Jonas", "the mate, a broad man with a dark beard, navy wool cap")
DECK = Place("Deck", "the open deck of an old car ferry")


def spec(**fields: Any) -> Spec:
    """A shot of Mira on deck, 160x90, half a second; `fields` replace what a test is about."""
    given: dict[str, Any] = {
        "slate": "1A", "duration": "0.5", "width_px": 160, "height_px": 90, "size": "MS", "cast": (MIRA,),
        "location": DECK, "slug": "EXT. FERRY DECK - NIGHT", "action": (Does("Mira waits at the rail."),),
    }  # fmt: skip
    return Spec(**{**given, **fields})


PILOT = Person("Mira", description="a pilot in a grey coat")
FIRST = spec(slate="1A", cast=(PILOT,), location=DECK, move="track right", time="night")
NEXT = replace(FIRST, slate="1B", move="locked", staged_as="1A")
"""A shot, and one that goes on from it."""


def far(a: Image.Image, b: Image.Image) -> float:
    """How far two pictures are from one another, in levels."""
    return float(np.abs(np.asarray(a, np.int16) - np.asarray(b, np.int16)).mean())
