"""What a film is delivered as, and what is laid over its pictures in the cut: titles, transitions, subtitles.

Frozen values, like the words of `storyboard.film`; nothing here is a reason to render a clip anew.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from storyboard.timecode import MIDNIGHT, Timecode

Codec = Literal["h264", "prores", "dnxhr"]
"""How a film is coded: for people to watch, or as a master for editors, ProRes 422 HQ or DNxHR HQX."""


class Delivery(Struct, frozen=True):
    """What the film is delivered as: pixels, rational frames a second, loudness in LUFS (None: as it is), how it is
    coded, and what its first frame is called.
    """

    width_px: int = 1280
    height_px: int = 720
    fps: Fraction = Fraction(24)
    aspect: str = "16:9"
    resolution: str = "720p"
    length: Fraction | None = None
    fit: Literal["crop", "pad"] = "crop"
    loudness: Decimal | None = None
    start: Timecode = MIDNIGHT
    codec: Codec = "h264"

    @property
    def suffix(self) -> str:
        """How the name of the film's file ends."""
        return suffix(self.codec)


def suffix(codec: Codec) -> str:
    """How the name of a film's file ends that is coded so."""
    return ".mp4" if codec == "h264" else ".mov"


class Title(Struct, frozen=True):
    """Letters over a shot, from `at` until `until` (None: the shot's end), in seconds from its first visible frame."""

    text: str
    at: Fraction = Fraction(0)
    until: Fraction | None = None
    place: Literal["lower-third", "top", "center", "bottom", "left", "right"] = "center"
    color: str = "#ffffff"


class Transition(Struct, frozen=True):
    """How a shot comes in. Dissolves and wipes overlap the shot before, a fade goes through black and does not."""

    kind: Literal["dissolve", "fade", "wipe"]
    duration: Fraction
    direction: Literal["left", "right", "up", "down"] = "left"


class TimedText(Struct, frozen=True):
    """A subtitle as a file has it: `text` with its own line breaks; `start` and `end` in seconds of the film."""

    text: str
    start: Fraction
    end: Fraction
    italic: bool = False


class Subtitles(Struct, frozen=True):
    """Which words of the film become subtitles: what is spoken in it, or the `cues` of the file at the absolute `path`.

    `burn` lays them on the picture.
    """

    dialogue: bool = False
    narration: bool = False
    path: str | None = None
    cues: tuple[TimedText, ...] = ()
    burn: bool = False


CHECKS = (
    *("frame", "shift", "jump", "color", "luma", "loudness"),
    *("size", "black", "frozen", "cuts", "silence", "clipping"),
)
"""What is looked at: of joins, then of clips."""


class Checks(Struct, frozen=True):
    """What joins and clips are held against: of each figure the most that is let pass.

    `frame`: levels of 255 between the carried frame and the first of the clip that opens on it; `shift`: percent of the
    width that it has moved; `jump`: frames repeated or skipped; `color`: ΔE (Oklab, times 100); `luma`: percent;
    `loudness`: loudness units. Of a clip, `size`: percent that its short side lacks; `black`, `frozen`, `silence`:
    seconds on end; `cuts`: new pictures within it; `clipping`: percent of its samples. What stands in `fail` is an
    error, not a warning; what stands in `off` is not looked at.
    """

    frame: Decimal = Decimal(6)
    shift: Decimal = Decimal("0.5")
    jump: Decimal = Decimal(0)
    color: Decimal = Decimal(1)
    luma: Decimal = Decimal(2)
    loudness: Decimal = Decimal(10)
    size: Decimal = Decimal(10)
    black: Fraction = Fraction(1, 8)
    frozen: Fraction = Fraction(2, 5)
    cuts: Decimal = Decimal(0)
    silence: Fraction = Fraction(3, 2)
    clipping: Decimal = Decimal("0.05")
    fail: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
