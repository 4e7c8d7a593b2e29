"""Footage, stills, cards and other shots' clips become a film: each frame where it belongs, nothing made twice."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.media import footage
from tests.stories.command import events, storyboard

BOARD = """\
storyboard: 1
title: A found film
delivery: {size: 160x90, fps: 24}
shots:
  - {id: A, card: {color: "#204060"}, duration: 0.5}
  - {id: B, file: sea.mov, in: 1, out: 2, transition: {type: dissolve, duration: 0.25}}
  - {id: C, action: She looks up., start: previous, duration: 1}
  - {id: D, file: still.png, duration: 1, transition: {type: fade, duration: 0.5}, titles: OSLO}
  - {id: E, clip: B, in: 0.5, out: 1}
  - {id: F, file: wide.mkv, speed: 2}
"""
FRAMES = 12 + (24 - 6) + 24 + 24 + 12 + 25


@pytest.fixture
def board(tmp_path: Path) -> Path:
    footage.film(tmp_path / "sea.mov", frames=72, sound_s=3.0)
    footage.film(tmp_path / "wide.mkv", frames=50, fps=Fraction(24), width=240, height=90)
    Image.new("RGB", (300, 200), (200, 60, 20)).save(tmp_path / "still.png")
    path = tmp_path / "found.yaml"
    path.write_text(BOARD, encoding="utf-8")
    return path


def planned(board: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(storyboard("plan", board, "--json").stdout)
    return told


def rendered(board: Path) -> list[dict[str, Any]]:
    ended = storyboard("render", board, "--json")
    assert ended.returncode == 0, ended.stderr
    return events(ended.stdout)


def drawn(told: list[dict[str, Any]]) -> set[str]:
    return {one["take"] for one in told if one["event"] == "submitted"}


def number_of(picture: np.ndarray) -> int:
    """Which picture of the footage this is."""
    return min(range(72), key=lambda n: float(np.abs(picture - footage.picture(n).astype(int)).mean()))


def test_a_film_of_found_pictures_shows_each_frame_where_it_belongs(board: Path) -> None:
    assert planned(board)["totals"]["frames"] == FRAMES
    told = rendered(board)
    assert drawn(told) == {"A-1", "B-1", "C-1", "D-1", "F-1"}
    film = board.parent / "found.storyboard" / "film.mp4"
    shown = [np.asarray(picture).astype(int) for picture in footage.all_pictures(film)]
    assert len(shown) == FRAMES
    assert [number_of(picture) for picture in shown[12:30]] == list(range(30, 48))
    assert [number_of(picture) for picture in shown[78:90]] == list(range(36, 48))
    assert number_of(shown[30]) == 48, "the drawn shot opens on the footage's frame at the cut"
    assert shown[0].mean(axis=(0, 1)) == pytest.approx([0x20, 0x40, 0x60], abs=4)
    assert shown[54].mean() < 16, "the fade goes through black"


def test_a_film_of_found_pictures_is_made_once(board: Path) -> None:
    rendered(board)
    film = board.parent / "found.storyboard" / "film.mp4"
    before = film.read_bytes()
    assert planned(board)["totals"]["done"] == 5
    assert drawn(rendered(board)) == set()
    assert film.read_bytes() == before


def test_a_new_title_or_transition_renders_no_clip_anew(board: Path) -> None:
    rendered(board)
    film = board.parent / "found.storyboard" / "film.mp4"
    before = film.read_bytes()
    changed = BOARD.replace("OSLO", "BERGEN").replace("dissolve, duration: 0.25", "wipe, duration: 0.25")
    board.write_text(changed, encoding="utf-8")
    assert drawn(rendered(board)) == set()
    assert film.read_bytes() != before


def test_footage_entered_elsewhere_is_conformed_again_and_what_opens_on_it_is_drawn_again(board: Path) -> None:
    rendered(board)
    board.write_text(BOARD.replace("in: 1, out: 2", "in: 1.25, out: 2.25"), encoding="utf-8")
    verdicts = {one["take"]: one["verdict"] for one in planned(board)["takes"]}
    assert verdicts == {"A-1": "done", "B-1": "render", "C-1": "stale", "D-1": "done", "F-1": "done"}
    assert drawn(rendered(board)) == {"B-1", "C-1"}


def test_the_state_knows_seams_of_clips_that_are_shown_again(board: Path) -> None:
    rendered(board)
    told = json.loads(storyboard("status", board, "--json").stdout)
    assert [(seam["from"], seam["to"]) for seam in told["seams"]] == [
        ("A", "B"), ("B", "C"), ("C", "D"), ("D", "E"), ("E", "F"),
    ]  # fmt: skip
    assert [seam["carried"] for seam in told["seams"]] == [None, True, None, None, None]
    assert told["seams"][3]["frame"] == 24
