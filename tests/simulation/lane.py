"""Many seeds of every kind of gateway, and every pair of crash points, in several processes, and what they came to."""

from __future__ import annotations

import gc
import multiprocessing
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation.crashes import Points, acts, pairs_after
from tests.simulation.harness import Simulation
from tests.simulation.kinds import KINDS, TOY
from tests.simulation.tally import Tally

ALL = (TOY, *KINDS)
BLOCK = 50
QUIET_S = 60.0
"""How often a lane whose output is no terminal tells how far it is."""

Asked = TypeVar("Asked")
Got = TypeVar("Got")
Numbers = tuple[int, int]
"""The first seed's number and the one after the last; of number n the kind is ALL[n % 5], the seed n // 5."""


@dataclass
class Played:
    """What a block of seeds came to; `broken` tells kind, seed and the laws that did not hold."""

    seeds: int = 0
    tally: Tally = field(default_factory=Tally)
    broken: list[tuple[str, int, list[str]]] = field(default_factory=list)

    def add(self, other: Played) -> None:
        """Take in another one."""
        self.seeds += other.seeds
        self.tally.add(other.tally)
        self.broken += other.broken


def play(numbers: Numbers) -> Played:
    """Play a block. An error of the program is a broken law too."""
    played = Played()
    gc.freeze()  # what was imported is no garbage, and need not be looked through after every block
    gc.disable()
    for number in range(*numbers):
        kind, seed = ALL[number % len(ALL)], number // len(ALL)
        simulation = Simulation(seed, kind)
        try:
            laws = sorted({violation.law for violation in simulation.run()})
        except Exception as error:  # noqa: BLE001 -- whatever a seed brings up is told with its number
            laws = [f"{type(error).__name__}: {error}"]
        played.seeds += 1
        played.tally.add(simulation.tally)
        if laws:
            played.broken.append((kind, seed, laws))
    gc.enable()
    gc.collect()
    return played


def run(seeds: int, processes: int, first: int = 0) -> Played:
    """Play so many seeds and tell how far it is. The sum of all."""
    blocks = [(start, min(start + BLOCK, first + seeds)) for start in range(first, first + seeds, BLOCK)]
    found = Played()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=not sys.stdout.isatty()) as bar:
        task = bar.add_task("seeds", total=seeds)
        said = time.monotonic()
        for played in _results(play, blocks, processes):
            found.add(played)
            bar.advance(task, played.seeds)
            for broken in played.broken:
                print("BROKEN", *broken, flush=True)
            if not sys.stdout.isatty() and time.monotonic() - said >= QUIET_S:
                said = time.monotonic()
                print(f"{found.seeds} of {seeds} seeds, {len(found.broken)} broken", flush=True)
    return found


def run_pairs(gateways: Iterable[str], shots: int, processes: int) -> dict[str, Points]:
    """Play every pair of crash points of a chain of so many shots and tell how far it is. What each gateway came to."""
    first = [(gateway, at, shots) for gateway in gateways for at in range(acts(gateway, shots) + 1)]
    found: dict[str, Points] = defaultdict(Points)
    left = Counter(gateway for gateway, _, _ in first)
    for gateway, points in _results(_pairs, first, processes):
        found[gateway].add(points)
        left[gateway] -= 1
        if not left[gateway]:
            print(spell_pairs(gateway, found[gateway]), flush=True)
    return found


def _pairs(first: tuple[str, int, int]) -> tuple[str, Points]:
    return first[0], pairs_after(*first)


def _results(act: Callable[[Asked], Got], asked: Iterable[Asked], processes: int) -> Iterator[Got]:
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(act, asked)


def spell_pairs(gateway: str, found: Points) -> str:
    """What a gateway's pairs came to, in words, with the first that broke a law."""
    broken = "".join(f"\n  {strikes}: {violation}" for strikes, violation in found.violations[:5])
    return (
        f"{gateway}: {found.points} crash points, {found.runs} pairs, {found.crashes} crashes: "
        f"{len(found.violations)} laws broken; at most {found.most_open} submissions of open fate after a crash, "
        f"{found.ambiguous} ambiguous in the end, at most {found.most_ambiguous} of a run{broken}"
    )


def spell(played: Played, seconds: float) -> str:
    """The sum in words."""
    tally = played.tally
    lines = [
        f"{played.seeds} seeds in {seconds:.0f} s ({played.seeds / seconds:.1f} a second): "
        f"{len(played.broken)} with a law broken",
        f"{tally.boots} boots, {tally.crashes} crashes, {sum(tally.faults.values())} faults",
        "faults: " + ", ".join(f"{name} {many}" for name, many in sorted(tally.faults.items())),
    ]
    for provider in sorted(tally.most_open):
        left, ambiguous = tally.left_open[provider], tally.ambiguous[provider]
        lines.append(
            f"{provider}: at most {tally.most_open[provider]} submissions of open fate after a crash, "
            f"{left / max(1, tally.crashes):.3f} a crash; {ambiguous} ambiguous in the end, by crashes and lost answers"
        )
    return "\n".join(lines)
