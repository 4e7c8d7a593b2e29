"""Size: how time and memory grow from a thousand shots to a hundred thousand, each stage in a process of its own.

`python -m bench.sizes STAGE SHOTS FOLDER` is that process; it prints what the stage took, in seconds of this process's
own time, and by how many KiB it grew.
"""

import ctypes
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from bench import noop
from bench.ratio import Ratio
from storyboard.collecting import no_cyclic_collection
from storyboard.exchange import Ask
from storyboard.film import Frame
from storyboard.planning import ask, plan
from storyboard.planning.carried import Slot
from storyboard.planning.programme import programme
from storyboard.rendering.edge import random_id
from storyboard.rendering.events import Now
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.submission import Submissions
from storyboard.rendering.work import wanted_takes
from storyboard.state.journal import History
from storyboard.state.sqlite import SqliteJournal

MOST_KIB = 6.0
"""The most that a take may take that waits: its shot, its place in the plan and in the schedule."""
MOST_S = 1.0
"""The most that it may take until a run knows what a hundred thousand done takes are, whose state was closed whole."""


def _waiting(folder: Path, shots: int) -> object:
    """All takes of a film wait for the first: nothing runs yet."""
    film = noop.read(folder / f"film-{shots}.yaml")
    with no_cyclic_collection():
        made = plan.make(film, {"nothing": noop.CAPABILITIES}, History(), {})
    submissions = Submissions({}, [], random_id, Policy().poll_s, film.budget)
    caps = {"nothing": noop.CAPABILITIES}

    def compose(take: plan.PlannedTake, frames: Mapping[Slot, Frame], clips: object) -> Ask:
        return ask.compose(film, take, noop.CAPABILITIES, {}, {})

    schedule = Schedule(programme([made]), wanted_takes(made), History(), caps, compose, submissions, Policy())
    return schedule, schedule.begin(Now(0.0, 0.0))


def _again(folder: Path, shots: int) -> object:
    """A run of a film that is done: read, planned, scheduled, over."""
    film = noop.read(folder / f"film-{shots}.yaml")
    with SqliteJournal(folder / f"{shots}.db") as journal:
        return noop.perform(noop.scheduled(film, journal), journal)


def _state(folder: Path, shots: int) -> object:
    """What a done state says, verified, row by row unless it is sealed."""
    with no_cyclic_collection(), SqliteJournal(folder / f"{shots}.db") as journal:
        return journal.read()


STAGES: dict[str, Callable[[Path, int], object]] = {
    "load": lambda folder, shots: noop.read(folder / f"film-{shots}.yaml"),
    "state": _state,
    "run": _again,
    "waiting": _waiting,
}


def stage(name: str, shots: int, folder: Path) -> tuple[float, float, float]:
    """Seconds of a stage in a fresh process, MiB at its peak, and KiB that it still held a shot."""
    line = [sys.executable, "-m", "bench.sizes", name, str(shots), str(folder)]
    took, peak, held = json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout)
    return float(took), float(peak), float(held)


def unsealed(name: str, shots: int, folder: Path) -> tuple[float, float, float]:
    """The same of a state that a crash or a copy has left without its seal."""
    (folder / "seal.json").unlink(missing_ok=True)
    return stage(name, shots, folder)


def _film(folder: Path, shots: int) -> None:
    """A film of which every take is done."""
    noop.render(noop.read(noop.written(folder, shots)), folder / f"{shots}.db")


def sizes(shots: int) -> list[Ratio]:
    """Ten times the shots of `shots` against those: each stage's time and peak."""
    found: list[Ratio] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in (shots, 10 * shots):
            _film(folder, count)
        for one in ("load", "state", "run"):
            (small_s, small_mib, _), (large_s, large_mib, _) = (unsealed(one, n, folder) for n in (shots, 10 * shots))
            what = f"{one}, {10 * shots} shots / {shots}"
            found.append(Ratio(what, large_s, small_s, large_s / small_s, 13.0))
            told = f"{what}, peak memory"
            found.append(Ratio(told, large_mib, small_mib, large_mib / small_mib, 11.0, unit="MiB"))
        took = min(stage("state", 10 * shots, folder)[0] for _ in range(3))
        told = f"a sealed state of {10 * shots} done takes, over {MOST_S:g} s"
        found.append(Ratio(told, took, MOST_S, took / MOST_S, MOST_S))
        held = stage("waiting", 10 * shots, folder)[2]
        found.append(Ratio(f"memory of a waiting take, of {10 * shots}", held, 1.0, held, MOST_KIB, unit="KiB"))
    return found


def _give_back() -> None:
    """Have the allocator return what reading has left over, where it is asked to like this."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _resident_kib() -> int:
    """What this process holds in memory now; its peak where the system does not say."""
    return _told_kib("VmRSS") or peak_kib()


def peak_kib() -> int:
    """The most that this process has held in memory; where the system says no more, what started it counts too."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return _told_kib("VmHWM") or (peak // 1024 if sys.platform == "darwin" else peak)


def _told_kib(name: str) -> int | None:
    """What the system says of this process, where it does."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    return next((int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(name)), None)


def main(name: str, shots: int, folder: Path) -> None:
    """One stage, measured."""
    before, began = _resident_kib(), time.process_time()
    kept = STAGES[name](folder, shots)
    took = time.process_time() - began
    _give_back()
    print(json.dumps([took, peak_kib() / 1024, (_resident_kib() - before) / shots]))
    del kept


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
