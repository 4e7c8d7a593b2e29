"""What the planner, the schedule and the providers say to one another: capabilities, asks, requests and outcomes.

Frozen values, like the words of `storyboard.film`. Nothing in here knows an origin or a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from storyboard.film import CarryMode, ClipId, Frame, JobId, Reference, Shot, TakeId


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider takes, as data: `check`, `plan` and the reference read it; nobody compares provider names.

    `durations` None means any length; else the lengths taken, in seconds. `aspects` and `resolutions` None mean any.
    `references` is how many reference files it takes for a shot, None any number.
    `unit` is empty where rendering is free. `source` says what it makes clips of: a shot's words, or, for those that
    storyboard itself brings, footage and cards. `retention_s` is how long an idempotency key is honoured, None without
    idempotency. `draws_slate` says that the shot's id is part of the picture, so that a renamed shot is drawn again.
    `citation` is how a prompt names the asset of the `n`-th reference image, counted from 1. `options` names the fields
    of its own that a shot may give it. `pace` is the expected seconds of waiting for a second of clip.
    """

    name: str
    local: bool
    unit: str = ""
    source: Literal["words", "file", "card"] = "words"
    durations: tuple[Fraction, ...] | None = None
    longest: Fraction | None = None
    aspects: frozenset[str] | None = None
    resolutions: frozenset[str] | None = None
    start_frame: bool = True
    end_frame: bool = False
    references: int | None = 0
    frames_exclude_references: bool = False
    citation: str = "{name} (supplied image {n})"
    video_in: bool = False
    audio: bool = False
    seed: bool = False
    negative: bool = False
    prompt_chars: int | None = None
    any_fps: bool = False
    options: frozenset[str] = frozenset()
    draws_slate: bool = False
    retention_s: int | None = None
    concurrency: int | None = None
    price_per_second: Decimal | None = None
    pace: float = 30.0

    @property
    def free(self) -> bool:
        """Whether rendering costs nothing."""
        return not self.unit

    @property
    def carries(self) -> tuple[CarryMode, ...]:
        """How a shot may be handed on to one of this provider's."""
        taken: tuple[tuple[CarryMode, object], ...] = (
            ("first_frame", self.start_frame),
            ("reference", self.references != 0),
            ("extend", self.video_in),
            ("edit", self.video_in),
        )
        return tuple(mode for mode, able in taken if able)


@dataclass(frozen=True, slots=True)
class Followed:
    """What a take follows where it does not simply open on a frame.

    By `reference` that is `frame`; by `extend` the clip at `path`, to go on from `frame`; by `edit` the clip alone, to
    draw over. The film shows `length` frames of that clip from `first`. `shots` end with the shot it is of, and begin
    with the one that this unbroken picture began with, where clips were extended before.
    """

    carry: CarryMode
    shots: tuple[Shot, ...]
    clip: ClipId
    path: str
    first: int
    length: int
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Everything a provider is asked for one take: the composed prompt, the settings, the opening and closing frames,
    what it `follows` otherwise, and the shot itself for a provider that draws from its fields.
    """

    take: TakeId
    shot: Shot
    prompt: str
    negative: str | None
    duration: Fraction
    width_px: int
    height_px: int
    aspect: str
    resolution: str
    fps: Fraction
    seed: int
    audio: bool
    start: Frame | None = None
    end: Frame | None = None
    follows: Followed | None = None
    references: tuple[Reference, ...] = ()
    fit: Literal["crop", "pad"] = "crop"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as a driver wants it. The client adds the origin and the key; neither is ever in here."""

    method: Literal["GET", "POST"]
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NotSent:
    """No byte left this machine; the same submission may be repeated."""

    reason: str


MODERATED = "moderated"
"""The code of a refusal or a failure because of what is asked to be seen: `on_moderation` is about it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider refused, in a documented way, before taking money."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Busy:
    """The provider asked to wait until `until` (seconds on the caller's clock); nothing was taken."""

    until: float


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the work and names it; `charged` is what it says it charged."""

    job: JobId
    charged: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been accepted: anything that is not one of the other four."""

    reason: str


Outcome = NotSent | Rejected | Busy | Accepted | Unknown


@dataclass(frozen=True, slots=True)
class Running:
    """A job that is not finished yet; `share` is what the provider says is done (0 to 1), if it says so."""

    share: float | None = None


@dataclass(frozen=True, slots=True)
class Succeeded:
    """A finished job: where its clip is, and what was charged in the end."""

    link: str
    charged: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that ended without a clip. `charged` is what stays charged, None where the provider does not say."""

    code: str
    message: str
    charged: Decimal | None = None


Polled = Running | Succeeded | Failed
