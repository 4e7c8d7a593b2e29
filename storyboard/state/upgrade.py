"""From an older state file to this version's, and the check that a file is what its version says.

Laws. All steps of an upgrade are one transaction. The rows are held against their checksums before, and get new ones
after, since a step may add columns: a checksum covers every other cell in the table's own order. A reader upgrades a
copy in memory and leaves the file alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from storyboard.state.refusals import corrupt, newer
from storyboard.state.rows import Value, checksum
from storyboard.state.schema import APPLICATION_ID

Steps = Sequence[Sequence[str]]


def check_version(connection: sqlite3.Connection, steps: Steps) -> int:
    """The file's version, told by SQLite, so that one which still stands in the log counts.

    Raises Refused `state-corrupt` where it is not laid out as its version was, `state-newer` (exit code 13).
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    version = _version(connection)
    if application != APPLICATION_ID or version < 1:
        raise corrupt("it is not a storyboard's state")
    if version > len(steps):
        raise newer(version)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        upgrade(model, steps[:version])
        if _laid(connection) != _laid(model):
            raise corrupt("its tables are not those that this program makes")
    return version


def upgrade(connection: sqlite3.Connection, steps: Steps) -> None:
    """Lead a new or older file to the newest version. Raises Refused `state-corrupt` (exit code 13)."""
    version = _version(connection)
    if version == len(steps):
        return
    with transaction(connection):
        _check_sums(connection)
        for statement in (statement for step in steps[version:] for statement in step):
            connection.execute(statement)
        _sum_anew(connection)
        connection.execute(f"PRAGMA user_version={len(steps)}")


def columns(table: str, steps: Steps) -> list[str]:
    """The columns of a table in the order in which the file has them."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        upgrade(model, steps)
        return [row[1] for row in model.execute(f"PRAGMA table_info({table})")]


@contextmanager
def upgraded(connection: sqlite3.Connection, steps: Steps) -> Iterator[sqlite3.Connection]:
    """The connection itself, or one to an upgraded copy in memory where its file is older."""
    if check_version(connection, steps) == len(steps):
        yield connection
        return
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        connection.backup(copy)
        upgrade(copy, steps)
        yield copy


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """All of what happens inside, or nothing of it."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _laid(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))


def _rows(connection: sqlite3.Connection) -> Iterator[tuple[str, int, bytes, tuple[Value, ...]]]:
    """Every row of every table: its table, its number, its checksum, its other cells."""
    for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type='table'").fetchall():
        cursor = connection.execute(f'SELECT rowid, * FROM "{table}"')
        at = [column[0] for column in cursor.description].index("checksum")
        for row in cursor.fetchall():
            yield table, row[0], row[at], row[1:at] + row[at + 1 :]


def _check_sums(connection: sqlite3.Connection) -> None:
    for table, _, stored, cells in _rows(connection):
        if stored != checksum(cells):
            raise corrupt(f"a row of {table} does not match its checksum")


def _sum_anew(connection: sqlite3.Connection) -> None:
    for table, number, stored, cells in _rows(connection):
        if stored != checksum(cells):
            connection.execute(f'UPDATE "{table}" SET checksum=? WHERE rowid=?', (checksum(cells), number))
