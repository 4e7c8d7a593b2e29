"""A sliding window: at most so many requests in any stretch of so many seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Window:
    """Admits at most `most` requests in any `span_s` seconds; what it refuses does not count."""

    most: int
    span_s: float
    fullest: int = 0
    refused: int = 0
    _admitted: deque[float] = field(default_factory=deque)

    def admit(self, now: float) -> float | None:
        """None where the request may pass, else the seconds after which one may."""
        while self._admitted and self._admitted[0] <= now - self.span_s:
            self._admitted.popleft()
        if len(self._admitted) >= self.most:
            self.refused += 1
            return self._admitted[0] + self.span_s - now
        self._admitted.append(now)
        self.fullest = max(self.fullest, len(self._admitted))
        return None
