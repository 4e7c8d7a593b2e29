"""What is told of the joins of a film: after the cut, by status, on the contact sheet; and what a limit changes."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.stories.command import storyboard

BOARD = """\
storyboard: 1
title: A chain
delivery: {size: 160x90, fps: 24}
chain: previous
shots:
  - {id: A, action: Fog., duration: 1}
  - {id: B, action: A rail., duration: 1}
  - {id: C, action: A hand on it., duration: 1, start: none}
"""
STRICT = BOARD.replace("chain:", "checks: {frame: 0, fail: [frame]}\nchain:")


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seams") / "chain.yaml"
    path.write_text(BOARD, encoding="utf-8")
    ended = storyboard("render", path)
    assert (ended.returncode, "warning" in ended.stderr) == (0, False)
    return path


def told(path: Path) -> Any:
    return json.loads(storyboard("status", path, "--json").stdout)


def test_a_clean_chain_is_told_to_be_good(board: Path) -> None:
    said = storyboard("status", board).stdout
    assert "1 of 1 carried join good, nothing wrong with a clip" in said
    carried, cut = told(board)["seams"]
    assert (carried["carried"], carried["at"], carried["findings"]) == (True, 24, [])
    assert carried["difference"] < 1
    assert (cut["continues"], cut["findings"]) == (False, [])
    assert cut["color"] > carried["color"]
    assert all(take["checks"]["findings"] == [] for take in told(board)["takes"])


def test_a_limit_ends_the_cut_with_3_and_leaves_the_film(board: Path) -> None:
    film = board.with_suffix(".storyboard") / "film.mp4"
    before = film.read_bytes()
    board.write_text(STRICT, encoding="utf-8")
    ended = storyboard("cut", board)
    board.write_text(BOARD, encoding="utf-8")
    assert ended.returncode == 3
    assert "chain.yaml:8:" in ended.stderr
    assert "error[visible-seam]: the join A → B: frame 0 differs by " in ended.stderr
    assert (ended.stdout.strip(), film.read_bytes()) == (str(film), before)


def test_what_is_off_stands_in_the_status_and_on_the_contact_sheet(board: Path, tmp_path: Path) -> None:
    sheets = []
    for text in (BOARD, STRICT):
        board.write_text(text, encoding="utf-8")
        storyboard("cut", board, "--sheet", tmp_path / "sheet.png")
        with Image.open(tmp_path / "sheet.png") as sheet:
            sheets.append(sheet.height)
    assert "✗ A → B  frame 0 differs by " in storyboard("status", board).stdout
    assert told(board)["seams"][0]["findings"][0]["severity"] == "error"
    board.write_text(BOARD, encoding="utf-8")
    plain, marked = sheets
    assert marked > plain


def test_nothing_is_looked_at_twice(board: Path) -> None:
    memo = board.with_suffix(".storyboard") / "checks.json"
    before = memo.stat().st_mtime_ns
    assert storyboard("cut", board).returncode == 0
    assert memo.stat().st_mtime_ns == before
    memo.write_text("{}", encoding="utf-8")
    assert told(board)["seams"][0]["difference"] is None
    assert storyboard("cut", board).returncode == 0
    assert told(board)["seams"][0]["difference"] is not None
