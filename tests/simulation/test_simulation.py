"""Seeds of every kind of gateway, the seeds that failed once, and mutants, to show that the laws have teeth.

A seed that fails is played again, with all that happened in it, by `python -m tests.simulation SEED --kind KIND`.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation import mutants
from tests.simulation.emulated import SUBMISSIONS, WIRE, Emulated
from tests.simulation.harness import SPOKEN, Simulation
from tests.simulation.kinds import KINDS, TOY
from tests.simulation.lane import ALL, play
from tests.simulation.machine import Twist

BLOCK = 50
BLOCKS = 20
"""1,000 seeds, 200 of each kind; 20,000 are a lane of their own."""
CORPUS = [
    (kind, int(seed))
    for kind, seed, *_ in (
        line.split()
        for line in (Path(__file__).parent / "corpus.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
]

MUTANTS: list[tuple[type[Twist], str, str, int]] = [
    (mutants.NoIntent, TOY, "paid-twice", 30),
    (mutants.NoIntentFsync, "defapi", "paid-twice", 40),
    (mutants.Resubmit, "defapi", "paid-twice", 20),
    (mutants.Resubmit, "seedance2ink", "paid-twice", 20),
    (mutants.Resubmit, "ark", "paid-twice", 20),
    (mutants.NewKey, "seedance2ai", "paid-twice", 20),
    (mutants.EarlyDone, TOY, "clip-missing", 5),
    (mutants.NoFileFsync, TOY, "clip-missing", 5),
    (mutants.NoFolderFsync, TOY, "clip-missing", 5),
    (mutants.RetryAfterTimeout, "seedance2ink", "paid-twice", 30),
    (mutants.AgelessKey, "seedance2ai", "paid-twice", 20),
    (mutants.OurClock, TOY, "paid-twice", 30),
    (mutants.Careless, TOY, "paid-twice", 60),
    (mutants.NoJournalFsync, TOY, "paid-twice", 60),
    (mutants.Heedless, "defapi", "unheeded", 200),
    (mutants.Believing, "defapi", "wrong-job", 200),
]
"""Each mutant, the gateway at which it is tried, the law that sees it, and among how many seeds."""


@pytest.mark.parametrize("block", range(BLOCKS))
def test_nothing_is_paid_twice_and_everything_ends(block: int) -> None:
    assert play((block * BLOCK, (block + 1) * BLOCK)).broken == []


@pytest.mark.parametrize(("kind", "seed"), CORPUS)
def test_a_seed_that_failed_once_holds(kind: str, seed: int) -> None:
    assert Simulation(seed, kind).run() == []


@pytest.mark.parametrize(("mutant", "kind", "law", "seeds"), MUTANTS, ids=lambda one: getattr(one, "__name__", None))
def test_a_mutant_dies(mutant: type[Twist], kind: str, law: str, seeds: int) -> None:
    assert any(law in {one.law for one in Simulation(seed, kind, mutant()).run()} for seed in range(seeds))


def test_a_seed_plays_the_same_whatever_the_hash_seed() -> None:
    def play_with(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        script = (
            "from tests.simulation.__main__ import told\n"
            "from tests.simulation.lane import ALL\n"
            "for kind in ALL:\n"
            "    for seed in (3, 4):\n"
            "        told(kind, seed)\n"
        )
        command = [sys.executable, "-c", script]
        root = Path(__file__).parents[2]
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True).stdout

    played = play_with("1")
    assert played.count("every law held") == 2 * len(ALL)
    assert play_with("2") == played


def test_the_emulated_gateways_are_met_at_their_worst() -> None:
    """Every fault that a submission or an exchange can suffer strikes, with production's client and without."""
    struck: set[str] = set()
    states: set[str] = set()
    replays = 0
    for seed in range(50):
        for kind in KINDS:
            simulation = Simulation(seed, kind)
            assert simulation.spoken == (seed % SPOKEN == 0)
            simulation.run()
            gateway = simulation.gateways[kind]
            assert isinstance(gateway, Emulated)
            struck |= gateway.struck
            states |= {one.state for one in simulation.world.journal.known.attempts.values()}
            replays += gateway.replays
    assert struck == {one["fault"] for one in (*SUBMISSIONS, *WIRE)}
    assert states >= {"succeeded", "failed", "rejected", "ambiguous"}
    assert replays > 0


def test_the_seeds_go_where_money_is_at_risk() -> None:
    """Without replays, refusals, refunds and ambiguous ends the laws would hold of nothing."""
    states: set[str] = set()
    replays = refunds = elsewhere = crashes = 0
    for seed in range(60):
        simulation = Simulation(seed)
        simulation.run()
        attempts = simulation.world.journal.known.attempts.values()
        states |= {attempt.state for attempt in attempts}
        elsewhere += len({(one.take, one.provider) for one in attempts}) - len({one.take for one in attempts})
        replays += simulation.gateways["keyed"].replays
        refunds += sum(charge.refunded for gateway in simulation.gateways.values() for charge in gateway.ledger)
        crashes += simulation.tally.crashes
    assert states >= {"succeeded", "failed", "rejected", "ambiguous"}
    assert min(replays, refunds, elsewhere) > 0
    assert crashes > 30
