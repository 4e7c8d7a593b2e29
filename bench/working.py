"""A whole run of a thousand takes that do nothing, from the file to the last record, against tools that run tasks.

Each does as little a take as its own way allows: a touched file in Snakemake, which knows jobs by their files; a
command in doit, and beside it a function inside doit's own process; a function in Prefect. Each keeps what it takes for
the next run to do nothing again, as all do unasked but Prefect, which has to be told to; ours writes every transition
durably. Each is started anew and remembers nothing.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import noop, plans
from bench.peers import PREFECT, environment
from bench.ratio import Ratio

SNAKEFILE = """
rule all:
    input: expand("out/{{n}}.mp4", n=range({shots}))

rule shot:
    output: touch("out/{{n}}.mp4")
"""
DODO = """
def nothing():
    return True

def task_shot():
    for n in range({shots}):
        yield {{"name": str(n), "actions": [{action}]}}
"""
FLOW = """

@task(persist_result=True, cache_policy=INPUTS)
def shot(n):
    return n

@flow
def film():
    return [future.result() for future in shot.map(list(range({shots})))]

assert film() == list(range({shots}))
"""


def _snakemake(folder: Path, shots: int) -> list[str]:
    (folder / "Snakefile").write_text(SNAKEFILE.format(shots=shots))
    return [str(environment("snakemake") / "snakemake"), "--quiet", "all", "--cores", "2", "--forceall"]


def _doit(folder: Path, shots: int) -> list[str]:
    return _dodo(folder, shots, "'true'")


def _function(folder: Path, shots: int) -> list[str]:
    return _dodo(folder, shots, "nothing")


def _dodo(folder: Path, shots: int, action: str) -> list[str]:
    (folder / "dodo.py").write_text(DODO.format(shots=shots, action=action))
    return [str(environment("doit") / "doit"), "run"]


def _prefect(folder: Path, shots: int) -> list[str]:
    (folder / "flow.py").write_text(PREFECT + FLOW.format(shots=shots))
    return [str(environment("prefect", "fastapi<0.141") / "python"), str(folder / "flow.py"), str(folder / "prefect")]


PEERS: dict[str, tuple[Callable[[Path, int], list[str]], float | None, int]] = {
    "snakemake": (_snakemake, 20.0, 1),
    "doit": (_doit, 2.0, 5),
    "doit's functions": (_function, None, 5),
    "prefect": (_prefect, 20.0, 1),
}
"""By name: its command, how many times our time its own has to be at least, and how often both are measured."""


def work(size: int) -> list[Ratio]:
    """A run of a thousand takes that do nothing, against each peer; of a hundred for a look."""
    shots = min(1_000, size // 10)
    found: list[Ratio] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = [sys.executable, str(noop.__file__), str(noop.written(folder, shots))]
        for peer, (command, goal, pairs) in PEERS.items():
            both = [ours, command(folder, shots)]
            mine, theirs = ([one.wall_s for one in column] for column in plans.in_turn(both, folder, pairs))
            told = f"run of {shots} takes that do nothing, {peer} / ours"
            found.append(plans.ratio(told, mine, theirs, goal=goal, at_least=True))
            print(found[-1], flush=True)
    return found
