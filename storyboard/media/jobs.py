"""What a media worker is asked to do, and what it answers: frozen values that travel as JSON.

Every job is idempotent: it writes its target through a temporary name beside it and renames; running it again gives the
same bytes. `MediaError` is the only failure that crosses the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, Protocol

from msgspec import Struct

from storyboard.film import Clip, Stream

Report = Callable[[float], None]
"""Called with the share done, 0 to 1."""


class MediaError(Exception):
    """A picture, sound or clip that cannot be used; `code` is stable and kebab-case."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


class DrawJob(Struct, frozen=True):
    """Draw an animatic clip to `target`. `spec` is `media.animatic.spec.Spec` as JSON. Answers the verified `Clip`."""

    spec: Mapping[str, Any]
    target: str


class ConformJob(Struct, frozen=True):
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


class CardJob(Struct, frozen=True):
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


class RenderJob(Struct, frozen=True):
    """Have a program of somebody's own make a clip at `target`; see `media.making.program`.

    `command` is the program and its arguments, `request` what it reads, as JSON; the path to write to is added to it.
    `resources` are what a worker of a cluster has to have for it; on this machine they mean nothing. After `timeout_s`
    seconds of work it is stopped; None: never. Answers the verified `Clip`; raises MediaError `renderer-failed`,
    `renderer-timeout`.
    """

    command: Sequence[str]
    request: Mapping[str, Any]
    target: str
    resources: Mapping[str, float]
    timeout_s: float | None = None


class VerifyJob(Struct, frozen=True):
    """Hash and decode all of a clip, strictly. Answers the `Clip`; raises MediaError `clip-damaged`."""

    path: str


class FrameJob(Struct, frozen=True):
    """Write frame `index` (None: the last) of a clip to `target`: as PNG, or as JPEG where that ends in `.jpeg`.

    It is as wide as the clip, or `width_px` where that is less. Answers `Taken`.
    """

    path: str
    index: int | None
    target: str
    width_px: int | None = None


class Taken(Struct, frozen=True):
    """A frame that was written: its index, and the SHA-256 of its RGB pixels (row by row, 3 bytes a pixel).

    `flaw` is what speaks against carrying it: `black`, `flat`, `faded`, or nothing.
    """

    index: int
    pixels: str
    flaw: str = ""


class ChooseJob(Struct, frozen=True):
    """Choose one of the frames `first` to `last` of a clip: the `best`, else the last good one. Answers `Chosen`."""

    path: str
    first: int
    last: int
    best: bool


class Chosen(Struct, frozen=True):
    """The number of the frame that was chosen, and its flaw, as in `Taken`."""

    index: int
    flaw: str = ""


class JoinJob(Struct, frozen=True):
    """Join a film to `target`. `timeline` is `media.reel.Reel` as JSON. Answers the film's `Clip`."""

    timeline: Mapping[str, Any]
    target: str


class PieceJob(Struct, frozen=True):
    """Encode the frames [`first`, `last`) of the last segment of a reel, a `media.pieces.Piece`, to `whole_name` of
    `target`.

    `timeline` as in `JoinJob`. Answers the piece's `Clip`.
    """

    timeline: Mapping[str, Any]
    first: int
    last: int
    target: str


class MixJob(Struct, frozen=True):
    """Mix all the sound of a film and encode it to `whole_name` of `target`. `timeline` as in `JoinJob`.

    Answers `Mixed`.
    """

    timeline: Mapping[str, Any]
    target: str


class Mixed(Struct, frozen=True):
    """A film's sound that was encoded: SHA-256 of its file."""

    digest: str


class AssembleJob(Struct, frozen=True):
    """Put a film together at `target` from its encoded pieces, in order, and its encoded `sound`, None for none.
    `timeline` as in `JoinJob`.

    Answers the film's `Clip`; raises MediaError `piece-damaged` for one that is not as it was encoded.
    """

    timeline: Mapping[str, Any]
    pieces: Sequence[str]
    sound: str | None
    target: str


class MeasureJob(Struct, frozen=True):
    """Find out how long the picture of a file is, or its sound. Answers `Length`."""

    path: str
    of: Stream = "picture"


class Length(Struct, frozen=True):
    """How long a picture or a sound is: rational text, seconds; and whether there is sound."""

    seconds: str
    sounds: bool


