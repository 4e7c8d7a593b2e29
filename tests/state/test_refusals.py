from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.state.refusals import check_file, speaking
from storyboard.state.sqlite import SqliteJournal
from tests.state import records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "state.db"
    with SqliteJournal(made) as journal:
        journal.append(records.production(1))
    return made


def why(path: Path) -> tuple[str, int]:
    """Why the state is refused, by looking alone and by opening it, which must not change it."""
    before = path.stat() if path.exists() else None
    with pytest.raises(Refused) as caught:
        check_file(path)
    with pytest.raises(Refused) as opened:
        SqliteJournal(path)
    assert opened.value.diagnostics == caught.value.diagnostics
    assert (path.stat() if path.exists() else None) == before
    return caught.value.diagnostics[0].code, caught.value.exit_code


def test_a_sound_state_is_taken_and_a_missing_one_is_no_error(path: Path) -> None:
    assert check_file(path)
    assert not check_file(path.with_name("none"))


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0", b"\0" * 5000, b"<html>not a database</html>" * 50])
def test_what_is_no_state_is_corrupt(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert why(path) == ("state-corrupt", 13)


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_a_state_that_others_may_write_is_unsafe(path: Path, mode: int) -> None:
    path.chmod(mode)
    assert why(path) == ("state-unsafe", 13)


def test_a_log_that_others_may_write_is_unsafe(path: Path) -> None:
    log = path.with_name("state.db-wal")
    log.write_bytes(b"")
    log.chmod(0o666)
    assert why(path) == ("state-unsafe", 13)


def test_a_state_of_another_user_is_unsafe(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Who asks is changed instead of whose the file is: only root could give a file away.
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    assert why(path) == ("state-unsafe", 13)


def test_a_link_in_place_of_the_state_is_unsafe(path: Path) -> None:
    link = path.with_name("other.db")
    link.symlink_to(path)
    assert why(link) == ("state-unsafe", 13)


@pytest.mark.parametrize(
    ("number", "code", "exit_code"),
    [
        (sqlite3.SQLITE_FULL, "disk-full", 14),
        (sqlite3.SQLITE_IOERR_FSYNC, "state-unwritable", 14),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "state-unwritable", 14),
        (sqlite3.SQLITE_CANTOPEN, "state-unwritable", 14),
        (sqlite3.SQLITE_IOERR_SHORT_READ, "state-corrupt", 13),
        (sqlite3.SQLITE_CORRUPT, "state-corrupt", 13),
        (sqlite3.SQLITE_NOTADB, "state-corrupt", 13),
        (sqlite3.SQLITE_BUSY, "already-running", 11),
    ],
)
def test_sqlite_s_errors_have_our_codes(number: int, code: str, exit_code: int) -> None:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = number
    with pytest.raises(Refused) as caught, speaking(Path("state.db")):
        raise error
    assert (caught.value.diagnostics[0].code, caught.value.exit_code) == (code, exit_code)
