"""A machine that can be killed or lose its power between any two acts: the disk and the journal, in memory.

Laws. A kill keeps whatever was written, synced or not. A power loss keeps what was synced, and of the rest: of each
folder's changes of names a random beginning, of each file's unsynced bytes nothing, a beginning or all. The same seed
gives the same crash. Once killed, a process does nothing more: every further act raises `Killed` until the next boot.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal

import trio

from storyboard.diagnostics import Refused
from storyboard.film import Clip
from storyboard.rendering import events as ev
from storyboard.state.disk import refusal
from storyboard.state.journal import AttemptRecord, FilmRecord, FrameRecord, History, Record, TakeRecord, UseRecord

CrashKind = Literal["kill", "power"]
Strike = Literal["before", "during", "after"] | OSError
STATE = Path("/film.storyboard/state.db")


class Killed(BaseException):
    """The process ended here. No handler of the program may see it as an error."""


@dataclass(slots=True)
class Fuse:
    """Counts the acts that change something, and strikes at act `at` (from 0): kills before, during or after its effect
    (only a write is long enough to be killed during), or lets it fail with an `OSError` instead of having one. Where
    `among` is given, only acts with that in their names are counted. `trace` names the acts since the boot.
    """

    at: int | None = None
    strike: Strike = "before"
    among: str = ""
    met: int = 0
    dead: bool = False
    trace: list[str] = field(default_factory=list)

    @contextmanager
    def act(self, name: str) -> Iterator[bool]:
        """One act with an effect inside; gives whether only the first half of the effect comes about."""
        self.look()
        struck = self.among in name and self.met == self.at
        self.met += self.among in name
        self.trace.append(name)
        if struck and isinstance(self.strike, OSError):
            raise self.strike
        if struck and self.strike == "before":
            self._kill()
        yield struck and self.strike == "during"
        if struck:
            self._kill()

    def look(self) -> None:
        """An act without effect: only the dead cannot do it."""
        if self.dead:
            raise Killed

    def _kill(self) -> None:
        self.dead = True
        raise Killed


@dataclass(slots=True, eq=False)
class File:
    """One file's bytes: as processes see them, and as they are on the platter."""

    data: bytes = b""
    durable: bytes = b""

    def lose_power(self, rng: Random) -> None:
        """Keep what was synced, or what of the unsynced bytes made it."""
        if self.data != self.durable:
            fate = rng.choice(("lost", "torn", "kept"))
            if fate == "torn":
                self.durable = self.data[: rng.randrange(len(self.data) + 1)]
            elif fate == "kept":
                self.durable = self.data
        self.data = self.durable


Names = dict[Path, File | None]
"""One change of names in a folder, whole or not at all; None where a name goes."""


