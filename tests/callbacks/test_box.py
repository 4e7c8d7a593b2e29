from contextlib import suppress
from pathlib import Path

import pytest

from storyboard.callbacks.box import AGAIN_S, CALLBACK, MOST, MOST_A_KEY, Box, message_id, opened, told_of
from storyboard.state.disk import LocalDisk
from storyboard.state.inbox import Inbox, Message
from tests.simulation.crashes import Nothing
from tests.simulation.world import Killed, World

KEY = "0123456789abcdef0123456789abcdef"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox", LocalDisk())


def test_what_was_told_lies_in_the_inbox_byte_for_byte(inbox: Inbox) -> None:
    body = bytes(range(256)) * 256
    assert Box(inbox, Clock()).put(KEY, body)
    [message] = inbox.drain()
    assert message.kind == CALLBACK
    assert opened(message) == (KEY, body)
    assert told_of([message]) == {KEY}


def test_the_same_words_take_room_once_however_often_and_by_whomever_they_are_told(inbox: Inbox) -> None:
    clock = Clock()
    box, another = Box(inbox, clock), Box(inbox, clock)
    for _ in range(100):
        clock.now += 1
        assert box.put(KEY, b"done")
        assert another.put(KEY, b"done")
    assert len(inbox.drain()) == 1


def test_words_that_were_taken_in_come_again_only_after_a_while(inbox: Inbox) -> None:
    clock = Clock()
    box = Box(inbox, clock)
    assert box.put(KEY, b"done")
    inbox.settle(inbox.drain())
    clock.now += AGAIN_S / 2
    assert box.put(KEY, b"done")
    assert inbox.drain() == []
    clock.now += AGAIN_S
    assert box.put(KEY, b"done")
    assert len(inbox.drain()) == 1


def test_whatever_a_killed_process_left_of_a_callback_it_is_durable_before_anybody_is_thanked() -> None:
    """It is told, the door is killed at some act, it is told again, and then the power fails at its worst."""
    for act in range(6):
        world, clock, path = World(), Clock(), Path("/film.storyboard/inbox")
        world.disk.make_dir(path)
        world.crash("kill", Nothing())
        world.arm(act)
        with suppress(Killed):
            Box(Inbox(path, world.disk), clock).put(KEY, b"done")
        world.crash("kill", Nothing())
        assert Box(Inbox(path, world.disk), clock).put(KEY, b"done")
        world.crash("power", Nothing())
        (message,) = Inbox(path, world.disk).drain()
        assert opened(message) == (KEY, b"done")


def test_a_submission_has_room_for_a_few_messages(inbox: Inbox) -> None:
    box = Box(inbox, Clock())
    assert [box.put(KEY, b"%d" % n) for n in range(MOST_A_KEY + 3)] == [True] * MOST_A_KEY + [False] * 3
    assert box.put(KEY[::-1], b"another")


def test_all_together_have_room_for_some(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    for n in range(MOST):
        name = message_id(f"{n:032x}", b"")
        (tmp_path / "inbox" / Message(name, CALLBACK, float(n), {}).file).touch()
    assert not Box(inbox, Clock()).put(KEY, b"one more")


@pytest.mark.parametrize("payload", [{}, {"key": KEY}, {"key": KEY, "body": "no base64!"}, {"key": KEY, "body": 7}])
def test_a_message_that_is_none_is_known_for_it(payload: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        opened(Message("cb-x", CALLBACK, 0.0, payload))
