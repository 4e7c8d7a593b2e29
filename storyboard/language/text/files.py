"""Files that a storyboard names: found, inside the production's folder, and pictures by their first bytes.

A storyboard may come from a stranger. A path is resolved with its symlinks before anything of it is opened; outside the
folder nothing is touched without the user's `--allow`. Nothing is decoded here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct, field

from storyboard.language.text.spelling import did_you_mean

HEAD = 32
"""Bytes that tell what a file is."""


class Folder(Struct):
    """The production's folder and the others that the user allows. Remembers what it has looked at."""

    root: Path
    allow: Sequence[Path] = ()
    _seen: dict[str, Path | tuple[str, str, str | None]] = field(default_factory=dict)
    _found: dict[str, Path | tuple[str, str, str | None]] = field(default_factory=dict)

    def picture(self, written: str) -> Path | tuple[str, str, str | None]:
        """The absolute path of a picture, or why it is none: code, sentence, hint."""
        if written not in self._seen:
            found = self.media(written)
            self._seen[written] = found if isinstance(found, tuple) else _no_picture(found, written) or found
        return self._seen[written]

    def media(self, written: str) -> Path | tuple[str, str, str | None]:
        """The absolute path of any file, or why it is none; what is in it is for its reader to say."""
        if written not in self._found:
            self._found[written] = self._look(written)
        return self._found[written]

    def _look(self, written: str) -> Path | tuple[str, str, str | None]:
        if "://" in written:
            return "missing-file", "a storyboard names files, not addresses", "download it beside the storyboard"
        try:
            path = (self.root / written).resolve()
        except (OSError, RuntimeError, ValueError):
            return "unreadable-file", f"cannot follow {written}", None
        if not any(path.is_relative_to(folder.resolve()) for folder in (self.root, *self.allow)):
            hint = "copy it there, or render with --allow and its folder"
            return "outside-folder", f"{written} is outside the production's folder", hint
        return _problem(path, written) or path


def _problem(path: Path, written: str) -> tuple[str, str, str | None] | None:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            found = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
            return "not-a-file", f"{written} is {found}", "name a file"
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as stream:
            stream.read(1)
    except FileNotFoundError:
        return "missing-file", f"there is no file {written}", _similar(path)
    except OSError as error:
        return "unreadable-file", f"cannot read {written}: {error.strerror or 'it cannot be opened'}", None
    return None


def _no_picture(path: Path, written: str) -> tuple[str, str, str | None] | None:
    with path.open("rb") as stream:
        if is_picture(stream.read(HEAD)):
            return None
    return "not-a-picture", f"{written} is no picture", "use a PNG, JPEG, WebP, GIF or BMP file"


def _similar(path: Path) -> str | None:
    """A hint to a neighbour with nearly the same name."""
    try:
        return did_you_mean(path.name, [one.name for one in islice(path.parent.iterdir(), 1000)])
    except OSError:
        return None


def is_picture(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a PNG, JPEG, WebP, GIF or BMP picture."""
    return head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM")) or (
        head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    )
