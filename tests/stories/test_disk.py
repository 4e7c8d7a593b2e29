"""A disk that is full, read-only, or loses the state under a running render: exit code 14, nothing recorded lost."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stories.command import start, storyboard

BOARD = """\
storyboard: 1
delivery: {size: 192x108}
defaults: {duration: 1}
shots:
""" + "".join(f"  - {{id: {n}A, action: Something happens for the {n}. time.}}\n" for n in range(1, 7))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's mounts")


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small filesystem in memory, which only root may mount."""
    line = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if (
        os.geteuid()
        or shutil.which("mount") is None
        or subprocess.run(line, capture_output=True, check=False).returncode
    ):
        pytest.skip("mounting takes root, and the right to")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def board(folder: Path) -> Path:
    path = folder / "disk.yaml"
    path.write_text(BOARD, encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_small_disk_is_filled_and_a_larger_one_ends_the_film(tmp_path: Path) -> None:
    kept: dict[str, bytes] = {}
    for size in ("64k", "200k", "320k"):
        place = tmp_path / size
        place.mkdir()
        with mounted(place, f"size={size}"):
            path = board(place)
            full = storyboard("render", path, "--jobs", "1")
            assert full.returncode == 14, (size, full.stderr)
            assert "Traceback" not in full.stderr
            clips = place / "disk.storyboard" / "clips"
            kept |= {one.name: one.read_bytes() for one in clips.glob("*.mp4")} if clips.is_dir() else {}
            subprocess.run(["mount", "-o", "remount,size=16m", str(place)], check=True)
            again = storyboard("render", path, "--jobs", "1")
            assert again.returncode == 0, again.stderr
            assert storyboard("verify", path, "--read-data").returncode == 0
    assert kept


def test_a_read_only_disk_is_refused_and_can_be_looked_at(tmp_path: Path) -> None:
    with mounted(tmp_path, "size=16m"):
        path = board(tmp_path)
        assert storyboard("render", path, "--only", "1A").returncode == 0
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        for command, code in (("status", 0), ("plan", 0), ("verify", 0), ("render", 14), ("repair", 14), ("gc", 14)):
            told = storyboard(command, path)
            assert (told.returncode, "Traceback" in told.stderr) == (code, False), (command, told.stderr)
        subprocess.run(["mount", "-o", "remount,rw", str(tmp_path)], check=True)


@pytest.mark.parametrize("gone", ["state.db", pytest.param("the folder", marks=pytest.mark.slow)])
def test_a_state_that_is_deleted_under_a_render_is_noticed(gone: str, tmp_path: Path) -> None:
    path = board(tmp_path)
    folder = tmp_path / "disk.storyboard"
    process = start("render", path, "--jobs", "1", "--json")
    assert process.stdout is not None
    for line in process.stdout:
        if '"event": "done"' in line:
            break
    if gone == "state.db":
        (folder / gone).unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 14, err
    assert "Traceback" not in err
    again = storyboard("render", path)
    assert again.returncode == (13 if (folder / "state.db-wal").exists() else 0), again.stderr
    assert storyboard("repair", path).returncode == 0
    assert storyboard("render", path).returncode == 0
