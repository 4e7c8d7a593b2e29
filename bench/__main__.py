"""`python -m bench [NAME …] [--short]`: run the benches of these names, or all; `--short` takes a tenth of the size,
for a look. The exit code counts the goals that were missed.
"""

import sys
from collections.abc import Callable

from bench import (
    boards,
    clustering,
    cutting,
    fetching,
    foreseeing,
    joining,
    matching,
    mistakes,
    pacing,
    pictures,
    plans,
    reading,
    rendering,
    running,
    sizes,
    studio,
    working,
)
from bench.ratio import Ratio

BENCHES: dict[str, Callable[[int], list[Ratio]]] = {
    "load": reading.load,
    "growth": reading.growth,
    "expand": reading.expand,
    "expressions": reading.expressions,
    "check": mistakes.check,
    "help": plans.answering,
    "plan-snakemake": plans.snakemake,
    "plan-doit": plans.doit,
    "takes": rendering.takes,
    "resume": rendering.resume,
    "pacing": pacing.pacing,
    "forecast": foreseeing.foreseeing,
    "work": working.work,
    "run": running.run,
    "sizes": sizes.sizes,
    "board": boards.boards,
    "studio": studio.studio,
    "download": fetching.download,
    "last-frame": pictures.last_frame,
    "join": joining.join,
    "cut": cutting.encode,
    "recut": cutting.recut,
    "match": matching.removed,
    "cluster": clustering.clustering,
}


def main(arguments: list[str]) -> int:
    """Print a line a figure; the exit code counts the goals that were missed."""
    if {"-h", "--help"} & set(arguments):
        print(__doc__, f"Benches: {', '.join(BENCHES)}", sep="\n")
        return 0
    short = "--short" in arguments
    names = [name for name in arguments if not name.startswith("-")] or list(BENCHES)
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench {unknown[0]!r}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    missed = 0
    for name in names:
        for ratio in BENCHES[name](1_000 if short else 10_000):
            print(f"{name}: {ratio}", flush=True)
            missed += not ratio.met
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
