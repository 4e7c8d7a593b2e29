from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.film import ClipId, TakeId
from storyboard.state.journal import AttemptRecord, FilmRecord, FrameRecord, Record, TakeRecord
from storyboard.state.rows import TABLES, Table, Value, checksum
from storyboard.structs import replace
from tests.state import records


def table_of(record: Record) -> Table:
    return next(table for table in TABLES if isinstance(record, table.kind))


def read(table: Table, row: tuple[Value, ...]) -> Record:
    return table.reader(table.columns)(row)


def through_sqlite(row: tuple[Value, ...]) -> tuple[Value, ...]:
    with closing(sqlite3.connect(":memory:")) as connection:
        result: tuple[Value, ...] = connection.execute(f"SELECT {', '.join('?' * len(row))}", row).fetchone()
        return result


@given(records.clips | records.takes | records.attempts | records.frames | records.films | records.uses)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    table = table_of(record)
    assert read(table, through_sqlite(table.row(record))) == record


@given(records.takes | records.attempts, st.data())
def test_any_changed_cell_is_noticed(record: Record, data: st.DataObject) -> None:
    table = table_of(record)
    row = list(table.row(record))
    at = data.draw(st.integers(0, len(row) - 1))
    row[at] = data.draw(st.text() | st.binary() | st.integers() | st.none())
    if tuple(row) == table.row(record):
        return
    with pytest.raises(ValueError, match="checksum"):
        read(table, tuple(row))


def test_the_digits_of_money_stay() -> None:
    record = records.attempt(reserve=Decimal("1.10"), charged=Decimal("0E-8"))
    table = table_of(record)
    back = read(table, table.row(record))
    assert isinstance(back, AttemptRecord)
    assert (str(back.reserve), str(back.charged)) == ("1.10", "0E-8")


def test_whole_seconds_and_negative_zero_stay_seconds() -> None:
    for seconds in (0, 3, -0.0):
        record = records.take(changed=seconds)
        table = table_of(record)
        assert read(table, through_sqlite(table.row(record))) == record


def test_a_lone_surrogate_in_a_message_is_kept_as_its_escape() -> None:
    record = records.take(error_message="bad \ud800 answer")
    table = table_of(record)
    back = read(table, through_sqlite(table.row(record)))
    assert isinstance(back, TakeRecord)
    assert back.error_message == "bad \\ud800 answer"


@pytest.mark.parametrize(
    "record",
    [
        records.take(take=TakeId("../../etc/passwd")),
        records.take(take=TakeId("..")),
        records.take(clip=ClipId("/etc/passwd")),
        records.take(state="finished"),
        records.attempt(path="https://evil.example/v1"),
        records.attempt(path="//evil.example/v1"),
        records.attempt(path="v1"),
        records.attempt(charged=Decimal("NaN")),
        replace(records.clip(), id=ClipId("A" * 64)),
        FrameRecord(ClipId("0" * 64), 1, "no digest"),
        FilmRecord("../film.mp4", "0" * 64, ClipId("0" * 64)),
    ],
)
def test_no_row_names_a_foreign_file_or_host(record: Record) -> None:
    with pytest.raises(ValueError, match=r"cannot be|no amount"):
        table_of(record).row(record)


def test_a_rate_that_would_take_forever_to_compute_is_no_rate() -> None:
    table = table_of(records.clip())
    cells = list(table.row(records.clip())[:-1])
    cells[table.columns.index("fps")] = "1e999999999"
    with pytest.raises(ValueError, match="invalid literal"):
        read(table, (*cells, checksum(tuple(cells))))


def test_a_column_added_after_the_checksum_is_read_in_its_place() -> None:
    table = table_of(records.take())
    *cells, _ = table.row(records.take())
    order = [*table.columns[:-2], "checksum", table.columns[-2]]
    row = (*cells[:-1], checksum(tuple(cells)), cells[-1])
    assert table.reader(order)(row) == records.take()
