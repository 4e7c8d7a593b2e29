"""Power is lost after any write of SQLite's: each state that the disk may then hold opens, and tells a true past.

What a writer does to its files is recorded by strace. From that the disk is built anew as it may be after each act: all
of it, or without what was not synced, of one file or of all, or with the last write torn. `pytest -n 0 -m strace`.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from storyboard.state.journal import History, Record
from storyboard.state.sqlite import SqliteJournal, read_history
from tests.state import records
from tests.stories.command import environment

pytestmark = [
    pytest.mark.strace,
    pytest.mark.skipif(sys.platform != "linux" or shutil.which("strace") is None, reason="strace is not installed"),
]

SESSIONS, BATCHES = 3, 4
WRITER = f"""
import os, sys
from pathlib import Path
from storyboard.state.sqlite import SqliteJournal
from tests.stories.test_power import batch
number = 0
for session in range({SESSIONS}):
    with SqliteJournal(Path(sys.argv[1])) as journal:
        for _ in range({BATCHES}):
            journal.append(batch(number))
            number += 1
            os.write(1, b"kept")
"""
CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
SECTOR = 512


def batch(number: int) -> list[Record]:
    """The takes of a batch: one anew, one again, of more than a page."""
    return [
        records.take(f"{number}A-1", ask="x" * 5000),
        records.take("1B-1", state="submitted", changed=float(number), ask="y" * number),
        records.attempt(f"t{number}", f"{number}A-1", state="accepted", job=f"j{number}"),
    ]


def histories() -> list[History]:
    """What may be told, by how many batches were kept."""
    known = [History()]
    for number in range(SESSIONS * BATCHES):
        after = History(takes=dict(known[-1].takes), attempts=dict(known[-1].attempts))
        for record in batch(number):
            after.keep(record)
        known.append(after)
    return known


@dataclass
class Disk:
    """Files by name as they are, and as they are without what was not synced; those unlinked last are kept."""

    now: dict[str, bytearray] = field(default_factory=dict)
    synced: dict[str, bytearray] = field(default_factory=dict)
    gone: dict[str, bytearray] = field(default_factory=dict)
    torn: tuple[str, int, bytes] | None = None
    kept: int = 0

    def act(self, call: str, path: str, arguments: str, texts: list[bytes]) -> None:
        """Do what the writer did."""
        self.torn = None
        if call == "pwrite64":
            length, at = (int(one) for one in re.findall(r"(\d+)", arguments.rpartition('"')[2])[:2])
            file = self.now.setdefault(path, bytearray())
            file.extend(bytes(max(0, at + length - len(file))))
            file[at : at + length] = texts[-1]
            self.torn = (path, at + max(SECTOR, length // 2 // SECTOR * SECTOR), texts[-1])
        elif call == "ftruncate":
            length = int(arguments.rpartition(", ")[2])
            file = self.now.setdefault(path, bytearray())
            file[:] = file[:length] + bytes(max(0, length - len(file)))
        elif call in ("fsync", "fdatasync"):
            self.synced[path] = bytearray(self.now.get(path, b""))
        elif call == "unlink":
            self.gone[path] = self.now.pop(path, bytearray())
            self.synced.pop(path, None)
        elif call == "rename":
            target = Path(texts[1].decode()).name
            self.now[target], self.synced[target] = self.now.pop(path), self.synced.pop(path, bytearray())

    def possible(self) -> Iterator[dict[str, bytes]]:
        """What the disk may hold if power is lost now."""
        now = {name: bytes(data) for name, data in self.now.items()}
        yield now
        for name in now:
            yield {**now, name: bytes(self.synced.get(name, b""))}
        yield {name: bytes(self.synced.get(name, b"")) for name in now}
        if self.torn is not None:
            path, at, _ = self.torn
            old = bytes(self.synced.get(path, b""))
            yield {**now, path: now[path][:at] + old[at : len(now[path])]}
        log = self.gone.get("state.db-wal")
        if log and "state.db-wal" not in now:
            yield {**now, "state.db-wal": bytes(log)}


def acts(log: str) -> Iterator[tuple[str, str, str, list[bytes]]]:
    """The acts of a writer: the call, the name of its file, its arguments, the texts among them."""
    for line in log.splitlines():
        found = CALL.match(line)
        if found is None or int(found[3]) < 0:
            continue
        call, arguments = found[1], found[2]
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in TEXT.findall(arguments)]
        if call == "write" and texts == [b"kept"]:
            yield call, "", arguments, texts
            continue
        call = "rename" if call == "renameat" else call
        named = None if call == "rename" else re.match(r"\d+<([^>]*)>", arguments)
        path = bytes.fromhex(named[1].replace("\\x", "")).decode() if named else texts[0].decode() if texts else ""
        if Path(path).name.startswith("state.db") and not path.endswith("-shm"):
            yield call, Path(path).name, arguments, texts


def test_after_each_write_of_sqlite_the_disk_tells_a_true_past(tmp_path: Path) -> None:
    log, folder = tmp_path / "log", tmp_path / "there"
    folder.mkdir()
    traced = "trace=pwrite64,ftruncate,fsync,fdatasync,unlink,rename,renameat,write"
    line = ["strace", "-o", str(log), "-y", "-xx", "-s", "70000", "-e", traced]
    writer = [sys.executable, "-c", WRITER, str(folder / "state.db")]
    subprocess.run([*line, *writer], env=environment(), check=True, capture_output=True)
    known, disk, tried = histories(), Disk(), 0
    seen: set[int] = set()
    for call, path, arguments, texts in acts(log.read_text(encoding="ascii")):
        if call == "write":
            disk.kept += 1
            continue
        disk.act(call, path, arguments, texts)
        for number, contents in enumerate(disk.possible()):
            mark = hash((disk.kept, tuple(sorted(contents.items()))))
            if "state.db" not in contents or mark in seen:
                continue
            seen.add(mark)
            place = tmp_path / f"{tried}-{number}"
            place.mkdir()
            for name, data in contents.items():
                (place / name).write_bytes(data)
                (place / name).chmod(0o600)
            told = read_history(place / "state.db")
            with SqliteJournal(place / "state.db") as journal:
                assert journal.read() == told
            assert told in known[disk.kept : disk.kept + 2], (call, path, disk.kept)
            shutil.rmtree(place)
            tried += 1
    print(f"{tried} disks")
    assert disk.kept == SESSIONS * BATCHES
    assert tried > 100
