"""What goes wrong around a render: each trouble has its exit code, one clear message, and loses nothing."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.command import LINE, environment, start, storyboard

BOARD = """\
storyboard: 1
title: Trouble
delivery: {size: 192x108}
defaults: {duration: 1}
shots:
  - {id: 1A, action: Something happens.}
  - {id: 1B, action: Something else happens., start: previous}
"""


@pytest.fixture
def board(tmp_path: Path) -> Path:
    path = tmp_path / "trouble.yaml"
    path.write_text(BOARD, encoding="utf-8")
    return path


def state(board: Path) -> Path:
    return board.parent / "trouble.storyboard"


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock" and path.suffix not in (".db-wal", ".db-shm")
    }


def test_a_second_render_of_the_same_film_names_the_first(board: Path) -> None:
    storyboard("plan", board)
    endless = "".join(f"  - {{id: {n}Z, action: Gulls., duration: 30}}\n" for n in range(1, 60))
    board.write_text(board.read_text(encoding="utf-8") + endless, encoding="utf-8")
    first = start("render", board, "--json")
    try:
        assert first.stdout is not None
        first.stdout.readline()
        second = storyboard("render", board)
        assert second.returncode == 11
        assert str(first.pid) in second.stderr
    finally:
        first.kill()
        first.communicate()


@pytest.mark.parametrize("garbage", [b"", b"not a database at all, but long enough to be read" * 40])
def test_a_corrupt_state_is_refused_and_left_as_it_is(board: Path, garbage: bytes) -> None:
    assert storyboard("render", board).returncode == 0
    database = state(board) / "state.db"
    for path in state(board).glob("state.db*"):
        path.unlink()
    database.write_bytes(garbage)
    database.chmod(0o600)
    before = contents(state(board))
    for command in ("render", "plan", "status", "verify"):
        told = storyboard(command, board)
        assert told.returncode == 13, (command, told.stderr)
        assert "state-corrupt" in told.stderr
        assert "Traceback" not in told.stderr
    assert contents(state(board)) == before


def test_a_newer_state_is_refused_and_left_as_it_is(board: Path) -> None:
    assert storyboard("render", board).returncode == 0
    connection = sqlite3.connect(state(board) / "state.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    before = contents(state(board))
    told = storyboard("render", board)
    assert told.returncode == 13
    assert "state-newer" in told.stderr
    assert contents(state(board)) == before


def test_a_full_disk_ends_with_14_and_a_second_render_goes_on(board: Path) -> None:
    long = board.read_text(encoding="utf-8").replace("192x108", "640x360")
    board.write_text(long, encoding="utf-8")
    limited = ["sh", "-c", f"ulimit -f 40; exec {' '.join(LINE)} render {board}"]
    full = subprocess.run(limited, env=environment(), capture_output=True, text=True, timeout=120, check=False)
    assert full.returncode == 14, full.stderr
    assert "Traceback" not in full.stderr
    assert storyboard("render", board).returncode == 0


def test_a_folder_that_cannot_be_written_ends_with_14(board: Path) -> None:
    state(board).write_text("a file stands where the folder should", encoding="utf-8")
    told = storyboard("render", board)
    assert told.returncode == 14
    assert "state-unwritable" in told.stderr
    assert state(board).read_text(encoding="utf-8").startswith("a file stands")


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_an_output_that_is_a_link_outward_ends_with_14(board: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    state(board).symlink_to(outside)
    told = storyboard("render", board)
    assert told.returncode == 14
    assert list(outside.iterdir()) == []


def test_a_lost_clip_is_seen_and_rendered_again(board: Path) -> None:
    assert storyboard("render", board).returncode == 0
    film = hashlib.sha256((state(board) / "film.mp4").read_bytes()).hexdigest()
    clip = (state(board) / "takes" / "1A-1.mp4").resolve()
    clip.unlink()
    checked = storyboard("verify", board)
    assert checked.returncode == 13
    assert "1A-1: clip-missing" in checked.stdout
    assert storyboard("render", board).returncode == 0
    assert hashlib.sha256((state(board) / "film.mp4").read_bytes()).hexdigest() == film


def test_a_damaged_clip_is_seen_only_by_reading(board: Path) -> None:
    assert storyboard("render", board).returncode == 0
    clip = (state(board) / "takes" / "1B-1.mp4").resolve()
    data = bytearray(clip.read_bytes())
    data[len(data) // 2] ^= 0xFF
    clip.chmod(0o600)
    clip.write_bytes(data)
    assert storyboard("verify", board).returncode == 0
    assert storyboard("verify", board, "--read-data").returncode == 13


@pytest.mark.parametrize("image", [b"", b"<html>no picture</html>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_broken_image_is_found_with_its_place(board: Path, image: bytes) -> None:
    (board.parent / "opening.png").write_bytes(image)
    text = BOARD.replace("{id: 1A,", "{id: 1A, start: {image: opening.png},")
    board.write_text(text, encoding="utf-8")
    told = storyboard("render", board)
    assert told.returncode in (3, 10), told.stderr
    assert "trouble.yaml:6:" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_missing_image_is_found_with_its_place_and_nothing_is_written(board: Path) -> None:
    board.write_text(BOARD.replace("{id: 1A,", "{id: 1A, start: {image: nowhere.png},"), encoding="utf-8")
    told = storyboard("render", board)
    assert told.returncode == 10
    assert "trouble.yaml:6:" in told.stderr
    assert not state(board).exists()


def test_one_failed_shot_spares_the_rest(board: Path) -> None:
    (board.parent / "opening.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    text = BOARD.replace("{id: 1A,", "{id: 1A, start: {image: opening.png},") + "  - {id: 1C, action: On its own.}\n"
    board.write_text(text, encoding="utf-8")
    told = storyboard("render", board)
    assert told.returncode in (3, 10)
    if told.returncode == 3:
        assert (state(board) / "takes" / "1C-1.mp4").exists()
        assert "1B" in told.stderr


def test_the_help_and_an_unknown_command_are_for_people() -> None:
    assert "render" in storyboard("--help").stdout
    wrong = storyboard("rendr", "x.yaml")
    assert wrong.returncode == 2
    assert "render" in wrong.stderr
    assert sys.executable not in wrong.stderr


def test_a_cut_before_the_render_says_which_shots_have_no_clip(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text("storyboard: 1\nshots: [{id: 1A, action: Fog.}]\n", encoding="utf-8")
    told = storyboard("cut", path)
    assert told.returncode == 3
    assert "error[not-rendered]: 1 of 1 shots have no clip yet: 1A\n" in told.stderr
