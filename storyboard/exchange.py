"""What the planner, the schedule and the providers say to one another: capabilities, asks, requests and outcomes.

Frozen values, like the words of `storyboard.film`. Nothing in here knows a key.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import parsedate
from fractions import Fraction
from typing import Literal

from storyboard.film import CarryMode, ClipId, Frame, JobId, Kind, Reference, Shot, TakeId

CARRY_WORDS: Mapping[CarryMode, str] = {
    "extend": "Continue from the supplied previous clip, {clip}.",
    "edit": "Strictly edit the supplied source video, {clip}; change only what is said here.",
    "reference": "Match place, light and colours of {frame}, a frame of the film; do not open on it.",
}
"""How a prompt says what is to be done with what another shot hands on."""

LONGEST_WAIT_S = 300.0
"""The longest that a gateway may make us wait by a `Retry-After`, in seconds."""


Charges = Mapping[tuple[str, Fraction], Decimal]
"""What was charged for clips, by the name of their price and their length in seconds."""


@dataclass(frozen=True, slots=True)
class Option:
    """A field of a provider's own: its `values`, or whole numbers `between` two, or yes and no; and what counts where
    none is written.
    """

    default: str | bool | int
    values: tuple[str, ...] | None = None
    between: tuple[int, int] | None = None

    @property
    def takes(self) -> tuple[str, ...]:
        """What may be written, in words."""
        if self.between is not None:
            return (f"{self.between[0]} to {self.between[1]}",)
        return self.values or ("true", "false")

    def holds(self, value: object) -> bool:
        """Whether it takes this value."""
        if self.between is not None:
            return type(value) is int and self.between[0] <= value <= self.between[1]
        return isinstance(value, bool) if self.values is None else value in self.values


@dataclass(frozen=True, slots=True)
class Only:
    """A rule between two facts of a shot: `field` (there at all, or with this `value`) needs `option` among `among`.

    `words` say what is needed where the names of the facts would not.
    """

    field: str
    option: str
    among: tuple[str | bool, ...]
    value: str | bool | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where a remote provider is spoken to, unless the settings say otherwise, and how often.

    `variables` begins the names of the environment variables of its key and origin. At most `requests` of all kinds
    are sent in any `window_s` seconds. `probe` is a path that may be asked for at no cost. `regions` are origins by
    name, where it has several. `models` are the names by which its models go in each of them, by the option `model`
    of a shot; empty where a model has one name.
    """

    origin: str
    variables: str
    probe: str
    requests: int
    window_s: float = 60.0
    regions: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider takes, as data: `check`, `plan` and the reference read it; nobody compares provider names.

    `durations` None means any length; else the lengths taken, in seconds. `aspects` and `resolutions` None mean any.
    `references` is how many reference files of the given `kinds` it takes for a shot, None any number.
    `unit` is empty where rendering is free. `source` says what it makes clips of: a shot's words, or, for those that
    storyboard itself brings, footage and cards. `retention_s` is how long an idempotency key is honoured, None without
    idempotency. `draws_slate` says that the shot's id is part of the picture, so that a renamed shot is drawn again.
    `citation` is how a prompt names the `n`-th reference file of a `kind`, counted from 1; `kinds` are those it takes.
    `carry_words` say in a prompt what is done with a `clip` that is extended or edited, or with a `frame` that is a
    reference.
    `options` are the fields of its own that a shot may give it, and `rules` what must hold between a shot's facts.
    `end_needs_start` says that it takes a closing frame only beside an opening one. `pace` is the expected seconds of
    waiting for a second of clip. What a second costs is `price_per_second`, or stands in `prices` under the facts that
    `priced_by` names, joined by `/`; `whole_prices` are rounded up. What was charged before (`charges`) goes before
    both. A price that is nowhere is unknown.
    Pictures of up to `inline_bytes` may go inside the request, as `data:` URIs; 0 where every file is fetched.
    A last frame that it returned may be sent to it again for `returns_frame_s` seconds, None: never.
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
    citation: str = "supplied {kind} {n}"
    kinds: frozenset[Kind] = frozenset({"image"})
    carry_words: Mapping[CarryMode, str] = field(default_factory=lambda: CARRY_WORDS)
    video_in: bool = False
    audio: bool = False
    seed: bool = False
    negative: bool = False
    prompt_chars: int | None = None
    any_fps: bool = False
    options: Mapping[str, Option] = field(default_factory=dict)
    draws_slate: bool = False
    retention_s: int | None = None
    concurrency: int | None = None
    price_per_second: Decimal | None = None
    pace: float = 30.0
    rules: tuple[Only, ...] = ()
    end_needs_start: bool = False
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    priced_by: tuple[str, ...] = ()
    whole_prices: bool = False
    charges: Charges = field(default_factory=dict)
    inline_bytes: int = 0
    returns_frame_s: int | None = None
    gateway: Gateway | None = None

    @property
    def free(self) -> bool:
        """Whether rendering costs nothing."""
        return not self.unit

    def facts(self, shot: Shot) -> Mapping[str, str | bool | int]:
        """What rules and prices look at: the shot's options with their defaults, its shape, size, sound and seed,
        whether it follows another shot (`carried`), and what it supplies (`pictures`, or `clips` to go on from).
        """
        defaults = {name: option.default for name, option in self.options.items()}
        own: dict[str, str | bool | int] = {"aspect": shot.aspect, "resolution": shot.resolution, "audio": shot.audio}
        own["carried"] = shot.start is not None and shot.start.shot is not None
        follows = shot.start is not None and shot.start.mode in ("extend", "edit")
        own["supplies"] = "clips" if follows else "pictures"
        if shot.seed is not None:
            own["seed"] = str(shot.seed)
        return {**defaults, **shot.options, **own}

    def price_name(self, shot: Shot) -> str:
        """The name of a shot's price: the facts that it depends on."""
        facts = self.facts(shot)
        return "/".join(str(facts[name]) for name in self.priced_by)

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
    what it `follows` otherwise, and the shot itself for a provider that draws from its fields. The prompt counts the
    `references` in their order, and what it follows after all of them.
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

    method: Literal["GET", "POST", "DELETE"]
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def date(self) -> float | None:
        """The server's own time by its `Date`, in seconds; None where it sends none."""
        return _moment(self.headers.get("date"))

    def retry_after_s(self) -> float | None:
        """How long the server asks to be left alone, by its own clock, 0 to `LONGEST_WAIT_S`; None where it does not
        say, or names a moment that is past.
        """
        told = (self.headers.get("retry-after") or "").strip()
        if told.isascii() and told.isdigit():
            return min(float(told[:9]), LONGEST_WAIT_S)
        until, now = _moment(told), self.date
        if until is None or now is None or until <= now:
            return None
        return min(until - now, LONGEST_WAIT_S)