class SimulatedDisk:
    """`Disk` in memory."""

    def __init__(self, fuse: Fuse) -> None:
        self._fuse = fuse
        self._names: dict[Path, File] = {}
        self._durable: dict[Path, File] = {}
        self._unsynced: dict[Path, list[Names]] = {}
        self._folders: set[Path] = {Path("/")}

    def write(self, path: Path, data: bytes) -> None:
        with self._fuse.act(f"write {path.name}") as torn:
            file = self._names.get(path)
            if file is None:
                file = File()
                self._change({path: file})
            file.data = data[: len(data) // 2] if torn else data

    def overwrite(self, path: Path, data: bytes) -> None:
        with self._fuse.act(f"overwrite {path.name}") as torn:
            file = self._file(path)
            written = data[: len(data) // 2] if torn else data
            file.data = written + file.data[len(written) :]
            file.durable = file.data

    def read(self, path: Path) -> bytes:
        return self._file(path).data

    def digest(self, path: Path) -> str:
        return hashlib.sha256(self._file(path).data).hexdigest()

    def size(self, path: Path) -> int:
        return len(self._file(path).data)

    def sync(self, path: Path) -> None:
        with self._fuse.act(f"sync {path.name}"):
            file = self._file(path)
            file.durable = file.data

    def sync_dir(self, path: Path) -> None:
        with self._fuse.act(f"sync_dir {path.name}"):
            if path not in self._folders:
                raise _missing(path)
            for names in self._unsynced.pop(path, []):
                _apply(names, self._durable)

    def rename(self, old: Path, new: Path) -> None:
        if old.parent != new.parent:
            raise ValueError(f"{old} and {new} stand in two folders")
        with self._fuse.act(f"rename {old.name} {new.name}"):
            self._change({old: None, new: self._file(old)})

    def remove(self, path: Path) -> None:
        with self._fuse.act(f"remove {path.name}"):
            if path in self._names:
                self._change({path: None})

    def exists(self, path: Path) -> bool:
        self._fuse.look()
        return path in self._names

    def listing(self, path: Path) -> list[str]:
        self._fuse.look()
        return sorted(entry.name for entry in (*self._names, *self._folders) if entry != path == entry.parent)

    def make_dir(self, path: Path) -> None:
        with self._fuse.act(f"make_dir {path.name}"):
            self._folders.update((path, *path.parents))

    def crash(self, kind: CrashKind, rng: Random) -> None:
        """What is left after a kill or a power loss."""
        if kind == "kill":
            return
        for folder in sorted(self._unsynced):
            changes = self._unsynced[folder]
            for names in changes[: rng.randrange(len(changes) + 1)]:
                _apply(names, self._durable)
        self._unsynced.clear()
        for path in sorted(self._durable):
            self._durable[path].lose_power(rng)
        self._names = dict(self._durable)

    def _file(self, path: Path) -> File:
        self._fuse.look()
        try:
            return self._names[path]
        except KeyError:
            raise _missing(path) from None

    def _change(self, names: Names) -> None:
        folder = next(iter(names)).parent
        if folder not in self._folders:
            raise _missing(folder)
        _apply(names, self._names)
        self._unsynced.setdefault(folder, []).append(names)


class SimulatedJournal:
    """`Journal` in memory. With `journal` among the `unsynced`, batches are not durable when `append` returns, as on a
    disk that lies about fsync: a power loss keeps a random beginning of them. With `intents`, those that hold an intent
    are not, until a later batch is. A proof must notice that.
    """

    def __init__(self, fuse: Fuse, unsynced: Collection[str] = ()) -> None:
        self._fuse = fuse
        self._unsynced = unsynced
        self._durable: list[tuple[Record, ...]] = []
        self._tail: list[tuple[Record, ...]] = []
        self.known = History()
        """What stands in it, also for those who look at the dead."""
        self._broken: Refused | None = None

    def append(self, records: Sequence[Record]) -> None:
        if self._broken:
            raise self._broken
        try:
            with self._fuse.act(f"append {len(records)}"):
                _check_references(self.known, records)
                self._tail.append(tuple(records))
                if self._is_synced(records):
                    self._durable += self._tail
                    self._tail.clear()
                self._know(records)
        except OSError as error:
            self._broken = refusal(error, STATE)
            raise self._broken from error

    def read(self) -> History:
        self._fuse.look()
        known = self.known
        return History(
            dict(known.takes), dict(known.attempts), dict(known.clips), dict(known.frames), uses=dict(known.uses)
        )

    def crash(self, kind: CrashKind, rng: Random) -> None:
        """What is left after a kill or a power loss; the next process may write again."""
        kept = len(self._tail) if kind == "kill" else rng.randrange(len(self._tail) + 1)
        self._durable += self._tail[:kept]
        self._tail.clear()
        self._broken = None
        self.known = History()
        for batch in self._durable:
            self._know(batch)

    def _is_synced(self, records: Sequence[Record]) -> bool:
        intends = any(isinstance(record, AttemptRecord) and record.state == "intended" for record in records)
        return not ("journal" in self._unsynced or ("intents" in self._unsynced and intends))

    def _know(self, records: Sequence[Record]) -> None:
        for record in records:
            self.known.keep(record)


class World:
    """A disk and a journal on one fuse."""

    def __init__(self, unsynced: Collection[str] = ()) -> None:
        self.fuse = Fuse()
        self.disk = SimulatedDisk(self.fuse)
        self.journal = SimulatedJournal(self.fuse, unsynced)

    def arm(self, at: int, strike: Strike = "before", among: str = "") -> None:
        """Let act `at` of this boot be struck, of those with `among` in their names."""
        self.fuse.at, self.fuse.strike, self.fuse.among = at, strike, among

    def crash(self, kind: CrashKind, rng: Random) -> None:
        """End the process in this way and boot anew, with a new fuse that never strikes unless armed."""
        self.disk.crash(kind, rng)
        self.journal.crash(kind, rng)
        self.fuse.at, self.fuse.strike, self.fuse.among = None, "before", ""
        self.fuse.met, self.fuse.dead = 0, False
        self.fuse.trace.clear()


class WorldClock:
    """`Clock`: trio's for waiting; the wall goes on while the machine is down."""

    booted = 1_700_000_000.0
    wrong_s = 0.0
    """By how much the machine's clock is wrong."""

    def now(self) -> ev.Now:
        return ev.Now(trio.current_time(), self.wall())

    def wall(self) -> float:
        """What the machine believes."""
        return self.true() + self.wrong_s

    def true(self) -> float:
        """What the gateways know."""
        return self.booted + trio.current_time()


def _apply(names: Names, entries: dict[Path, File]) -> None:
    for path, file in names.items():
        if file is None:
            entries.pop(path, None)
        else:
            entries[path] = file


def _missing(path: Path) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, "No such file or directory", str(path))


def _check_references(known: History, records: Sequence[Record]) -> None:
    """The foreign keys of the state file, so that the simulation refuses what production refuses."""
    clips = {record.id for record in records if isinstance(record, Clip)}
    takes = {record.key for record in records if isinstance(record, TakeRecord)}
    for record in records:
        match record:
            case UseRecord() if {record.key, record.accepted or record.key} - takes - set(known.takes):
                raise ValueError(f"a use of take {record.take} that was never recorded")
            case TakeRecord() if record.clip and record.clip not in clips and record.clip not in known.clips:
                raise ValueError(f"take {record.take} names a clip that was never recorded")
            case FrameRecord() if record.clip not in clips and record.clip not in known.clips:
                raise ValueError("a frame of a clip that was never recorded")
            case FilmRecord() if record.clip not in clips and record.clip not in known.clips:
                raise ValueError(f"film {record.name} names a clip that was never recorded")
            case AttemptRecord() if record.take not in takes and record.take not in known.takes:
                raise ValueError(f"attempt {record.id} of a take that was never recorded")
