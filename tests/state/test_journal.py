"""The port's laws, for production and for the simulation alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storyboard.state.journal import FrameRecord, History, Journal, Record
from storyboard.state.remembered import Remembered
from storyboard.state.sqlite import SqliteJournal
from tests.simulation.world import Fuse, SimulatedJournal
from tests.state import records


@pytest.fixture(params=["sqlite", "remembered", "simulated"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    if request.param == "simulated":
        yield SimulatedJournal(Fuse())
    else:
        with SqliteJournal(tmp_path / "state.db") as opened:
            yield Remembered(opened) if request.param == "remembered" else opened


def test_a_new_journal_knows_nothing(journal: Journal) -> None:
    assert journal.read() == History()


def test_an_empty_batch_changes_nothing(journal: Journal) -> None:
    journal.append([])
    assert journal.read() == History()


def test_history_holds_the_latest_word_about_each_thing(journal: Journal) -> None:
    stored = records.clip()
    frame = FrameRecord(stored.id, 120, records.address("pixels"))
    done = records.take(state="done", clip=stored.id)
    journal.append([records.take(), records.attempt()])
    journal.append([frame, done, stored])
    journal.append([records.attempt(state="succeeded")])
    known = journal.read()
    assert known.takes == {done.key: done}
    assert known.attempts == {"t1": records.attempt(state="succeeded")}
    assert known.clips == {stored.id: stored}
    assert known.frames == {(stored.id, 120): frame}


@pytest.mark.parametrize(
    "record",
    [
        records.attempt(of="2A-1"),
        records.take("2A-1", state="done", clip=records.clip().id),
        FrameRecord(records.clip().id, 0, records.address("pixels")),
    ],
)
def test_a_reference_to_nothing_is_refused_with_its_whole_batch(journal: Journal, record: Record) -> None:
    journal.append([records.take()])
    with pytest.raises(ValueError, match=r"fit together|never recorded"):
        journal.append([records.take("3A-1"), record])
    assert journal.read().takes.keys() == {records.take().key}


def test_what_was_read_does_not_change_with_the_journal(journal: Journal) -> None:
    before = journal.read()
    journal.append([records.take()])
    assert before == History()
