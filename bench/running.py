"""A whole run that has nothing to do, lock, state, clips and film looked at, against tools that run jobs by files.

Snakemake and doit find a thousand files up to date; Prefect, which remembers results and not files, finds a thousand
tasks in its cache, with the server that it starts for a run of its own.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import plans
from bench.peers import PREFECT, environment, measured
from bench.ratio import Ratio
from storyboard.production.production import Production
from storyboard.state.journal import Record, TakeRecord
from storyboard.state.sqlite import SqliteJournal

FLOW = """
from pathlib import Path

@task(cache_policy=INPUTS, persist_result=True)
def shot(n):
    Path("out", f"{{n}}.mp4").write_text(str(n))
    return n

@flow
def film():
    return [future.result() for future in shot.map(list(range({shots})))]

assert film() == list(range({shots}))
"""
SHORT = "  - {id: s%d, size: MCU, duration: 0.2, resolution: 480p, action: She turns for the %d. time.}\n"


def _ours(folder: Path, shots: int) -> list[str]:
    """A film that is done, and the command that renders it. Its takes share one clip, of a fifth of a second."""
    one, path = (folder / f"film-{count}.yaml" for count in (1, shots))
    for written, count in ((one, 1), (path, shots)):
        text = "".join(SHORT % (n, n) for n in range(count))
        written.write_text(f"storyboard: 1\ndefaults: {{provider: animatic}}\nshots:\n{text}", encoding="utf-8")
    measured([*plans.COMMAND, "render", str(one)], folder)
    drawn, made = Production(one), Production(path)
    (clip,) = {take.clip for take in drawn.plan().plan.takes}
    assert clip is not None
    made.folder.create()
    for file in drawn.folder.clips.glob(f"{clip}*"):
        shutil.copy(file, made.folder.clips / file.name)
    records: list[Record] = [drawn.plan().history.clips[clip]]
    records += [
        TakeRecord(take.key, take.id, "animatic", take.number, take.rank, take.own, "done", clip=clip)
        for take in made.plan().plan.takes
    ]
    with SqliteJournal(made.folder.database) as journal:
        journal.append(records)
    return [*plans.COMMAND, "render", str(path)]


def _snakemake(folder: Path, shots: int) -> list[str]:
    (folder / "Snakefile").write_text(plans.SNAKEFILE.format(shots=shots))
    return [str(environment("snakemake") / "snakemake"), "--quiet", "all", "--cores", "1"]


def _doit(folder: Path, shots: int) -> list[str]:
    (folder / "dodo.py").write_text(plans.DODO.format(shots=shots))
    return [str(environment("doit") / "doit"), "run"]


def _prefect(folder: Path, shots: int) -> list[str]:
    (folder / "flow.py").write_text(PREFECT + FLOW.format(shots=shots))
    return [str(environment("prefect", "fastapi<0.141") / "python"), str(folder / "flow.py"), str(folder / "prefect")]


PEERS: dict[str, tuple[Callable[[Path, int], list[str]], int]] = {
    "snakemake": (_snakemake, 7),
    "doit": (_doit, 5),
    "prefect": (_prefect, 1),
}
"""By name: its command, and how often both are measured."""


def run(size: int) -> list[Ratio]:
    """A run of a thousand shots that are done, against each peer; of a hundred for a look."""
    shots = min(1_000, size // 10)
    found: list[Ratio] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plans.files(folder, shots)
        ours = _ours(folder, shots)
        for peer, (command, pairs) in PEERS.items():
            both = [ours, command(folder, shots)]
            mine, theirs = ([one.wall_s for one in column] for column in plans.in_turn(both, folder, pairs))
            told = f"run of {shots} shots that are done, {peer} / ours"
            found.append(plans.ratio(told, mine, theirs, goal=None, at_least=True))
            print(found[-1], flush=True)
    return found
