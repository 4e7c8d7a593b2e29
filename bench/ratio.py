"""Two things timed in turn, A B A B, and the median of their ratios."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """Medians of ours and the peer's in `unit`, and of their ratios by pair; `goal` is the most that the last may be,
    with `at_least` the least; without one the figure is only told.
    """

    what: str
    ours: float
    peer: float
    median: float
    goal: float | None
    at_least: bool = False
    unit: str = "s"

    @property
    def met(self) -> bool:
        """Whether the goal is met, if there is one."""
        if self.goal is None:
            return True
        return self.median >= self.goal if self.at_least else self.median <= self.goal

    def __str__(self) -> str:
        told = f"{self.what}: {self.median:.2f} × ({self.ours:.3f} {self.unit} / {self.peer:.3f} {self.unit})"
        if self.goal is None:
            return told
        sign = "≥" if self.at_least else "≤"
        return f"{told}, goal {sign} {self.goal:g}: {'met' if self.met else 'MISSED'}"


def seconds(act: Callable[[], object]) -> float:
    """Wall seconds of one call, the garbage of the one before collected first."""
    gc.collect()
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def interleaved(
    what: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    goal: float | None,
    *,
    pairs: int = 7,
    speedup: bool = False,
) -> Ratio:
    """Time both in turn. The ratio is ours over the peer's, or with `speedup` the peer's over ours, to be at least."""
    ours(), peer()
    times = [(seconds(ours), seconds(peer)) for _ in range(pairs)]
    ratios = [b / a if speedup else a / b for a, b in times]
    ours_s, peer_s = (statistics.median(column) for column in zip(*times, strict=True))
    return Ratio(what, ours_s, peer_s, statistics.median(ratios), goal, speedup)
