"""A clip that was made elsewhere becomes a take: it feeds the chain, it may be circled, nobody is asked for it."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from storyboard.media.reading.frames import Reader, pictures
from tests.media import footage
from tests.stories.command import storyboard

BOARD = """\
storyboard: 1
delivery: {size: 320x180, fps: 24}
chain: previous
shots:
  - {id: 1A, action: A door., duration: 1}
  - {id: 1B, action: It opens., duration: 1}
  - {id: 1C, action: She goes through., duration: 1}
"""


@pytest.fixture
def board(tmp_path: Path) -> Path:
    path = tmp_path / "film.yaml"
    path.write_text(BOARD, encoding="utf-8")
    return path


def told(command: str, board: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(storyboard(command, board, "--json").stdout)
    return found


def clip(board: Path, name: str = "own.mp4", **given: Any) -> Path:
    path = board.with_name(name)
    footage.film(path, **{"frames": 25, "fps": Fraction(24), "width": 320, "height": 180, **given})
    return path


def shown(path: str, index: int) -> np.ndarray:
    found = list(pictures(Path(path), 0))
    return Reader().rgb(found[index]).astype(np.int16)


def test_a_clip_becomes_a_take_and_the_next_shot_starts_on_its_frame(board: Path) -> None:
    own = clip(board)
    adopted = storyboard("adopt", board, "1b", "--file", own)
    assert adopted.returncode == 0, adopted.stderr
    assert "own.mp4 is take 1B-1: 25 frames, 320×180, 24 fps" in adopted.stderr
    verdicts = {take["take"]: (take["verdict"], take["provider"]) for take in told("plan", board)["takes"]}
    assert verdicts == {"1A-1": ("render", "animatic"), "1B-1": ("done", "adopted"), "1C-1": ("render", "animatic")}
    rendered = storyboard("render", board)
    assert rendered.returncode == 0, rendered.stderr
    assert "1B-1 started" not in rendered.stderr
    takes = {take["take"]: take for take in told("status", board)["takes"]}
    assert takes["1B-1"]["charged"] == {"amount": "0", "unit": ""}
    assert Path(takes["1B-1"]["clip"]["path"]).read_bytes() == own.read_bytes()
    assert (board.with_suffix(".storyboard") / "takes" / "1B-1.mp4").read_bytes() == own.read_bytes()
    handed_on = shown(takes["1B-1"]["clip"]["path"], 24)
    assert np.abs(shown(takes["1C-1"]["clip"]["path"], 0) - handed_on).mean() < 6  # noise, encoded twice
    seam = next(one for one in told("status", board)["seams"] if one["from"] == "1B")
    assert (seam["frame"], seam["carried"]) == (24, True)
    again = storyboard("adopt", board, "1B", "--file", own)
    assert (again.returncode, "is take 1B-1 already" in again.stderr) == (0, True)
    assert {take["verdict"] for take in told("plan", board)["takes"]} == {"done"}


@pytest.mark.slow
def test_beside_a_clip_it_is_another_take_that_waits_for_its_circle(board: Path) -> None:
    assert storyboard("render", board, "--only", "1A").returncode == 0
    assert storyboard("adopt", board, "1A", "--file", clip(board)).returncode == 0
    takes = {take["take"]: take["verdict"] for take in told("plan", board)["takes"]}
    assert takes == {"1A-1": "done", "1A-2": "done", "1B-1": "held", "1C-1": "held"}
    assert storyboard("circle", board, "1A", "2").returncode == 0
    rendered = storyboard("render", board)
    assert rendered.returncode == 0, rendered.stderr
    frames = {take["take"]: take["clip"]["path"] for take in told("status", board)["takes"]}
    assert np.abs(shown(frames["1B-1"], 0) - shown(frames["1A-2"], 24)).mean() < 6


@pytest.mark.slow
def test_a_take_may_be_named_and_one_that_has_a_clip_is_left_alone(board: Path) -> None:
    own = clip(board)
    first = storyboard("adopt", board, "1A-1", "--file", own)
    assert first.returncode == 0, first.stderr
    other = clip(board, "other.mp4", frames=26)
    taken = storyboard("adopt", board, "1A-1", "--file", other)
    assert (taken.returncode, "take 1A-1 has a clip already" in taken.stderr) == (2, True)
    far = storyboard("adopt", board, "1A-5", "--file", other)
    assert (far.returncode, "the next take of 1A is 2, not 5" in far.stderr) == (2, True)
    assert storyboard("adopt", board, "1A-2", "--file", other).returncode == 0


@pytest.mark.slow
def test_less_than_the_shot_wants_is_told_and_kept_and_frames_are_found_by_time(board: Path) -> None:
    slow = clip(board, "slow.mp4", frames=13, fps=Fraction(12), width=160, height=90)
    adopted = storyboard("adopt", board, "1A", "--file", slow)
    assert adopted.returncode == 0, adopted.stderr
    assert "warning[delivered-less]: slow.mp4 is " in adopted.stderr
    assert "12 frames a second where 24 were expected" in adopted.stderr
    rendered = storyboard("render", board)
    assert rendered.returncode == 0, rendered.stderr
    assert "3 shots, 72 frames, 3 s" in rendered.stderr
    paths = {take["take"]: take["clip"]["path"] for take in told("status", board)["takes"]}
    small = shown(paths["1A-1"], 12)
    assert np.abs(shown(paths["1B-1"], 0)[::2, ::2].mean() - small.mean()) < 3


@pytest.mark.parametrize("spoilt", ["cut", "text", "missing"])
def test_what_is_no_good_clip_is_refused_and_nothing_stays(board: Path, spoilt: str) -> None:
    path = board.with_name("bad.mp4")
    if spoilt == "cut":
        whole = clip(board, frames=200).read_bytes()
        path.write_bytes(whole[: len(whole) * 2 // 3])
    elif spoilt == "text":
        path.write_text("1\n00:00 --> 00:01\nNo film.\n")
    refused = storyboard("adopt", board, "1A", "--file", path)
    assert refused.returncode == 2, refused.stderr
    assert "error[cannot-adopt]" in refused.stderr
    assert told("plan", board)["takes"][0]["verdict"] == "render"
    assert not list(board.parent.glob("film.storyboard/clips/*"))


@pytest.mark.slow
def test_a_job_and_a_file_are_two_things(board: Path) -> None:
    assert storyboard("adopt", board, "1A-1").returncode == 2
    assert storyboard("adopt", board, "1A-1", "job", "--file", "own.mp4").returncode == 2
    locked = board.read_text().replace("A door.,", "A door., locked: true,")
    board.write_text(locked)
    assert "locked-shot" in storyboard("adopt", board, "1A", "--file", clip(board)).stderr
