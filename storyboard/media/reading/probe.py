"""What a clip says about itself, before anything is decoded, and whether its container is whole.

FFmpeg reads a file that lost its end as if nothing were missing, so the container's own sizes are added up here.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from storyboard.media.jobs import MediaError
from storyboard.media.reading.guard import HEAD_BYTES, M2TS_PACKET_BYTES, TS_PACKET_BYTES, Opened, demuxer, opened

MATROSKA_SEGMENT = 0x18538067
ROUNDED = Fraction(1, 500)
"""A mean rate this near the rate of the time stamps is that rate: some muxers round every time to a millisecond."""

MOST_HEADER_BYTES = 2**24
MATRIX_AT = (40, 52)
"""Where the matrix stands in a track's header, after its name, in the short form and in the long one."""
UPRIGHT = (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)

_TRACK_HEADER = re.compile(rb"tkhd")
_BOX_NAME = re.compile(rb"[A-Za-z0-9 _-]{4}")


class Facts(Struct, frozen=True):
    """The claims of a container: pixels, frames a second, whether there is sound, frames (0 where it does not say)."""

    width_px: int
    height_px: int
    fps: Fraction
    has_audio: bool
    frames: int


def probe(path: Path) -> Facts:
    """The facts of a file. Raises MediaError as `guard.opened` does."""
    with opened(path) as clip:
        return facts(clip)


def facts(clip: Opened) -> Facts:
    """The facts of a clip that is open. Raises MediaError `not-media` where it has no frame rate."""
    video = clip.video
    average, base = video.average_rate, video.base_rate
    fps = base if average and base and abs(average / base - 1) < ROUNDED else average or base
    if not fps:
        raise MediaError("not-media", f"{clip.path.name} has no frame rate")
    return Facts(video.width, video.height, Fraction(fps), clip.audio is not None, video.frames)


def whole(path: Path) -> None:
    """Check that a file reaches as far as its container says; what follows the end is nobody's business.

    Raises MediaError `clip-damaged`.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        kind = demuxer(file.read(HEAD_BYTES))
        end = ENDS[kind](file, size) if kind in ENDS else size
    if end > size:
        raise MediaError("clip-damaged", f"{path.name} lacks its last {end - size} bytes")
    if kind == "mpegts" and size % TS_PACKET_BYTES and size % M2TS_PACKET_BYTES:
        raise MediaError("clip-damaged", f"{path.name} ends in the middle of a packet")


def _mp4_end(file: BinaryIO, size: int) -> int:
    """Where the last box of an MP4 ends (ISO/IEC 14496-12, 4.2); bytes that are no box end the walk."""
    end = 0
    for _, at, length in _boxes(file, size):
        end = at + length
    return end


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of an MP4 that do not lie in others: name, where it begins, how long it says it is."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        length = int.from_bytes(head[8:16], "big") if length == 1 else length or size - at
        if length < 8 or not _BOX_NAME.fullmatch(head[4:8]):
            return
        yield head[4:8], at, length
        at += length


def turned(path: Path) -> bool:
    """Whether an MP4 says that a track of it is shown turned or mirrored (ISO/IEC 14496-12, 8.3.2)."""
    with path.open("rb") as file:
        header = _movie_header(file, path.stat().st_size)
    for found in _TRACK_HEADER.finditer(header):
        at = found.end() + (MATRIX_AT[1] if header[found.end() : found.end() + 1] == b"\1" else MATRIX_AT[0])
        if struct.unpack_from(">9i", header.ljust(at + 36, b"\0"), at) != UPRIGHT:
            return True
    return False


def _movie_header(file: BinaryIO, size: int) -> bytes:
    """The box `moov` of an MP4, empty where there is none."""
    for name, at, length in _boxes(file, size):
        if name == b"moov":
            file.seek(at)
            return file.read(min(length, MOST_HEADER_BYTES))
    return b""


def _matroska_end(file: BinaryIO, size: int) -> int:
    """Where the elements of a Matroska file end (RFC 8794); a segment of unknown size ends with the file."""
    at = 0
    while at < size:
        file.seek(at)
        identity, after_id = _vint(file, keep_marker=True)
        length, after_length = _vint(file, keep_marker=False)
        if not after_id or not after_length:
            return at
        unknown = length == (1 << 7 * after_length) - 1
        if unknown:
            return size
        at += after_id + after_length + length
        if identity == MATROSKA_SEGMENT:
            return at
    return at


def _avi_end(file: BinaryIO, size: int) -> int:
    """Where the last RIFF chunk of an AVI ends; large files have several. Bytes that are no chunk end the walk."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(8)
        if head[:4] != b"RIFF":
            return at
        at += 8 + int.from_bytes(head[4:], "little")
    return at


ENDS: Mapping[str | None, Callable[[BinaryIO, int], int]] = {
    "mp4": _mp4_end, "matroska": _matroska_end, "avi": _avi_end,
}  # fmt: skip
"""Where a file ends by what its container says, for the demuxers whose containers say it."""


def _vint(file: BinaryIO, keep_marker: bool) -> tuple[int, int]:
    """A variable-size integer and how many bytes it took; 0 bytes where there is none (RFC 8794, 4)."""
    first = file.read(1)
    if not first or not first[0]:
        return 0, 0
    length = 9 - first[0].bit_length()
    rest = file.read(length - 1)
    if len(rest) != length - 1:
        return 0, 0
    value = int.from_bytes(first + rest, "big")
    return (value if keep_marker else value - (1 << 7 * length)), length
