"""`python -m tests.simulation`: play seeds.

python -m tests.simulation 7 12 --kind ark     # these seeds, with all that happened in them
python -m tests.simulation --seeds 20000       # so many of all kinds, in two processes
python -m tests.simulation --pairs             # every two crashes of a chain of two shots, at every gateway
"""

import argparse
import sys
import time

from tests.simulation.crashes import GATEWAYS
from tests.simulation.harness import Simulation
from tests.simulation.lane import ALL, run, run_pairs, spell


def told(kind: str, seed: int) -> bool:
    """Play one seed and tell what happened; whether every law held."""
    simulation = Simulation(seed, kind)
    broken = simulation.run()
    print("\n".join(simulation.trace))
    print(f"{kind} {seed}:", *(map(str, broken) if broken else ["every law held"]), sep="\n  ")
    return not broken


def options() -> argparse.ArgumentParser:
    """What may be asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seed", type=int, nargs="*", help="seeds to tell of")
    parser.add_argument("--kind", choices=ALL, default=ALL[0], help="the gateway that is tried")
    parser.add_argument("--seeds", type=int, default=0, help="how many to play, of all kinds in turn")
    parser.add_argument("--first", type=int, default=0, help="the number of the first of them")
    parser.add_argument(
        "--pairs",
        nargs="*",
        choices=GATEWAYS,
        metavar="GATEWAY",
        help="play every two crashes of these gateways, or of all",
    )
    parser.add_argument("--shots", type=int, default=2, help="how many shots the chain of --pairs has")
    parser.add_argument("--processes", type=int, default=2)
    return parser


def main() -> int:
    """The exit code is 1 where a law was broken."""
    said = options().parse_args()
    held = [told(said.kind, seed) for seed in said.seed]
    if said.seeds:
        began = time.monotonic()
        played = run(said.seeds, said.processes, said.first)
        print(spell(played, time.monotonic() - began))
        held.append(not played.broken)
    if said.pairs is not None:
        found = run_pairs(said.pairs or GATEWAYS, said.shots, said.processes)
        held += [not one.violations for one in found.values()]
    return not all(held)


if __name__ == "__main__":
    sys.exit(main())
