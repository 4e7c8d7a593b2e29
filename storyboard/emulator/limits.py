"""Sliding windows: at most so many requests in any stretch of so many seconds, each account for itself."""

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


@dataclass(slots=True)
class Windows:
    """A window for each account: `fullest` is the fullest of them, `refused` what they refused together."""

    most: int
    span_s: float
    _by_account: dict[str, Window] = field(default_factory=dict)

    def admit(self, now: float, account: str = "") -> float | None:
        """None where a request of the account may pass, else the seconds after which one may."""
        return self._by_account.setdefault(account, Window(self.most, self.span_s)).admit(now)

    @property
    def fullest(self) -> int:
        """The most that any account had in its window."""
        return max((one.fullest for one in self._by_account.values()), default=0)

    @property
    def refused(self) -> int:
        """How many requests were refused."""
        return sum(one.refused for one in self._by_account.values())
