"""Every worked example renders, to the frame."""

import json
import shutil
from pathlib import Path

import av
import pytest

from tests.stories.command import storyboard

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*/*.yaml"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_renders(example: Path, tmp_path: Path) -> None:
    folder = tmp_path / "example"
    shutil.copytree(example.parent, folder, ignore=shutil.ignore_patterns("*.storyboard"))
    path = folder / example.name
    checked = storyboard("check", path)
    assert (checked.returncode, checked.stderr) == (0, "")
    rendered = storyboard("render", path)
    assert rendered.returncode == 0, rendered.stderr
    told = json.loads(storyboard("plan", path, "--json").stdout)
    with av.open(rendered.stdout.strip()) as container:
        assert sum(1 for _ in container.decode(video=0)) == told["totals"]["frames"]
