from __future__ import annotations

from pathlib import Path

import pytest

from storyboard.state.log import damaged
from storyboard.state.sqlite import SqliteJournal
from tests.state import records

FRAME_BYTES = 24 + 4096
HEADER_BYTES = 32


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("log") / "state.db"
    with SqliteJournal(path) as journal:
        for number in range(3):
            journal.append([records.take(f"{number}A-1", ask="x" * 9000)])
        return path.with_name("state.db-wal").read_bytes()


def frames(log: bytes) -> int:
    return (len(log) - HEADER_BYTES) // FRAME_BYTES


def spoilt(log: bytes, frame: int, at: int) -> bytes:
    place = HEADER_BYTES + frame * FRAME_BYTES + at
    return log[:place] + bytes([log[place] ^ 1]) + log[place + 1 :]


def commits(log: bytes) -> list[int]:
    return [n for n in range(frames(log)) if log[HEADER_BYTES + n * FRAME_BYTES + 4 :][:4] != b"\0\0\0\0"]


def test_a_sound_log_is_sound(log: bytes) -> None:
    assert len(commits(log)) == 3
    assert not damaged(log)


@pytest.mark.parametrize("at", [3, 7, 10, 16, 20, 24, 4000])
def test_damage_before_the_last_transaction_is_seen_wherever_it_strikes(log: bytes, at: int) -> None:
    for frame in range(commits(log)[1] + 1):
        assert damaged(spoilt(log, frame, at))


def test_a_torn_last_transaction_is_innocent(log: bytes) -> None:
    for frame in range(commits(log)[1] + 1, frames(log)):
        assert not damaged(spoilt(log, frame, 100))
        place = HEADER_BYTES + frame * FRAME_BYTES
        assert not damaged(log[:place] + b"\0" * FRAME_BYTES + log[place + FRAME_BYTES :])


def test_a_log_cut_short_is_innocent(log: bytes) -> None:
    assert not any(damaged(log[:length]) for length in range(0, len(log), 501))


def test_a_log_whose_bytes_never_arrived_is_innocent(log: bytes) -> None:
    assert not damaged(b"\0" * len(log))


@pytest.mark.parametrize("at", [0, 3, 5, 9, 17, 25])
def test_a_bad_header_before_frames_is_damage(log: bytes, at: int) -> None:
    assert damaged(log[:at] + bytes([log[at] ^ 1]) + log[at + 1 :])


def test_frames_of_an_older_generation_are_innocent(log: bytes, tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with SqliteJournal(path) as journal:
        for number in range(3):
            journal.append([records.take(f"{number}A-1", ask="y" * 3_000_000)])
        journal.append([records.take("9A-1")])
        restarted = path.with_name("state.db-wal").read_bytes()
    assert frames(restarted) > 700
    assert not damaged(restarted)
    assert restarted[16:24] != restarted[-FRAME_BYTES + 8 : -FRAME_BYTES + 16]
