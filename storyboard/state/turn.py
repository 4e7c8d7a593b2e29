"""Whose turn it is to order from an account that knows no keys: one submission at a time, in all processes of a user.

Laws. The turn is a lock of the operating system's on a file of the account's, so it ends with the process that has it.
It is held from before an order leaves until the journal holds what became of it; so however many renders are killed at
once, one order of the account is on its way. Nobody waits here: a turn that is another's is asked for again later.
"""

from __future__ import annotations

import os
from pathlib import Path

from storyboard.state.disk import refusing
from storyboard.state.lock import taken


class Turn:
    """The turn of one account; its file is at `path`, whose folder is there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def take(self) -> bool:
        """Take the turn; False where another process has it, or this one. Raises Refused (14)."""
        if self._fd is not None:
            return False
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        with refusing(self._path):
            fd = os.open(self._path, flags, 0o600)
            if taken(fd):
                self._fd = fd
            else:
                os.close(fd)
        return self._fd is not None

    def give_back(self) -> None:
        """Let others have it; nothing where it is not had."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
