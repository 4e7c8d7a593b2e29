"""Secrets that this machine made for itself, each a file of 32 random bytes in the user's own state folder.

Laws. One process makes a secret, all others read that one, and nobody sees half of it. It is readable by its owner
alone. A file that is none is never used: a key that is too short would open to whoever guesses.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

BYTES = 32


def secret(folder: Path, name: str) -> bytes:
    """The secret of that name, made where there is none.

    Raises OSError where the folder cannot be written, or the file holds no secret.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        part = folder / f".{name}-{secrets.token_hex(8)}"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, secrets.token_bytes(BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.link(part, path)  # the first of several processes makes it, and nobody sees half of it
        except FileExistsError:
            pass
        finally:
            part.unlink()
    found = path.read_bytes()
    if len(found) != BYTES:
        raise OSError(f"{path} holds {len(found)} bytes, not {BYTES}: it is no secret of storyboard's; remove it")
    return found
