"""Frames that cannot be carried, and what follows where they are cut."""

import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from storyboard.media.encode import Writer
from tests.media.footage import picture
from tests.stories.command import storyboard

BOARD = """\
storyboard: 1
title: A lamp fails
delivery: {size: 160x90, fps: 24}
shots:
  - {id: A, file: dark.mp4}
  - {id: B, action: She looks up., duration: 1, start: {from: A, if_bad: HOW}}
  - {id: C, action: She goes., duration: 1, start: {from: B, carry: extend}}
"""
FRAMES, DARK = 36, 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Footage that is black from frame 20 on."""
    with Writer(tmp_path / "dark.mp4", 160, 90, Fraction(24), audio=False) as writer:
        for number in range(FRAMES):
            writer.write(picture(number) if number < DARK else np.zeros((90, 160, 3), np.uint8))
    return tmp_path


def board(folder: Path, how: str) -> Path:
    path = folder / "lamp.yaml"
    path.write_text(BOARD.replace("HOW", how), encoding="utf-8")
    return path


def frames_of(film: str) -> int:
    with av.open(film) as container:
        return sum(1 for _ in container.decode(video=0))


def test_a_black_frame_is_found_before_anything_is_asked_for(folder: Path) -> None:
    ended = storyboard("render", board(folder, "fail"))
    assert ended.returncode == 3
    assert "the frame carried from A is black" in ended.stderr
    assert not list((folder / "lamp.storyboard" / "takes").glob("B-*"))


def test_a_step_back_cuts_the_shot_ahead_and_the_plan_counts_it(folder: Path) -> None:
    path = board(folder, "step_back")
    ended = storyboard("render", path)
    assert ended.returncode == 0, ended.stderr
    shown = DARK - 1 + 24 + 24
    assert frames_of(ended.stdout.strip()) == shown
    told = json.loads(storyboard("plan", path, "--json").stdout)
    assert (told["totals"]["frames"], told["totals"]["done"]) == (shown, 3)
    assert storyboard("cut", path).returncode == 0


def test_a_frame_that_is_meant_to_be_black_is_used(folder: Path) -> None:
    ended = storyboard("render", board(folder, "use"))
    assert ended.returncode == 0, ended.stderr
    assert frames_of(ended.stdout.strip()) in (FRAMES + 47, FRAMES + 48)
