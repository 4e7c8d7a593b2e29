"""A render that has nothing to do is remembered, and anything that was touched makes it look again."""

from pathlib import Path

import pytest

from tests.stories.command import storyboard

BOARD = """\
storyboard: 1
title: Two
defaults: {provider: animatic, duration: 0.5}
shots:
  - {id: 1A, action: Fog.}
  - {id: 1B, action: A rail.}
"""
ENOUGH = 12


def remembered(path: Path, given: dict[str, str]) -> str:
    """Render until it is remembered that nothing is to be done; a file that was just made is not trusted yet."""
    for _ in range(ENOUGH):
        done = storyboard("render", path, given=given)
        assert done.returncode == 0, done.stderr
        if (path.with_suffix(".storyboard") / "run.json").exists():
            return done.stdout
    raise AssertionError("it is never remembered")


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "user")}


def test_nothing_is_done_twice_and_whatever_was_touched_is_made_again(tmp_path: Path, given: dict[str, str]) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(BOARD, encoding="utf-8")
    folder = path.with_suffix(".storyboard")
    said = remembered(path, given)
    lock = (folder / "lock").stat().st_mtime_ns
    again = storyboard("render", path, given=given)
    assert (again.returncode, again.stdout) == (0, said)
    assert "Two: 2 shots, 24 frames, 1 s" in again.stderr
    assert (folder / "lock").stat().st_mtime_ns == lock

    (folder / "takes" / "1A-1.mp4").unlink()
    assert storyboard("render", path, given=given).returncode == 0
    assert (folder / "takes" / "1A-1.mp4").exists()

    film = (folder / "film.mp4").read_bytes()
    (folder / "film.mp4").write_bytes(film[:-1])
    assert storyboard("render", path, given=given).returncode == 0
    assert (folder / "film.mp4").read_bytes() == film

    path.write_text(BOARD.replace("A rail.", "A wet rail."), encoding="utf-8")
    changed = storyboard("render", path, given=given)
    assert "1B-1 done" in changed.stderr
