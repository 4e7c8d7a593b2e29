"""The journal's production side: one SQLite file, and the only place that knows SQLite.

Laws. One writer, which holds the film's lock; readers open read-only and leave no file behind. A batch is one
transaction under WAL with `synchronous=FULL`. Mode 0600 from the first byte. A file is made under another name and
renamed when whole, so a half-made state does not exist. A state is verified before it is written to: row by row, or by
the seal that its last writer left. A damaged, newer, doctored or unsafe file is refused (exit code
13) before anything is opened for writing, and stays as it is. After a failed write nothing is written any more.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Self

from storyboard.diagnostics import Refused
from storyboard.state.disk import LocalDisk, refusing
from storyboard.state.journal import History, Record
from storyboard.state.log import damaged
from storyboard.state.refusals import check_file, corrupt, speaking, unwritable
from storyboard.state.rows import TABLES, Table, Value
from storyboard.state.schema import APPLICATION_ID, STEPS
from storyboard.state.seal import is_sealed, seal
from storyboard.state.upgrade import Steps, check_version, transaction, upgrade, upgraded

_WAIT_S = 5.0
"""How long SQLite waits for a reader that mends the shared index; another writer cannot exist."""


class SqliteJournal:
    """The writer of a film's journal; `steps` is the layout that it knows. Hold the film's `Lock` around it.

    Raises Refused: `state-corrupt`, `state-newer`, `state-unsafe` (exit code 13), `disk-full`, `state-unwritable` (14).
    """

    def __init__(self, path: Path, steps: Steps = STEPS) -> None:
        self._path = path
        self._broken: Refused | None = None
        self._verified: History | None = None
        self._sealed = False
        if check_file(path):
            self._sealed = _is_sealed(path)
            self._verified = _trusted(path, steps) if self._sealed else verify(path, steps)
        else:
            make(path, (), steps)
        with speaking(path), ExitStack() as unless_open:
            self._connection = unless_open.enter_context(closing(_connect(path, "rw")))
            # What a crash left behind the last commit goes, so that only one torn transaction can ever stand there.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._sealed &= check_version(self._connection, steps) == len(steps)
            upgrade(self._connection, steps)
            self._identity = _identity(path)
            unless_open.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def append(self, records: Sequence[Record]) -> None:
        """Keep the batch, all or nothing, durable when this returns.

        Raises Refused `disk-full` or `state-unwritable` (exit code 14), and the same again on every later call;
        ValueError for a record that no state may hold or that names a take or clip that was never recorded.
        """
        if self._broken:
            raise self._broken
        self._verified, self._sealed = None, False
        rows = _rows(records)
        try:
            with speaking(self._path):
                if _identity(self._path) != self._identity:
                    raise unwritable(self._path, "it was deleted or replaced while it was in use")
                _put(self._connection, rows)
        except Refused as refused:
            self._broken = refused
            raise

    def read(self) -> History:
        """Everything kept so far. What was read to verify it is not read again: nobody else writes."""
        history, self._verified = self._verified, None
        if history is not None:
            return history
        with speaking(self._path):
            return _history(self._connection)

    def close(self) -> None:
        """Fold the log into the file, let go of it, and seal it."""
        with speaking(self._path):
            self._connection.close()
            if not self._sealed and not self._broken and _at_rest(self._path) is not None:
                seal(self._path)


def read_history(path: Path, steps: Steps = STEPS) -> History:
    """What a film's state says now, without a lock, while a render may be writing; empty where there is no state.

    Creates nothing: a state at rest is read without SQLite's own side files. Raises Refused as `SqliteJournal`.
    """
    while True:
        if not check_file(path):
            return History()
        with speaking(path):
            resting = _at_rest(path)
            try:
                with (
                    closing(_connect(path, "ro", immutable=resting is not None)) as connection,
                    upgraded(connection, steps) as current,
                ):
                    history = _history(current, sealed=resting is not None and is_sealed(path))
            except (sqlite3.DatabaseError, Refused):
                if resting == _at_rest(path):
                    raise
                continue
        if resting is None or resting == _at_rest(path):
            return history


def _is_sealed(path: Path) -> bool:
    with speaking(path):
        return _at_rest(path) is not None and is_sealed(path)


def _trusted(path: Path, steps: Steps) -> History:
    """What a state says that is sealed."""
    with (
        speaking(path),
        closing(_connect(path, "ro", immutable=True)) as connection,
        upgraded(connection, steps) as current,
    ):
        return _history(current, sealed=True)


def verify(path: Path, steps: Steps = STEPS) -> History:
    """Read all of a state, log, tree and rows, and change nothing; answers what it says.

    Hold the lock: a log that is being written cannot be judged. Raises Refused `state-corrupt`, `state-newer` (13).
    """
    log = _log(path)
    with refusing(log):
        if log.exists() and damaged(log.read_bytes()):
            raise corrupt(f"{log.name} has bad frames before good ones")
    with speaking(path), closing(_connect(path, "ro", immutable=_at_rest(path) is not None)) as connection:
        check_version(connection, steps)
        for (finding,) in connection.execute("PRAGMA quick_check(1)"):
            if finding != "ok":
                raise corrupt(str(finding).splitlines()[-1])
        if found := connection.execute("PRAGMA foreign_key_check").fetchone():
            raise corrupt(f"a row of {found[0]} refers to nothing")
        with upgraded(connection, steps) as current:
            return _history(current)


def _connect(path: Path, mode: str, *, immutable: bool = False) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}" + ("&immutable=1" if immutable else "")
    connection = sqlite3.connect(address, uri=True, timeout=_WAIT_S, isolation_level=None)
    try:
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "foreign_keys=ON", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}")
        if mode == "rw":
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON"):
                connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def make(path: Path, records: Sequence[Record] = (), steps: Steps = STEPS) -> None:
    """Make a state that holds `records` beside `path` and rename it there whole; the log of one that was there goes
    first. The lock makes the other name ours alone. Raises Refused (14), ValueError for records that do not fit.
    """
    part = path.with_name(path.name + ".part")
    disk = LocalDisk()
    with refusing(path):
        for name in (part.name, f"{part.name}-journal", f"{part.name}-wal", f"{part.name}-shm"):
            disk.remove(part.with_name(name))
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        if sys.platform != "win32":
            os.fchmod(fd, 0o600)
        os.close(fd)
        with speaking(path), closing(_connect(part, "rw")) as connection:
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            upgrade(connection, steps)
            _put(connection, _rows(records))
            # Closing would do it too, but keep silent where the disk fails: the file without its log is no state.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        disk.sync(part)
        for name in (f"{path.name}-wal", f"{path.name}-shm"):
            disk.remove(path.with_name(name))
        disk.sync_dir(path.parent)
        disk.rename(part, path)
        disk.sync_dir(path.parent)


def _history(connection: sqlite3.Connection, *, sealed: bool = False) -> History:
    history = History()
    with transaction(connection, "DEFERRED"):
        for table in TABLES:
            key, known = attrgetter(*table.key), getattr(history, table.name)
            try:
                for record in (_sealed if sealed else _judged)(connection, table):
                    known[key(record)] = record
            except (ValueError, TypeError, ArithmeticError) as error:
                raise corrupt(str(error)) from error
    return history


def _judged(connection: sqlite3.Connection, table: Table) -> Iterator[Record]:
    """The records of a table, each row held against its checksum and its shape."""
    cursor = connection.execute(f"SELECT * FROM {table.name}")
    return map(table.reader([column[0] for column in cursor.description]), cursor)


def _sealed(connection: sqlite3.Connection, table: Table) -> Iterator[Record]:
    """The records of a table of a file that is sealed."""
    fields = ", ".join(f'"{column}"' for column in table.columns[:-1])
    return map(table.trusting(), connection.execute(f"SELECT {fields} FROM {table.name}"))


def _rows(records: Sequence[Record]) -> list[tuple[Table, list[tuple[Value, ...]]]]:
    return [(table, [table.row(one) for one in records if isinstance(one, table.kind)]) for table in TABLES]


def _put(connection: sqlite3.Connection, rows: Sequence[tuple[Table, list[tuple[Value, ...]]]]) -> None:
    """One transaction, or none where there is nothing to keep."""
    if not any(batch for _, batch in rows):
        return
    with transaction(connection):
        for table, batch in rows:
            if batch:
                connection.executemany(_upsert(table), batch)


def _upsert(table: Table) -> str:
    columns = [f'"{column}"' for column in table.columns]
    keys = [f'"{column}"' for column in table.key]
    renewed = ", ".join(f"{column}=excluded.{column}" for column in columns if column not in keys)
    return (
        f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {renewed}"
    )


def _identity(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_dev, about.st_ino


def _at_rest(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever the file does; None while it has a log that SQLite must read as well."""
    log = _log(path)
    if log.exists() and log.stat().st_size:
        return None
    about = path.stat()
    return about.st_ino, about.st_size, about.st_mtime_ns


def _log(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
