from decimal import Decimal
from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.film import JobId
from storyboard.state.disk import LocalDisk
from storyboard.state.journal import AttemptRecord, History
from storyboard.state.rescue import RESERVE_BYTES, Rescue
from storyboard.structs import replace
from tests.state import records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Rescue(tmp_path / "rescue", LocalDisk()).prepare()
    return tmp_path / "rescue"


def accepted(name: str, charged: Decimal | None = None) -> AttemptRecord:
    return records.attempt(name, state="accepted", job=JobId(f"job-{name}"), charged=charged)


def before(*names: str) -> History:
    """A journal that knows the attempts, and no job of theirs."""
    return History(attempts={name: records.attempt(name) for name in names})


def test_the_room_is_taken_before_it_is_needed(path: Path) -> None:
    assert path.read_bytes() == bytes(RESERVE_BYTES)
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_was_written_down_is_taken_in_by_another_process(path: Path) -> None:
    rescue = Rescue(path, LocalDisk())
    assert rescue.keep([accepted("a", Decimal("1.10"))])
    assert rescue.keep([accepted("b")])
    assert path.stat().st_size == RESERVE_BYTES
    found = Rescue(path, LocalDisk()).taken_in(before("a", "b"))
    assert found == [
        replace(records.attempt("a"), state="accepted", job=JobId("job-a"), charged=Decimal("1.10")),
        replace(records.attempt("b"), state="accepted", job=JobId("job-b")),
    ]


def test_what_the_journal_holds_by_then_is_not_taken_in_again(path: Path) -> None:
    Rescue(path, LocalDisk()).keep([accepted("a"), accepted("gone")])
    assert Rescue(path, LocalDisk()).taken_in(History(attempts={"a": accepted("a")})) == []


def test_what_was_taken_in_is_wiped(path: Path) -> None:
    rescue = Rescue(path, LocalDisk())
    rescue.keep([accepted("a")])
    rescue.wipe()
    assert path.read_bytes() == bytes(RESERVE_BYTES)
    assert rescue.keep([accepted("b")])
    assert [one.id for one in Rescue(path, LocalDisk()).taken_in(before("a", "b"))] == ["b"]


@pytest.mark.parametrize(
    "damage",
    [b"\xff\xfe{\n", b'{"attempt": "a"}\n', b"[]\n", b'{"attempt": "a", "job": 7}\n', b"half"],
)
def test_a_line_that_is_damaged_hides_no_other(path: Path, damage: bytes) -> None:
    rescue = Rescue(path, LocalDisk())
    rescue.keep([accepted("b")])
    whole = path.read_bytes().rstrip(b"\0")
    path.write_bytes(damage.rstrip(b"\n") + b"\n" + whole + bytes(100))
    assert [one.id for one in Rescue(path, LocalDisk()).taken_in(before("a", "b"))] == ["b"]


def test_more_than_fits_is_said_not_to_be_kept(path: Path) -> None:
    assert not Rescue(path, LocalDisk()).keep([accepted("x" * RESERVE_BYTES)])
    assert path.read_bytes() == bytes(RESERVE_BYTES)


def test_a_file_that_is_gone_is_said_not_to_keep_anything(path: Path) -> None:
    path.unlink()
    assert not Rescue(path, LocalDisk()).keep([accepted("a")])
    assert Rescue(path, LocalDisk()).taken_in(before("a")) == []


def test_without_room_for_it_nothing_begins(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Rescue(tmp_path / "nowhere" / "rescue", LocalDisk()).prepare()
    assert refused.value.exit_code == 14
