from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.diagnostics import Refused
from storyboard.state.disk import LocalDisk
from storyboard.state.inbox import LARGEST_BYTES, Inbox, Message
from tests.simulation.world import Fuse, Killed, SimulatedDisk, World

PATH = Path("/film.storyboard/inbox")


def message(number: int = 0, sent: float = 1.5, **payload: object) -> Message:
    return Message(f"m{number}", "circle", sent, payload)


@pytest.fixture
def disk() -> SimulatedDisk:
    return SimulatedDisk(Fuse())


@pytest.fixture
def inbox(disk: SimulatedDisk) -> Inbox:
    return Inbox(PATH, disk)


def test_what_was_sent_is_drained_until_it_is_settled(inbox: Inbox, disk: SimulatedDisk) -> None:
    inbox.send(message(shot="1A", take=2))
    assert inbox.drain() == inbox.drain() == [message(shot="1A", take=2)]
    inbox.settle(inbox.drain())
    assert inbox.drain() == []
    assert disk.listing(PATH) == []


def test_an_inbox_that_was_never_made_is_empty(inbox: Inbox) -> None:
    assert inbox.drain() == []
    inbox.settle([])


@given(st.lists(st.floats(0, 4e9), unique_by=lambda sent: int(sent * 1_000_000)))
def test_messages_come_in_the_order_in_which_they_were_sent(times: list[float]) -> None:
    inbox = Inbox(PATH, SimulatedDisk(Fuse()))
    for number, sent in enumerate(times):
        inbox.send(message(number, sent))
    assert [said.sent for said in inbox.drain()] == sorted(times)


@pytest.mark.parametrize("name", ["", "../../x", "a/b", "x" * 65, "é"])
def test_an_id_cannot_name_another_place(inbox: Inbox, name: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        inbox.send(Message(name, "circle", 1.0, {}))


def test_a_message_too_large_is_not_sent(inbox: Inbox, disk: SimulatedDisk) -> None:
    with pytest.raises(ValueError, match="the most is"):
        inbox.send(message(body="x" * LARGEST_BYTES))
    assert disk.listing(PATH) == []


GOOD = {"id": "m0", "kind": "circle", "sent": 1.5, "payload": {}}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[" * 200_000,
        b"[]",
        b"{}",
        b" " * (LARGEST_BYTES + 1),
        json.dumps(GOOD | {"payload": 3}).encode(),
        json.dumps(GOOD | {"sent": "soon"}).encode(),
        json.dumps(GOOD | {"sent": 9.0}).encode(),
        json.dumps(GOOD | {"id": "../x"}).encode(),
        b'{"id": "m0", "kind": "circle", "sent": Infinity, "payload": {}}',
        b'{"id": "m0", "kind": "circle", "sent": NaN, "payload": {}}',
    ],
)
def test_what_is_no_message_is_set_aside_and_kept(inbox: Inbox, disk: SimulatedDisk, data: bytes) -> None:
    inbox.send(message(1, 2.0))
    disk.write(PATH / message().file, data)
    assert inbox.drain() == [message(1, 2.0)]
    assert disk.read(PATH / f"{message().file}.bad") == data
    assert inbox.drain() == [message(1, 2.0)]


def test_a_link_or_a_folder_among_the_messages_is_set_aside(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox", LocalDisk())
    inbox.send(message(shot="1A"))
    (tmp_path / "inbox" / "0.json").symlink_to(tmp_path / "inbox" / message().file)
    (tmp_path / "inbox" / "1.json").mkdir()
    assert inbox.drain() == [message(shot="1A")]
    assert sorted(path.name for path in (tmp_path / "inbox").glob("*.bad")) == ["0.json.bad", "1.json.bad"]


def test_an_inbox_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("in the way")
    with pytest.raises(Refused) as caught:
        Inbox(tmp_path / "inbox", LocalDisk()).send(message())
    assert caught.value.exit_code == 14


def test_no_crash_shows_half_a_message_or_loses_one_whose_sending_returned() -> None:
    for at in range(10):
        for seed in range(10):
            world = World()
            world.arm(at, "during")
            sent = True
            try:
                Inbox(PATH, world.disk).send(message(shot="1A"))
            except Killed:
                sent = False
            world.crash("power", Random(seed))
            left = Inbox(PATH, world.disk).drain()
            assert left == [message(shot="1A")] or (left == [] and not sent)
            assert not [name for name in world.disk.listing(PATH) if name.endswith(".bad")]


def test_a_sender_sees_whether_its_message_was_heard(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox", LocalDisk())
    message = Message("one", "cancel", 1.0, {"names": None})
    assert not inbox.waits(message)
    inbox.send(message)
    assert inbox.waits(message)
    inbox.settle(inbox.drain())
    assert not inbox.waits(message)
