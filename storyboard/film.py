"""The words that flow: what a storyboard means once it is read, planned and rendered.

Everything here is a frozen value. Media time is `Fraction` seconds, money is `Decimal` in a provider's own unit, every
other number ends in its unit. A *shot* is written, a *take* is planned and rendered, a *job* is remote, a *clip* is
stored, a *frame* is carried, the *cut* is joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NewType

from msgspec import Struct, field

from storyboard.assets import Asset, Casting, Look, Reference
from storyboard.delivery import Checks, Delivery, Subtitles, Title, Transition
from storyboard.diagnostics import Related, Span
from storyboard.structs import replace
from storyboard.template import PromptTemplate

ShotId = NewType("ShotId", str)
"""The slate: as written, NFC, unique in a film without regard to case."""
TakeId = NewType("TakeId", str)
"""`1A-2`, take 2 of shot 1A: what people read and type."""
TakeKey = NewType("TakeKey", str)
"""How the state finds a take: 64 hex digits of its intent's own part, its number and its rank."""
ClipId = NewType("ClipId", str)
"""Content address of a clip: the SHA-256 of its file, 64 hex digits."""
JobId = NewType("JobId", str)
"""A provider's own name for remote work."""

ADOPTED = "adopted"
"""The provider of a clip that was made elsewhere and brought in by a person."""

Stream = Literal["picture", "sound"]
"""What of a file is meant."""
CarryMode = Literal["first_frame", "reference", "extend", "edit"]
IfBad = Literal["step_back", "fail", "use"]
SoundRole = Literal["music", "narration", "effect", "ambience"]


class Line(Struct, frozen=True):
    """A spoken line. `who` holds cast keys (empty when nobody is named); `at` counts in the clip, in seconds."""

    says: str
    who: tuple[str, ...] = ()
    how: str | None = None
    offscreen: bool = False
    at: Fraction | None = None


class Beat(Struct, frozen=True):
    """Something that happens in a shot; `at` counts in the clip, in seconds."""

    does: str
    at: Fraction | None = None


class Edge(Struct, frozen=True):
    """What a shot opens or ends on: another shot's frame (`shot`), an image, or words for the first frame.

    `frame` is `last`, `first`, `best` or a time in the source clip. `carry` None is `first_frame`. `anchor` says that a
    chain goes back to its references here, `matched` that the cut brings the shot to the colours of that other one.
    """

    place: Span
    shot: ShotId | None = None
    frame: Literal["last", "first", "best"] | Fraction = "last"
    carry: CarryMode | None = None
    if_bad: IfBad = "fail"
    anchor: bool = False
    matched: bool = False
    image: Reference | None = None
    words: str | None = None

    @property
    def mode(self) -> CarryMode:
        """How the frame or the clip is handed on."""
        return self.carry or "first_frame"

    @property
    def chosen(self) -> bool:
        """Whether which frame it is shows only when the other shot's clip is looked at."""
        by_frame = self.mode in ("first_frame", "reference")
        return self.shot is not None and by_frame and (self.frame == "best" or self.if_bad == "step_back")


class Footage(Struct, frozen=True):
    """A file that is a shot's picture: footage, or a still (its `file.kind` is `image`)."""

    file: Reference


class Card(Struct, frozen=True):
    """A plain card: text set in the middle, over a colour (`#rrggbb`) or an image."""

    text: str | None = None
    color: str = "#000000"
    image: Reference | None = None


class Fallback(Struct, frozen=True):
    """Who is asked where those before it refuse or fail for good, with the fields of its own."""

    provider: str
    options: Mapping[str, Any] = field(default_factory=dict)


class Shot(Struct, frozen=True):
    """One shot, resolved: defaults, scene and chain are already in it. Times are seconds of its own clip.

    `origin` is what made it, beside its own text: uses of templates and rows of loops, the innermost first.
    `cites` are the assets that its texts cite or its `references` name, in that order; `cited_prompt` is its `prompt`
    with the citations still in it (see `storyboard.language.text.citing`), where there are any.
    `frames` is how many frames of the film a clock leaves it, None where none trims it.
    `constraints` None means the usual close of a prompt, an empty text none; `template` None the usual template.
    `shown` is the time on screen, (out - in) / speed; `duration` is the length of clip asked for. `in_` and `out` of
    footage count in the file; its clip is that stretch alone, at its speed. `options` are the fields of the shot's own
    provider. `moderation_retries` is how often one that refuses what is to be seen is asked again; `placeholder`: a
    slate stands in the cut for it where it failed. `circle` is where the circled take is written.
    """

    id: ShotId
    index: int
    place: Span
    scene: str | None
    provider: str
    duration: Fraction
    width_px: int
    height_px: int
    aspect: str
    resolution: str
    action: tuple[Beat, ...] = ()
    prompt: str | None = None
    dialogue: tuple[Line, ...] = ()
    size: str | None = None
    framing: str | None = None
    angle: str | None = None
    move: str | None = None
    lens: str | None = None
    location: Asset | None = None
    time: str | None = None
    slug: str | None = None
    cast: tuple[Casting, ...] = ()
    props: tuple[Asset, ...] = ()
    style: Asset | None = None
    sounds: str | None = None
    negative: str | None = None
    keep: tuple[str, ...] = ()
    note: str | None = None
    seed: int | None = None
    audio: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    start: Edge | None = None
    end: Edge | None = None
    after: tuple[ShotId, ...] = ()
    takes: int = 1
    circled: int | None = None
    circle: Span | None = None
    locked: bool = False
    review: bool = False
    omit: bool = False
    in_: Fraction = Fraction(0)
    out: Fraction = Fraction(0)
    mute: bool = False
    gain_db: Decimal = Decimal(0)
    footage: Footage | None = None
    card: Card | None = None
    clip_of: ShotId | None = None
    titles: tuple[Title, ...] = ()
    speed: Fraction = Fraction(1)
    transition: Transition | None = None
    fade_out: Fraction = Fraction(0)
    lead: Fraction = Fraction(0)
    tail: Fraction = Fraction(0)
    frames: int | None = None
    fallbacks: tuple[Fallback, ...] = ()
    moderation_retries: int = 0
    placeholder: bool = False
    origin: tuple[Related, ...] = ()
    cites: tuple[tuple[Asset, Look | None], ...] = ()
    cited_prompt: str | None = None
    constraints: str | None = None
    template: PromptTemplate | None = None

    @property
    def framed(self) -> bool:
        """Whether a picture is given for its first or its last frame."""
        opens = self.start is not None and (self.start.image is not None or self.start.shot is not None)
        ends = self.end is not None and (self.end.image is not None or self.end.shot is not None)
        return ends or (opens and self.start is not None and self.start.mode == "first_frame")

    @property
    def follows(self) -> bool:
        """Whether another shot's frame or clip is given beside its words, without being what it opens on."""
        return self.start is not None and self.start.shot is not None and self.start.mode != "first_frame"

    @property
    def versions(self) -> tuple[Shot, ...]:
        """The shot as each provider of its list is asked for it, in order."""
        others = (replace(self, provider=one.provider, options=one.options, fallbacks=()) for one in self.fallbacks)
        return (self, *others)

    @property
    def generated(self) -> bool:
        """Whether somebody is asked for its clip: it is neither footage nor a card nor another shot's clip."""
        return self.footage is None and self.card is None and self.clip_of is None

    @property
    def pace(self) -> Fraction:
        """How fast the cut plays its clip; the clip of footage has its speed already."""
        return self.speed if self.footage is None else Fraction(1)

    @property
    def shown(self) -> Fraction:
        """Seconds on screen: (out - in) / speed."""
        used = self.out - self.in_ if self.in_ else self.out
        return used if self.speed == 1 else used / self.speed  # most shots need neither: fractions are slow