@dataclass(frozen=True, slots=True)
class NotSent:
    """No byte left this machine; the same submission may be repeated."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider refused, in a documented way, before taking money. `stops` says that it would refuse any other take
    of the account too.
    """

    code: str
    message: str
    stops: bool = False


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
    """It may have been accepted: anything that is not one of the other four.

    `until` is given where the provider is at work on this very submission: when to send its bytes again, in seconds
    on the caller's clock.
    """

    reason: str
    until: float | None = None


Outcome = NotSent | Rejected | Busy | Accepted | Unknown


@dataclass(frozen=True, slots=True)
class Running:
    """A job that is not finished yet; `share` is what the provider says is done (0 to 1), if it says so. `queued` says
    that it was not begun, so that it may be cancelled.
    """

    share: float | None = None
    queued: bool = False


@dataclass(frozen=True, slots=True)
class Succeeded:
    """A finished job: where its clip is, what was charged in the end, and where the picture of its last frame is."""

    link: str
    charged: Decimal | None = None
    last_frame: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that ended without a clip. `charged` is what stays charged, None where the provider does not say."""

    code: str
    message: str
    charged: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """What should be there is not: the job is not known, or has ended without a clip to fetch. Asked again a few times,
    the take is `lost`; where it is not (`lost` False), the next run asks again.
    """

    code: str
    message: str
    lost: bool = True


Polled = Running | Succeeded | Failed | Absent


@dataclass(frozen=True, slots=True)
class Callback:
    """What somebody who says to be the gateway told of a job unasked: a hint to ask for it, never more."""

    job: JobId
    polled: Polled


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A job that was called off before it was begun."""


@dataclass(frozen=True, slots=True)
class NotCancelled:
    """A job that cannot be called off, and why; what it costs it goes on costing."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the gateway's own list, read for one submission: its job, None where it is not there, and whether there
    are pages after this one. That a submission is on no page proves nothing.
    """

    job: JobId | None = None
    more: bool = False


def _moment(text: str | None) -> float | None:
    """Seconds since 1970 of an HTTP date; None where it is none."""
    parsed = parsedate(text) if text else None
    try:
        return float(calendar.timegm(parsed)) if parsed else None
    except (ValueError, OverflowError):
        return None
