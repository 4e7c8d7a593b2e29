from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.state.journal import History, Record
from storyboard.state.schema import VERSION
from storyboard.state.sqlite import SqliteJournal, read_history
from tests.state import records

Files = dict[str, bytes]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def files(folder: Path) -> Files:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


def place(folder: Path, contents: Files) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o600)
    return folder / "state.db"


def history(*batches: list[Record]) -> History:
    known = History()
    for batch in batches:
        for record in batch:
            known.keep(record)
    return known


@contextmanager
def refused(code: str, exit_code: int) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert (caught.value.diagnostics[0].code, caught.value.exit_code) == (code, exit_code)


def test_a_batch_is_read_back_by_writer_reader_and_next_writer(path: Path) -> None:
    batch = records.production(3)
    with SqliteJournal(path) as journal:
        journal.append(batch)
        assert journal.read() == read_history(path) == history(batch)
    assert read_history(path) == history(batch)
    with SqliteJournal(path) as journal:
        assert journal.read() == history(batch)


def test_a_record_replaces_the_one_of_its_key_and_the_last_of_a_batch_wins(path: Path) -> None:
    with SqliteJournal(path) as journal:
        journal.append([records.take(state="submitting")])
        journal.append([records.take(state="submitted"), records.take(state="failed", error_code="refused")])
        assert journal.read() == history([records.take(state="failed", error_code="refused")])


def test_a_batch_that_names_an_unknown_take_is_kept_not_even_in_part(path: Path) -> None:
    with SqliteJournal(path) as journal:
        with pytest.raises(ValueError, match="do not fit"):
            journal.append([records.take("2A-1"), records.attempt(of="1A-1")])
        journal.append([records.take("3A-1")])
        assert journal.read() == history([records.take("3A-1")])


def test_the_state_is_ours_alone_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        with SqliteJournal(path) as journal:
            journal.append([records.take()])
            modes = {entry.name: entry.stat().st_mode & 0o777 for entry in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"state.db": 0o600, "state.db-wal": 0o600, "state.db-shm": 0o600}


def test_looking_creates_nothing(path: Path) -> None:
    assert read_history(path) == History()
    assert files(path.parent) == {}
    with SqliteJournal(path) as journal:
        journal.append(records.production(1))
    before = files(path.parent)
    assert set(before) == {"state.db", "seal.json"}
    read_history(path)
    assert files(path.parent) == before


def test_a_half_made_state_is_made_anew(path: Path) -> None:
    path.with_name("state.db.part").write_bytes(b"SQLite form")
    with SqliteJournal(path) as journal:
        assert journal.read() == History()
    assert set(files(path.parent)) == {"state.db", "seal.json"}


WRITER = """
import sys
from pathlib import Path
from storyboard.state.sqlite import SqliteJournal
from tests.state import records
journal = SqliteJournal(Path(sys.argv[1]))
for number in range(10**6):
    journal.append([records.take(f"{number}A-1", ask="x" * int(sys.argv[2]))])
    print(number, flush=True)
"""


@pytest.mark.parametrize("appends", [1, 2, 7, 40])
def test_what_append_returned_for_survives_a_kill(path: Path, appends: int) -> None:
    kill_a_writer(path, appends, 1000)


@pytest.mark.slow
def test_what_append_returned_for_survives_kills_around_checkpoints(path: Path) -> None:
    rng = random.Random(1)
    for number in range(20):
        kill_a_writer(path.with_name(f"{number}.db"), rng.randrange(1, 400), 60_000)


def kill_a_writer(path: Path, appends: int, length: int) -> None:
    command = [sys.executable, "-c", WRITER, str(path), str(length)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) == appends - 1:
                break
        child.kill()
    with SqliteJournal(path) as journal:
        kept = journal.read()
    assert {f"{number}A-1" for number in range(appends)} <= {take.take for take in kept.takes.values()}


FILLER = """
import resource, sys
from pathlib import Path
from storyboard.diagnostics import Refused
from storyboard.state.sqlite import SqliteJournal
from tests.state import records
journal = SqliteJournal(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
kept = 0
try:
    while True:
        journal.append([records.take(f"{kept}A-1", ask="x" * 5000)])
        kept += 1
except Refused as refused:
    print(kept, refused.exit_code, refused.diagnostics[0].code)
try:
    journal.append([records.take("late")])
except Refused as refused:
    print("again", refused.exit_code)
"""


def test_a_disk_without_room_refuses_the_batch_and_all_later_ones_and_keeps_the_earlier(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FILLER, str(path)], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    kept, exit_code, code = first.split()
    assert int(kept) > 3
    assert exit_code == "14"
    assert code in ("disk-full", "state-unwritable")
    assert second == "again 14"
    with SqliteJournal(path) as journal:
        names = {take.take for take in journal.read().takes.values()}
    assert names == {f"{number}A-1" for number in range(int(kept))}


def test_a_folder_in_place_of_the_state_is_refused(path: Path) -> None:
    path.mkdir()
    with refused("state-unsafe", 13):
        SqliteJournal(path)


def test_a_state_without_its_folder_is_refused(path: Path) -> None:
    with refused("state-unwritable", 14):
        SqliteJournal(path.parent / "gone" / "state.db")


