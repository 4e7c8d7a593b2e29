"""The ports of a run: all that `run.py` may touch. Production and simulation pass their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from msgspec import Struct, field

from storyboard.exchange import NotSent, Request, Response, Unknown
from storyboard.film import Clip, ClipId, Frame, TakeId
from storyboard.media.jobs import Executor
from storyboard.planning.programme import Programme
from storyboard.rendering.events import News, Now
from storyboard.state.inbox import Message
from storyboard.state.journal import AttemptRecord, Journal

T = TypeVar("T")


class Clock(Protocol):
    """Tells the time. `mono` is the clock that trio's deadlines use."""

    def now(self) -> Now:
        """The time now."""


class Network(Protocol):
    """Speaks to gateways: adds the configured origin and key, keeps deadlines, never repeats anything by itself."""

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        """One exchange. `NotSent` only where no byte left; every other failure is `Unknown`. Orders go first, then the
        smallest `rank`. Raises Refused where no request can succeed in this run; nothing was sent then.
        """

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        """Stream a finished clip to `target`. Raises ConnectionError or TimeoutError when the gateway or the way to it
        fails, another OSError when the disk does.
        """


class Host(Protocol):
    """Makes files reachable for gateways."""

    async def link(self, path: Path) -> str:
        """A URL under which these very bytes are served. Raises ConnectionError, or TimeoutError."""


class Clips(Protocol):
    """The clip store as a run uses it."""

    def part_path(self, take: TakeId, token: str) -> Path:
        """A fresh name for a clip in the making."""

    def clip_path(self, clip: ClipId) -> Path:
        """Where a kept clip lies."""

    def frame_path(self, clip: ClipId, index: int) -> Path:
        """Where an extracted frame lies."""

    def keep(self, part: Path, clip: Clip, provenance: Mapping[str, Any]) -> Path:
        """Make the part durable under its final name. Raises Refused (14) when the disk fails or lies."""

    def keep_frame(self, clip: ClipId, index: int, pixels: str) -> Frame:
        """Make an extracted frame durable. Raises Refused (14)."""


class Letters(Protocol):
    """The inbox as a run reads it."""

    def drain(self) -> list[Message]:
        """What was sent and is not settled, oldest first."""

    def settle(self, messages: Iterable[Message]) -> None:
        """Forget messages that were acted on."""


class Reserve(Protocol):
    """Takes the names of jobs when the journal cannot be written any more."""

    def keep(self, attempts: Sequence[AttemptRecord]) -> bool:
        """Write down attempts that were accepted; False where even that fails."""


class Offload(Protocol):
    """Runs a blocking call where it does not hold up the run: a thread in production, inline in simulation."""

    def __call__(self, act: Callable[..., T], *args: Any) -> Awaitable[T]:
        """The call's result."""


class Turn(Protocol):
    """The right to have an order on its way, where an account takes one at a time."""

    def take(self) -> bool:
        """Take it; False where another process has it."""

    def give_back(self) -> None:
        """Let others have it; nothing where it is not had."""


class Pool(Protocol):
    """What an account bears, shared by the processes and machines that use it: jobs at once, turns, money."""

    async def place(self, attempt: AttemptRecord) -> tuple[float, str]:
        """Ask for a place for an attempt's job: 0 and it has it; else how many seconds to wait, for ever where it is
        too dear; and why, in words.
        """

    def hear(self, attempt: AttemptRecord) -> None:
        """Take note of what has become of an attempt, once the journal holds it."""


class Decide(Protocol):
    """Takes in what a person has decided while the run was on."""

    def __call__(self, decision: Mapping[str, Any]) -> Programme | None:
        """The plan of the films with that decision, None where it changes nothing here."""


class Ports(Struct, frozen=True):
    """Everything outside. `network` is None where no gateway can be spoken to, `host` where files cannot be hosted,
    `inbox` where nobody can write, `decide` where nobody decides, `reserve` where nothing is paid for. The inbox is
    looked into every `inbox_s` seconds. `turns` are by provider, of accounts that other processes may order from too
    and that honour no keys; so are `pools`, of accounts that several machines share.
    """

    clock: Clock
    journal: Journal
    clips: Clips
    executor: Executor
    offload: Offload
    new_id: Callable[[], str]
    tell: Callable[[News], None]
    network: Network | None = None
    host: Host | None = None
    inbox: Letters | None = None
    inbox_s: float = 0.5
    decide: Decide | None = None
    reserve: Reserve | None = None
    turns: Mapping[str, Turn] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
