import stat
import threading
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.network.limits import wait_s
from storyboard.state.account import (
    KEPT_JOBS,
    AccountFile,
    Wait,
    account_file,
    asked,
    fingerprint,
    known_charges,
    known_took,
)

KEY = "sk_live_canary"


def three_a_minute(now: float) -> Wait:
    return lambda sent, held: wait_s(sent, held, now, 3, 60.0)


def test_a_fingerprint_is_one_for_one_key_on_one_machine(tmp_path: Path) -> None:
    one = fingerprint(tmp_path, KEY)
    assert fingerprint(tmp_path, KEY) == one
    assert fingerprint(tmp_path, KEY + "2") != one
    assert fingerprint(tmp_path / "another machine", KEY) != one
    assert stat.S_IMODE((tmp_path / "salt").stat().st_mode) == 0o600


def test_nothing_on_disk_tells_the_key(tmp_path: Path) -> None:
    AccountFile(tmp_path / "accounts", fingerprint(tmp_path, KEY)).hold(1.0)
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(found) == 2
    assert all(KEY not in path.name and KEY.encode() not in path.read_bytes() for path in found)


def test_the_last_jobs_are_remembered_with_how_long_they_took(tmp_path: Path) -> None:
    assert known_took(tmp_path, KEY) == ()
    assert list(tmp_path.iterdir()) == []
    file = AccountFile(tmp_path / "accounts", fingerprint(tmp_path, KEY))
    file.timed([(Fraction(5, 2), 100.5), (Fraction(5), 180.0)])
    assert known_took(tmp_path, KEY) == ((Fraction(5, 2), 100.5), (Fraction(5), 180.0))
    file.timed([(Fraction(5), float(number)) for number in range(KEPT_JOBS)])
    assert known_took(tmp_path, KEY) == tuple((Fraction(5), float(number)) for number in range(KEPT_JOBS))
    assert known_took(tmp_path, KEY + "2") == ()


def test_charges_are_remembered_for_the_account_and_the_last_one_counts(tmp_path: Path) -> None:
    assert known_charges(tmp_path, KEY) == {}
    assert list(tmp_path.iterdir()) == []
    file = AccountFile(tmp_path / "accounts", fingerprint(tmp_path, KEY))
    file.learn("pro/1080p", Fraction(4), Decimal(96))
    file.learn("pro/1080p", Fraction(4), Decimal("95.50"))
    file.learn("pro/1080p", Fraction(5, 2), Decimal(60))
    known = {("pro/1080p", Fraction(4)): Decimal("95.50"), ("pro/1080p", Fraction(5, 2)): Decimal(60)}
    assert known_charges(tmp_path, KEY) == known
    assert known_charges(tmp_path, KEY + "2") == {}


def test_what_is_known_of_an_account_may_be_damaged(tmp_path: Path) -> None:
    AccountFile(tmp_path / "accounts", fingerprint(tmp_path, KEY))
    account_file(tmp_path, fingerprint(tmp_path, KEY)).write_bytes(b"no database at all, and long enough" * 40)
    assert known_charges(tmp_path, KEY) == {}


def test_two_processes_share_one_window(tmp_path: Path) -> None:
    one, other = AccountFile(tmp_path, "a"), AccountFile(tmp_path, "a")
    assert [one.take(0.0, three_a_minute(0.0)), other.take(1.0, three_a_minute(1.0))] == [0.0, 0.0]
    assert one.take(2.0, three_a_minute(2.0)) == 0.0
    assert other.take(3.0, three_a_minute(3.0)) == 57.0
    assert other.take(60.5, three_a_minute(60.5)) == 0.0
    assert AccountFile(tmp_path, "b").take(3.0, three_a_minute(3.0)) == 0.0


def test_what_one_was_told_the_others_heed(tmp_path: Path) -> None:
    AccountFile(tmp_path, "a").hold(36.0)
    assert AccountFile(tmp_path, "a").take(6.0, three_a_minute(6.0)) == 30.0


def test_a_crowd_never_passes_the_limit(tmp_path: Path) -> None:
    passed: list[float] = []

    def crowd() -> None:
        file = AccountFile(tmp_path, "a")
        passed.extend(seconds for _ in range(5) if (seconds := file.take(0.0, three_a_minute(0.0))) == 0.0)

    threads = [threading.Thread(target=crowd) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 3


def test_moments_are_forgotten(tmp_path: Path) -> None:
    file = AccountFile(tmp_path, "a")
    seen: list[Sequence[float]] = []

    def look(sent: Sequence[float], held: float) -> float:
        seen.append(sent)
        return 0.0

    for moment in (0.0, 10_000.0, 10_001.0):
        file.take(moment, look)
    assert [list(one) for one in seen] == [[], [], [10_000.0]]


def test_a_damaged_file_is_made_anew_and_a_disk_that_fails_is_told(tmp_path: Path) -> None:
    AccountFile(tmp_path, "a").hold(5.0)
    (tmp_path / "a.db").write_bytes(b"no database at all" * 500)
    assert AccountFile(tmp_path, "a").take(0.0, lambda sent, held: held) == 0.0
    file = AccountFile(tmp_path, "b")
    (tmp_path / "b.db").unlink()
    (tmp_path / "b.db").mkdir()
    with pytest.raises(Refused) as refused:
        file.hold(1.0)
    assert refused.value.exit_code == 14


def test_how_much_an_account_is_asked_is_told_without_writing(tmp_path: Path) -> None:
    assert asked(tmp_path, "origin\nkey", 0) == 0
    assert not list(tmp_path.iterdir())
    file = AccountFile(tmp_path / "accounts", fingerprint(tmp_path, "origin\nkey"))
    for now in (10.0, 20.0, 30.0):
        file.take(now, lambda sent, held: 0)
    assert asked(tmp_path, "origin\nkey", 15) == 2
    assert asked(tmp_path, "origin\nother", 15) == 0


def test_moments_of_a_clock_that_was_set_back_since_hold_nobody_for_longer_than_a_gateway_may_ask(
    tmp_path: Path,
) -> None:
    file, seen = AccountFile(tmp_path, "a"), list[tuple[list[float], float]]()

    def wait(sent: Sequence[float], held: float) -> float:
        seen.append((list(sent), held))
        return 1.0

    for moment in (90_000.0, 90_001.0):
        file.take(moment, lambda sent, held: 0.0)
    file.hold(90_060.0)
    file.take(100.0, wait)
    file.take(130.0, wait)
    assert seen == [([100.0, 100.0], 400.0), ([100.0, 100.0], 400.0)]
