"""A journal that is read once; that it is a journal stands in `test_journal`."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.state.journal import History, Record
from storyboard.state.remembered import Remembered
from storyboard.state.sqlite import SqliteJournal, read_history
from tests.state import records


class Brittle:
    """A journal that counts how often it is read, and writes nothing any more when it is `broken`."""

    def __init__(self, journal: SqliteJournal) -> None:
        self.journal, self.reads, self.broken = journal, 0, False

    def append(self, batch: Sequence[Record]) -> None:
        if self.broken:
            raise Refused([], 14)
        self.journal.append(batch)

    def read(self) -> History:
        self.reads += 1
        return self.journal.read()


def test_it_is_read_once_and_knows_what_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with SqliteJournal(path) as journal:
        journal.append(records.production(3))
        brittle = Brittle(journal)
        remembered = Remembered(brittle)
        for shots in (3, 5, 4):
            remembered.append(records.production(shots))
            assert remembered.read() == journal.read()
        assert brittle.reads == 1
    assert read_history(path) == remembered.read()


def test_what_could_not_be_written_is_not_remembered(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "state.db") as journal:
        brittle = Brittle(journal)
        remembered = Remembered(brittle)
        remembered.append([records.take()])
        known, brittle.broken = remembered.read(), True
        with pytest.raises(Refused):
            remembered.append([records.take(state="failed")])
        assert remembered.read() == known == journal.read()


def test_an_answer_belongs_to_whoever_asked(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "state.db") as journal:
        remembered = Remembered(journal)
        remembered.append([records.take()])
        remembered.read().takes.clear()
        assert remembered.read() == journal.read()
