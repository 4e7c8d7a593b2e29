"""How often and how much an account may be asked: pure decisions.

Laws. Requests of all kinds share one sliding window, in all processes of a user, because gateways count polls too. A
gateway that says when to come back is left alone until then. How many jobs run at once is learned: one more after each
round of acceptances, half of them after each refusal for being busy, at least one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from statistics import median

EARLIEST = 0.5
"""The share of the usual time before which a job is not asked for."""
SOONEST_S, LATEST_S = 1.0, 60.0
START = 2
"""How many jobs an account is asked for at first."""


def wait_s(sent: Sequence[float], held_until: float, now: float, requests: int, window_s: float) -> float:
    """How long the next request has to wait, in seconds. `sent` are the moments of those before, oldest first.

    A moment that is in the future was written before the clock was set back; it counts as now.
    """
    held = max(0.0, held_until - now)
    counted = [min(moment, now) for moment in sent if min(moment, now) > now - window_s]
    if len(counted) < requests:
        return held
    return max(held, counted[-requests] + window_s - now)


class Concurrency:
    """How many jobs of an account run at once; `most` bounds what is learned."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self.allowed = START if most is None else min(START, most)
        self._accepted = 0

    def accepted(self) -> None:
        """One more was accepted; after a round of them there is room for one more."""
        self._accepted += 1
        if self._accepted >= self.allowed:
            self._accepted = 0
            if self._most is None or self.allowed < self._most:
                self.allowed += 1

    def busy(self) -> None:
        """The gateway had no room."""
        self._accepted = 0
        self.allowed = max(1, self.allowed // 2)


class Beat:
    """When to ask for a job: by how long others took for a second of clip, at first by what is said of the provider.

    Little is gained by asking before the work can be done; from then on asking often costs little.
    """

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self._seen: list[float] = []

    def learn(self, duration: Fraction, seconds: float) -> None:
        """A clip of `duration` came after so many seconds."""
        self._seen = [*self._seen[-20:], seconds / float(duration)]

    def usual_s(self, duration: Fraction) -> float:
        """How long a clip of `duration` usually takes, in seconds."""
        return (median(self._seen) if self._seen else self._pace) * float(duration)

    def next_s(self, duration: Fraction, elapsed: float, *, resumed: bool = False) -> float:
        """How long to wait before asking (again), in seconds. `resumed` says that nobody knows since when it runs."""
        expected = self.usual_s(duration)
        if not resumed and elapsed < EARLIEST * expected:
            return max(SOONEST_S, EARLIEST * expected - elapsed)
        return min(LATEST_S, max(SOONEST_S, expected / 15, (elapsed - expected) / 5))
