"""The port's laws, for production and for the simulation alike; then what only a real disk can show."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from storyboard.state.disk import Disk, LocalDisk, refusal
from tests.simulation.world import Fuse, SimulatedDisk


@pytest.fixture(params=["local", "simulated"])
def disk(request: pytest.FixtureRequest) -> Disk:
    return LocalDisk() if request.param == "local" else SimulatedDisk(Fuse())


@pytest.fixture
def folder(disk: Disk, tmp_path: Path) -> Path:
    disk.make_dir(tmp_path / "film.storyboard" / "clips")
    return tmp_path / "film.storyboard" / "clips"


def test_what_was_written_is_read(disk: Disk, folder: Path) -> None:
    path = folder / "a"
    disk.write(path, b"longer before")
    disk.write(path, b"abc")
    disk.sync(path)
    disk.sync_dir(folder)
    assert disk.read(path) == b"abc"
    assert disk.size(path) == 3
    assert disk.digest(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_rename_replaces(disk: Disk, folder: Path) -> None:
    disk.write(folder / "a", b"new")
    disk.write(folder / "b", b"old")
    disk.rename(folder / "a", folder / "b")
    assert disk.listing(folder) == ["b"]
    assert disk.read(folder / "b") == b"new"


def test_a_rename_stays_in_its_folder(disk: Disk, folder: Path) -> None:
    disk.write(folder / "a", b"")
    with pytest.raises(ValueError, match="two folders"):
        disk.rename(folder / "a", folder.parent / "a")


def test_removing_what_is_not_there_is_no_error(disk: Disk, folder: Path) -> None:
    disk.write(folder / "a", b"")
    disk.remove(folder / "a")
    disk.remove(folder / "a")
    assert not disk.exists(folder / "a")


def test_a_listing_is_sorted_and_names_folders_too(disk: Disk, folder: Path) -> None:
    for name in ("b", "c", "a"):
        disk.write(folder / name, b"")
    disk.make_dir(folder / "aa")
    assert disk.listing(folder) == ["a", "aa", "b", "c"]
    assert disk.listing(folder / "none") == []


def test_a_folder_is_no_file(disk: Disk, folder: Path) -> None:
    assert not disk.exists(folder)


def test_making_a_folder_again_changes_nothing(disk: Disk, folder: Path) -> None:
    disk.write(folder / "a", b"1")
    disk.make_dir(folder)
    assert disk.read(folder / "a") == b"1"


def test_what_is_missing_is_an_os_error(disk: Disk, folder: Path) -> None:
    missing = folder / "missing"
    for act in (disk.read, disk.digest, disk.size, disk.sync, disk.sync_dir):
        with pytest.raises(FileNotFoundError):
            act(missing)
    with pytest.raises(FileNotFoundError):
        disk.rename(missing, folder / "b")
    with pytest.raises(FileNotFoundError):
        disk.write(missing / "a", b"")


def test_files_are_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        LocalDisk().make_dir(tmp_path / "film.storyboard")
        LocalDisk().write(tmp_path / "film.storyboard" / "a", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "film.storyboard").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "film.storyboard" / "a").stat().st_mode & 0o777 == 0o600


def test_no_link_is_followed_at_a_file_or_its_folder(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (inside / "file").symlink_to(outside / "secret")
    (tmp_path / "link").symlink_to(outside)
    for path in (inside / "file", tmp_path / "link" / "secret"):
        with pytest.raises(OSError, match=r".") as caught:
            LocalDisk().read(path)
        assert caught.value.errno in (errno.ELOOP, errno.ENOTDIR)
        with pytest.raises(OSError, match=r"."):
            LocalDisk().write(path, b"changed")
    assert (outside / "secret").read_bytes() == b"secret"


def test_a_fifo_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="not a regular file"):
        LocalDisk().read(tmp_path / "fifo")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk-full"),
        (errno.EDQUOT, "disk-full"),
        (errno.EFBIG, "disk-full"),
        (errno.EROFS, "state-unwritable"),
        (errno.EACCES, "state-unwritable"),
        (errno.EIO, "state-unwritable"),
    ],
)
def test_a_failing_disk_has_exit_code_14_and_names_the_file(number: int, code: str) -> None:
    told = refusal(OSError(number, os.strerror(number)), Path("film.storyboard/clips/a"))
    assert (told.diagnostics[0].code, told.exit_code) == (code, 14)
    assert "film.storyboard/clips/a" in told.diagnostics[0].message
    assert os.strerror(number) in told.diagnostics[0].message
