"""What a link tells of its file: the name of a hosted one, or the file itself as a `data:` URI. Pure.

Where a provider takes files inside the request (`Capabilities.inline_bytes`), a picture needs no hosting. One that is
hosted is named by its link all the same: the bytes of an order are kept, and pictures in them make a big journal.
"""

from __future__ import annotations

from base64 import b64encode

KINDS = (
    (b"\x89PNG\r\n\x1a\n", 0, ".png", "image/png"),
    (b"\xff\xd8\xff", 0, ".jpg", "image/jpeg"),
    (b"WEBP", 8, ".webp", "image/webp"),
    (b"ftyp", 4, ".mp4", "video/mp4"),
    (b"GIF8", 0, ".gif", "image/gif"),
    (b"WAVE", 8, ".wav", "audio/wav"),
    (b"ID3", 0, ".mp3", "audio/mpeg"),
    (b"\xff\xfb", 0, ".mp3", "audio/mpeg"),
    (b"BM", 0, ".bmp", "image/bmp"),
)
"""What files begin with, where, and the name and type that says so."""


def kind(data: bytes) -> tuple[str, str]:
    """The ending of a file's name and its type, by its first bytes."""
    for mark, at, ending, media_type in KINDS:
        if data[at : at + len(mark)] == mark:
            return ending, media_type
    return "", "application/octet-stream"


def data_uri(data: bytes, most_bytes: int) -> str:
    """A picture as a `data:` URI. Raises ValueError for another file, and for one of more than `most_bytes`."""
    media_type = kind(data)[1]
    if not media_type.startswith("image/"):
        raise ValueError("only pictures go inside a request")
    if len(data) > most_bytes:
        raise ValueError(f"it has {len(data):,} bytes; {most_bytes:,} are taken inside a request")
    return f"data:{media_type};base64,{b64encode(data).decode('ascii')}"
