"""The clock that a gateway goes by: real time, or a time that stands still until somebody advances it.

It is one clock for everything that goes over the wire (dates, limits, links); how long a task takes is scaled apart.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate

from msgspec import Struct

START = 1_780_000_000.0
"""Where a virtual clock begins: in May 2026."""


class Clock(Struct):
    """Seconds since 1970. `read` is what ticks underneath."""

    read: Callable[[], float]
    offset_s: float = 0.0

    def now(self) -> float:
        """The time."""
        return self.read() + self.offset_s

    def advance(self, seconds: float) -> None:
        """Go forward. Raises ValueError for a step back: no gateway sees one."""
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"a clock goes forward by some seconds, not {seconds}")
        self.offset_s += seconds


def standing(start: float = START) -> Clock:
    """A virtual clock, which moves only when it is advanced."""
    return Clock(lambda: start)


def timestamp(at: float) -> str:
    """A time as JSON says it: `2026-06-03T10:00:00.000Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def http_date(at: float) -> str:
    """A time as HTTP says it: `Wed, 03 Jun 2026 10:00:00 GMT`."""
    return formatdate(at, usegmt=True)
