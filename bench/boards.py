"""The board of a long film: what it takes until the first page, what a page weighs, and what later ones take.

`python -m bench.boards STAGE SHOTS FOLDER` is a process that measures one film; it prints seconds of its own time,
bytes and memory as JSON.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import trio

from bench import noop
from bench.ratio import Ratio
from bench.sizes import peak_kib
from storyboard.board.finding import Address
from storyboard.board.overview import Overview
from storyboard.board.paging import WHOLE
from storyboard.board.press import Press, shown
from storyboard.board.renders import Renders
from storyboard.board.view import View, view
from storyboard.board.watch import Watch
from storyboard.production.production import Production

LATER_S, EVENT_S = 0.5, 1.0
"""The most that a later page may take, and that a changed take may take to be told."""
PAGES = {"later": Address("/", page=2), "found": Address("/", words="turns 7")}


def _planned(path: Path) -> dict[str, float]:
    began = time.process_time()
    Production(path).plan()
    return {"plan": time.process_time() - began}


def _opened(path: Path) -> dict[str, float]:
    """The first page, later ones, and what a changed take costs: the plan, the sums, the page that it is on."""
    made, press = Production(path), Press()
    watch = Watch(made, Renders(()), {})
    took: dict[str, float] = {}
    began = time.process_time()
    trio.run(watch.open)
    took["bytes"] = _page(press, watch.now.view, Address("/"))
    took["first"] = time.process_time() - began
    for name, address in PAGES.items():
        _page(press, watch.now.view, address)  # what is reckoned once a plan
        began = time.process_time()
        took[f"{name} bytes"] = _page(press, watch.now.view, address)
        took[name] = time.process_time() - began
    began = time.process_time()
    _page(press, view(Overview(made.again(watch.now.view.planned)), watch.now.view.seen), Address("/"))
    took["event"] = time.process_time() - began
    took["peak"] = peak_kib() / 1024
    return took


def _page(press: Press, of: View, address: Address) -> int:
    """Bytes of a page."""
    return len(press.page(address.path, of, "", shown(address, of)).encode())


STAGES = {"plan": _planned, "board": _opened}


def stage(name: str, shots: int, folder: Path) -> dict[str, float]:
    """What a stage took, in a fresh process."""
    line = [sys.executable, "-m", "bench.boards", name, str(shots), str(folder)]
    found: dict[str, float] = json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout)
    return found


def boards(shots: int) -> list[Ratio]:
    """The board of ten times the shots of `shots`, against that of a film that is one page."""
    long, short = 10 * shots, WHOLE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in (short, long):
            noop.written(folder, count, "animatic")
        plan = stage("plan", long, folder)["plan"]
        small, large = stage("board", short, folder), stage("board", long, folder)
    kib = {one: each["bytes"] / 1024 for one, each in (("small", small), ("large", large))}
    weighs = f"the first page, {long} shots / {short}"
    first = f"CPU to the first page of {long} shots, over the plan alone"
    return [
        Ratio(weighs, kib["large"], kib["small"], kib["large"] / kib["small"], 1.0, unit="KiB"),
        Ratio(first, large["first"], plan, large["first"] / plan, 1.25),
        Ratio(f"a later page, over {LATER_S:g} s", large["later"], LATER_S, large["later"] / LATER_S, 1.0),
        Ratio(f"shots looked for, over {LATER_S:g} s", large["found"], LATER_S, large["found"] / LATER_S, 1.0),
        Ratio(f"a take that changed, over {EVENT_S:g} s", large["event"], EVENT_S, large["event"] / EVENT_S, None),
        Ratio(
            f"peak memory, {long} shots / {short}",
            large["peak"],
            small["peak"],
            large["peak"] / small["peak"],
            None,
            unit="MiB",
        ),
    ]


if __name__ == "__main__":
    print(json.dumps(STAGES[sys.argv[1]](Path(sys.argv[3]) / f"film-{sys.argv[2]}.yaml")))
