"""One seed: a film, paid gateways, up to five boots that end badly, two calm ones; `laws` are watched all the way.

Everything random comes from the seed: the film, its budget, the faults, where a process is struck, how long it stays
down, and the order in which trio runs what is ready. The machine's own wall clock is set to another time between boots.
"""

from __future__ import annotations

import errno
import signal
from decimal import Decimal
from random import Random

import trio

from storyboard.film import Beat, Budget
from storyboard.planning import plan
from storyboard.state.journal import History
from storyboard.structs import replace
from tests.simulation.gateway import CALM, STORM, WILD, Faults
from tests.simulation.kinds import KINDS, TOY
from tests.simulation.laws import Violation
from tests.simulation.machine import Ending, Machine, Twist, repeatable
from tests.simulation.scenes import RAIN, scene
from tests.simulation.world import CrashKind, Strike

BOOTS = 5
CALM_BOOTS = 2
SPOKEN = 3
"""Of the seeds of a gateway, one in so many speaks to it by production's client; in as many it calls."""
SHARED = 7
"""Of the seeds, one in so many has several films, which share what they have in common."""
BOUNDED = 0.3
"""How many films have a budget."""


class Simulation(Machine):
    """One seed of one kind of gateway, from the first boot to the verdict."""

    def __init__(self, seed: int, kind: str = TOY, twist: Twist | None = None) -> None:
        called = Random(f"called {kind} {seed}") if seed % SPOKEN == 1 else None
        super().__init__(Random(f"{kind} {seed}"), kind, twist, spoken=seed % SPOKEN == 0, called=called)
        self.seed = seed
        self.film = scene(self.rng, KINDS.get(kind))
        self.stale = self.rng.random() < 0.5
        if self.rng.random() < BOUNDED:
            self.budget = self._budget()
        if seed % SHARED == 5:
            self._vary(Random(f"films {kind} {seed}"))

    def run(self) -> list[Violation]:
        """All boots, then the verdict. Many a film is edited between two boots."""
        boots = self.rng.randint(1, BOOTS)
        edited_before = self.rng.randrange(1, 2 * BOOTS)
        with repeatable(self.seed):
            for number in range(boots):
                if number == edited_before:
                    self._edit()
                self._wild(STORM if self.rng.random() < 0.2 else WILD)
                if self.laws.violations:
                    return self.laws.violations
            for _ in range(CALM_BOOTS if self.caller is None else 2 * CALM_BOOTS):  # one may be told that a job failed
                self.boot(CALM, Ending(crash="power"))
                made = self.made()
                if all(take.verdict == "done" for take in made.takes):
                    break
        self.judge(made, edited=edited_before < boots)
        return self.laws.violations

    def _vary(self, rng: Random) -> None:
        """Another film or two beside it, which differ by the words of one shot or of none."""
        for name in ("ash", "pine")[: rng.randint(1, 2)]:
            shots = list(self.film.shots)
            index = rng.randrange(len(shots) + 1)
            if index < len(shots):
                shots[index] = replace(shots[index], action=(Beat(f"{shots[index].id} of {name}."),))
            self.beside[name] = replace(self.film, shots=tuple(shots))

    def _budget(self) -> Budget:
        """So much for each provider that the film as it is may be paid for, or a part of it."""
        most: dict[str, Decimal] = {}
        for take in plan.make(self.film, self.capabilities, History(), {}).takes:
            if take.price is not None and not take.free:
                name = take.shot.provider
                most[name] = most.get(name, Decimal(0)) + take.price.amount
        share = Decimal(self.rng.choice((30, 60, 100, 120))) / 100
        return Budget({name: amount * share for name, amount in most.items()}, "allow")

    def _edit(self) -> None:
        """Another text for the first shot that has no equal: of equal shots, the first would hand its clip on."""
        shots = list(self.film.shots)
        index = next(index for index, shot in enumerate(shots) if shot.action != RAIN)
        shots[index] = replace(shots[index], action=(Beat("Something else happens."),))
        self.film = replace(self.film, shots=tuple(shots))
        self.trace.append(f"{shots[index].id} is edited")

    def _wild(self, faults: Faults) -> None:
        crash: CrashKind = "kill" if self.rng.random() < 0.5 else "power"
        at, strike, among = self._aimed()
        down_s = self.rng.choice(self.twist.down_s)
        signals = self._signal if self.rng.random() < 0.3 else None
        self.boot(faults, Ending(at, strike, crash, down_s, among), signals)
        if self.rng.random() < self.twist.stands_still:
            self.clock.wrong_s -= down_s
        else:
            self.clock.wrong_s = self.rng.choice((0.0, 0.0, -86_400.0, 3_600.0))

    def _aimed(self) -> tuple[int | None, Strike, str]:
        """Where and how a boot is struck: anywhere, or where money is on its way."""
        fate = self.rng.random()
        if fate < 0.15:
            return None, "before", ""
        failing = OSError(self.rng.choice((errno.EIO, errno.ENOSPC)), "the disk fails")
        strikes: tuple[Strike, ...] = ("before", "during", "after", failing)
        if fate < 0.45:
            return self.rng.randrange(4), self.rng.choice(("before", "after")), "POST"
        return int(2 ** self.rng.uniform(0, 7.5)), self.rng.choices(strikes, (4, 1, 4, 1))[0], ""

    async def _signal(self) -> None:
        """One signal or two, half of them while a submission is on its way."""
        if self.rng.random() < 0.5:
            await self.posted.wait()
        else:
            await trio.sleep(2 ** self.rng.uniform(-2, 8))
        signal.raise_signal(signal.SIGTERM)
        if self.rng.random() < 0.75:
            await trio.sleep(self.rng.choice((0.5, 1.01, 1.1, 20.0)))
            signal.raise_signal(signal.SIGTERM)
