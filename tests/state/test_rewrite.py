import os
from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.state.rewrite import rewrite

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes and links")


def file(folder: Path, data: bytes = b"old") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "film.yaml"
    path.write_bytes(data)
    return path


def refused(path: Path, before: bytes, within: Path) -> str:
    with pytest.raises(Refused) as caught:
        rewrite(path, before, b"new", [within])
    assert caught.value.exit_code == 14
    return caught.value.diagnostics[0].code


def test_a_file_gets_new_bytes_and_keeps_its_mode(tmp_path: Path) -> None:
    path = file(tmp_path)
    path.chmod(0o640)
    rewrite(path, b"old", b"new", [tmp_path])
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["film.yaml"]


def test_what_somebody_else_changed_is_left_alone(tmp_path: Path) -> None:
    path = file(tmp_path, b"theirs")
    assert refused(path, b"old", tmp_path) == "file-changed"
    assert path.read_bytes() == b"theirs"
    assert [one.name for one in tmp_path.iterdir()] == ["film.yaml"]


def test_a_link_inside_stays_a_link(tmp_path: Path) -> None:
    real = file(tmp_path / "deep")
    link = tmp_path / "film.yaml"
    link.symlink_to(real)
    rewrite(link, b"old", b"new", [tmp_path])
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    real = file(tmp_path / "elsewhere")
    inside = tmp_path / "film"
    inside.mkdir()
    link = inside / "film.yaml"
    link.symlink_to(real)
    assert refused(link, b"old", inside) == "output-outside"
    assert real.read_bytes() == b"old"


def test_a_folder_that_takes_no_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone" / "film.yaml", b"old", tmp_path) == "state-unwritable"
