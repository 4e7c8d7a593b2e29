"""The inbox as a run reads it: what other processes ask for or decide, and what gateways have told.

Laws. What was asked or decided before this run is not meant for it: a decision stands in the storyboard that it has
read. A cancel is meant that came while this run read its storyboard or asked somebody. A callback counts whenever it
came, is handed on once a run, and goes when the journal holds what it meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

import trio

from storyboard.callbacks.box import CALLBACK, opened
from storyboard.rendering import events as ev
from storyboard.rendering.ports import Letters, Ports
from storyboard.state.inbox import Message

DRAIN = "drain"
"""The kind of message that asks a running render to finish what runs and stop."""
DECISION = "decision"
"""The kind of message that tells a running render of a circle or a lock."""
CANCEL = "cancel"
"""The kind of message that asks a running render to cancel takes."""
READING_S = 3600.0
"""How long before a run began its cancels may have been sent: it was reading its storyboard, or asking a person."""


class Mail:
    """The messages to one run. `hear` takes events, `failing` a failure of the disk; `done` are the ids of callbacks
    that may go.
    """

    def __init__(
        self,
        ports: Ports,
        inbox: Letters,
        hear: Callable[[ev.Event], None],
        failing: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.done: set[str] = set()
        self._ports = ports
        self._inbox = inbox
        self._hear = hear
        self._failing = failing
        self._called: set[str] = set()
        self._began = ports.clock.now().wall

    async def read(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Hand on what has come, and then what comes, until cancelled."""
        with self._failing():
            await self.look()
        task_status.started()
        with self._failing():
            while True:
                await trio.sleep(self._ports.inbox_s)
                await self.look()

    async def look(self) -> None:
        """Hand on what has come. Raises Refused (14)."""
        messages = await self._ports.offload(self._inbox.drain)
        self._hear_calls(messages)
        heard = [one for one in messages if one.kind in (DRAIN, DECISION, CANCEL)]
        self._hear_people([one for one in heard if one.sent >= self._began - (READING_S if one.kind == CANCEL else 0)])
        await self._settle([*heard, *(one for one in messages if one.id in self.done)])

    async def tidy(self) -> None:
        """Remove the callbacks that may go; the run is over."""
        with self._failing():
            if self.done:
                messages = await self._ports.offload(self._inbox.drain)
                await self._settle([one for one in messages if one.id in self.done])

    async def _settle(self, messages: list[Message]) -> None:
        await self._ports.offload(self._inbox.settle, messages)

    def _hear_people(self, messages: list[Message]) -> None:
        if any(message.kind == DRAIN for message in messages):
            self._ports.tell(ev.News("draining"))
            self._hear(ev.Drain())
        for message in messages:
            if message.kind == CANCEL:
                self._hear(ev.Cancel(_listed(message, "names"), _listed(message, "films")))
            decide = self._ports.decide if message.kind == DECISION else None
            plan = decide(message.payload) if decide is not None else None
            if plan is not None:
                self._hear(ev.Decided(plan))

    def _hear_calls(self, messages: Iterable[Message]) -> None:
        """Hand on the callbacks that were not handed on yet; one that cannot be read means nothing."""
        for message in messages:
            if message.kind == CALLBACK and message.id not in self._called:
                self._called.add(message.id)
                try:
                    self._hear(ev.Called(message.id, *opened(message)))
                except (ValueError, KeyError, TypeError):
                    self.done.add(message.id)


def _listed(message: Message, name: str) -> frozenset[str] | None:
    """The words that a message lists under a name; None where it lists none, which means all."""
    found = message.payload.get(name)
    return None if found is None else frozenset(map(str, found))
