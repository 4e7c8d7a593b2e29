"""How often and how much an account may be asked: pure decisions.

Laws. Requests of all kinds share one sliding window, in all processes of a user, because gateways count polls too. A
gateway that says when to come back is left alone until then. How many jobs run at once is learned: one more after each
round of acceptances, half of them after each refusal for being busy, at least one.
"""

from __future__ import annotations

from collections.abc import Sequence

from storyboard.exchange import LONGEST_WAIT_S

START = 2
"""How many jobs an account is asked for at first, where nobody has set how many it bears."""
PARTS = 14
"""Into so many parts a window is divided for polls, so that they are spread over it."""
KEPT_SHARE = 28
"""One in so many requests of a window is left to orders."""


def wait_s(sent: Sequence[float], held_until: float, now: float, requests: int, window_s: float) -> float:
    """How long the next request has to wait, in seconds. `sent` are the moments of those before, oldest first.

    A moment that is in the future was written before the clock was set back; it counts as now. So nobody is left alone
    for longer than a gateway may ask.
    """
    held = min(max(0.0, held_until - now), LONGEST_WAIT_S)
    counted = [min(moment, now) for moment in sent if min(moment, now) > now - window_s]
    if len(counted) < requests:
        return held
    return max(held, counted[-requests] + window_s - now)


def poll_wait_s(sent: Sequence[float], held_until: float, now: float, requests: int, window_s: float) -> float:
    """As `wait_s`, for a poll. Polls leave some places of the window to orders, and do not go all at once, since the
    window would then be shut for as long as it lasts.
    """
    burst = max(1, requests // PARTS)
    spread = wait_s(sent, held_until, now, burst, window_s * burst / requests)
    return max(spread, wait_s(sent, held_until, now, max(1, requests - requests // KEPT_SHARE), window_s))


class Concurrency:
    """How many jobs of an account run at once; `most` bounds what is learned."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self.allowed = START if most is None else most
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
