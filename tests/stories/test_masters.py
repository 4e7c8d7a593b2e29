"""A master as people order it: `codec: prores` or `dnxhr`, from a storyboard to a file for editors."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.joining.test_copying import lumas, ramp
from tests.stories.command import storyboard

BOARD = """storyboard: 1
title: Master
delivery: {{fps: 23.976, size: 256x144, codec: {codec}, start_timecode: "01:00:00:00"}}
subtitles: dialogue
shots:
  - {{id: 1A, card: One, duration: 1}}
  - {{id: 1B, clip: 1A, dialogue: How late it is., in: 0, out: 1, transition: {{type: dissolve, duration: 5f}}}}
"""


def board(folder: Path, codec: str) -> Path:
    path = folder / "master.yaml"
    path.write_text(BOARD.format(codec=codec), encoding="utf-8")
    return path


def coded(path: Path) -> tuple[str, str]:
    """The codec of a file's pictures, and how they are stored."""
    with av.open(str(path)) as film:
        context = film.streams.video[0].codec_context
        return context.name, str(context.pix_fmt)


def test_a_master_is_delivered_and_another_codec_renders_nothing_anew(tmp_path: Path) -> None:
    path, folder = board(tmp_path, "prores"), tmp_path / "master.storyboard"
    wrong = storyboard("render", path, "-o", tmp_path / "out.mp4")
    assert wrong.returncode == 2
    assert "error[wrong-suffix]: a film of codec prores is a .mov file, not 'out.mp4'" in wrong.stderr
    assert not folder.exists()

    done = storyboard("render", path, "-o", tmp_path / "out.mov")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.mov").read_bytes() == (folder / "film.mov").read_bytes()
    assert coded(folder / "film.mov") == ("prores", "yuv422p10le")
    assert {one.name for one in folder.glob("film*")} == {"film.mov", "film.srt", "film.vtt", "film.ass", "film.json"}
    assert json.loads((folder / "film.json").read_text(encoding="utf-8"))["film"]["codec"] == "prores"
    assert json.loads(storyboard("status", path, "--json").stdout)["film"] == str(folder / "film.mov")

    draft = storyboard("cut", path, "--draft")
    assert draft.returncode == 0, draft.stderr
    assert coded(folder / "draft.mp4") == ("h264", "yuv420p")
    assert "a draft is a .mp4 file, not" in storyboard("cut", path, "--draft", "-o", tmp_path / "draft.mov").stderr

    board(tmp_path, "dnxhr")
    assert json.loads(storyboard("plan", path, "--json").stdout)["totals"]["to_render"] == 0
    assert storyboard("cut", path, "-o", tmp_path / "rough.mov").returncode == 0
    assert coded(tmp_path / "rough.mov") == ("dnxhd", "yuv422p10le")


@pytest.mark.parametrize("codec", ["prores", "dnxhr"])
def test_the_ten_bits_of_a_clip_that_was_brought_in_are_in_the_master(codec: str, tmp_path: Path) -> None:
    """H.264 of ten bits in an MP4, beside a shot of eight; no effect is laid on it."""
    given = ramp(tmp_path / "graded.mp4", 12, "libx264", qp="1")
    path = tmp_path / "master.yaml"
    path.write_text(
        f"storyboard: 1\ndelivery: {{fps: 23.976, size: 1024x128, codec: {codec}}}\n"
        "shots: [{id: 1A, action: Dusk., duration: 10f}, {id: 1B, card: End, duration: 2f}]\n",
        encoding="utf-8",
    )
    assert storyboard("adopt", path, "1A", "--file", given).returncode == 0
    done = storyboard("render", path)
    assert done.returncode == 0, done.stderr
    levels = np.rint(np.linspace(64, 940, 1024))
    for luma in lumas(tmp_path / "master.storyboard" / "film.mov")[:10]:
        assert np.abs(luma.mean(axis=0) - levels).max() < 2
        assert len(np.unique(luma)) > 700  # eight bits have 220
