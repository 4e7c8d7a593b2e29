"""The workers' end where they do not have the production's folder: what a job reads is fetched, what it writes is put.

Laws.
- A worker has no key and no settings. All it needs comes with the job: links that open one object each for a while, and
  the digests that say what is in them.
- What came is hashed before it is read. An object that is not there, or is not what it should be, is named to the
  client as lacking, who puts it there and sends the job again.
- Nothing is wrong with a job for which this machine's disk has no room: its client hears that files cannot be moved.
- A job works in a folder of its own, under the names that its files have at home, so that what it says of them reads
  as if it were done there. The folder goes with it, and with the Dask worker that dies.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any

import trio
from msgspec import Struct

from storyboard.film import Clip
from storyboard.media.cluster.cargo import Making, renamed
from storyboard.media.cluster.carrying import Carrier, NotThere
from storyboard.media.cluster.shelf import Shelf
from storyboard.media.jobs import Answer, Executor, Job, MediaError, PieceJob, RenderJob, Report
from storyboard.media.pieces import whole_name
from storyboard.media.reading.digest import digest_of
from storyboard.media.wire import answer_to_json
from storyboard.structs import replace

AT_ONCE = 4
"""How many files of one job are fetched at once."""
PATIENCE_S, BEAT_S = 300.0, 15.0
"""For so long it is tried again, at this beat, to put what a renderer may have worked on for hours."""
DISK = frozenset(("disk-full", "cannot-write"))
"""What a job says of the disk that it works on, which is not the client's."""


class Workplace(Struct, frozen=True):
    """Where a worker does jobs whose files come from a store: `desks` is its own folder, `shelf` the machine's."""

    desks: Path
    shelf: Shelf
    executor: Executor
    carrier: Carrier

    async def do(self, job: Job, files: Mapping[str, Any], report: Report) -> dict[str, Any]:
        """Do a job. `files` is what `freight` sent with it.

        Answers the answer as JSON, with `file`, the digest and size of what was put; or `lacks`, the digests of what
        was not there; or `unmoved`, why files could not be moved. Raises MediaError.
        """
        desk = self.desks / f"storyboard-{token_hex(8)}"
        try:
            reads: Sequence[Mapping[str, Any]] = files["reads"]
            paths = {one["path"]: desk / str(number) / Path(one["path"]).name for number, one in enumerate(reads)}
            desk.mkdir(parents=True)
            if lacks := await self._fetched(reads, paths):
                return {"lacks": lacks}
            made = desk / f"made{Path(job.target).suffix}" if isinstance(job, Making) else None
            answer = await self._answer(job, paths, made, report)
            if isinstance(job, PieceJob) and isinstance(answer, Clip) and made is not None:
                made = whole_name(made, answer.id)
            said = answer_to_json(answer)
            return said if made is None else {**said, "file": await self._put(job, made, files["put"])}
        except NotThere:
            return {"lacks": []}
        except MediaError as error:
            if error.code not in DISK:
                raise
            return _unmoved(error.message)
        except OSError as error:  # of the network, or of this machine's disk
            return _unmoved(_why(error))
        finally:
            shutil.rmtree(desk, ignore_errors=True)

    async def echo(self, asked: Mapping[str, Any], slot: Mapping[str, Any]) -> str | None:
        """Fetch an object, and put it back elsewhere; why that does not go, None where it does."""
        desk = self.desks / f"storyboard-{token_hex(8)}"
        try:
            desk.mkdir(parents=True)
            await self.carrier.fetch(asked["link"], desk / "words", asked["bytes"])
            await self.carrier.put(slot["link"], slot["headers"], desk / "words")
        except NotThere:
            return "a link of it opens nothing there"
        except OSError as error:
            return _why(error)
        finally:
            shutil.rmtree(desk, ignore_errors=True)
        return None

    async def _answer(self, job: Job, paths: Mapping[str, Path], made: Path | None, report: Report) -> Answer:
        """Do the job on the files here. Raises MediaError, with the files' names at home."""
        here = renamed(job, lambda path: str(paths[path]))
        names = {str(path): name for name, path in paths.items()}
        if made is not None and isinstance(here, Making) and isinstance(job, Making):
            names[str(made)] = job.target
            here = replace(here, target=str(made))
        try:
            return await self.executor.run(here, report)
        except MediaError as error:
            for ours, name in names.items():
                error.message = error.message.replace(ours, name)
            raise

    async def _fetched(self, reads: Sequence[Mapping[str, Any]], paths: Mapping[str, Path]) -> list[str]:
        """Get the files; the digests of those that could not be had. Raises ConnectionError, OSError."""
        lacks, failed = set[str](), list[OSError]()
        places = trio.CapacityLimiter(AT_ONCE)

        async def get(one: Mapping[str, Any]) -> None:
            async with places:
                try:
                    await self._got(one, paths[one["path"]])
                except NotThere:
                    lacks.add(one["sha256"])
                except OSError as error:
                    failed.append(error)
                    nursery.cancel_scope.cancel()

        async with trio.open_nursery() as nursery:
            for one in reads:
                nursery.start_soon(get, one)
        if failed:
            raise failed[0]
        return sorted(lacks)

    async def _got(self, one: Mapping[str, Any], path: Path) -> None:
        digest = one["sha256"]
        path.parent.mkdir()
        if await trio.to_thread.run_sync(self.shelf.take, digest, path):
            return
        if await self.carrier.fetch(one["link"], path, one["bytes"]) != digest:
            raise NotThere
        await trio.to_thread.run_sync(self.shelf.keep, path, digest)

    async def _put(self, job: Job, made: Path, slot: Mapping[str, Any]) -> dict[str, Any]:
        digest = await trio.to_thread.run_sync(digest_of, made)
        size = (await trio.to_thread.run_sync(made.stat)).st_size
        until = trio.current_time() + (PATIENCE_S if isinstance(job, RenderJob) else 0)
        while True:
            try:
                await self.carrier.put(slot["link"], slot["headers"], made)
                break
            except ConnectionError:
                if trio.current_time() >= until:
                    raise
            await trio.sleep(BEAT_S)
        await trio.to_thread.run_sync(self.shelf.keep, made, digest)
        return {"sha256": digest, "bytes": size}


def _unmoved(why: str) -> dict[str, Any]:
    return {"unmoved": f"a worker on {platform.node()} cannot move files: {why}"}


def _why(error: OSError) -> str:
    """What the network's errors say, and the disk's in its own words."""
    return str(error) if isinstance(error, ConnectionError) or not error.strerror else error.strerror
