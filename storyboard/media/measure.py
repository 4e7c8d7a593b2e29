"""How long footage is: what a storyboard must know of a file before anything is made of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from storyboard.media.guard import opened
from storyboard.media.moments import stamps


def measure(path: Path) -> tuple[Fraction, bool]:
    """Seconds from the first picture's beginning to the last one's end, and whether there is sound. Decodes nothing.

    Raises MediaError `not-media` where there is no picture or no rate, and as `guard.opened` does.
    """
    with opened(path) as clip:
        sounds = clip.audio is not None
    return stamps(path).end, sounds
