"""What the production schedule loses to gateways' limits and to not knowing when a job is done, in virtual time.

The bound is what nobody can pass who may have `concurrency` jobs at once and `REQUESTS` requests in a window, the
greatest of three: the longest chain of jobs, all jobs divided by how many run at once, and the windows that it takes to
order each job and ask for it once. Only the gateway's own seconds count in it; whatever the way there, downloads,
decoding, frames and hosting take, and the last jobs that leave places empty, is ours.

Nobody knows beforehand how long a job will take, and so nobody meets the bound: beside it stands what an ideal client
takes, who hears at once, to whom everything comes at once, and who begins the longest path first, as we do.
"""

from __future__ import annotations

import heapq
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench import virtual
from bench.ratio import Ratio
from storyboard.film import Film
from tests.films import after, film, shot

CONCURRENCY, MANY = 10, 40
BEAT_S = 5.0
"""How often a plain client asks for each job."""
MOST_REQUESTS = 9.0
"""The most requests a shot, where more than one job runs."""
WAYS: Mapping[str, dict[str, bool]] = {"polls": {}, "webhooks": {"called": True}, "a batch list": {"listed": True}}
GOALS = {"polls": (1.10, 1.14), "webhooks": (1.03, 1.10), "a batch list": (1.05, 1.12)}
"""By how much the bound may be passed: by most shapes, and by diamonds."""
CROWD = ("200 independent", "film 20×10", "chains 1..30", "diamonds")
"""The shapes of which more than ten jobs run at once where they may."""


def chains(*lengths: int) -> Film:
    """Chains of these lengths, each shot on the frame of the one before."""
    shots = []
    for number, length in enumerate(lengths):
        for place in range(length):
            start = after(f"{number}.{place - 1}") if place else None
            shots.append(shot(f"{number}.{place}", provider=virtual.NAME, start=start))
    return film(*shots)


def strands(many: int, long: int) -> Film:
    """Diamonds end to end: from each frame two shots, and one between them that the next diamond begins with."""
    shots = []
    for strand in range(many):
        shots.append(shot(f"{strand}.0", provider=virtual.NAME))
        for place in range(long):
            before, here = f"{strand}.{place}", f"{strand}.{place + 1}"
            shots.append(shot(f"{before}a", provider=virtual.NAME, start=after(before)))
            shots.append(shot(f"{before}b", provider=virtual.NAME, start=after(before, frame="first")))
            shots.append(shot(here, provider=virtual.NAME, start=after(f"{before}a"), end=after(f"{before}b")))
    return film(*shots)


Shape = Callable[[], Film]
SHAPES: Mapping[str, Shape] = {
    "chain-50": lambda: chains(50),
    "chains 1..30": lambda: chains(*range(1, 31)),
    "200 independent": lambda: chains(*[1] * 200),
    "film 20×10": lambda: chains(*[10] * 20),
    "diamonds": lambda: strands(10, 5),
}


def bound_s(made: Film, lasts: Mapping[str, float], concurrency: int, asked: int = 2) -> float:
    """The least that a film takes; each job needs `asked` requests."""
    ends: dict[str, float] = {}
    for one in made.shots:
        needs = [edge.shot for edge in (one.start, one.end) if edge is not None and edge.shot is not None]
        ends[one.id] = max((ends[need] for need in needs), default=0.0) + lasts[f"{one.id}-1"]
    windows = (asked * len(made.shots) - 1) // virtual.REQUESTS * virtual.WINDOW_S
    return max(max(ends.values()), sum(lasts.values()) / concurrency, windows)


