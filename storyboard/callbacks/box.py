"""The box of callbacks: what was told lies durably in the film's inbox before anybody is thanked for it.

Laws. One message a submission and wording, however often it is told. A submission has room for a few, and all of them
together for some: whoever has an address cannot fill the disk.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable

from storyboard.state.inbox import Inbox, Message

CALLBACK = "callback"
"""The kind of message that holds one."""
MOST_A_KEY = 8
MOST = 4096
AGAIN_S = 10.0
"""For how long the same wording is not taken in again."""


class Box:
    """The callbacks in one film's inbox; `wall` tells the time in seconds."""

    def __init__(self, inbox: Inbox, wall: Callable[[], float]) -> None:
        self._inbox = inbox
        self._wall = wall
        self._since: dict[str, float] = {}

    def put(self, key: str, body: bytes) -> bool:
        """Keep what was told of a submission, durable when this returns; False where there is no room.

        Blocks. Raises Refused (14) where the disk fails.
        """
        now, name = self._wall(), message_id(key, body)
        self._since = {one: since for one, since in self._since.items() if 0 <= now - since < AGAIN_S}
        if name in self._since:
            return True
        waiting = [one for one in self._inbox.ids() if one.startswith("cb-")]
        if name not in waiting:
            if len(waiting) >= MOST or sum(one.startswith(f"cb-{key}-") for one in waiting) >= MOST_A_KEY:
                return False
            said = {"key": key, "body": base64.b64encode(body).decode("ascii")}
            self._inbox.send(Message(name, CALLBACK, now, said))
        else:  # perhaps by a process that was killed while it kept it
            self._inbox.persist()
        self._since[name] = now
        return True


def message_id(key: str, body: bytes) -> str:
    """The id of a callback's message: the same for the same words about the same submission."""
    return f"cb-{key}-{hashlib.sha256(body).hexdigest()[:16]}"


def opened(message: Message) -> tuple[str, bytes]:
    """The key and the body of a callback's message. Raises ValueError, KeyError or TypeError for what is none."""
    return str(message.payload["key"]), base64.b64decode(message.payload["body"], validate=True)


def told_of(messages: Iterable[Message]) -> frozenset[str]:
    """The keys of the submissions that callbacks are about."""
    return frozenset(str(one.payload.get("key")) for one in messages if one.kind == CALLBACK)
