"""A plan where everything is done, against Snakemake and doit over as many files; and how soon `--help` answers.

Each is measured twice: with nothing changed since the last plan, which storyboard then remembers, and after an edit of
one shot (of one source, for the peers), which makes it compute the plan again.
"""

import re
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import noop
from bench.peers import Usage, environment, measured
from bench.ratio import Ratio
from storyboard.production.production import Production
from storyboard.state.journal import Record, TakeRecord
from storyboard.state.sqlite import SqliteJournal

SNAKEFILE = """
rule all:
    input: expand("out/{{n}}.mp4", n=range({shots}))

rule shot:
    input: "shots/{{n}}.txt"
    output: "out/{{n}}.mp4"
    shell: "cp {{input}} {{output}}"
"""
DODO = """
def task_shot():
    for n in range({shots}):
        yield {{"name": str(n), "file_dep": [f"shots/{{n}}.txt"], "targets": [f"out/{{n}}.mp4"],
               "actions": [f"cp shots/{{n}}.txt out/{{n}}.mp4"]}}
"""
COMMAND = [sys.executable, "-m", "storyboard"]
BARE_CLICK = "import click\n@click.command()\ndef main(): pass\nmain(['--help'])"


def _ours(folder: Path, shots: int) -> list[str]:
    """A film of which every take is done, and the command that plans it."""
    path = noop.written(folder, shots, "animatic")
    production = Production(path)
    production.folder.create()
    records: list[Record] = []
    for take in production.plan().plan.takes:
        done = noop.clip(take.id)
        (production.folder.clips / f"{done.id}.mp4").touch()
        records += [
            done,
            TakeRecord(take.key, take.id, "animatic", take.number, take.rank, take.own, "done", clip=done.id),
        ]
    with SqliteJournal(production.folder.database) as journal:
        journal.append(records)
    if any(take.verdict != "done" for take in production.plan().plan.takes):
        raise RuntimeError("the film is not done")
    return [*COMMAND, "plan", str(path)]


def _edited(folder: Path, turn: int) -> None:
    """Another word in the first shot, and another first source."""
    path = next(folder.glob("*.yaml"))
    path.write_text(re.sub(r"She turns.* for the 0", f"She turns {turn} for the 0", path.read_text()))
    (folder / "shots" / "0.txt").write_text(str(-turn))


def files(folder: Path, shots: int) -> None:
    """As many sources and results, the results newer."""
    for name in ("shots", "out"):
        (folder / name).mkdir()
        for n in range(shots):
            (folder / name / (f"{n}.txt" if name == "shots" else f"{n}.mp4")).write_text(str(n))


def in_turn(
    commands: list[list[str]], folder: Path, pairs: int, edit: Callable[[Path, int], None] | None = None
) -> list[list[Usage]]:
    """Each command measured `pairs` times, all in turn, each turn after an `edit`; a first turn is not counted."""
    turns: list[list[Usage]] = []
    for turn in range(pairs + 1):
        if edit is not None:
            edit(folder, turn)
        turns.append([measured(command, folder) for command in commands])
    return [list(column) for column in zip(*turns[1:], strict=True)]


def ratio(
    what: str, ours: list[float], peer: list[float], goal: float | None, at_least: bool = False, unit: str = "s"
) -> Ratio:
    """The median of ours over the peer's, pair by pair, or with `at_least` of the peer's over ours."""
    ratios = [b / a if at_least else a / b for a, b in zip(ours, peer, strict=True)]
    return Ratio(
        what, statistics.median(ours), statistics.median(peer), statistics.median(ratios), goal, at_least, unit
    )


def _walls(column: list[Usage]) -> list[float]:
    return [one.wall_s for one in column]


def _peaks(column: list[Usage]) -> list[float]:
    return [one.peak_mib for one in column]


def _columns(
    figure: Callable[[list[Usage]], list[float]], measures: list[list[Usage]]
) -> tuple[list[float], list[float]]:
    ours, theirs = measures
    return figure(ours), figure(theirs)


def _against(peer: Callable[[Path, int], list[str]], shots: int, pairs: int) -> list[list[list[Usage]]]:
    """Ours and the peer's with nothing changed, then after an edit each time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files(folder, shots)
        commands = [_ours(folder, shots), peer(folder, shots)]
        return [in_turn(commands, folder, pairs), in_turn(commands, folder, pairs, _edited)]


def _snakemake(folder: Path, shots: int) -> list[str]:
    (folder / "Snakefile").write_text(SNAKEFILE.format(shots=shots))
    return [str(environment("snakemake") / "snakemake"), "-n", "--quiet", "all", "--cores", "1"]


def _doit(folder: Path, shots: int) -> list[str]:
    (folder / "dodo.py").write_text(DODO.format(shots=shots))
    return [str(environment("doit") / "doit"), "run"]


def snakemake(shots: int) -> list[Ratio]:
    """A null plan, time and peak memory, against `snakemake -n` with every file there."""
    null, edited = _against(_snakemake, shots, 3)
    return [
        ratio(f"null plan of {shots} shots, snakemake -n / ours", *_columns(_walls, null), goal=6.0, at_least=True),
        ratio("peak memory of it, ours / snakemake's", *_columns(_peaks, null), goal=0.5, unit="MiB"),
        ratio("one shot edited, snakemake -n / ours", *_columns(_walls, edited), goal=None, at_least=True),
        ratio("peak memory of it, ours / snakemake's", *_columns(_peaks, edited), goal=None, unit="MiB"),
    ]


def doit(shots: int) -> list[Ratio]:
    """A null plan against `doit run` with everything up to date; its first run records that."""
    null, edited = _against(_doit, shots, 5)
    return [
        ratio(f"null plan of {shots} shots, doit run / ours", *_columns(_walls, null), goal=1.5, at_least=True),
        ratio("one shot edited, doit run / ours", *_columns(_walls, edited), goal=None, at_least=True),
    ]


def answering(_: int) -> list[Ratio]:
    """`storyboard --help` against bare Python that imports click and answers the same question."""
    here = Path.cwd()
    commands = [[*COMMAND, "--help"], [sys.executable, "-c", BARE_CLICK]]
    answers = in_turn(commands, here, 9)
    return [ratio("storyboard --help / python with click", *_columns(_walls, answers), goal=3.0)]
