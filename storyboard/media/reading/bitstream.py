"""What H.264 and H.265 say about their own bytes, which decoders do not check or do not tell.

Neither carries a checksum, and an entropy decoder reads almost anything as pictures. But an encoder never lets three
bytes 00 00 00, 00 00 01 or 00 00 02 stand inside a unit (ITU-T H.264, 7.4.1), and the units of a frame fill it exactly:
so zeroed blocks, the commonest damage of all, cannot hide.

Not every key frame is a fresh start: in open groups, pictures after one may refer to pictures before it. An IDR picture
is one (ITU-T H.264, 3.69; H.265, 3.67): nothing behind it refers to anything ahead of it.
"""

from __future__ import annotations

import re

PADDING_BYTES = 4
"""Zeros at the end of a unit are tolerated up to here: some muxers leave them when they cut a stream into units."""

_FORBIDDEN = re.compile(rb"\0\0[\0-\2]")

_IDR = {"h264": frozenset({5}), "hevc": frozenset({19, 20})}
"""Types of units that hold a part of an IDR picture."""


def length_bytes(codec: str, header: bytes | None) -> int:
    """How many bytes give the length of a unit, from the codec's header in the container (avcC, hvcC).

    0 where units are marked in another way, or for another codec.
    """
    if not header or header[0] != 1:
        return 0
    if codec == "h264" and len(header) > 6:
        return (header[4] & 3) + 1
    if codec == "hevc" and len(header) > 22:
        return (header[21] & 3) + 1
    return 0


def sound_units(packet: bytes, prefix: int) -> bool:
    """Whether a packet is a row of whole units, each after its length in `prefix` bytes, without forbidden bytes."""
    at = 0
    while at + prefix < len(packet):
        start = at + prefix
        at = start + int.from_bytes(packet[at:start], "big")
        if at > len(packet) or at == start or packet[start] & 0x80:
            return False
        if _FORBIDDEN.search(packet, start, at - PADDING_BYTES):
            return False
    return at == len(packet)


def starts_afresh(codec: str, packet: bytes, prefix: int) -> bool:
    """Whether a packet is an IDR picture; False where that is not known. `prefix` is that of `length_bytes`."""
    wanted, at = _IDR.get(codec), 0
    while wanted and prefix and at + prefix < len(packet):
        start = at + prefix
        kind = packet[start] & 0x1F if codec == "h264" else packet[start] >> 1 & 0x3F
        if kind in wanted:
            return True
        at = start + int.from_bytes(packet[at:start], "big")
    return False
