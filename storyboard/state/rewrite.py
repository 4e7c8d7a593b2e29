"""A person's own file given new bytes: whole or not at all.

The new bytes are written beside it, synced and renamed over it, so no reader and no power loss meets half a file. It
keeps its mode; where it is a link, the file that it leads to is replaced and the link stays. One that leads out of the
production is refused, and so is a file that somebody else has changed in the meantime.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.state.disk import LocalDisk, refusing


def rewrite(path: Path, before: bytes, after: bytes, within: Collection[Path]) -> None:
    """Replace `before`, which `path` still holds, with `after`, durably. `within` are the folders it may stand in.

    Raises Refused: `output-outside`, `file-changed`, `disk-full`, `state-unwritable` (exit code 14).
    """
    real = Path(os.path.realpath(path))
    if not any(real.is_relative_to(os.path.realpath(folder)) for folder in within):
        message = f"{path} is a link that leads out of the production, to {real}"
        raise Refused([Diagnostic("output-outside", message, hint="change that file itself")], exit_code=14)
    disk = LocalDisk()
    with refusing(path):
        handle, name = tempfile.mkstemp(".part", f".{real.name[:40]}.", real.parent)
        part = Path(name)
        try:
            os.close(handle)
            disk.write(part, after)
            shutil.copymode(real, part)
            disk.sync(part)
            if disk.read(real) != before:
                raise Refused([_changed(path)], exit_code=14)
            disk.rename(part, real)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        disk.sync_dir(real.parent)


def _changed(path: Path) -> Diagnostic:
    return Diagnostic("file-changed", f"{path} was changed by somebody else in the meantime", hint="run it again")
