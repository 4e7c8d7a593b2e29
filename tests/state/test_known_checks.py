from pathlib import Path

import pytest

from storyboard.state.known_checks import KnownChecks


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"a clip")
    return path


def test_an_answer_is_remembered_for_as_long_as_its_files_are_the_same(clip: Path, tmp_path: Path) -> None:
    memo = tmp_path / "checks.json"
    known = KnownChecks(memo)
    known.keep("black", [clip], {"black": []})
    known.save()
    assert KnownChecks(memo).get("black", [clip]) == {"black": []}
    assert KnownChecks(memo).get("frozen", [clip]) is None
    other = tmp_path / "other.mp4"
    other.write_bytes(b"a clip")
    other.replace(clip)
    assert KnownChecks(memo).get("black", [clip]) is None


def test_a_file_that_is_gone_has_no_answer(clip: Path) -> None:
    known = KnownChecks()
    known.keep("black", [clip], {"black": []})
    clip.unlink()
    assert known.get("black", [clip]) is None


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]\n[]"])
def test_a_damaged_memo_is_as_good_as_none(damage: bytes, clip: Path, tmp_path: Path) -> None:
    memo = tmp_path / "checks.json"
    memo.write_bytes(damage)
    assert KnownChecks(memo).get("black", [clip]) is None


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    memo = tmp_path / "checks.json"
    KnownChecks(memo).save()
    assert not memo.exists()


def test_what_is_known_of_clips_that_are_gone_is_forgotten(clip: Path, tmp_path: Path) -> None:
    memo, other = tmp_path / "checks.json", tmp_path / "other.mp4"
    other.write_bytes(b"another clip")
    known = KnownChecks(memo)
    known.keep("one", [clip], 1)
    known.keep("join", [clip, other], 2)
    known.keep("two", [other], 3)
    known.prune([clip])
    known.save()
    kept = KnownChecks(memo)
    assert [kept.get("one", [clip]), kept.get("join", [clip, other]), kept.get("two", [other])] == [1, None, None]
    assert b"two" not in memo.read_bytes()
