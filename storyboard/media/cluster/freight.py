"""The `Way` of files through a store: what a job reads is put there, what it writes is fetched from there.

Laws.
- What is read is named by its SHA-256 (`in/…`), and put once. Nobody here removes it, since another render may use it;
  the store's own rules may, since what is not there is put again.
- What is written has a name that this render alone knows (`out/RUN/…`); it is removed when the render ends, well or
  not. That of a render that was killed or has lost the store is left to the store's rules. A clip that came from there
  is not put again.
- Nothing in a store is believed: an object counts by the digest that came another way, over the cluster's own
  connection. A file is installed when it is whole and right, by a rename.
- A link opens one object, and is signed when a place for the job is free. A worker that finds that it opens nothing
  says so; the job is then sent again with new ones, and with what was lacking put anew.
- Where files cannot be moved, nothing is wrong with the job: it is done elsewhere, and the store asked again later.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

import trio
from distributed import Client
from msgspec import Struct

from storyboard.diagnostics import Diagnostic
from storyboard.film import Clip
from storyboard.media.cluster.cargo import Making, reads
from storyboard.media.cluster.carrying import Depot, NotThere
from storyboard.media.cluster.greeting import asked, kin
from storyboard.media.cluster.ways import AtHome, Spoilt, Unmoved, answer_of
from storyboard.media.jobs import Answer, Job, LoudnessJob, MediaError, PieceJob, RenderJob
from storyboard.media.pieces import whole_name
from storyboard.media.wire import job_to_json
from storyboard.state.known import KnownFiles
from storyboard.structs import replace

MOST_BYTES = 5 << 30
"""What one PUT takes at most. Jobs with longer files are done at home."""
AT_ONCE = 6
"""How many files are under way at once between this machine and the store."""
AGAIN_S = 15.0
"""A store that could not be reached is asked again after so long."""
PATIENCE_S, BEAT_S = 300.0, 15.0
"""For so long it is tried again, at this beat, to fetch what a renderer may have worked on for hours."""
FAREWELL_S = 20.0
"""What removing may take in the end."""


class _Object(Struct, frozen=True):
    """A file in the store: the SHA-256 and length of its bytes, and what it is called there."""

    digest: str
    size: int
    name: str


class Freight:
    """Moves files by a depot, for one render. Made by `open_freight`."""

    moves = True

    def __init__(self, depot: Depot, again_s: float) -> None:
        self._depot = depot
        self._again_s = again_s
        self.perform = depot.perform
        self._run = token_hex(16)
        self._files = KnownFiles()
        self._there: dict[str, str] = {}
        self._doubtful: set[str] = set()
        self._made: set[str] = set()
        self._turns: defaultdict[str, trio.Lock] = defaultdict(trio.Lock)
        self._under_way = trio.CapacityLimiter(AT_ONCE)
        self._down: tuple[float, str] = (0.0, "")

    # ── to the workers ───────────────────────────────────────────────────────────────────────────────────────────

    async def bring(self, job: Job) -> None:
        """Put what a job reads. Raises AtHome, Unmoved."""
        await self._objects(job)

    async def packed(self, job: Job) -> dict[str, Any]:
        """The job, and with it `files`: what it `reads`, by path, digest and link, and where to `put` what it writes.

        Raises AtHome, Unmoved.
        """
        found = await self._objects(job)
        links = [
            {"path": path, "sha256": one.digest, "bytes": one.size, "link": await self._depot.link(one.name)}
            for path, one in found.items()
        ]
        files: dict[str, Any] = {"reads": links, "trust": self._depot.trust}
        if isinstance(job, Making):
            name = f"out/{self._run}/{token_hex(8)}"
            self._made.add(name)
            files["put"] = {"name": name, **await self._depot.slot(name)}
        return {"job": job_to_json(job), "files": files}

    async def _objects(self, job: Job) -> dict[str, _Object]:
        if isinstance(job, LoudnessJob):
            raise AtHome("it reads all of the film, which is here")
        until, why = self._down
        if trio.current_time() < until:
            raise Unmoved(why)
        return {path: await self._object(path) for path in reads(job)}

    async def _object(self, path: str) -> _Object:
        """A file, put there if need be."""
        try:
            size = (await trio.to_thread.run_sync(Path(path).stat)).st_size
            if size > MOST_BYTES:
                raise AtHome(f"{path} has more than {MOST_BYTES >> 30} GiB")
            digest = await trio.to_thread.run_sync(self._files.digest, path)
            async with self._turns[digest]:
                if digest not in self._there:
                    await self._put(f"in/{digest}", Path(path), size, anew=digest in self._doubtful)
                    self._doubtful.discard(digest)
                    self._there[digest] = f"in/{digest}"
        except OSError as error:
            raise AtHome(f"cannot read {path}: {error.strerror}") from error
        return _Object(digest, size, self._there[digest])

    async def _put(self, name: str, path: Path, size: int, anew: bool = False) -> None:
        async with self._under_way:
            with self._reaching():
                if anew or not await self._depot.holds(name, size):
                    await self._depot.put(name, path)

    # ── and back ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def unpacked(self, job: Job, said: Mapping[str, Any], sent: Mapping[str, Any]) -> Answer:
        """The answer; what the job wrote is where it should be. Raises what the worker told, Spoilt, Unmoved."""
        if "lacks" in said:
            self._doubt(said["lacks"])
        if "unmoved" in said:
            raise self._lost(said["unmoved"])
        answer = answer_of({name: value for name, value in said.items() if name != "file"})
        if isinstance(job, Making):
            target = Path(job.target)
            if isinstance(job, PieceJob) and isinstance(answer, Clip):
                target = whole_name(target, answer.id)
            made = _Object(said["file"]["sha256"], said["file"]["bytes"], sent["files"]["put"]["name"])
            if isinstance(answer, Clip) and answer.id != made.digest:
                raise Spoilt(made.digest)
            await self._install(made, target, isinstance(job, RenderJob))
        return answer

    def _doubt(self, digests: list[str]) -> None:
        """Put these anew where they are wanted next, whatever the store says that it has. Raises Spoilt."""
        for digest in digests:
            self._there.pop(digest, None)
            self._doubtful.add(digest)
        raise Spoilt(", ".join(digests) or "a link opens nothing")

    async def _install(self, made: _Object, target: Path, dear: bool) -> None:
        """Fetch what a worker has put; tried again for a while where it is `dear`."""
        part = target.with_name(f"{target.stem}.part.{token_hex(8)}{target.suffix}")
        until = trio.current_time() + (PATIENCE_S if dear else 0)
        try:
            while True:
                try:
                    await self._fetch(made, part)
                    break
                except Unmoved:
                    if trio.current_time() >= until:
                        raise
                await trio.sleep(BEAT_S)
            part.replace(target)
        except OSError as error:
            raise MediaError("cannot-write", f"cannot write {target}: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)
        self._there[made.digest] = made.name

    async def _fetch(self, one: _Object, path: Path) -> None:
        """Raises Spoilt, Unmoved, OSError of the disk."""
        async with self._under_way:
            with self._reaching():
                try:
                    digest = await self._depot.fetch(one.name, path, one.size)
                except NotThere:
                    digest = ""
        if digest != one.digest:
            raise Spoilt(one.name)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """What is not reached is not moved; errors of the disk stay what they are."""
        try:
            yield
        except (ConnectionError, TimeoutError) as error:
            raise self._lost(str(error)) from error

    def _lost(self, why: str) -> Unmoved:
        message = f"files do not get through {self._depot.url}: {why}"
        self._down = trio.current_time() + self._again_s, message
        return Unmoved(message)

    # ── who is there ─────────────────────────────────────────────────────────────────────────────────────────────

    async def greeted(self, client: Client, workers: Mapping[str, str]) -> dict[str, Diagnostic | None]:
        """As `Way.greeted`: each worker fetches an object, and puts it back under another name."""
        token, slots = f"greeting/{token_hex(16)}", {name: f"greeting/{token_hex(16)}" for name in workers}
        said = token_hex(16).encode()
        expected = _Object(sha256(said).hexdigest(), len(said), token)
        with TemporaryDirectory(prefix="storyboard-") as folder:
            words = Path(folder) / "words"
            await trio.Path(words).write_bytes(said)
            try:
                await self._put(token, words, len(said), anew=True)
                told = {
                    "link": await self._depot.link(token),
                    "bytes": len(said),
                    "slots": {workers[name]: await self._depot.slot(slot) for name, slot in slots.items()},
                    "trust": self._depot.trust,
                }
                answers = await asked(partial(client.run, self._depot.greet, json.dumps(told)), workers)
                back = {name: replace(expected, name=slots[name]) for name in answers}
                return {
                    name: await self._problem(workers[name], one, back[name], words) for name, one in answers.items()
                }
            finally:
                await self._remove([token, *slots.values()])

    async def _problem(self, worker: str, answer: str | Exception, back: _Object, path: Path) -> Diagnostic | None:
        said = kin(worker, answer)
        if isinstance(said, Diagnostic):
            return said
        why = said["message"] if "error" in said else said["problem"]
        if why is None:
            with suppress(Spoilt):
                await self._fetch(back, path)
                return None
            why = "what it puts there is not what it was given"
        message = f"the worker {worker} on {said['host']} does not get files through {self._depot.url}: {why}"
        return Diagnostic("cluster-files", message, hint="let that machine reach the store's address over HTTP")

    async def close(self) -> None:
        """Remove what only this render knew of, where the store is not lost just now."""
        if trio.current_time() >= self._down[0]:
            await self._remove(sorted(self._made))

    async def _remove(self, names: list[str]) -> None:
        with trio.CancelScope(shield=True), trio.move_on_after(FAREWELL_S):
            await self._depot.remove(names)


@asynccontextmanager
async def open_freight(depot: Depot, again_s: float = AGAIN_S) -> AsyncIterator[Freight]:
    """The way of files through a depot, for one render. One that was lost is tried again after `again_s`."""
    freight = Freight(depot, again_s)
    try:
        yield freight
    finally:
        await freight.close()
