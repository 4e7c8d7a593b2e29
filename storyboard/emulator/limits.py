"""A sliding window: at most so many requests of an account in any stretch of so many seconds."""

from __future__ import annotations

from collections import defaultdict, deque

from msgspec import Struct, field


class Window(Struct):
    """Admits at most `most` requests of an account in any `span_s` seconds; what it refuses does not count. `fullest`
    is the most that any account had at once.
    """

    most: int
    span_s: float
    fullest: int = 0
    refused: int = 0
    _admitted: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def admit(self, now: float, account: str = "") -> float | None:
        """None where the request may pass, else the seconds after which one may."""
        admitted = self._admitted[account]
        while admitted and admitted[0] <= now - self.span_s:
            admitted.popleft()
        if len(admitted) >= self.most:
            self.refused += 1
            return admitted[0] + self.span_s - now
        admitted.append(now)
        self.fullest = max(self.fullest, len(admitted))
        return None
