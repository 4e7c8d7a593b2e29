"""What submissions know of the run that they are part of: its schedule, and the accounts it orders with."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from storyboard.film import Clip, ClipId
from storyboard.planning.programme import Programme
from storyboard.rendering import events as ev
from storyboard.rendering.work import Phase, Work, Works
from storyboard.state.account import Took
from storyboard.state.journal import History, Record, TakeState


class Desk(Protocol):
    """The schedule as the submissions use it: it keeps the takes, they decide about their attempts."""

    plan: Programme
    works: Works
    history: History
    clips: dict[ClipId, Clip]
    draining: bool

    @property
    def now(self) -> ev.Now:
        """The time of the current step."""

    def order(self, action: ev.Action) -> None:
        """Start an action after this step's records are durable."""

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something in a later step, unless the run is draining by then."""

    def journal(self, record: Record) -> None:
        """Journal a record in this step."""

    def has_read(self, letter: str) -> None:
        """A message may go once this step's records are durable."""

    def write(self, work: Work, state: TakeState, code: str | None = None, message: str | None = None) -> None:
        """Record where a take stands."""

    def tell(self, event: str, work: Work, **facts: object) -> None:
        """Put something among the news."""

    def fail(self, work: Work, code: str, message: str, phase: Phase = "failed") -> None:
        """End a take without a clip."""


NO_HOSTING = "no-hosting"
"""The code of a take whose pictures no gateway could reach."""


class Account(Struct, frozen=True):
    """An account of this run: whose it is (`name` tells one from another, and nothing else), and how it is used.

    `poll_s` is a fixed beat of polls. `concurrency` is the most jobs at once, `most` what this run may spend at most,
    `spent` what it has spent before, on other films of the storyboard.
    `took` is how long earlier jobs took, the oldest first. `calls` says that its gateway can reach us and tells of jobs
    that have ended, so that they are seldom asked for.
    """

    name: str = ""
    concurrency: int | None = None
    poll_s: float | None = None
    most: Decimal | None = None
    spent: Decimal = Decimal(0)
    calls: bool = False
    took: tuple[Took, ...] = ()
