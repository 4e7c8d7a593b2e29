"""What a media worker is asked to do, and what it answers: frozen values that travel as JSON.

Every job is idempotent: it writes its target through a temporary name beside it and renames; running it again gives the
same bytes. `MediaError` is the only failure that crosses the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from storyboard.film import Clip

Report = Callable[[float], None]
"""Called with the share done, 0 to 1."""


class MediaError(Exception):
    """A picture, sound or clip that cannot be used; `code` is stable and kebab-case."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class DrawJob:
    """Draw an animatic clip to `target`. `spec` is `media.animatic.spec.Spec` as JSON. Answers the verified `Clip`."""

    spec: Mapping[str, Any]
    target: str


@dataclass(frozen=True, slots=True)
class ConformJob:
    """Make a stretch of a file into a clip of the film's size and rate at `target`.

    `path` is footage or a still; `first` and `seconds` are rational text: where the stretch begins in the file, and how
    long the clip is (speed already applied, so the file's own stretch is seconds × speed). The clip has one frame more
    than that where the file has it, the frame at the cut. `fit` is `crop` or `pad`. `move` moves a still. `audio` asks
    for sound, silence where the file has none. Answers the verified `Clip`.
    """

    path: str
    first: str
    seconds: str
    speed: str
    width_px: int
    height_px: int
    fps: str
    fit: str
    move: str | None
    audio: bool
    target: str


@dataclass(frozen=True, slots=True)
class CardJob:
    """Set a card to `target`: text over a colour (`#rrggbb`) or an image, `seconds` (rational text) long and one frame.

    Answers the verified `Clip`.
    """

    text: str | None
    color: str
    image: str | None
    seconds: str
    width_px: int
    height_px: int
    fps: str
    fit: str
    audio: bool
    target: str


@dataclass(frozen=True, slots=True)
class VerifyJob:
    """Hash and decode all of a clip, strictly. Answers the `Clip`; raises MediaError `clip-damaged`."""

    path: str


@dataclass(frozen=True, slots=True)
class FrameJob:
    """Write frame `index` (None: the last) of a clip to `target` as PNG. Answers `Taken`."""

    path: str
    index: int | None
    target: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A frame that was written: its index, and the SHA-256 of its RGB pixels (row by row, 3 bytes a pixel)."""

    index: int
    pixels: str


@dataclass(frozen=True, slots=True)
class JoinJob:
    """Join a film to `target`. `timeline` is `media.reel.Reel` as JSON. Answers the film's `Clip`."""

    timeline: Mapping[str, Any]
    target: str


@dataclass(frozen=True, slots=True)
class DraftJob:
    """Join a film to `target` as `JoinJob` does, and copy what needs no encoding. Answers `Drafted`."""

    timeline: Mapping[str, Any]
    target: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A film, and how many of its frames are copies of its clips' own."""

    film: Clip
    copied: int


@dataclass(frozen=True, slots=True)
class SheetJob:
    """Print a contact sheet of the film at `path` to `target`. `sheet` is `media.contact.Sheet` as JSON.

    Answers `Printed`.
    """

    path: str
    sheet: Mapping[str, Any]
    target: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A contact sheet that was written: its size, and the length of its file."""

    width_px: int
    height_px: int
    bytes: int


Job = DrawJob | ConformJob | CardJob | VerifyJob | FrameJob | JoinJob | DraftJob | SheetJob
Answer = Clip | Taken | Drafted | Printed


class Executor(Protocol):
    """Runs media jobs somewhere: in this process, in local worker processes, on a cluster."""

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        """Do the job and give its answer. Raises MediaError; a worker that dies is MediaError `worker-died`."""
