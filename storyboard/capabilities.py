"""What a provider takes, what it costs and how it is spoken to: data that its driver says and everybody else reads."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from msgspec import Struct, field

from storyboard.assets import Kind
from storyboard.film import CarryMode, Shot

CARRY_WORDS: Mapping[CarryMode, str] = {
    "extend": "Continue from the supplied previous clip, {clip}.",
    "edit": "Strictly edit the supplied source video, {clip}; change only what is said here.",
    "reference": "Match place, light and colours of {frame}, a frame of the film; do not open on it.",
}
"""How a prompt says what is to be done with what another shot hands on."""

Charges = Mapping[tuple[str, Fraction], Decimal]
"""What was charged for clips, by the name of their price and their length in seconds."""


class Option(Struct, frozen=True):
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


class Only(Struct, frozen=True):
    """A rule between two facts of a shot: `field` (there at all, or with this `value`) needs `option` among `among`.

    `words` say what is needed where the names of the facts would not.
    """

    field: str
    option: str
    among: tuple[str | bool, ...]
    value: str | bool | None = None
    words: str = ""


class Gateway(Struct, frozen=True):
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


class Capabilities(Struct, frozen=True):
    """What a provider takes, as data: `check`, `plan` and the reference read it; nobody compares provider names.

    `durations` None means any length; else the lengths taken, in seconds, and `durations_with` those that are taken
    where an option has that value. `aspects` and `resolutions` None mean any.
    `references` is how many reference files of the given `kinds` it takes for a shot, None any number; where the shot
    brings fewer than `references_from`, it is given none, because they would mean something else.
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
    Its clips have `fps` frames a second, None: those of the film.
    `cancels` says which jobs it calls off: none, those that wait in its queue, or those that it has begun too.
    """

    name: str
    local: bool
    unit: str = ""
    source: Literal["words", "file", "card"] = "words"
    durations: tuple[Fraction, ...] | None = None
    durations_with: Mapping[tuple[str, str], tuple[Fraction, ...]] = field(default_factory=dict)
    longest: Fraction | None = None
    aspects: frozenset[str] | None = None
    resolutions: frozenset[str] | None = None
    start_frame: bool = True
    end_frame: bool = False
    references: int | None = 0
    frames_exclude_references: bool = False
    references_from: int = 1
    citation: str = "supplied {kind} {n}"
    kinds: frozenset[Kind] = frozenset({"image"})
    carry_words: Mapping[CarryMode, str] = field(default_factory=lambda: CARRY_WORDS)
    video_in: bool = False
    audio: bool = False
    seed: bool = False
    negative: bool = False
    prompt_chars: int | None = None
    any_fps: bool = False
    fps: Fraction | None = None
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
    cancels: Literal["none", "queued", "begun"] = "none"
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

    def durations_of(self, shot: Shot) -> tuple[Fraction, ...] | None:
        """The lengths that are taken for a shot, None for any."""
        facts = self.facts(shot) if self.durations_with else {}
        return next(
            (some for (name, value), some in self.durations_with.items() if facts[name] == value), self.durations
        )

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
