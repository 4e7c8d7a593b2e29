"""The inbox: how other processes speak to the one that holds the lock.

Laws. A message is a small JSON file, synced and then renamed into place, so a half-written one is never read. Messages
are read in the order in which they were sent. They are removed only after the journal holds what they said, so one may
be seen twice and readers go by its id. What is no message is set aside under another name and never lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from storyboard.state.disk import Disk, refusing

LARGEST_BYTES = 256 * 1024
"""The most that a message may hold, written as JSON."""

DIGITS = 20
"""How many digits of a moment a message's file name begins with."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch


class Message(Struct, frozen=True):
    """Something said to a running render: `kind` names what (circle, retake, cancel, adoption, callback), `payload`
    holds JSON data, `sent` is wall seconds.
    """

    id: str
    kind: str
    sent: float
    payload: Mapping[str, Any]

    @property
    def file(self) -> str:
        """The message's file name; names sort as the messages were sent."""
        return f"{int(self.sent * 1_000_000):0{DIGITS}d}-{self.id}.json"


class Inbox:
    """One film's inbox. Errors of the disk are Refused `disk-full` or `state-unwritable` (exit code 14)."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk

    def send(self, message: Message) -> None:
        """Leave a message, durable when this returns. Raises ValueError for one too large or with a bad id."""
        if not _ID(message.id):
            raise ValueError(f"no id for a message: {message.id!r}")
        said = {"id": message.id, "kind": message.kind, "sent": message.sent, "payload": message.payload}
        data = json.dumps(said).encode()
        if len(data) > LARGEST_BYTES:
            raise ValueError(f"a message of {len(data)} bytes; the most is {LARGEST_BYTES}")
        part = self._path / f"{message.id}.part"
        with refusing(self._path):
            self._disk.make_dir(self._path)
            self._disk.write(part, data)
            self._disk.sync(part)
            self._disk.rename(part, self._path / message.file)
            self._disk.sync_dir(self._path)

    def persist(self) -> None:
        """Make durable what lies in it, also where whoever sent it was killed before it was."""
        with refusing(self._path):
            self._disk.sync_dir(self._path)

    def drain(self) -> list[Message]:
        """What was sent and not settled yet, oldest first. Hold the lock."""
        messages: list[Message] = []
        with refusing(self._path):
            for name in self._disk.listing(self._path):
                if name.endswith(".json"):
                    message = self._read(self._path / name)
                    if message:
                        messages.append(message)
                    else:
                        self._disk.rename(self._path / name, self._path / f"{name}.bad")
        return messages

    def ids(self) -> list[str]:
        """The ids of what lies in it, oldest first."""
        with refusing(self._path):
            names = self._disk.listing(self._path)
        return [name[DIGITS + 1 : -len(".json")] for name in names if name.endswith(".json")]

    def settle(self, messages: Iterable[Message]) -> None:
        """Remove messages whose meaning the journal holds."""
        settled = [self._path / message.file for message in messages]
        with refusing(self._path):
            for path in settled:
                self._disk.remove(path)
            if settled:
                self._disk.sync_dir(self._path)

    def waits(self, message: Message) -> bool:
        """Whether a message that was sent is not settled yet."""
        with refusing(self._path):
            return self._disk.exists(self._path / message.file)

    def _read(self, path: Path) -> Message | None:
        """The message of a file; None for what is none."""
        try:
            if not self._disk.exists(path) or self._disk.size(path) > LARGEST_BYTES:
                return None
            said = json.loads(self._disk.read(path))
            message = Message(str(said["id"]), str(said["kind"]), float(said["sent"]), dict(said["payload"]))
            # A file that is not called as its message says would stay after settling, and another would go.
            return message if _ID(message.id) and message.file == path.name else None
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
            return None
