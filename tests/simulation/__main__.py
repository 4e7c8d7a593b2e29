"""`python -m tests.simulation [--emulated] SEED…`: play seeds, tell what happened in each and which laws it broke."""

import sys

from tests.simulation.harness import Simulation

emulated = "--emulated" in sys.argv
for seed in map(int, (one for one in sys.argv[1:] if one != "--emulated")):
    simulation = Simulation(seed, emulated=emulated)
    broken = simulation.run()
    print("\n".join(simulation.trace))
    print(f"seed {seed}:", *(map(str, broken) if broken else ["every law held"]), sep="\n  ")
