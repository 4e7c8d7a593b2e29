"""Media jobs on more than one worker: the animatic and the cut of a film on two local processes against one, on two
Dask workers against two local processes, and on those with a bucket in place of the folder.

What is timed is a film drawn and then encoded, as `render` does it: local workers are started for it, the Dask workers
are there already and are connected to. A film takes ten seconds or more, so that neither decides. The bucket is moto's,
on this machine.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from shutil import rmtree

import httpx
import trio

from bench.cutting import FPS, WHOLE
from bench.ratio import Ratio, interleaved
from storyboard.finishing.pieces import Pieces
from storyboard.media.animatic.spec import Does, Spec
from storyboard.media.cluster.address import Scheduler
from storyboard.media.cluster.cluster import open_cluster
from storyboard.media.cluster.freight import open_freight
from storyboard.media.cluster.greeting import SharedFolder
from storyboard.media.cluster.link import open_link
from storyboard.media.cluster.ways import Way
from storyboard.media.executor import open_executor
from storyboard.media.jobs import DrawJob, Executor, JoinJob
from storyboard.media.reel import Reel, Segment
from storyboard.media.together import together
from storyboard.network.depot import open_depot
from storyboard.network.stores import exchange
from tests.network.buckets import moto

SHOTS, SECONDS, SIZE = 24, 2, (640, 360)
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
OpenWay = Callable[[], AbstractAsyncContextManager[Way]]
Open = Callable[[], AbstractAsyncContextManager[Executor]]


def clustering(size: int) -> list[Ratio]:
    """Two dozen shots of two seconds; a third of them for a look."""
    shots, pairs = (SHOTS, 5) if size >= WHOLE else (SHOTS // 3, 2)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        url, store = stack.enter_context(dask(2, folder)), stack.enter_context(moto(folder / "moto.log"))
        httpx.put(f"{store}/studio", trust_env=False).raise_for_status()
        one, two = (partial(open_executor, count, dict(os.environ)) for count in (1, 2))
        there, moved = partial(cluster, url, partial(sharing, folder)), partial(cluster, url, partial(moving, store))
        what = f"animatic and cut of {shots} shots,"
        alone, both, far, carried = (partial(film, opened, folder, shots) for opened in (one, two, there, moved))
        return [
            interleaved(f"{what} one local worker / two", both, alone, 1.7, pairs=pairs, speedup=True),
            interleaved(f"{what} two local workers / two of Dask's", far, both, 0.9, pairs=pairs, speedup=True),
            interleaved(f"{what} Dask's with the folder / through a bucket", carried, far, None, pairs=3, speedup=True),
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
async def cluster(url: str, opened: OpenWay) -> AsyncIterator[Executor]:
    """The executor on the Dask workers, to whom files come by a way."""

    def warn(code: str, message: str) -> None:
        raise RuntimeError(f"{code}: {message}")

    async with (
        opened() as way,
        open_executor(1, dict(os.environ)) as here,
        open_cluster(partial(open_link, Scheduler(url), way), here, warn) as executor,
    ):
        yield executor


@asynccontextmanager
async def sharing(folder: Path) -> AsyncIterator[Way]:
    """The way of a folder that all have."""
    yield SharedFolder(folder)


@asynccontextmanager
async def moving(store: str) -> AsyncIterator[Way]:
    """The way of a bucket."""
    bucket = exchange({"store": "s3://studio", "endpoint": store}, CREDENTIALS)
    if bucket is None:
        raise RuntimeError("no bucket")
    async with open_depot(bucket, None) as depot, open_freight(depot) as freight:
        yield freight


@contextmanager
def dask(workers: int, folder: Path) -> Iterator[str]:
    """A scheduler with so many workers of one thread and `folder` for what is theirs, while the context lasts; its
    address.
    """
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
            start(r"(Registered to):", "worker", url, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        yield url
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()
