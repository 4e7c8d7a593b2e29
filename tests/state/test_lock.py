from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.state.lock import Holder, Lock, holder, is_held

HOLD = """
import subprocess, sys
from pathlib import Path
from storyboard.state.lock import Lock
with Lock(Path(sys.argv[1]), 12.5):
    if len(sys.argv) > 2:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=0, close_fds=False)
        print(child.pid, flush=True)
    else:
        print("held", flush=True)
        input()
    child.wait()
"""

RACE = """
import os, sys
from pathlib import Path
from storyboard.diagnostics import Refused
from storyboard.state.lock import Lock
input()
try:
    with Lock(Path(sys.argv[1]), 0.0):
        print("won", os.getpid(), flush=True)
        input()
except Refused as refused:
    print("lost", refused.exit_code, refused.diagnostics[0].message, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


@contextmanager
def process(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", script, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def line(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def say(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def test_the_file_names_process_host_and_start_and_stays(path: Path) -> None:
    with Lock(path, 12.5):
        assert json.loads(path.read_text()) == {"pid": os.getpid(), "host": platform.node(), "started": 12.5}
        assert holder(path) == Holder(os.getpid(), platform.node(), 12.5)
    assert path.exists()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_shorter_holder_leaves_nothing_of_a_longer_one(path: Path) -> None:
    path.write_text("x" * 300)
    with Lock(path, 1.0):
        assert json.loads(path.read_text())["pid"] == os.getpid()


def test_the_second_process_is_told_who_holds_it(path: Path) -> None:
    with process(HOLD, str(path)) as child:
        line(child)
        with pytest.raises(Refused, match=f"process {child.pid} on {platform.node()}") as caught, Lock(path, 0.0):
            pass
        assert caught.value.exit_code == 11
        assert caught.value.diagnostics[0].code == "already-running"


def test_it_can_be_taken_again_once_let_go(path: Path) -> None:
    for _ in range(3):
        with Lock(path, 0.0):
            pass
        with pytest.raises(KeyError), Lock(path, 0.0):
            raise KeyError


def test_it_dies_with_its_holder_though_a_child_lives_on(path: Path) -> None:
    with process(HOLD, str(path), "with a child") as child:
        grandchild = int(line(child))
        child.kill()
        child.wait()
        os.kill(grandchild, 0)
        with Lock(path, 0.0):
            assert holder(path) == Holder(os.getpid(), platform.node(), 0.0)


def race(path: Path) -> None:
    with process(RACE, str(path)) as first, process(RACE, str(path)) as second:
        for child in (first, second):
            say(child)
        said = [line(child).split(" ", 2) for child in (first, second)]
        assert sorted(words[0] for words in said) == ["lost", "won"]
        winner, loser = sorted(said, reverse=True)
        assert loser[1:] == ["11", f"process {winner[1]} on {platform.node()} is working on this film"]


def test_of_two_that_start_together_one_wins_and_the_other_names_it(path: Path) -> None:
    for _ in range(3):
        race(path)


@pytest.mark.slow
def test_of_two_that_start_together_one_wins_a_hundred_times(path: Path) -> None:
    for _ in range(100):
        race(path)


def test_a_lock_that_cannot_be_made_is_a_disk_error(path: Path) -> None:
    path.mkdir()
    with pytest.raises(Refused) as caught, Lock(path, 0.0):
        pass
    assert caught.value.exit_code == 14


def test_a_link_in_its_place_is_not_followed(path: Path) -> None:
    elsewhere = path.with_name("elsewhere")
    elsewhere.write_text("kept")
    path.symlink_to(elsewhere)
    with pytest.raises(Refused) as caught, Lock(path, 0.0):
        pass
    assert caught.value.exit_code == 14
    assert elsewhere.read_text() == "kept"


def test_nobody_is_named_where_the_file_says_nothing(path: Path) -> None:
    assert holder(path) is None
    path.write_text('{"pid": "many"}')
    assert holder(path) is None


def test_looking_whether_the_lock_is_held_leaves_no_trace_and_turns_nobody_away(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_held(path)
    assert not path.exists()
    with Lock(path, 12.5):
        before = path.read_bytes()
        assert is_held(path)
        assert path.read_bytes() == before
    assert not is_held(path)
    assert path.read_bytes() == before
    with Lock(path, 13.5):
        assert is_held(path)
