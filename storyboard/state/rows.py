"""Records as rows: one table a record, one column a field, nothing lost on the way and nothing foreign let in.

Laws. Decimals and fractions are text, digits unchanged. Every row ends in a checksum of its own values, because SQLite
notices damage in its tree but not in a value. Ids are what they claim to be: a key or clip is 64 hex digits, a take can
be a file name, a request's path carries no origin; so a doctored state can name no file and no host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any, get_args

from msgspec import Struct

from storyboard.film import Clip
from storyboard.state.journal import (
    AttemptRecord,
    AttemptState,
    FilmRecord,
    FrameRecord,
    Record,
    TakeRecord,
    TakeState,
    UseRecord,
)

Value = str | bytes | int | float | None
"""What a cell holds."""

_HEX = re.compile(r"[0-9a-f]{64}").fullmatch
_NAME = re.compile(r"(?!\.\.?\Z)[^/\\\x00-\x1f\x7f]+").fullmatch
_PATH = re.compile(r"(/(?!/)[!-~]*)?").fullmatch


class Table(Struct, frozen=True, dict=True):
    """How one kind of record is kept: its table, called like the field of `History`; its key columns; which columns
    hold floating seconds; how text becomes a field; what a field must look like.
    """

    name: str
    kind: type[TakeRecord] | type[AttemptRecord] | type[FrameRecord] | type[FilmRecord] | type[UseRecord] | type[Clip]
    key: tuple[str, ...]
    seconds: frozenset[str]
    readers: Mapping[str, Callable[[str], Any]]
    shapes: Mapping[str, Callable[[str], object]]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns, in the order of the record's fields, the checksum last."""
        return (*self.kind.__struct_fields__, "checksum")

    def row(self, record: Record) -> tuple[Value, ...]:
        """The cells of a record. Raises ValueError for one that no state may hold."""
        self._check(record)
        named = ((name, getattr(record, name)) for name in self.columns[:-1])
        cells = tuple(_seconds(value) if name in self.seconds else _cell(value) for name, value in named)
        return (*cells, checksum(cells))

    def reader(self, columns: Sequence[str]) -> Callable[[tuple[Value, ...]], Record]:
        """What makes a row's record; the row's cells are those of `columns`, in the table's own order.

        It raises ValueError, TypeError or ArithmeticError for a row that was damaged or doctored.
        """
        last = columns.index("checksum")
        places = [columns.index(name) for name in self.columns[:-1]]
        ordered = (*places, last) == tuple(range(len(columns)))  # as this version makes it: no cell has to be moved
        readers = self._spelling()
        shapes = [(self.columns.index(name), name, fits) for name, fits in self.shapes.items()]
        kind = self.kind

        def read(row: tuple[Value, ...]) -> Record:
            if row[last] != checksum(row[:last] if ordered else row[:last] + row[last + 1 :]):
                raise ValueError(f"a row of {self.name} does not match its checksum")
            cells: tuple[Any, ...] = row[:last] if ordered else tuple([row[place] for place in places])
            for place, name, fits in shapes:
                value = cells[place]
                if value is not None and not fits(value):
                    raise ValueError(f"{self.name}.{name} cannot be {value!r}")
            return kind(*_spelt_out(cells, readers))  # the checksum vouches for the cells' types

        return read

    def trusting(self) -> Callable[[tuple[Value, ...]], Record]:
        """What makes the record of a row that a seal vouches for; the row's cells are the record's fields, in order."""
        kind, readers = self.kind, self._spelling()

        def read(row: tuple[Any, ...]) -> Record:
            return kind(*_spelt_out(row, readers))

        def read_plain(row: tuple[Any, ...]) -> Record:
            return kind(*row)

        return read if readers else read_plain

    def _spelling(self) -> Sequence[tuple[int, Callable[[str], Any]]]:
        return [(self.columns.index(name), reader) for name, reader in self.readers.items()]

    def _check(self, record: Record) -> None:
        for name, fits in self.shapes.items():
            value = getattr(record, name)
            if value is not None and not fits(value):
                raise ValueError(f"{self.name}.{name} cannot be {value!r}")


def _spelt_out(cells: tuple[Any, ...], readers: Sequence[tuple[int, Callable[[str], Any]]]) -> Sequence[Any]:
    made: list[Any] = [*cells]
    for place, reader in readers:
        if made[place] is not None:
            made[place] = reader(str(made[place]))
    return made


def checksum(cells: tuple[Value, ...]) -> bytes:
    """Eight bytes that change with any cell. `ascii` spells values alike in every version of Python."""
    return blake2b(ascii(cells).encode(), digest_size=8).digest()


def _seconds(value: float | None) -> Value:
    return None if value is None else _cell(float(value))


def _cell(value: object) -> Value:
    if value is None or (type(value) is str and value.isascii()):
        return value  # most cells; the rest is looked at more closely
    match value:
        case bool():
            return int(value)
        case Decimal() if not value.is_finite():
            raise ValueError(f"no amount: {value}")
        case Decimal() | Fraction():
            return str(value)
        case str():
            # A provider's message may hold lone surrogates, which no database takes; they are kept as escapes.
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case float():
            return value + 0.0  # SQLite knows no negative zero
        case bytes() | int() | None:
            return value
        case _:
            raise TypeError(f"no cell for {value!r}")


def _flag(cell: str) -> bool:
    return cell == "1"


@lru_cache(64)  # a film has one rate, and as many clips as takes
def _rate(cell: str) -> Fraction:
    # Not Fraction(cell): that takes "1e999999999" too, and computes it.
    return Fraction(*map(int, cell.split("/")))


TABLES: tuple[Table, ...] = (
    Table("clips", Clip, ("id",), frozenset(), {"fps": _rate, "has_audio": _flag}, {"id": _HEX}),
    Table(
        "takes",
        TakeRecord,
        ("key",),
        frozenset({"changed"}),
        {},
        {"key": _HEX, "take": _NAME, "clip": _HEX, "state": frozenset(get_args(TakeState)).__contains__},
    ),
    Table(
        "attempts",
        AttemptRecord,
        ("id",),
        frozenset({"created", "dated"}),
        {"reserve": Decimal, "charged": Decimal},
        {"take": _HEX, "path": _PATH, "state": frozenset(get_args(AttemptState)).__contains__},
    ),
    Table("frames", FrameRecord, ("clip", "index"), frozenset(), {}, {"clip": _HEX, "pixels": _HEX}),
    Table("films", FilmRecord, ("name",), frozenset(), {}, {"name": _NAME, "joined": _HEX, "clip": _HEX}),
    Table("uses", UseRecord, ("film", "take"), frozenset(), {}, {"take": _NAME, "key": _HEX, "accepted": _HEX}),
)
"""Every table, those that others refer to first."""
