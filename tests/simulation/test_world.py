from __future__ import annotations

import errno
from pathlib import Path
from random import Random

import pytest

from storyboard.diagnostics import Refused
from tests.simulation.world import CrashKind, Killed, Strike, World
from tests.state import records

FOLDER = Path("/film.storyboard/clips")
A, B = FOLDER / "a", FOLDER / "b"
SEEDS = range(200)


def world() -> World:
    made = World()
    made.disk.make_dir(FOLDER)
    return made


def read(made: World, path: Path) -> bytes | None:
    return made.disk.read(path) if made.disk.exists(path) else None


def after_crashes(kind: CrashKind, *, sync: bool, sync_dir: bool) -> set[bytes | None]:
    """Everything that a file may hold after it was written and the machine crashed."""
    found = set()
    for seed in SEEDS:
        made = world()
        made.disk.write(A, b"abcd")
        if sync:
            made.disk.sync(A)
        if sync_dir:
            made.disk.sync_dir(FOLDER)
        made.crash(kind, Random(seed))
        found.add(read(made, A))
    return found


def test_a_kill_keeps_what_was_written() -> None:
    assert after_crashes("kill", sync=False, sync_dir=False) == {b"abcd"}


def test_power_loss_keeps_what_was_synced_with_its_name() -> None:
    assert after_crashes("power", sync=True, sync_dir=True) == {b"abcd"}


def test_power_loss_may_lose_a_name_that_was_not_synced() -> None:
    assert after_crashes("power", sync=True, sync_dir=False) == {None, b"abcd"}


def test_power_loss_may_tear_bytes_that_were_not_synced() -> None:
    assert after_crashes("power", sync=False, sync_dir=True) == {b"", b"a", b"ab", b"abc", b"abcd"}


def test_a_rename_is_whole_or_not_at_all_and_in_order() -> None:
    found = set()
    for seed in SEEDS:
        made = world()
        for path in (A, B):
            made.disk.write(path, path.name.encode())
            made.disk.sync(path)
        made.disk.sync_dir(FOLDER)
        made.disk.rename(A, B)
        made.disk.remove(B)
        made.crash("power", Random(seed))
        found.add((read(made, A), read(made, B)))
    assert found == {(b"a", b"b"), (None, b"a"), (None, None)}


@pytest.mark.parametrize(("strike", "left"), [("before", None), ("during", b"ab"), ("after", b"abcd")])
def test_a_kill_strikes_before_during_or_after_an_act(strike: Strike, left: bytes | None) -> None:
    made = World()
    made.disk.make_dir(FOLDER)
    made.arm(1, strike)
    with pytest.raises(Killed):
        made.disk.write(A, b"abcd")
    with pytest.raises(Killed):
        made.disk.exists(A)
    with pytest.raises(Killed):
        made.journal.append([])
    made.crash("kill", Random(0))
    assert read(made, A) == left


def test_an_act_may_fail_instead() -> None:
    made = world()
    made.arm(1, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OSError, match="No space"):
        made.disk.write(A, b"abcd")
    assert not made.disk.exists(A)


def test_a_journal_that_failed_once_keeps_nothing_more_until_the_next_boot() -> None:
    made = World()
    made.arm(0, OSError(errno.ENOSPC, "No space left on device"))
    for _ in range(2):
        with pytest.raises(Refused, match="no room"):
            made.journal.append([records.take()])
    made.crash("kill", Random(0))
    made.journal.append([records.take()])
    assert made.journal.read().takes


def kept_batches(kind: CrashKind, *, lying: bool) -> set[int]:
    found = set()
    for seed in SEEDS:
        made = World({"journal"} if lying else ())
        for number in range(3):
            made.journal.append([records.take(f"{number}A-1")])
        made.crash(kind, Random(seed))
        found.add(len(made.journal.read().takes))
    return found


def test_an_honest_journal_loses_nothing_and_a_lying_one_a_tail() -> None:
    assert kept_batches("power", lying=False) == {3}
    assert kept_batches("kill", lying=True) == {3}
    assert kept_batches("power", lying=True) == {0, 1, 2, 3}


def test_the_same_seed_crashes_alike() -> None:
    def crash(seed: int) -> list[bytes]:
        made = world()
        for number in range(20):
            made.disk.write(FOLDER / f"{number:02}", b"abcdef")
        made.crash("power", Random(seed))
        return [made.disk.read(FOLDER / name) for name in made.disk.listing(FOLDER)]

    assert crash(3) == crash(3)
    assert len({tuple(crash(seed)) for seed in range(20)}) > 10
