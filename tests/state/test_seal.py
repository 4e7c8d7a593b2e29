from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyboard.diagnostics import Refused
from storyboard.state.memo import read_memo, write_memo
from storyboard.state.seal import is_sealed, seal
from storyboard.state.sqlite import SqliteJournal, read_history, verify
from tests.state import records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "state.db"
    with SqliteJournal(path) as journal:
        journal.append(records.production(3))
    return path


def test_a_state_is_sealed_when_its_writer_lets_go_of_it(path: Path) -> None:
    assert is_sealed(path)
    assert read_history(path) == verify(path)
    with SqliteJournal(path) as journal:
        assert journal.read() == verify(path)
        journal.append([records.take("9A-1")])
    assert is_sealed(path)


def test_a_look_neither_makes_nor_renews_a_seal(path: Path) -> None:
    (path.parent / "seal.json").unlink()
    read_history(path)
    assert not is_sealed(path)


def test_a_writer_that_wrote_nothing_leaves_the_seal_as_it_was(path: Path) -> None:
    before = (path.parent / "seal.json").stat()
    SqliteJournal(path).close()
    after = (path.parent / "seal.json").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2**31), bit=st.integers(0, 7))
def test_one_bit_that_is_other_breaks_it(path: Path, place: int, bit: int) -> None:
    sound = path.read_bytes()
    at = place % len(sound)
    path.write_bytes(sound[:at] + bytes([sound[at] ^ 1 << bit]) + sound[at + 1 :])
    try:
        assert not is_sealed(path)
    finally:
        path.write_bytes(sound)
    assert is_sealed(path)


def test_a_value_that_was_changed_after_the_seal_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE clips SET frames = frames + 1")
    for look in (read_history, SqliteJournal):
        with pytest.raises(Refused) as caught:
            look(path)
        assert caught.value.diagnostics[0].code == "state-corrupt"


def test_a_copy_is_verified_row_by_row_and_gets_its_own(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(path.parent, folder, ignore=shutil.ignore_patterns("copy"))
    copy = folder / path.name
    assert not is_sealed(copy)
    SqliteJournal(copy).close()
    assert is_sealed(copy)
    assert read_history(copy) == read_history(path)


@pytest.mark.parametrize("said", [None, [], "sealed", [1, 2, "0" * 128], {"a": 1}])
def test_a_seal_that_says_something_else_is_none(path: Path, said: object) -> None:
    write_memo(path.parent / "seal.json", said)
    assert not is_sealed(path)
    assert read_history(path) == verify(path)


def test_a_seal_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    seal(tmp_path / "state.db")
    assert read_memo(tmp_path / "seal.json") is None