class LoudnessJob(Struct, frozen=True):
    """Measure all the sound of a film, before any gain or limiter. `timeline` as in `JoinJob`. Answers `Loudness`."""

    timeline: Mapping[str, Any]


class Loudness(Struct, frozen=True):
    """How loud a film is: integrated loudness in LUFS, None for silence, and the true peak in dBTP."""

    lufs: Decimal | None
    peak_db: Decimal


class DraftJob(Struct, frozen=True):
    """Join a film to `target` as `JoinJob` does, and copy what needs no encoding. Answers `Drafted`."""

    timeline: Mapping[str, Any]
    target: str


class Drafted(Struct, frozen=True):
    """A film, and how many of its frames are copies of its clips' own."""

    film: Clip
    copied: int


class SheetJob(Struct, frozen=True):
    """Print a contact sheet of the film at `path` to `target`. `sheet` is `media.contact.Sheet` as JSON.

    Answers `Printed`.
    """

    path: str
    sheet: Mapping[str, Any]
    target: str


class Printed(Struct, frozen=True):
    """A contact sheet that was written: its size, and the length of its file."""

    width_px: int
    height_px: int
    bytes: int


class CheckJob(Struct, frozen=True):
    """Look at and listen to all of a clip: what can be wrong with it by itself. Answers `Checked`."""

    path: str


class Checked(Struct, frozen=True):
    """What was found in a clip. Black and frozen stretches and where a new picture comes within it, in frames, the end
    not included; silent stretches in seconds; how many samples are clipped in each second of it, and how many samples
    it has, 0 without sound.
    """

    black: tuple[tuple[int, int], ...]
    frozen: tuple[tuple[int, int], ...]
    cuts: tuple[int, ...]
    silent: tuple[tuple[float, float], ...]
    clipped: tuple[int, ...]
    samples: int


class SeamJob(Struct, frozen=True):
    """Look at the join of two clips, as a film of that size shows them. Answers `SeamFigures`.

    Frame `carried` of the clip `before` is the one at the cut, `left` the last one shown of it; frame `opening` of the
    clip `after` should reproduce the carried one, `right` is the first one shown. `gain_db` is by how much more the
    film lifts the sound of the second clip; `sounds`: both are heard. `grade_before` and `grade_after` are
    `media.grading.grade.Grade` as JSON text, empty for none.
    """

    before: str
    carried: int
    left: int
    after: str
    opening: int
    right: int
    width_px: int
    height_px: int
    fit: Literal["crop", "pad"]
    fps_before: str
    fps_after: str
    sounds: bool = False
    gain_db: float = 0.0
    grade_before: str = ""
    grade_after: str = ""


class SeamFigures(Struct, frozen=True):
    """What a join is like. `difference`: mean levels of 255 between the carried and the opening frame; `shift`: percent
    of the width that the picture has moved between them; `offset`: frames by which the opening one is late, None where
    nothing moves; `held`: steps on which the picture stands still amid movement; `color`: their ΔE (Oklab, times 100);
    `luma`: percent by which the second is brighter; `loudness`: loudness units louder, None where one is silent.
    """

    difference: float
    shift: float
    offset: float | None
    held: int
    color: float
    luma: float
    loudness: float | None


class MatchJob(Struct, frozen=True):
    """Find the grade that brings frame `opening` of the clip `after` to the colours of frame `carried` of `before`, as
    a film of that size shows them. Answers `Matched`.
    """

    before: str
    carried: int
    after: str
    opening: int
    width_px: int
    height_px: int
    fit: Literal["crop", "pad"]


class Matched(Struct, frozen=True):
    """`media.grading.grade.Grade` as JSON text; empty where the two frames do not show the same."""

    grade: str


Job = (
    DrawJob
    | ConformJob
    | CardJob
    | RenderJob
    | VerifyJob
    | FrameJob
    | ChooseJob
    | JoinJob
    | PieceJob
    | MixJob
    | AssembleJob
    | DraftJob
    | SheetJob
    | MeasureJob
    | LoudnessJob
    | CheckJob
    | SeamJob
    | MatchJob
)
Answer = Clip | Taken | Chosen | Mixed | Drafted | Printed | Length | Loudness | Checked | SeamFigures | Matched


class Executor(Protocol):
    """Runs media jobs somewhere: in this process, in local worker processes, on a cluster."""

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        """Do the job and give its answer. Raises MediaError; a worker that dies is MediaError `worker-died`."""
