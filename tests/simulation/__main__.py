"""`python -m tests.simulation SEED…`: play seeds, tell what happened in each and which laws it broke."""

import sys

from tests.simulation.harness import Simulation

for seed in map(int, sys.argv[1:]):
    simulation = Simulation(seed)
    broken = simulation.run()
    print("\n".join(simulation.trace))
    print(f"seed {seed}:", *(map(str, broken) if broken else ["every law held"]), sep="\n  ")
