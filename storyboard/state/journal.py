"""The journal port: append a batch durably, read everything back.

A record is the latest word about one thing and replaces the record of the same key; a batch is one transaction, all of
it or none. `append` returns only when the batch would survive a power loss. The runner appends before it acts.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, Protocol

from msgspec import Struct, field

from storyboard.film import Clip, ClipId, JobId, TakeId, TakeKey

TakeState = Literal[
    "planned",
    "submitting",
    "submitted",
    "downloading",
    "done",
    "failed",
    "cancelled",
    "ambiguous",
    "lost",
    "skipped",
    "held",
]
AttemptState = Literal[
    "intended", "unsure", "accepted", "not-sent", "rejected", "busy", "ambiguous", "given-up", "succeeded", "failed"
]


class TakeRecord(Struct, frozen=True):
    """Where a take stands. `own` and `ask` are canonical JSON manifests; `carried` holds the digest of the start
    frame's pixels that the clip was made from (empty where nothing was carried).
    """

    key: TakeKey
    take: TakeId
    provider: str
    number: int
    rank: int
    own: str
    state: TakeState
    ask: str = ""
    carried: str = ""
    clip: ClipId | None = None
    error_code: str | None = None
    error_message: str | None = None
    changed: float = 0.0


class AttemptRecord(Struct, frozen=True):
    """One try to get a take from a provider. `body` holds the exact bytes; `changed` and `created` are wall seconds.

    `state` is `intended` from before the first byte may leave until an answer came; `unsure` once an answer was lost,
    and then until the provider's own word settles it: a later send that did not leave says nothing about the first.
    `given-up` is of unknown fate, or its clip is lost, and a person has ordered the take anew. `dated` is when it was
    intended by the gateway's own clock, None where the gateway does not say its time.
    """

    id: str
    take: TakeKey
    provider: str
    state: AttemptState
    key: str
    path: str
    headers: str
    body: bytes
    account: str
    created: float
    reserve: Decimal | None = None
    charged: Decimal | None = None
    unit: str = ""
    job: JobId | None = None
    reason: str | None = None
    dated: float | None = None


class FrameRecord(Struct, frozen=True):
    """Frame `index` of a clip, extracted: the SHA-256 of its RGB pixels."""

    clip: ClipId
    index: int
    pixels: str


class FilmRecord(Struct, frozen=True):
    """A film that was cut: under which name, the SHA-256 of what was joined and how, and the file as a `Clip`."""

    name: str
    joined: str
    clip: ClipId


class UseRecord(Struct, frozen=True):
    """What a take of a film last was, by the film's name (empty without profiles and variants) and the take's: the key
    of its record, and that of the one that a person has accepted by a circle under review.
    """

    film: str
    take: TakeId
    key: TakeKey
    accepted: TakeKey | None = None


Record = TakeRecord | AttemptRecord | FrameRecord | FilmRecord | UseRecord | Clip


class History(Struct):
    """All that the journal knows, by key."""

    takes: dict[TakeKey, TakeRecord] = field(default_factory=dict)
    attempts: dict[str, AttemptRecord] = field(default_factory=dict)
    clips: dict[ClipId, Clip] = field(default_factory=dict)
    frames: dict[tuple[ClipId, int], FrameRecord] = field(default_factory=dict)
    films: dict[str, FilmRecord] = field(default_factory=dict)
    uses: dict[tuple[str, TakeId], UseRecord] = field(default_factory=dict)

    def keep(self, record: Record) -> None:
        """Let `record` replace the one of its key."""
        match record:
            case TakeRecord():
                self.takes[record.key] = record
            case Clip():
                self.clips[record.id] = record
            case AttemptRecord():
                self.attempts[record.id] = record
            case FrameRecord():
                self.frames[record.clip, record.index] = record
            case FilmRecord():
                self.films[record.name] = record
            case UseRecord():
                self.uses[record.film, record.take] = record


class Journal(Protocol):
    """The port. When the medium fails, `append` raises Refused (exit code 14), and nothing more may be sent."""

    def append(self, records: Sequence[Record]) -> None:
        """Keep the batch, all or nothing, durable when this returns."""

    def read(self) -> History:
        """Everything kept so far."""
