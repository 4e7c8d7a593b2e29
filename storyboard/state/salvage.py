"""What can still be read of a damaged state file: the rows of its pages, each believed by its own checksum.

SQLite refuses a file as a whole once its tree or its first page is damaged. A row of ours vouches for itself, so the
pages are looked through one by one, with the log's laid over them, and whatever is a whole row of one of our tables is
kept; of two versions of a record the later one is. Nothing here writes.

Format: https://sqlite.org/fileformat2.html#b_tree_pages
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence

from storyboard.state.journal import AttemptRecord, History, Record, TakeRecord
from storyboard.state.log import frames
from storyboard.state.rows import TABLES, Table, Value, checksum
from storyboard.state.upgrade import Steps, columns

_PAGE_BYTES = 4096
"""Of a file whose header does not tell; what this program makes."""
_INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)
_SETTLED = frozenset(("succeeded", "failed", "given-up", "rejected"))
_UNREADABLE = (ValueError, TypeError, ArithmeticError, IndexError, struct.error)

Pages = Mapping[int, bytes]


def salvage(database: bytes, log: bytes, steps: Steps) -> History:
    """Every whole record in a state file and its log, as far as they can be read."""
    page_bytes = _page_bytes(database)
    pages = {at // page_bytes + 1: database[at : at + page_bytes] for at in range(0, len(database), page_bytes)}
    pages |= dict(frames(log, page_bytes))
    layouts = [(table, columns(table.name, steps)) for table in TABLES]
    history = History()
    for number, page in pages.items():
        for cells in _rows(page, 100 if number == 1 else 0, pages, page_bytes):
            record = _record(cells, layouts)
            if record is not None and not _outdated(record, history):
                history.keep(record)
    return history


def _page_bytes(database: bytes) -> int:
    told = int.from_bytes(database[16:18], "big")
    told = 65536 if told == 1 else told
    return told if 512 <= told <= 65536 and told & (told - 1) == 0 else _PAGE_BYTES


def _rows(page: bytes, start: int, pages: Pages, page_bytes: int) -> Iterator[list[Value]]:
    """The rows of a page, read as a leaf of a table; of any other page none that a checksum would vouch for."""
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    for at in range(start + 8, min(start + 8 + 2 * count, len(page) - 1), 2):
        try:
            yield _cells(_payload(page, int.from_bytes(page[at : at + 2], "big"), pages, page_bytes))
        except _UNREADABLE:
            continue


def _payload(page: bytes, at: int, pages: Pages, page_bytes: int) -> bytes:
    """The bytes of a row, those on overflow pages too."""
    length, at = _varint(page, at)
    _, at = _varint(page, at)
    if length > page_bytes * (len(pages) + 1):
        raise ValueError("longer than the file")
    most, least = page_bytes - 35, (page_bytes - 12) * 32 // 255 - 23
    here = length
    if length > most:
        here = least + (length - least) % (page_bytes - 4)
        here = here if here <= most else least
    data = page[at : at + here]
    follows = int.from_bytes(page[at + here : at + here + 4], "big") if here < length else 0
    while len(data) < length:
        if follows not in pages:
            raise ValueError("its rest is not there")
        rest = pages[follows]
        data, follows = data + rest[4:page_bytes], int.from_bytes(rest[:4], "big")
    return data[:length]


def _cells(payload: bytes) -> list[Value]:
    """The values of a row in SQLite's record format."""
    end, at = _varint(payload, 0)
    kinds: list[int] = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    cells: list[Value] = []
    for kind in kinds:
        size = (kind - 12) // 2 if kind >= 12 else 8 if kind == 7 else _INTEGER_BYTES[kind] if kind < 7 else 0
        data = payload[end : end + size]
        if len(data) < size:
            raise ValueError("cut short")
        cells.append(_value(kind, data))
        end += size
    return cells


def _value(kind: int, data: bytes) -> Value:
    if kind == 0:
        return None
    if kind == 7:
        (number,) = struct.unpack(">d", data)
        return float(number)
    if kind in (8, 9):
        return kind - 8
    if kind < 12:
        return int.from_bytes(data, "big", signed=True)
    return data.decode() if kind % 2 else data


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for place in range(9):
        byte = data[at + place]
        if place == 8:
            return number << 8 | byte, at + 9
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at + place + 1
    raise ValueError("no number")


def _record(cells: Sequence[Value], layouts: Sequence[tuple[Table, Sequence[str]]]) -> Record | None:
    """The record of a row; a row that was written before its table got further columns lacks them at its end."""
    for table, names in layouts:
        last = names.index("checksum")
        if not last < len(cells) <= len(names):
            continue
        row = [float(cell) if names[n] in table.seconds and type(cell) is int else cell for n, cell in enumerate(cells)]
        if row[last] != checksum((*row[:last], *row[last + 1 :])):
            continue
        row += [None] * (len(names) - len(cells))
        row[last] = checksum((*row[:last], *row[last + 1 :]))
        try:
            return table.reader(names)(tuple(row))
        except _UNREADABLE:
            continue
    return None


def _outdated(record: Record, history: History) -> bool:
    """Whether a later version of a record was read already, from a page that is not in use any more."""
    match record:
        case TakeRecord():
            take = history.takes.get(record.key)
            return take is not None and take.changed > record.changed
        case AttemptRecord():
            attempt = history.attempts.get(record.id)
            return attempt is not None and _progress(attempt) > _progress(record)
        case _:
            return False


def _progress(attempt: AttemptRecord) -> tuple[bool, bool, bool]:
    return attempt.job is not None, attempt.state in _SETTLED, attempt.charged is not None
