"""How long the jobs of a provider take, as learned, and when it is worth asking for one: pure decisions.

Law. Asking costs a request, not asking costs the seconds for which a job may have been finished without our knowing. A
job is asked for when the second, by all that is known of its like, has grown to the price of the first. So it is seldom
asked for while it can hardly be done, most often when most are, and ever less often when it is later than all others.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from operator import sub

from storyboard.state.account import ENOUGH, MOST, Took

UNKNOWN = (0.6, 0.8, 1.0, 1.2, 1.4)
"""What jobs take before any was seen, in parts of what is said of the provider."""
SOONEST_S, LATEST_S = 1.0, 60.0
"""Between two questions about a job."""


class Curve:
    """The share of jobs that are finished by a time, rising straight from each one seen to the next."""

    def __init__(self, took: Iterable[float]) -> None:
        seen = sorted(took)
        step = (seen[-1] - seen[0]) / len(seen) or seen[0] / 10
        self._at = [max(0.0, seen[0] - step), *seen, seen[-1] + step]
        self.usual = self._at[(len(self._at) - 1) // 2]
        self.longest = self._at[-1]
        self._spread = (seen[-1] - seen[0]) / 4 or seen[0] / 10

    @cached_property
    def _share(self) -> list[float]:
        last = len(self._at) - 1
        return [number / last for number in range(last + 1)]

    @cached_property
    def _area(self) -> list[float]:
        """Under the share, up to each."""
        last = len(self._at) - 1
        steps = (wide * (number + 0.5) / last for number, wide in enumerate(map(sub, self._at[1:], self._at)))
        return [0.0, *accumulate(steps)]

    def _upto(self, elapsed: float) -> tuple[float, float]:
        """The share finished by then, and its area since the beginning."""
        if elapsed <= self._at[0]:
            return 0.0, 0.0
        number = bisect_right(self._at, elapsed) - 1
        if number >= len(self._at) - 1:
            return 1.0, self._area[-1] + elapsed - self._at[-1]
        past = elapsed - self._at[number]
        share = self._share[number]
        rise = (self._share[number + 1] - share) / (self._at[number + 1] - self._at[number])
        return share + rise * past, self._area[number] + past * (share + rise * past / 2)

    def at(self, share: float) -> float:
        """The time by which that share of jobs is finished, 0 to 1."""
        last = len(self._at) - 1
        number = min(int(share * last), last - 1)
        return self._at[number] + (share * last - number) * (self._at[number + 1] - self._at[number])

    def _left(self, elapsed: float) -> float:
        """How much longer a job takes that is later than all others."""
        return max(self._spread, elapsed - self.longest)

    def late_s(self, asked: float, elapsed: float) -> float:
        """For how long a job is likely to have been finished that is, and was not when it was last asked for."""
        share = self._upto(asked)[0]
        likely = (self._upto(elapsed)[0] - share) / (1 - share) if share <= 0.999 else 1.0
        return min(elapsed - asked, self.unnoticed_s(asked, elapsed) / likely) if likely > 0.01 else 0.0

    def unnoticed_s(self, asked: float, elapsed: float) -> float:
        """For how long a job is expected to have been finished that was not when it was last asked for."""
        share, area = self._upto(asked)
        if share > 0.999:
            past, left = elapsed - asked, self._left(asked)
            return past**2 / (2 * left) if past < left else past - left / 2
        return (self._upto(elapsed)[1] - area - share * (elapsed - asked)) / (1 - share)

    def due(self, asked: float, price_s: float) -> float:
        """When asking is worth so many unnoticed seconds, in seconds since the job began."""
        share, area = self._upto(asked)
        if share > 0.999:
            left = self._left(asked)
            return asked + (math.sqrt(2 * price_s * left) if price_s < left / 2 else price_s + left / 2)
        wanted = price_s * (1 - share) + area - share * asked
        number = max(0, bisect_right(self._at, asked) - 1)
        last = len(self._at) - 1
        while number < last and self._area[number + 1] - share * self._at[number + 1] < wanted:
            number += 1
        if number == last:
            return self._at[last] + (wanted - self._area[last] + share * self._at[last]) / (1 - share)
        past_share, wide = self._share[number] - share, self._at[number + 1] - self._at[number]
        rise = (self._share[number + 1] - self._share[number]) / wide
        missing = wanted - self._area[number] + share * self._at[number]
        if rise == 0:
            return self._at[number] + missing / past_share
        return self._at[number] + (math.sqrt(max(0.0, past_share**2 + 2 * rise * missing)) - past_share) / rise


class Pace:
    """What is known of a provider's jobs. `usual` is what is said of it, in seconds of waiting for a second of clip."""

    def __init__(self, usual: float, took: Iterable[Took] = ()) -> None:
        self._usual = usual
        self._took: deque[Took] = deque(maxlen=MOST)
        self._of: dict[tuple[int, int], deque[float]] = {}
        self._curves: dict[tuple[int, int], Curve] = {}
        self._news = 0
        for one in took:
            self.learn(*one)

    def learn(self, length: Fraction, seconds: float) -> None:
        """A clip of that length came after so many seconds."""
        self._took.append((length, seconds))
        self._of.setdefault(length.as_integer_ratio(), deque(maxlen=MOST)).append(seconds)
        self._news += 1
        if self._news * ENOUGH >= len(self._took):
            self._news = 0
            self._curves.clear()

    def curve(self, length: Fraction) -> Curve:
        """How long clips of that length take: as those of the very length did, else as all did for their own."""
        like = length.as_integer_ratio()  # a fraction's own hash is slow
        found = self._curves.get(like)
        if found is None:
            found = self._curves[like] = Curve(self._like(length))
        return found

    def _like(self, length: Fraction) -> list[float]:
        same = self._of.get(length.as_integer_ratio(), ())
        if len(same) >= ENOUGH:
            return list(same)
        scaled = [seconds * float(length / one) for one, seconds in self._took]
        if len(scaled) >= ENOUGH:
            return scaled
        return [*(self._usual * float(length) * part for part in UNKNOWN), *scaled]

    def next_s(self, length: Fraction, asked: float, price_s: float) -> float:
        """How long after it was last asked for, `asked` seconds after it began, a job is asked for again."""
        wait_s = self.curve(length).due(asked, price_s) - asked
        return max(SOONEST_S, wait_s if asked == 0 else min(LATEST_S, wait_s))
