from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

from storyboard.state.rows import TABLES
from storyboard.state.schema import STEPS, VERSION

RELEASED = {1: "1053110b8a6cf37a", 2: "7dce187f9c0153d7"}
"""Digests of the steps that a release has shipped: files out there were made by them."""


def test_every_field_of_every_record_has_its_column() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in (statement for step in STEPS for statement in step):
            connection.execute(statement)
        for table in TABLES:
            described = connection.execute(f"SELECT name FROM pragma_table_info('{table.name}')").fetchall()
            names = [name for (name,) in described if name != "checksum"]
            assert tuple(names) == table.columns[:-1]
            assert len(described) == len(table.columns)


def test_steps_are_never_edited_only_appended() -> None:
    digests = {n + 1: hashlib.sha256("\n".join(step).encode()).hexdigest()[:16] for n, step in enumerate(STEPS)}
    assert digests == RELEASED
    assert len(STEPS) == VERSION
