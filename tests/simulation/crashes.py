"""Every crash point of a small film, and every pair of them, with nothing else going wrong.

The film is a chain of shots, all ordered from one gateway, rendered by a run that dies just before act N; the next run
dies just before its act M, and the one after that is left in peace. A kill keeps what was written. A power loss keeps
what was synced, and of the rest nothing (`power`) or what a seed says (`torn`). The machine is down for a minute.

Then the laws hold, each shot was paid once or is ambiguous, and a crash has left at most one submission open. None
stays so where keys are kept, and none that was taken where jobs are listed or told of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Literal

from storyboard.film import Film
from storyboard.providers import Calling
from tests.films import after, film, shot
from tests.simulation.gateway import CALM
from tests.simulation.kinds import KINDS, TOY
from tests.simulation.laws import Violation
from tests.simulation.machine import Ending, Machine, Twist, repeatable
from tests.simulation.world import CrashKind

End = Literal["kill", "power", "torn"]
ENDS: tuple[End, ...] = ("kill", "power", "torn")
WORST = ENDS[:2]
"""Those that no chance softens."""
BARE = "bare"
"""The toy without keys, which is a kind of its own here."""
CALLED = {f"{name} that calls": name for name, kind in KINDS.items() if isinstance(kind.remote, Calling)}
"""Gateways that call, of which each is a kind of its own here, and their names. The door is always open."""
GATEWAYS = ("keyed", BARE, *KINDS, *CALLED)
"""Every kind of gateway."""
SURE = frozenset(("keyed", "seedance2ai"))
"""The gateways at which the next run finds out what became of everything."""
FOUND = frozenset(("ark", *CALLED))
"""Those at which it finds out what became of whatever arrived."""


class Nothing(Random):
    """Chance at its worst for whoever did not sync: of what may be lost, all is."""

    def randrange(self, *_: int) -> int:  # type: ignore[override]  # one use of it
        return 0

    def choice(self, among: object) -> str:  # type: ignore[override]  # of a file's fates the first
        return "lost"


@dataclass
class Points:
    """What an enumeration came to: how many crash points, runs, the most submissions that one crash left open, how many
    ended ambiguous, and what broke.
    """

    points: int = 0
    runs: int = 0
    crashes: int = 0
    most_open: int = 0
    ambiguous: int = 0
    most_ambiguous: int = 0
    violations: list[tuple[object, Violation]] = field(default_factory=list)

    def add(self, other: Points) -> None:
        """Take in another one."""
        self.points += other.points
        self.runs += other.runs
        self.crashes += other.crashes
        self.most_open = max(self.most_open, other.most_open)
        self.ambiguous += other.ambiguous
        self.most_ambiguous = max(self.most_ambiguous, other.most_ambiguous)
        self.violations += other.violations


def chain(gateway: str, shots: int) -> Film:
    """A chain of shots, each opening on the last frame of the one before."""
    names = [f"{number + 1}A" for number in range(shots)]
    edges = [None, *(after(name) for name in names)]
    return film(*(shot(name, provider=gateway, start=edge) for name, edge in zip(names, edges, strict=False)))


def singles(gateway: str, shots: int = 3, twist: type[Twist] = Twist) -> Points:
    """Every crash point alone, in every way of ending."""
    found = Points(acts(gateway, shots, twist) + 1)
    for end in ENDS:
        for at in range(found.points):
            _play(gateway, shots, twist, [(at, end)], found)
    return found


def pairs(gateway: str, shots: int = 2, twist: type[Twist] = Twist, every: int = 1) -> Points:
    """Every crash point, and after it every crash point of the run that goes on from there, each by a kill and by a
    loss of power; of all of these one in `every`, so that each act is struck first by some, and second by some.
    """
    found = Points()
    for at in range(acts(gateway, shots, twist) + 1):
        found.add(pairs_after(gateway, at, shots, twist, every))
    return found


def pairs_after(gateway: str, at: int, shots: int = 2, twist: type[Twist] = Twist, every: int = 1) -> Points:
    """Those of the pairs whose first crash is at one act."""
    found = Points(points=1)
    for one in WORST:
        left = _play(gateway, shots, twist, [(at, one)], Points()) + 1
        for number, (second, other) in enumerate(product(range(left), WORST)):
            if (number + at) % every == 0:
                _play(gateway, shots, twist, [(at, one), (second, other)], found)
    return found


def acts(gateway: str, shots: int, twist: type[Twist] = Twist) -> int:
    """How many acts a run has that nothing strikes."""
    return _play(gateway, shots, twist, [], Points())


def _play(gateway: str, shots: int, twist: type[Twist], strikes: list[tuple[int, End]], found: Points) -> int:
    """Play these crashes and one boot in peace; answers how many acts that one had."""
    name = CALLED.get(gateway, gateway)
    machine = Machine(
        Random(0),
        TOY if name in (BARE, "keyed") else name,
        twist(),
        called=Random(0) if gateway in CALLED else None,
    )
    if machine.caller is not None:
        machine.caller.listens = True
    machine.film = chain(name, shots)
    with repeatable(0):
        for at, end in strikes:
            kind: CrashKind = "kill" if end == "kill" else "power"
            machine.boot(CALM, Ending(at, "before", kind), chance=Nothing() if end == "power" else None)
        machine.boot(CALM, Ending(crash="power"))
        acts = machine.acts
    machine.judge(machine.made())
    _note(machine, gateway, name, strikes, found)
    return acts


def _note(machine: Machine, gateway: str, name: str, strikes: list[tuple[int, End]], found: Points) -> None:
    open_fates, ambiguous = machine.tally.most_open[name], machine.tally.ambiguous[name]
    most = 0 if gateway in SURE else len(strikes)
    machine.laws.check(open_fates <= 1, "many-open", open_fates)
    machine.laws.check(ambiguous <= most, "many-ambiguous", ambiguous)
    if gateway in FOUND:
        lost = [one.body for one in machine.world.journal.known.attempts.values() if one.state == "ambiguous"]
        taken = [charge.job for charge in machine.gateways[name].ledger if charge.body in lost]
        machine.laws.check(not taken, "not-found", taken)
    found.runs += 1
    found.crashes += len(strikes)
    found.most_open = max(found.most_open, open_fates)
    found.ambiguous += ambiguous
    found.most_ambiguous = max(found.most_ambiguous, ambiguous)
    found.violations += [(strikes, one) for one in machine.laws.violations]
