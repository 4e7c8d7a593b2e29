from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.state.journal import History, Record
from storyboard.state.schema import STEPS
from storyboard.state.sqlite import SqliteJournal, read_history
from tests.state import records

LATER = (
    *STEPS,
    ("ALTER TABLE takes ADD COLUMN \"mood\" TEXT NOT NULL DEFAULT 'calm'",),
    ('CREATE TABLE notes ("id" TEXT PRIMARY KEY, "checksum" BLOB NOT NULL)',),
)
BATCH: list[Record] = records.production(2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "state.db"
    with SqliteJournal(made) as journal:
        journal.append(BATCH)
    return made


def history() -> History:
    known = History()
    for record in BATCH:
        known.keep(record)
    return known


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (number,) = connection.execute("PRAGMA user_version").fetchone()
        return int(number)


def moods(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {mood for (mood,) in connection.execute("SELECT mood FROM takes")}


def test_an_older_state_is_led_step_by_step_to_the_newest(path: Path) -> None:
    SqliteJournal(path, LATER).close()
    assert version(path) == len(LATER)
    assert moods(path) == {"calm"}
    assert read_history(path, LATER) == history()


def test_a_reader_understands_an_older_state_and_leaves_it(path: Path) -> None:
    before = path.read_bytes()
    assert read_history(path, LATER) == history()
    assert path.read_bytes() == before
    assert {entry.name for entry in path.parent.iterdir()} == {"state.db", "seal.json"}


def test_an_upgrade_happens_once(path: Path) -> None:
    for _ in range(2):
        SqliteJournal(path, LATER[: len(STEPS) + 1]).close()
    SqliteJournal(path, LATER).close()
    assert version(path) == len(LATER)


def test_a_program_that_is_older_than_the_state_leaves_it(path: Path) -> None:
    SqliteJournal(path, LATER).close()
    before = path.read_bytes()
    for open_it in (SqliteJournal, read_history):
        with pytest.raises(Refused, match=f"version {len(LATER)}") as caught:
            open_it(path)
        assert (caught.value.diagnostics[0].code, caught.value.exit_code) == ("state-newer", 13)
    assert path.read_bytes() == before


def test_a_step_that_fails_leaves_the_older_state(path: Path) -> None:
    with pytest.raises(Refused):
        SqliteJournal(path, (*LATER, ("CREATE TABLE notes (again)",)))
    assert version(path) == len(STEPS)
    assert read_history(path) == history()


def test_an_older_state_with_a_damaged_row_is_not_upgraded(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE takes SET own='damaged'")
    before = path.read_bytes()
    with pytest.raises(Refused, match="does not match its checksum"):
        SqliteJournal(path, LATER)
    assert path.read_bytes() == before
