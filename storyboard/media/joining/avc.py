"""H.264 as an MP4 keeps it: parameter sets in the header, units after their lengths (ISO/IEC 14496-15, 5).

Only headers that give lengths in four bytes are read; everything here writes such, and so does nearly everybody.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

LENGTH_BYTES = 4
REFRESH, SEQUENCE_SET, PICTURE_SET = 5, 7, 8
"""Types of units: a slice of a picture that refreshes the decoder, and the two kinds of parameter sets (7.4.1)."""
MOST_SETS = 31
EXTENDED = (100, 110, 122, 144)
"""Profiles whose header ends in what their samples are."""
EIGHT_BIT_420 = bytes((0xFC | 1, 0xF8, 0xF8, 0))


class Sets(Struct, frozen=True):
    """The parameter sets of a stream: what its pictures refer to by number."""

    sequence: tuple[bytes, ...]
    picture: tuple[bytes, ...]

    @classmethod
    def of(cls, header: bytes | None) -> Sets | None:
        """The sets in a header (avcC); None where it is another kind of header, or a broken one."""
        if not header or header[0] != 1 or len(header) < 7 or header[4] & 3 != LENGTH_BYTES - 1:
            return None
        sequence, at = _listed(header, 6, header[5] & MOST_SETS)
        picture, at = _listed(header, at + 1, header[at]) if at < len(header) else ((), at)
        whole = at <= len(header) and all(len(one) > LENGTH_BYTES for one in sequence) and all(picture)
        return cls(sequence, picture) if sequence and picture and whole else None

    def holds(self, other: Sets) -> bool:
        """Whether every set of the other is one of these."""
        return set(other.sequence) <= set(self.sequence) and set(other.picture) <= set(self.picture)

    def together(self, other: Sets) -> Sets:
        """Both; their numbers differ."""
        return Sets((*self.sequence, *other.sequence), (*self.picture, *other.picture))

    def unused(self) -> int:
        """A number that no set here has. Raises ValueError where all are taken."""
        taken = {_number(one[4:]) for one in self.sequence} | {_number(one[1:]) for one in self.picture}
        return next(number for number in range(1, MOST_SETS) if number not in taken)

    def header(self) -> bytes:
        """These sets as a header of 8-bit 4:2:0."""
        profile = max(one[1] for one in self.sequence)
        shared = self.sequence[0][2]
        for one in self.sequence:
            shared &= one[2]
        first = bytes((1, profile, shared, max(one[3] for one in self.sequence), 0xFC | LENGTH_BYTES - 1))
        sequence = bytes((0xE0 | len(self.sequence),)) + b"".join(map(_counted, self.sequence))
        picture = bytes((len(self.picture),)) + b"".join(map(_counted, self.picture))
        return first + sequence + picture + (EIGHT_BIT_420 if profile in EXTENDED else b"")


def units(packet: bytes) -> Iterator[bytes]:
    """The units of a packet."""
    at = 0
    while at + LENGTH_BYTES < len(packet):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(packet[at:start], "big")
        yield packet[start:at]


def refreshes(packet: bytes) -> bool:
    """Whether a decoder can begin with this packet, and nothing after it needs anything before it."""
    return any(unit[0] & MOST_SETS == REFRESH for unit in units(packet))


def sets_in(packet: bytes) -> Sets:
    """The parameter sets that a packet itself carries, which then hold for all that follows."""
    found = [(unit[0] & MOST_SETS, unit) for unit in units(packet)]
    sequence = tuple(unit for kind, unit in found if kind == SEQUENCE_SET)
    return Sets(sequence, tuple(unit for kind, unit in found if kind == PICTURE_SET))


def _listed(header: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    """So many sets after their lengths in two bytes, from `at` on, and where they end."""
    found = []
    for _ in range(count):
        start = at + 2
        at = start + int.from_bytes(header[at:start], "big")
        found.append(header[start:at])
    return tuple(found), at


def _counted(one: bytes) -> bytes:
    return len(one).to_bytes(2, "big") + one


def _number(bits: bytes) -> int:
    """The first Exp-Golomb number (ITU-T H.264, 9.1); those of parameter sets fit in four bytes."""
    value = int.from_bytes(bits[:4].ljust(4, b"\0"), "big")
    zeros = 32 - value.bit_length()
    return (value >> (31 - 2 * zeros)) - 1 if zeros < 16 else 0
