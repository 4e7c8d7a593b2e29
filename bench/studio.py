"""A month of a studio in virtual time: a hundred accounts, twenty films each of five hundred takes, a million takes.

The production schedule plays every film with the limits of a gateway that takes ten jobs at once and twenty-eight
requests in a minute; jobs last as the emulated seedance2ai's do. Of the questions about a job only the last is played,
so windows are emptier than in life; `pacing` plays them all. Of each film every request and every job is looked at:
how full the fullest window was, how many jobs ran at once, and how much of what the account bears was used.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from bench import pacing, virtual
from bench.ratio import Ratio
from storyboard.collecting import no_cyclic_collection
from storyboard.film import Shot
from storyboard.planning.plan import PlannedTake
from storyboard.rendering.virtual import Known, Play
from tests.films import after, film, shot

ACCOUNTS, DAYS = 100, 20
CONCURRENCY = 10
LATE_S = 4.0
"""How late a job is noticed to be finished: what `pacing` shows of polls."""
MOST_MS = 0.5
"""The most of this process's time that a take may take."""
CREDITS = 15
"""A take of five seconds, by the stand-in's price."""
FILMS: Sequence[pacing.Shape] = (
    lambda: pacing.chains(*[10] * 50),
    lambda: pacing.chains(*range(1, 31), *[5] * 7),
    lambda: pacing.chains(*[1] * 500),
    lambda: film(*(one for strand in range(25) for one in _diamonds(strand))),
)
"""Five hundred shots: fifty chains of ten, chains of one to thirty, shots alone, diamonds."""


def _diamonds(strand: int) -> list[Shot]:
    made = [shot(f"{strand}.0", provider=virtual.NAME)]
    for place in range(6):
        before, here = f"{strand}.{place}", f"{strand}.{place + 1}"
        made.append(shot(f"{before}a", provider=virtual.NAME, start=after(before)))
        made.append(shot(f"{before}b", provider=virtual.NAME, start=after(before, frame="first")))
        made.append(shot(here, provider=virtual.NAME, start=after(f"{before}a"), end=after(f"{before}b")))
    return [*made, shot(f"{strand}.last", provider=virtual.NAME, start=after(f"{strand}.6"))]


@dataclass(frozen=True)
class Day:
    """One film on one account: takes, seconds from the first request to the end, requests in the fullest window, most
    jobs at once, the share of the places that was used while the film was on.
    """

    takes: int
    seconds: float
    fullest: int
    crowd: int
    used: float


def day(known: Known, seed: int) -> Day:
    """One film, played."""
    draw = Random(seed)
    lasts = {
        take.key: draw.triangular(virtual.QUICKEST_S, virtual.SLOWEST_S, virtual.USUAL_S) for take in known.plan.takes
    }

    def late(take: PlannedTake, running: int) -> float:
        return draw.uniform(0.0, 2 * LATE_S)

    play = Play(known, lambda take: lasts[take.key], late)
    played = play.run()
    if played.failed or len(played.ended) != len(lasts):
        raise RuntimeError(f"{len(lasts) - len(played.ended)} takes of a film are not done")
    begun = [(play.accepted[key], 1) for key in lasts]
    jobs = sorted([*begun, *((at + lasts[key], -1) for (at, _), key in zip(begun, lasts, strict=True))])
    crowd = max(accumulate(step for _, step in jobs))
    used = sum(lasts.values()) / (CONCURRENCY * played.seconds)
    return Day(len(lasts), played.seconds, _fullest(play.asked[virtual.NAME]), crowd, used)


def _fullest(moments: Sequence[float]) -> int:
    """The most requests in any window."""
    most = first = 0
    for last, at in enumerate(moments):
        while moments[first] <= at - virtual.WINDOW_S + 1e-6:
            first += 1
        most = max(most, last - first + 1)
    return most


def studio(size: int) -> list[Ratio]:
    """The whole month; a hundredth of it for a look."""
    accounts, days = (ACCOUNTS, DAYS) if size >= 10_000 else (5, 4)
    kinds = [_known(shape) for shape in FILMS]
    began, done, seconds, crowds = time.process_time(), 0, 0.0, Counter[int]()
    fullest, used = 0, list[float]()
    for seed in range(accounts * days):
        with no_cyclic_collection():
            one = day(kinds[sum(divmod(seed, days)) % len(kinds)], seed)
        done, seconds, fullest = done + one.takes, seconds + one.seconds, max(fullest, one.fullest)
        used.append(one.used)
        crowds[one.crowd] += 1
    ms = 1000 * (time.process_time() - began) / done
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    print(
        f"studio: {done} takes on {accounts} accounts, {accounts * days} films, {done * CREDITS} credits, "
        f"{seconds / 3600:.0f} hours of rendering, {seconds / accounts / 3600:.0f} an account; "
        f"places used {statistics.fmean(used):.1%} on average, {min(used):.1%} at least; peak memory {peak:.0f} MiB"
    )
    allowed, most = virtual.REQUESTS, max(crowds)
    told = "requests in the fullest window, of those allowed"
    return [
        Ratio(told, fullest, allowed, fullest / allowed, 1.0, unit="requests"),
        Ratio("jobs at once, of those allowed", most, CONCURRENCY, most / CONCURRENCY, 1.0, unit="jobs"),
        Ratio("CPU a take", ms, 1.0, ms, MOST_MS, unit="ms"),
    ]


def _known(shape: pacing.Shape) -> Known:
    from bench.foreseeing import known

    return known(shape, CONCURRENCY)
