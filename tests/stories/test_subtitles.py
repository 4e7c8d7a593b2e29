"""Subtitles beside the film and on it: written, changed, removed, and no clip is made anew."""

import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media import footage
from tests.stories.command import events, storyboard

BOARD = """\
storyboard: 1
delivery: {size: 320x180, fps: 24}
shots:
  - {id: A, card: {color: "#204060"}, duration: 2}
  - {id: B, card: {color: "#204060"}, duration: 2, dialogue: [{says: Who rang?, at: 0.5}]}
subtitles: SUBTITLES
"""
SRT = "1\n00:00:02,500 --> 00:00:03,333\nWho rang?\n\n"


@pytest.fixture
def board(tmp_path: Path) -> Path:
    path = tmp_path / "board.yaml"
    written(path, "dialogue")
    return path


def written(board: Path, subtitles: str) -> None:
    board.write_text(BOARD.replace("SUBTITLES", subtitles), encoding="utf-8")


def rendered(board: Path, *more: str) -> set[str]:
    """Render; the takes that were made."""
    ended = storyboard("render", board, "--json", *more)
    assert ended.returncode == 0, ended.stderr
    return {one["take"] for one in events(ended.stdout) if one["event"] == "submitted"}


def beside(film: Path) -> list[str]:
    return sorted(path.suffix for path in film.parent.glob(f"{film.stem}.*"))


def lettered(film: Path) -> list[int]:
    """The frames that have white letters."""
    return [
        number for number, rgb in enumerate(footage.all_pictures(film)) if (np.asarray(rgb).min(axis=2) > 200).any()
    ]


def tracks(film: Path) -> int:
    """How many subtitle tracks a player finds."""
    with av.open(str(film)) as container:
        return len(container.streams.subtitles)


def test_subtitles_stand_beside_the_film_until_they_are_turned_off(board: Path) -> None:
    film = board.parent / "board.storyboard" / "film.mp4"
    assert rendered(board) == {"A-1", "B-1"}
    assert beside(film) == [".ass", ".json", ".mp4", ".srt", ".vtt"]
    assert film.with_suffix(".srt").read_text(encoding="utf-8") == SRT
    assert film.with_suffix(".vtt").read_text(encoding="utf-8") == f"WEBVTT\n\n{SRT}".replace(",", ".")
    assert (lettered(film), tracks(film)) == ([], 1)
    film.with_suffix(".srt").unlink()
    assert rendered(board) == set()
    assert beside(film) == [".ass", ".json", ".mp4", ".srt", ".vtt"]
    written(board, "none")
    assert storyboard("cut", board).returncode == 0
    assert (beside(film), tracks(film)) == ([".json", ".mp4"], 0)


def test_burning_lays_them_on_the_frames_and_makes_no_clip_anew(board: Path) -> None:
    film = board.parent / "board.storyboard" / "film.mp4"
    rendered(board)
    before = film.read_bytes()
    written(board, "{from: dialogue, burn: true}")
    assert rendered(board) == set()
    assert film.read_bytes() != before
    assert (lettered(film), tracks(film)) == (list(range(60, 80)), 0)
    burnt = film.read_bytes()
    assert rendered(board) == set()
    assert film.read_bytes() == burnt
    written(board, "dialogue")
    assert rendered(board) == set()
    assert film.read_bytes() == before


def test_they_go_where_the_film_goes(board: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    rendered(board, "-o", str(out / "ferry.mp4"))
    assert sorted(path.name for path in out.iterdir()) == ["ferry.ass", "ferry.mp4", "ferry.srt", "ferry.vtt"]
    assert storyboard("cut", board, "-o", out / "cut.mp4").returncode == 0
    assert (out / "cut.srt").read_text(encoding="utf-8") == SRT


def test_a_file_is_shown_and_never_written_over(board: Path) -> None:
    own = board.parent / "own.srt"
    own.write_text("7\n00:00:01,000 --> 00:00:01,500\nMine.\n", encoding="utf-8")
    before = own.read_bytes()
    written(board, "{from: own.srt, burn: true}")
    rendered(board, "-o", str(board.parent / "own.mp4"))
    assert own.read_bytes() == before
    assert "Mine." in own.with_suffix(".vtt").read_text(encoding="utf-8")
    assert lettered(own.with_suffix(".mp4")) == list(range(24, 36))
    own.write_text(own.read_text().replace("Mine", "Yours"), encoding="utf-8")
    assert rendered(board) == set()
    assert "Yours." in (board.parent / "board.storyboard" / "film.srt").read_text(encoding="utf-8")


def test_a_link_beside_the_film_is_replaced_and_not_followed(board: Path, tmp_path: Path) -> None:
    folder = board.parent / "board.storyboard"
    rendered(board)
    shutil.move(folder / "film.srt", tmp_path / "precious.txt")
    (tmp_path / "precious.txt").write_text("precious")
    (folder / "film.srt").symlink_to(tmp_path / "precious.txt")
    rendered(board)
    assert (tmp_path / "precious.txt").read_text() == "precious"
    assert (folder / "film.srt").read_text(encoding="utf-8") == SRT
