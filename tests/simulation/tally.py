"""What a simulation has tried, and what it met."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """What was tried and met: faults by name, crashes, submissions that one left open, and how many stay ambiguous."""

    faults: Counter[str] = field(default_factory=Counter)
    boots: int = 0
    crashes: int = 0
    most_open: Counter[str] = field(default_factory=Counter)
    left_open: Counter[str] = field(default_factory=Counter)
    ambiguous: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Take in another one."""
        self.boots += other.boots
        self.crashes += other.crashes
        for name in ("faults", "left_open", "ambiguous"):
            getattr(self, name).update(getattr(other, name))
        for provider, most in other.most_open.items():
            self.most_open[provider] = max(self.most_open[provider], most)
