"""Five hundred seeds of kills, power losses and lost answers; and mutants, to show that the laws have teeth.

A seed that fails is played again, with all that happened in it, by `python -m tests.simulation SEED`.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation import mutants
from tests.simulation.emulated import SUBMISSIONS, WIRE, Emulated
from tests.simulation.harness import Simulation, Twist

BLOCK = 20
BLOCKS = 25
NIGHT = 500
FAST, SLOW = 15, 250
"""Blocks with the driver of seedance2ai: 300 seeds always, 5,000 with those of the slow lane."""

MUTANTS: list[tuple[type[Twist], str, int]] = [
    (mutants.NoIntent, "paid-twice", 60),
    (mutants.Careless, "paid-twice", 100),
    (mutants.NewKey, "paid-twice", 60),
    (mutants.Resubmit, "paid-twice", 60),
    (mutants.NotSentAfterAll, "paid-twice", 60),
    (mutants.AgelessKey, "paid-twice", 50),
    (mutants.OurClock, "paid-twice", 150),
    (mutants.EarlyDone, "clip-missing", 10),
    (mutants.LyingDisk, "paid-twice", 60),
]
"""Each mutant, the law that sees it, and among how many seeds."""


def broken(seeds: range, *, emulated: bool = False) -> dict[int, list[str]]:
    found = {seed: Simulation(seed, emulated=emulated).run() for seed in seeds}
    return {seed: [f"{one.law}: {one.facts}" for one in violations] for seed, violations in found.items() if violations}


@pytest.mark.parametrize("block", range(BLOCKS))
def test_nothing_is_paid_twice_and_everything_ends(block: int) -> None:
    assert broken(range(block * BLOCK, (block + 1) * BLOCK)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("block", range(BLOCKS, NIGHT))
def test_nothing_is_paid_twice_in_many_more_seeds(block: int) -> None:
    assert broken(range(block * BLOCK, (block + 1) * BLOCK)) == {}


@pytest.mark.parametrize("block", range(FAST))
def test_the_driver_of_seedance2ai_pays_nothing_twice_whatever_the_emulator_does(block: int) -> None:
    assert broken(range(block * BLOCK, (block + 1) * BLOCK), emulated=True) == {}


@pytest.mark.slow
@pytest.mark.parametrize("block", range(FAST, SLOW))
def test_the_driver_of_seedance2ai_pays_nothing_twice_in_five_thousand_seeds(block: int) -> None:
    assert broken(range(block * BLOCK, (block + 1) * BLOCK), emulated=True) == {}


@pytest.mark.parametrize(("mutant", "law", "seeds"), MUTANTS, ids=lambda one: getattr(one, "__name__", None))
def test_a_mutant_dies(mutant: type[Twist], law: str, seeds: int) -> None:
    laws = {violation.law for seed in range(seeds) for violation in Simulation(seed, mutant()).run()}
    assert law in laws


def test_a_seed_plays_the_same_whatever_the_hash_seed() -> None:
    def play(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-m", "tests.simulation", "3", "4", "5"]
        root = Path(__file__).parents[2]
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True).stdout

    played = play("1")
    assert "every law held" in played
    assert play("2") == played


def test_the_emulated_gateway_is_met_at_its_worst() -> None:
    """Every fault of the emulator that a submission or an exchange can suffer strikes within these seeds."""
    struck: set[str] = set()
    states: set[str] = set()
    replays = 0
    for seed in range(150):
        simulation = Simulation(seed, emulated=True)
        simulation.run()
        gateway = simulation.gateways["seedance2ai"]
        assert isinstance(gateway, Emulated)
        struck |= gateway.struck
        states |= {one.state for one in simulation.world.journal.read().attempts.values()}
        replays += gateway.replays
    assert struck == {one["fault"] for one in (*SUBMISSIONS, *WIRE)}
    assert states >= {"succeeded", "failed", "rejected", "ambiguous"}
    assert replays > 20


def test_the_seeds_go_where_money_is_at_risk() -> None:
    """Without replays, refusals, refunds and ambiguous ends the laws would hold of nothing."""
    states: set[str] = set()
    replays = refunds = elsewhere = 0
    for seed in range(40):
        simulation = Simulation(seed)
        simulation.run()
        states |= {attempt.state for attempt in simulation.world.journal.read().attempts.values()}
        attempts = simulation.world.journal.read().attempts.values()
        elsewhere += len({(one.take, one.provider) for one in attempts}) - len({one.take for one in attempts})
        replays += simulation.gateways["keyed"].replays
        refunds += sum(charge.refunded for gateway in simulation.gateways.values() for charge in gateway.ledger)
    assert states >= {"succeeded", "failed", "rejected", "ambiguous"}
    assert replays > 0
    assert refunds > 0
    assert elsewhere > 0
