"""Whether SQLite's write-ahead log lost what was already durable.

SQLite stops reading a log at the first frame that does not match its checksum and drops the rest in silence: right
after a power loss, when the rest was never synced, and wrong when a synced frame was damaged, for then recorded
payments vanish. Under `synchronous=FULL` a transaction starts only after the one before was synced. So a good
frame behind a commit that stands at or behind a bad frame proves damage; what may innocently follow a bad frame is the
rest of one torn transaction. Damage to the very last transaction looks like a torn one and cannot be told from it.

Format: https://sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = 0x377F0682
"""The last bit says how checksums read words: 0 little-endian, 1 big-endian."""

Sum = tuple[int, int]


class _Frame(Struct, frozen=True):
    """Whether it commits, whether it is of this generation of the log, the checksum it holds, and what it is of."""

    commits: bool
    current: bool
    stored: Sum
    summed: bytes


def damaged(log: bytes) -> bool:
    """Whether a log holds good transactions behind a bad frame, or frames behind a bad header."""
    if len(log) <= _HEADER.size or not any(log[: _HEADER.size]):
        return False
    magic, _, page_bytes, _, _, _, *own = _HEADER.unpack_from(log)
    if magic | 1 != _MAGIC | 1 or not 512 <= page_bytes <= 65536:
        return True
    order = "big" if magic & 1 else "little"
    start = (own[0], own[1])
    if _sum(log[:24], (0, 0), order) != start:
        return True
    broken = committed = False
    before = start
    for frame in _frames(log, page_bytes):
        matches = _sum(frame.summed, before, order) == frame.stored
        if committed and frame.current and matches:
            return True
        broken = broken or not (frame.current and matches)
        # A frame of an older generation has other salts and does not follow from the frame before it.
        committed = committed or (broken and frame.commits and (frame.current or matches))
        before = frame.stored
    return False


def frames(log: bytes, page_bytes: int) -> Iterator[tuple[int, bytes]]:
    """The pages that a log holds, oldest first, with their numbers, unproved; those of an older generation are not
    among them.
    """
    size = _FRAME.size + page_bytes
    salts = log[_HEADER.size + 8 : _HEADER.size + 16]
    for at in range(_HEADER.size, len(log) - size + 1, size):
        if log[at + 8 : at + 16] == salts:
            yield int.from_bytes(log[at : at + 4], "big"), log[at + _FRAME.size : at + size]


def _frames(log: bytes, page_bytes: int) -> Iterator[_Frame]:
    salts = log[16:24]
    for at in range(_HEADER.size, len(log) - _FRAME.size - page_bytes + 1, _FRAME.size + page_bytes):
        page = at + _FRAME.size
        _, size_after, _, _, first, second = _FRAME.unpack_from(log, at)
        current = log[at + 8 : at + 16] == salts
        yield _Frame(size_after != 0, current, (first, second), log[at : at + 8] + log[page : page + page_bytes])


def _sum(data: bytes, before: Sum, order: str) -> Sum:
    """SQLite's running checksum over 32-bit words, in pairs."""
    first, second = before
    words = struct.unpack(f"{'>' if order == 'big' else '<'}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
