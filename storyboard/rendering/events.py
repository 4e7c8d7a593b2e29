"""What the schedule hears and what it orders. Every action ends in exactly one event that settles it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from storyboard.exchange import Ask, Cancelled, NotCancelled, Outcome, Polled, Request
from storyboard.film import Clip, ClipId, Frame, JobId, TakeId, TakeKey
from storyboard.planning.carried import Slot
from storyboard.planning.programme import Programme
from storyboard.state.journal import Record

Said = Cancelled | NotCancelled | Polled | None
"""What came of calling a job off: of one that has ended, how; None where its gateway does not say."""


class Now(Struct, frozen=True):
    """The clock's two readings: `mono` seconds never jump and time the waits, `wall` seconds date the records."""

    mono: float
    wall: float

    def slept_s(self, before: Now) -> float:
        """How much longer it was than `mono` says: that one pauses while the machine sleeps."""
        return (self.wall - before.wall) - (self.mono - before.mono)


class FrameTaken(Struct, frozen=True):
    """A frame that was ordered is there; `flaw` is what speaks against carrying it."""

    clip: ClipId
    index: int
    frame: Frame
    flaw: str = ""


class FrameBroke(Struct, frozen=True):
    """A frame that was ordered could not be taken."""

    clip: ClipId
    index: int
    code: str
    message: str


class FrameChosen(Struct, frozen=True):
    """Which frame a take carries, and its flaw."""

    key: TakeKey
    slot: Slot
    index: int
    flaw: str


class ChoiceBroke(Struct, frozen=True):
    """The frame that a take carries could not be chosen."""

    key: TakeKey
    code: str
    message: str


class Drawn(Struct, frozen=True):
    """A clip was drawn or fetched to `part` and decoded from end to end."""

    key: TakeKey
    part: str
    clip: Clip


class Kept(Struct, frozen=True):
    """The clip has its final name, durable, its bytes read again."""

    key: TakeKey
    clip: Clip


class Hosted(Struct, frozen=True):
    """Files that a provider has to reach are reachable; `links` are their URLs by path."""

    key: TakeKey
    ask: Ask
    links: Mapping[str, str]


class HostBroke(Struct, frozen=True):
    """A file could not be made reachable; nothing was ordered."""

    key: TakeKey
    code: str
    message: str


class Greeted(Struct, frozen=True):
    """A gateway that was greeted. `date` is its own time, in seconds since 1970, where it says it; `reason` is why it
    could not be reached, empty where it was.
    """

    provider: str
    date: float | None = None
    reason: str = ""


class Answered(Struct, frozen=True):
    """The outcome of one POST of an attempt, or of looking for its job; `date` is the gateway's own time."""

    attempt: str
    outcome: Outcome
    date: float | None = None


class PollRead(Struct, frozen=True):
    """How a job stands, None where the poll told nothing; `date` is the gateway's own time."""

    key: TakeKey
    polled: Polled | None
    date: float | None = None


class AllRead(Struct, frozen=True):
    """How jobs stand that were asked for together: those that the answer tells of, None where it told nothing."""

    provider: str
    jobs: tuple[tuple[TakeKey, JobId], ...]
    polled: Mapping[JobId, Polled] | None
    date: float | None = None


class Broke(Struct, frozen=True):
    """Drawing, fetching or keeping a take failed; `again` says that another try may help."""

    key: TakeKey
    code: str
    message: str
    again: bool = False


class Drain(Struct, frozen=True):
    """Start nothing new; let what runs finish."""


class Cancel(Struct, frozen=True):
    """A person cancels the takes of these names, or of the shots of these names, of the films of these names; None: of
    all.
    """

    names: frozenset[str] | None
    films: frozenset[str] | None = None


class CallOffRead(Struct, frozen=True):
    """What came of calling a job off."""

    key: TakeKey
    said: Said


class Hinted(Struct, frozen=True):
    """Somebody who says to be the gateway told of the job of a take: it is asked for now, and nothing is believed."""

    key: TakeKey


class Called(Struct, frozen=True):
    """Somebody who could sign it told of the submission of a `key`, in these bytes; `letter` is the message's id."""

    letter: str
    key: str
    body: bytes


