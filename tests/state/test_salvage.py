from pathlib import Path

from storyboard.state.journal import History, Record
from storyboard.state.salvage import salvage
from storyboard.state.schema import STEPS
from storyboard.state.sqlite import SqliteJournal
from tests.state import records

SHOTS = 12


def written(path: Path, batch: list[Record], close: bool = True) -> tuple[bytes, bytes]:
    """The bytes of a state and of its log; not closed, everything but the layout stands in the log."""
    journal = SqliteJournal(path)
    journal.append(batch)
    if close:
        journal.close()
    log = path.with_name("state.db-wal")
    found = path.read_bytes(), log.read_bytes() if log.exists() else b""
    if not close:
        journal.close()
    return found


def known(batch: list[Record]) -> History:
    history = History()
    for record in batch:
        history.keep(record)
    return history


def test_a_sound_state_is_read_whole(tmp_path: Path) -> None:
    batch = records.production(SHOTS)
    assert salvage(*written(tmp_path / "state.db", batch), STEPS) == known(batch)


def test_rows_that_stand_in_the_log_alone_are_read_and_are_the_newer_ones(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with SqliteJournal(path) as journal:
        journal.append([records.take(state="submitting")])
    later: list[Record] = [records.take(state="failed", error_message="ä" * 9000), records.attempt(state="rejected")]
    assert salvage(*written(path, later, close=False), STEPS) == known(later)


def test_each_page_that_is_lost_loses_only_its_own_rows(tmp_path: Path) -> None:
    batch = records.production(SHOTS)
    database, log = written(tmp_path / "state.db", batch)
    whole, survived = known(batch), 0
    for at in range(0, len(database), 4096):
        found = salvage(database[:at] + bytes(4096) + database[at + 4096 :], log, STEPS)
        assert found.takes.items() <= whole.takes.items()
        assert found.attempts.items() <= whole.attempts.items()
        assert found.clips.items() <= whole.clips.items()
        survived += len(found.takes)
    assert survived > SHOTS * (len(database) // 4096 - SHOTS)


def test_a_state_without_its_first_page_is_read(tmp_path: Path) -> None:
    batch = records.production(SHOTS)
    database, log = written(tmp_path / "state.db", batch)
    assert salvage(bytes(4096) + database[4096:], log, STEPS) == known(batch)


def test_garbage_holds_nothing() -> None:
    for garbage in (b"", b"not a database" * 999, b"\xff" * 10_000, bytes(range(256)) * 64):
        assert salvage(garbage, garbage, STEPS) == History()


def test_a_row_from_before_a_column_was_added_is_read(tmp_path: Path) -> None:
    path, batch = tmp_path / "state.db", records.production(2)
    with SqliteJournal(path) as journal:
        journal.append(batch)
    found = salvage(path.read_bytes(), b"", (*STEPS, ('ALTER TABLE takes ADD COLUMN "more" TEXT',)))
    assert found.takes == known(batch).takes
