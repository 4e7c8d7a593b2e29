"""Every worked example renders, to the frame."""

import json
import shutil
from pathlib import Path

import av
import pytest

from tests.stories.command import storyboard

ALL = sorted((Path(__file__).parent.parent / "examples").glob("*/*.yaml"))
WAITING = [path for path in ALL if path.parent.name == "seedance"]
"""Examples in which a take waits for somebody to look at it."""
EXAMPLES = [path for path in ALL if path not in WAITING]


def copied(example: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "example"
    shutil.copytree(example.parent, folder, ignore=shutil.ignore_patterns("*.storyboard"))
    return folder / example.name


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_renders(example: Path, tmp_path: Path) -> None:
    path = copied(example, tmp_path)
    checked = storyboard("check", path)
    assert (checked.returncode, checked.stderr) == (0, "")
    rendered = storyboard("render", path)
    assert rendered.returncode == 0, rendered.stderr
    told = json.loads(storyboard("plan", path, "--json").stdout)
    with av.open(rendered.stdout.strip()) as container:
        assert sum(1 for _ in container.decode(video=0)) == told["totals"]["frames"]


def test_the_airport_waits_for_its_second_clip_to_be_accepted(tmp_path: Path) -> None:
    (example,) = WAITING
    path = copied(example, tmp_path)
    checked = storyboard("check", path)
    assert (checked.returncode, checked.stderr) == (0, "")
    rendered = storyboard("render", path)
    assert rendered.returncode == 3
    assert "clip_03-1 held: clip_02 has a review and no circle: write circled: N in it" in rendered.stderr
    assert "3 done, 1 held" in rendered.stderr
    text = path.read_text(encoding="utf-8")
    assert text.count("review: required\n") == 2
    path.write_text(text.replace("review: required\n", "review: required\n        circled: 1\n"), encoding="utf-8")
    whole = storyboard("render", path)
    assert whole.returncode == 0, whole.stderr
    with av.open(whole.stdout.strip()) as container:
        assert sum(1 for _ in container.decode(video=0)) == (15 + 15 + 15 + 1) * 24