class Confirmed(Struct, frozen=True):
    """What the gateway says of the job that a callback named for an attempt; None where it told nothing."""

    attempt: str
    job: JobId
    polled: Polled | None


class Decided(Struct, frozen=True):
    """A person has decided something meanwhile: the plan of the same films as it is now."""

    plan: Programme


Event = (
    FrameTaken
    | FrameBroke
    | FrameChosen
    | ChoiceBroke
    | Drawn
    | Kept
    | Hosted
    | HostBroke
    | Greeted
    | Answered
    | PollRead
    | AllRead
    | Broke
    | CallOffRead
    | Drain
    | Cancel
    | Hinted
    | Called
    | Confirmed
    | Decided
)


class Extract(Struct, frozen=True):
    """Take frame `index` of a clip. Settled by `FrameTaken` or `FrameBroke`."""

    clip: ClipId
    index: int


class Choose(Struct, frozen=True):
    """Choose the frame that a take carries, of frames `first` to `last` of a clip. Settled by `FrameChosen` or
    `ChoiceBroke`.
    """

    key: TakeKey
    slot: Slot
    clip: ClipId
    first: int
    last: int
    best: bool


class Draw(Struct, frozen=True):
    """Draw a take locally. Settled by `Drawn` or `Broke`."""

    key: TakeKey
    take: TakeId
    provider: str
    ask: Ask


class Host(Struct, frozen=True):
    """Make the files at `paths` reachable for an ask. Settled by `Hosted` or `HostBroke`."""

    key: TakeKey
    ask: Ask
    paths: tuple[str, ...]


class Greet(Struct, frozen=True):
    """Ask a gateway, at no cost, before anything is ordered from it. Settled by `Greeted`."""

    provider: str
    request: Request


class Post(Struct, frozen=True):
    """Send the exact bytes of an attempt. Settled by `Answered`."""

    attempt: str
    provider: str
    request: Request


class Find(Struct, frozen=True):
    """Look for the job of a submission whose answer was lost in the gateway's own list, by the submission's key.
    Settled by `Answered`: accepted where it is there, else of unknown fate.
    """

    attempt: str
    provider: str
    submission: str


class Poll(Struct, frozen=True):
    """Ask how a job stands; of several, the smallest `rank` first. Settled by `PollRead`."""

    key: TakeKey
    provider: str
    job: JobId
    rank: float = 0.0


class CallOff(Struct, frozen=True):
    """Call a job off, where its gateway does. Settled by `CallOffRead`."""

    key: TakeKey
    provider: str
    job: JobId


class PollAll(Struct, frozen=True):
    """Ask how many jobs stand. Settled by `AllRead`."""

    provider: str
    jobs: tuple[tuple[TakeKey, JobId], ...]
    rank: float = 0.0


class Confirm(Struct, frozen=True):
    """Ask for the job that a callback named for an attempt; nothing of it is believed yet. Settled by `Confirmed`."""

    attempt: str
    provider: str
    job: JobId


class Fetch(Struct, frozen=True):
    """Download a finished job's clip. Settled by `Drawn` or `Broke`."""

    key: TakeKey
    take: TakeId
    provider: str
    link: str


class Keep(Struct, frozen=True):
    """Give a decoded part its final name. Settled by `Kept` or `Broke`."""

    key: TakeKey
    part: str
    clip: Clip
    provenance: Mapping[str, Any]


Action = Extract | Choose | Draw | Host | Greet | Post | Find | Poll | PollAll | Confirm | CallOff | Fetch | Keep


class News(Struct, frozen=True):
    """Something to tell people and programs: one of the events that `render --json` documents. `film` is the name of
    the film whose it is; a take that films share is the first one's.
    """

    event: str
    take: TakeId | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    film: str = ""


class Decision(Struct):
    """What one step decided. The records are journaled before any action starts; `wake_at` is on the `mono` clock.
    `read` are the messages whose meaning is in the journal with it, so that they may go.
    """

    records: list[Record] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    wake_at: float | None = None
