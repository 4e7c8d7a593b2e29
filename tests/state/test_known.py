import hashlib
import os
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from storyboard.film import Stream
from storyboard.state.known import KnownFiles
from storyboard.state.memo import read_memo, write_memo


def later() -> int:
    """A clock by which whatever changed just now has long been settled."""
    return time.time_ns() + 10**12


class Counting:
    """A measure that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, path: Path, of: Stream) -> tuple[Fraction, bool]:
        self.asked += 1
        return Fraction(self.asked, 24), True


@pytest.fixture
def sea(tmp_path: Path) -> Path:
    path = tmp_path / "sea.mp4"
    path.write_bytes(b"sea")
    return path


def test_what_was_measured_and_hashed_is_known_to_the_next_process(sea: Path, tmp_path: Path) -> None:
    measure = Counting()
    first = KnownFiles(tmp_path / "files.json", later)
    assert first.measure(sea, "picture", measure) == (Fraction(1, 24), True)
    assert first.digest(str(sea)) == hashlib.sha256(b"sea").hexdigest()
    first.save()
    second = KnownFiles(tmp_path / "files.json", later)
    assert second.measure(sea, "picture", measure) == (Fraction(1, 24), True)
    assert second.digest(str(sea)) == hashlib.sha256(b"sea").hexdigest()
    assert measure.asked == 1


def test_a_known_digest_is_not_computed_again(sea: Path, tmp_path: Path) -> None:
    files = KnownFiles(tmp_path / "files.json", later)
    files.digest(str(sea))
    files.save()
    memo = tmp_path / "files.json"
    kept = read_memo(memo)
    kept[str(sea)]["sha256"] = "0" * 64
    write_memo(memo, kept)
    assert KnownFiles(memo, later).digest(str(sea)) == "0" * 64


def test_another_file_of_that_name_is_looked_at_again(sea: Path, tmp_path: Path) -> None:
    files, measure = KnownFiles(tmp_path / "files.json", later), Counting()
    files.measure(sea, "picture", measure)
    files.digest(str(sea))
    sea.rename(tmp_path / "old.mp4")
    sea.write_bytes(b"SEA")
    about = (tmp_path / "old.mp4").stat()
    os.utime(sea, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert files.digest(str(sea)) == hashlib.sha256(b"SEA").hexdigest()
    files.measure(sea, "picture", measure)
    assert measure.asked == 2


def test_a_file_that_changed_just_now_is_not_remembered(sea: Path, tmp_path: Path) -> None:
    files, measure = KnownFiles(tmp_path / "files.json"), Counting()
    files.measure(sea, "picture", measure)
    files.measure(sea, "picture", measure)
    files.digest(str(sea))
    files.save()
    assert measure.asked == 2
    assert not (tmp_path / "files.json").exists()


def test_the_picture_and_the_sound_of_a_file_have_their_own_lengths(sea: Path, tmp_path: Path) -> None:
    files, measure = KnownFiles(tmp_path / "files.json", later), Counting()
    assert files.measure(sea, "picture", measure) == (Fraction(1, 24), True)
    assert files.measure(sea, "sound", measure) == (Fraction(2, 24), True)
    assert files.measure(sea, "picture", measure) == (Fraction(1, 24), True)


@pytest.mark.parametrize("kept", [[], {"sea.mp4": 1}, "no", {"digests": {}}])
def test_a_memo_of_another_shape_is_nothing(kept: Any, sea: Path, tmp_path: Path) -> None:
    write_memo(tmp_path / "files.json", kept)
    assert KnownFiles(tmp_path / "files.json", later).digest(str(sea)) == hashlib.sha256(b"sea").hexdigest()


@pytest.mark.parametrize(
    "facts", [{"seconds": "1e99999999", "sounds": True}, {"seconds": "1/0", "sounds": True}, {}, []]
)
def test_a_length_that_is_none_is_measured(facts: Any, sea: Path, tmp_path: Path) -> None:
    memo, measure = tmp_path / "files.json", Counting()
    files = KnownFiles(memo, later)
    files.digest(str(sea))
    files.save()
    kept = read_memo(memo)
    kept[str(sea)] |= {"picture": facts}
    write_memo(memo, kept)
    assert KnownFiles(memo, later).measure(sea, "picture", measure) == (Fraction(1, 24), True)


def test_without_a_memo_nothing_is_written(sea: Path, tmp_path: Path) -> None:
    files = KnownFiles(None, later)
    files.digest(str(sea))
    files.save()
    assert [one.name for one in tmp_path.iterdir()] == ["sea.mp4"]


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        KnownFiles().digest(str(tmp_path / "missing.mp4"))