def ideal_s(made: Film, lasts: Mapping[str, float], concurrency: int) -> float:
    """What the ideal client takes, who has no requests to make."""
    follow: dict[str, list[str]] = defaultdict(list)
    missing: Counter[str] = Counter()
    for one in made.shots:
        for edge in (one.start, one.end):
            if edge is not None and edge.shot is not None:
                follow[edge.shot].append(one.id)
                missing[one.id] += 1
    path: dict[str, int] = {}
    for one in reversed(made.shots):
        path[one.id] = 1 + max((path[later] for later in follow[one.id]), default=0)
    ready: list[tuple[int, str]] = [(-path[one.id], one.id) for one in made.shots if not missing[one.id]]
    heapq.heapify(ready)
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < concurrency:
            shot_id = heapq.heappop(ready)[1]
            heapq.heappush(running, (now + lasts[f"{shot_id}-1"], shot_id))
        now, ended = heapq.heappop(running)
        for later in follow[ended]:
            missing[later] -= 1
            if not missing[later]:
                heapq.heappush(ready, (-path[later], later))
    return now


@dataclass(frozen=True)
class Figure:
    """One way to ask on one shape, over some seeds: the mean of what it took over the bound, the worst of it, that of
    the ideal client, requests a shot, and the mean seconds. No limit of the gateway was passed.
    """

    ratio: float
    worst: float
    ideal: float
    requests: float
    seconds: float
    bound: float


def figure(shape: str, concurrency: int, seeds: int, **how: bool) -> Figure:
    """Measure a way to ask; `peer=True` is a plain client's. Raises RuntimeError where the gateway had to refuse."""
    made = SHAPES[shape]()
    ratios: list[float] = []
    ideals: list[float] = []
    requests: list[float] = []
    seconds: list[float] = []
    bounds: list[float] = []
    for seed in range(seeds):
        if how.get("peer"):
            ran = virtual.peer(made, concurrency, BEAT_S, seed)
        else:
            ran = virtual.run(made, concurrency, seed, **how)
        if (ran.refused or ran.crowded) and not how.get("peer"):
            raise RuntimeError(f"{shape}: {ran.refused} requests too many, {ran.crowded} jobs too many")
        bounds.append(bound_s(made, ran.lasts, concurrency, 1 if how.get("listed") else 2))
        ratios.append(ran.seconds / bounds[-1])
        ideals.append(ideal_s(made, ran.lasts, concurrency) / bounds[-1])
        requests.append(ran.requests / ran.shots)
        seconds.append(ran.seconds)
    mean = statistics.fmean
    return Figure(mean(ratios), max(ratios), mean(ideals), mean(requests), mean(seconds), mean(bounds))


def pacing(size: int) -> list[Ratio]:
    """Every shape asked for in every way at ten jobs at once; then at forty, against a plain client."""
    seeds = 1 if size < 10_000 else 3
    found: list[Ratio] = []
    for way, how in WAYS.items():
        for shape in SHAPES:
            one, goal = figure(shape, CONCURRENCY, seeds, **how), GOALS[way][shape == "diamonds"]
            what = f"{shape} by {way}, makespan over the bound ({_beside(one)})"
            found.append(Ratio(what, one.seconds, one.bound, one.ratio, goal))
            if way == "polls" and shape != "chain-50":
                told = f"{shape} by {way}, requests a shot"
                found.append(Ratio(told, one.requests, 1.0, one.requests, MOST_REQUESTS, unit="requests"))
    for shape in CROWD:
        one, fixed = figure(shape, MANY, seeds), figure(shape, MANY, seeds, peer=True)
        what = f"{shape} by polls, {MANY} jobs at once, makespan over the bound ({_beside(one)})"
        found.append(Ratio(what, one.seconds, one.bound, one.ratio, 1.45))
        most = 0.75 if shape == CROWD[0] else None
        told = f"{shape}, {MANY} jobs at once, by polls over a plain client's, every {BEAT_S:g} s"
        found.append(Ratio(told, one.seconds, fixed.seconds, one.seconds / fixed.seconds, most))
    return found


def _beside(one: Figure) -> str:
    return f"worst {one.worst:.3f}, an ideal client {one.ideal:.3f}"
