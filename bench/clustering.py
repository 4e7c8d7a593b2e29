"""Media jobs on more than one worker: the animatic and the cut of a film on two local processes against one, and on two
Dask workers against two local processes.

What is timed is a film drawn and then encoded, as `render` does it: local workers are started for it, the Dask workers
are there already and are connected to.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from shutil import rmtree

import trio

from bench.cutting import FPS, WHOLE
from bench.ratio import Ratio, interleaved
from storyboard.finishing.pieces import Pieces
from storyboard.media.animatic.spec import Does, Spec
from storyboard.media.cluster.address import Scheduler
from storyboard.media.cluster.cluster import open_cluster
from storyboard.media.cluster.greeting import SharedFolder
from storyboard.media.cluster.link import open_link
from storyboard.media.executor import open_executor
from storyboard.media.jobs import DrawJob, Executor, JoinJob
from storyboard.media.reel import Reel, Segment
from storyboard.media.together import together

SHOTS, SECONDS, SIZE = 24, 2, (640, 360)
Open = Callable[[], AbstractAsyncContextManager[Executor]]


def clustering(size: int) -> list[Ratio]:
    """Two dozen shots of two seconds; a third of them for a look."""
    shots, pairs = (SHOTS, 5) if size >= WHOLE else (SHOTS // 3, 2)
    with tempfile.TemporaryDirectory() as name, dask(workers=2) as url:
        folder = Path(name)
        one, two = (partial(open_executor, count, dict(os.environ)) for count in (1, 2))
        there = partial(cluster, url, folder)
        what = f"animatic and cut of {shots} shots,"
        alone, both, far = (partial(film, opened, folder, shots) for opened in (one, two, there))
        return [
            interleaved(f"{what} one local worker / two", both, alone, 1.7, pairs=pairs, speedup=True),
            interleaved(f"{what} two local workers / two of Dask's", far, both, 0.9, pairs=pairs, speedup=True),
        ]


def film(opened: Open, folder: Path, shots: int) -> None:
    """Draw the shots and cut them, on an executor of its own."""

    async def run() -> None:
        for old in ("clips", "pieces"):
            rmtree(folder / old, ignore_errors=True)
        (folder / "clips").mkdir()
        paths = [str(folder / "clips" / f"{number:03}.mp4") for number in range(shots)]
        async with opened() as executor:
            drawn = [
                DrawJob(Spec(f"{n}A", str(SECONDS), *SIZE, seed=n, action=(Does("A hand on it."),)).to_json(), path)
                for n, path in enumerate(paths)
            ]
            for answer in await together(executor, drawn):
                if isinstance(answer, Exception):
                    raise answer
            reel = Reel(*SIZE, FPS, False, tuple(Segment(path, 0, SECONDS * int(FPS)) for path in paths))
            job = JoinJob(reel.to_json(), str(folder / "film.mp4"))
            digests = {path: Path(path).stem for path in paths}
            made = await Pieces(folder / "pieces" / "film", digests).film(job, executor, lambda share: None)
        if made.frames != shots * SECONDS * int(FPS):
            raise RuntimeError("the film has not all its frames")

    trio.run(run)


@asynccontextmanager
async def cluster(url: str, folder: Path) -> AsyncIterator[Executor]:
    """The executor on the Dask workers."""

    def warn(code: str, message: str) -> None:
        raise RuntimeError(f"{code}: {message}")

    connect = partial(open_link, Scheduler(url), SharedFolder(folder))
    async with open_executor(1, dict(os.environ)) as here, open_cluster(connect, here, warn) as executor:
        yield executor


@contextmanager
def dask(workers: int) -> Iterator[str]:
    """A scheduler with so many workers of one thread, while the context lasts; its address."""
    running: list[subprocess.Popen[str]] = []

    def start(sign: str, *line: str) -> str:
        command = [sys.executable, "-m", "dask", *line, "--no-dashboard"]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
        log = running[-1].stderr
        for said in log or ():
            if found := re.search(sign, said):
                threading.Thread(target=lambda: [*(log or ())], daemon=True).start()
                return found[1]
        raise RuntimeError(f"{line[0]} did not start")

    try:
        url = start(r"Scheduler at:\s+(\S+)", "scheduler", "--host", "127.0.0.1", "--port", "0")
        for _ in range(workers):
            start(r"(Registered to):", "worker", url, "--nthreads", "1", "--no-nanny")
        yield url
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()
