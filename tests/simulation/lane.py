"""Many seeds of every kind of gateway, in several processes, and what they came to."""

from __future__ import annotations

import gc
import multiprocessing
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation.harness import Simulation
from tests.simulation.kinds import KINDS, TOY
from tests.simulation.machine import Tally

ALL = (TOY, *KINDS)
BLOCK = 50
QUIET_S = 60.0
"""How often a lane whose output is no terminal tells how far it is."""

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
        for played in _results(blocks, processes):
            found.add(played)
            bar.advance(task, played.seeds)
            for broken in played.broken:
                print("BROKEN", *broken, flush=True)
            if not sys.stdout.isatty() and time.monotonic() - said >= QUIET_S:
                said = time.monotonic()
                print(f"{found.seeds} of {seeds} seeds, {len(found.broken)} broken", flush=True)
    return found


def _results(blocks: list[Numbers], processes: int) -> Iterator[Played]:
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(play, blocks)


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
