import os
import stat
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.state.memo import SETTLED_NS, identity, read_memo, write_memo

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=8,
)


@given(JSON)
def test_a_memo_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    path = tmp_path_factory.mktemp("memo") / "plan.json"
    write_memo(path, data)
    assert read_memo(path) == data


def test_a_memo_is_its_owners_alone(tmp_path: Path) -> None:
    write_memo(tmp_path / "plan.json", {"a": 1})
    assert stat.S_IMODE((tmp_path / "plan.json").stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["plan.json"]


@given(st.data())
def test_no_flipped_byte_is_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("memo") / "plan.json"
    write_memo(path, {"out": "3 to render", "err": ""})
    whole = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(whole)
    assert read_memo(path) is None


def test_what_is_no_memo_of_ours_is_none(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    write_memo(real, 1)
    (tmp_path / "link.json").symlink_to(real)
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "folder.json").mkdir()
    names = ("link.json", "pipe.json", "folder.json", "missing.json")
    assert [read_memo(tmp_path / name) for name in names] == [None] * 4
    real.chmod(0o666)
    assert read_memo(real) is None


def test_a_memo_nested_without_end_is_none(tmp_path: Path) -> None:
    body = b"[" * 200_000
    path = tmp_path / "plan.json"
    path.write_bytes(sha256(body).hexdigest().encode() + b"\n" + body)
    path.chmod(0o600)
    assert read_memo(path) is None


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    write_memo(tmp_path / "missing" / "plan.json", 1)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_through_a_link_that_lies_in_the_way(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    state = tmp_path / "state"
    state.mkdir()
    for name in ("plan.json", "plan.json.part"):
        (state / name).symlink_to(precious)
    write_memo(state / "plan.json", {"a": 1})
    assert precious.read_text() == "mine"
    assert read_memo(state / "plan.json") == {"a": 1}


def test_a_file_that_changed_just_now_has_no_identity(tmp_path: Path) -> None:
    path = tmp_path / "mira.png"
    path.write_bytes(b"picture")
    about = path.stat()
    changed = max(about.st_mtime_ns, about.st_ctime_ns)
    assert identity(path, changed + SETTLED_NS - 1) is None
    assert identity(path, changed + SETTLED_NS) is not None
    assert identity(tmp_path, time.time_ns() + 10**12) is None
    assert identity(tmp_path / "missing", time.time_ns() + 10**12) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no time of the last change of anything")
def test_bytes_that_changed_under_the_same_size_and_time_have_another_identity(tmp_path: Path) -> None:
    path = tmp_path / "mira.png"
    path.write_bytes(b"picture")
    about, clock = path.stat(), time.time_ns() + 10**12
    before = identity(path, clock)
    path.write_bytes(b"PICTURE")
    while path.stat().st_ctime_ns == about.st_ctime_ns or path.stat().st_mtime_ns != about.st_mtime_ns:
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert identity(path, clock) != before