class Sound(Struct, frozen=True):
    """A sound laid over the film: of `file`, or a `text` that is still to be spoken (silence until it has a file).

    It begins `at` seconds after the first visible frame of `shot`, or of the film; it ends with the last frame of
    `through`, else with its own end, or with the film where it is a `loop`. `in_` and `out` count in the file.
    """

    place: Span
    role: SoundRole
    file: Reference | None = None
    text: str | None = None
    shot: ShotId | None = None
    through: ShotId | None = None
    at: Fraction = Fraction(0)
    in_: Fraction = Fraction(0)
    out: Fraction = Fraction(0)
    gain_db: Decimal = Decimal(0)
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)
    loop: bool = False
    duck: bool = False


class Scene(Struct, frozen=True):
    """A scene as written; its fields have already reached its shots."""

    id: str
    place: Span
    slug: str | None = None
    note: str | None = None


class Budget(Struct, frozen=True):
    """The most a film may cost with each provider, in that provider's unit, over all its runs."""

    most: Mapping[str, Decimal] = field(default_factory=dict)
    unknown_price: Literal["refuse", "allow"] = "refuse"


class Film(Struct, frozen=True):
    """A whole storyboard, expanded and resolved. `shots` stand in film order, omitted ones included.

    `included` are the absolute paths of the texts that it was read from beside its own: included files, its rows.
    """

    path: str
    title: str
    delivery: Delivery
    shots: tuple[Shot, ...]
    scenes: tuple[Scene, ...] = ()
    assets: Mapping[str, Asset] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    note: str | None = None
    sound: tuple[Sound, ...] = ()
    subtitles: Subtitles | None = None
    included: tuple[str, ...] = ()
    checks: Checks = field(default_factory=Checks)

    @property
    def on_screen(self) -> tuple[Shot, ...]:
        """The shots that the film shows, in order."""
        return tuple(shot for shot in self.shots if not shot.omit)

    @property
    def files(self) -> tuple[Reference, ...]:
        """Every file that the film names, each path once."""
        return tuple({one.path: one for one in self.references}.values())

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every mention of a file: by assets, looks, footage, cards, start and end images, sounds."""
        found: list[Reference] = []
        for asset in self.assets.values():
            found += asset.references
            for look in asset.looks.values():
                found += look.references
        for shot in self.shots:
            found += [shot.footage.file] if shot.footage is not None else []
            found += [shot.card.image] if shot.card is not None and shot.card.image is not None else []
        edges = [edge for shot in self.shots for edge in (shot.start, shot.end)]
        found += [edge.image for edge in edges if edge is not None and edge.image is not None]
        found += [sound.file for sound in self.sound if sound.file is not None]
        return tuple(found)

    def shot(self, shot_id: ShotId) -> Shot:
        """The shot of that id. Raises KeyError."""
        for shot in self.shots:
            if shot.id == shot_id:
                return shot
        raise KeyError(shot_id)


class Money(Struct, frozen=True):
    """An amount in a provider's own unit (credits, dollars)."""

    amount: Decimal
    unit: str


class Frame(Struct, frozen=True):
    """A decoded picture that is carried: the PNG's path, and the SHA-256 of its RGB pixels."""

    path: str
    pixels: str


class Clip(Struct, frozen=True):
    """A stored, verified clip. `frames` were counted by decoding; `fps` is the stream's own rate."""

    id: ClipId
    frames: int
    fps: Fraction
    width_px: int
    height_px: int
    has_audio: bool
    bytes: int

    @property
    def duration(self) -> Fraction:
        """Seconds of picture: frames / fps."""
        return Fraction(self.frames * self.fps.denominator, self.fps.numerator)
