"""What the production schedule loses to gateways' limits and to not knowing when a job is done, in virtual time.

The bound is what nobody can pass who may have `concurrency` jobs at once and `REQUESTS` requests in a window, the
greatest of three: the longest chain of jobs, all jobs divided by how many run at once, and the windows that it takes to
order each job and ask for it once. Only the gateway's own seconds count in it; whatever the way there, downloads,
decoding, frames and hosting take, and the last jobs that leave places empty, is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench import virtual
from storyboard.film import Film
from tests.films import after, film, shot

CONCURRENCY, MANY = 10, 40
SEEDS = 3


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


SHAPES: Mapping[str, Callable[[], Film]] = {
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
