"""How long footage and sounds are: what a storyboard must know of a file before anything is made of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from storyboard.media.jobs import MediaError
from storyboard.media.reading.guard import Heard, audible, opened
from storyboard.media.reading.moments import stamps


def measure(path: Path) -> tuple[Fraction, bool]:
    """Seconds from the first picture's beginning to the last one's end, and whether there is sound. Decodes nothing.

    Raises MediaError `not-media` where there is no picture or no rate, and as `guard.opened` does.
    """
    with opened(path) as clip:
        sounds = clip.audio is not None
    return stamps(path).end, sounds


GUESSING = ("mp3", "aac", "mpegts")
"""Containers that do not say how long they are; there the packets are added up."""


def measure_sound(path: Path) -> Fraction:
    """Seconds of sound, from sample 0 on. Decodes nothing.

    Raises MediaError `not-media` where there is no sound, and as `guard.audible` does.
    """
    with audible(path) as file:
        if file.audio is None:
            raise MediaError("not-media", f"{path.name} has no sound")
        told = None if file.container.format.name in GUESSING else _told(file)
        found = told if told is not None else _counted(file)
    if found <= 0:
        raise MediaError("not-media", f"{path.name} has no sound")
    return found


def _told(file: Heard) -> Fraction | None:
    """What the container says, None where it does not."""
    audio = file.audio
    if audio is not None and audio.duration is not None and audio.time_base is not None:
        return audio.duration * audio.time_base
    return Fraction(file.container.duration, 1_000_000) if file.container.duration is not None else None


def _counted(file: Heard) -> Fraction:
    """The length of all packets."""
    return sum(
        (packet.duration * packet.time_base for packet in file.container.demux(file.audio) if packet.duration),
        Fraction(0),
    )