def altered(path: Path, *statements: str) -> Files:
    with SqliteJournal(path) as journal:
        journal.append(records.production(2))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return files(path.parent)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (f"PRAGMA user_version={VERSION + 1}", "state-newer"),
        ("PRAGMA user_version=0", "state-corrupt"),
        ("PRAGMA application_id=1", "state-corrupt"),
        ("CREATE TRIGGER t AFTER INSERT ON takes BEGIN DELETE FROM attempts; END", "state-corrupt"),
        ("CREATE TABLE more (x)", "state-corrupt"),
        ("DROP TABLE frames", "state-corrupt"),
        ("UPDATE attempts SET charged='0'", "state-corrupt"),
        ("UPDATE takes SET own=CAST(x'ff' AS TEXT)", "state-corrupt"),
        ("DELETE FROM clips", "state-corrupt"),
    ],
)
def test_a_newer_or_doctored_state_is_refused_and_stays_as_it_is(path: Path, statement: str, code: str) -> None:
    before = altered(path, statement)
    with refused(code, 13):
        SqliteJournal(path)
    assert files(path.parent) == before


def test_a_newer_version_that_stands_only_in_the_log_is_refused(path: Path, tmp_path: Path) -> None:
    with SqliteJournal(path), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")
        copied = files(path.parent)
    del copied["state.db-shm"]
    there = place(tmp_path / "there", copied)
    with refused("state-newer", 13):
        SqliteJournal(there)
    assert {name: data for name, data in files(there.parent).items() if name != "state.db-shm"} == copied


def judge(folder: Path, contents: Files, allowed: list[History]) -> None:
    """Reading it as a writer gives an allowed history, or a refusal that changes nothing."""
    refusal: Refused | None = None
    try:
        with SqliteJournal(place(folder, contents)) as journal:
            assert journal.read() in allowed
    except Refused as caught:
        refusal = caught
    if refusal:
        assert refusal.exit_code == 13
        left = files(folder)
        left.pop("state.db-shm", None)  # an index that SQLite makes for any log it reads
        assert left == contents


def at_rest(path: Path) -> tuple[Files, History]:
    batch = records.production(2)
    with SqliteJournal(path) as journal:
        journal.append(batch)
    return files(path.parent), history(batch)


def cut_short(tmp_path: Path, every: int) -> None:
    contents, whole = at_rest(tmp_path / "state.db")
    for length in (15, 16, 99, 100, 101, *range(0, len(contents["state.db"]), every)):
        judge(tmp_path / f"cut-{length}", {"state.db": contents["state.db"][:length]}, [whole])


def test_a_state_cut_short_is_read_right_or_refused(tmp_path: Path) -> None:
    cut_short(tmp_path, 2048)


@pytest.mark.slow
def test_a_state_cut_short_anywhere_is_read_right_or_refused(tmp_path: Path) -> None:
    cut_short(tmp_path, 1)


def flip(data: bytes, bit: int) -> bytes:
    return data[: bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1 :]


def flip_bits(tmp_path: Path, flips: int) -> None:
    contents, whole = at_rest(tmp_path / "state.db")
    rng = random.Random(7)
    for number in range(flips):
        damaged = flip(contents["state.db"], rng.randrange(len(contents["state.db"]) * 8))
        judge(tmp_path / f"flip-{number}", {"state.db": damaged}, [whole])


def test_a_state_with_a_flipped_bit_is_read_right_or_refused(tmp_path: Path) -> None:
    flip_bits(tmp_path, 150)


@pytest.mark.slow
def test_a_state_with_any_flipped_bit_is_read_right_or_refused(tmp_path: Path) -> None:
    flip_bits(tmp_path, 10_000)


def killed(path: Path) -> tuple[Files, list[History]]:
    """A state as a kill leaves it, its log beside it, and the histories after each of its batches."""
    batches: list[list[Record]] = [[records.take(f"{number}A-1", ask="x" * 3000)] for number in range(4)]
    with SqliteJournal(path) as journal:
        for batch in batches:
            journal.append(batch)
        contents = files(path.parent)
    del contents["state.db-shm"]
    return contents, [history(*batches[:count]) for count in range(len(batches) + 1)]


def flip_log_bits(tmp_path: Path, flips: int) -> None:
    contents, histories = killed(tmp_path / "state.db")
    log = contents["state.db-wal"]
    rng = random.Random(7)
    for number in range(flips):
        damaged = contents | {"state.db-wal": flip(log, rng.randrange(len(log) * 8))}
        # Damage to the last batch cannot be told from a batch that never returned; all before it is right or refused.
        judge(tmp_path / f"log-{number}", damaged, histories[-2:])


def test_a_flipped_bit_in_the_log_of_a_killed_run_loses_at_most_the_last_batch(tmp_path: Path) -> None:
    flip_log_bits(tmp_path, 100)


@pytest.mark.slow
def test_any_flipped_bit_in_the_log_of_a_killed_run_loses_at_most_the_last_batch(tmp_path: Path) -> None:
    flip_log_bits(tmp_path, 5_000)


def test_a_log_that_a_power_loss_cut_short_gives_the_batches_before(tmp_path: Path) -> None:
    contents, histories = killed(tmp_path / "state.db")
    log = contents["state.db-wal"]
    for length in range(0, len(log), 997):
        path = place(tmp_path / f"cut-{length}", contents | {"state.db-wal": log[:length]})
        with SqliteJournal(path) as journal:
            assert journal.read() in histories


def test_a_log_without_its_state_is_refused(tmp_path: Path) -> None:
    contents, _ = killed(tmp_path / "state.db")
    log = {"state.db-wal": contents["state.db-wal"]}
    path = place(tmp_path / "there", log)
    with refused("state-corrupt", 13):
        SqliteJournal(path)
    assert files(path.parent) == log
