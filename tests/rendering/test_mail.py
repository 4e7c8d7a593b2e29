"""Callbacks in the mail of a run: handed on once, whenever they came, and gone when the journal has what they meant."""

import base64
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

import trio
import trio.testing

from storyboard.callbacks.box import CALLBACK
from storyboard.rendering import events as ev
from storyboard.rendering.mail import DECISION, DRAIN, Mail
from storyboard.rendering.ports import Ports
from storyboard.state.inbox import Message


class Letterbox:
    """An inbox in memory."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)

    def drain(self) -> list[Message]:
        return list(self.messages)

    def settle(self, messages: Iterable[Message]) -> None:
        gone = {message.id for message in messages}
        self.messages = [message for message in self.messages if message.id not in gone]


class Noon:
    """A clock that says noon."""

    def now(self) -> ev.Now:
        return ev.Now(trio.current_time(), 1000.0)


def called(name: str, body: Any = None, sent: float = 1.0) -> Message:
    """A callback that came long before the run."""
    encoded = base64.b64encode(b"{}").decode() if body is None else body
    return Message(name, CALLBACK, sent, {"key": "k", "body": encoded})


async def _inline(act: Callable[..., Any], *args: Any) -> Any:
    await trio.lowlevel.checkpoint()
    return act(*args)


def hear(box: Letterbox, then: Callable[[Mail], None] = lambda _: None) -> list[ev.Event]:
    """What a run hears of a letterbox; `then` is done after the first look."""
    heard: list[ev.Event] = []

    async def run() -> None:
        ports = Ports(Noon(), None, None, None, _inline, lambda: "", lambda _: None)  # type: ignore[arg-type]  # unused
        mail = Mail(ports, box, heard.append, nullcontext)
        async with trio.open_nursery() as nursery:
            await mail.look()
            nursery.start_soon(mail.read)
            then(mail)
            await trio.sleep(3 * ports.inbox_s)
            nursery.cancel_scope.cancel()
        await mail.tidy()

    trio.run(run, clock=trio.testing.MockClock(autojump_threshold=0))
    return heard


def test_a_callback_of_long_ago_is_handed_on_once_and_stays_until_it_was_read() -> None:
    box = Letterbox(called("cb-1"))
    assert hear(box) == [ev.Called("cb-1", "k", b"{}")]
    assert [message.id for message in box.messages] == ["cb-1"]


def test_what_was_read_goes() -> None:
    box = Letterbox(called("cb-1"), called("cb-2"))
    hear(box, lambda mail: mail.done.add("cb-1"))
    assert [message.id for message in box.messages] == ["cb-2"]


def test_a_callback_that_cannot_be_read_goes_unheard() -> None:
    box = Letterbox(called("cb-1", "no base64!"), Message("cb-2", CALLBACK, 1.0, {}))
    assert hear(box) == []
    assert box.messages == []


def test_what_people_asked_for_before_the_run_is_not_meant_for_it() -> None:
    box = Letterbox(
        Message("old", DRAIN, 999.0, {}), Message("new", DRAIN, 1000.0, {}), Message("d", DECISION, 1.0, {})
    )
    assert hear(box) == [ev.Drain()]
    assert box.messages == []
