"""Every worked example renders, to the frame."""

import json
import re
import shutil
from pathlib import Path

import av
import pytest

from tests.stories.command import storyboard

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*/*.yaml"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_has_a_page_that_says_how_to_render_it(example: Path) -> None:
    page = (example.parent / "README.md").read_text(encoding="utf-8")
    name = example.parent.name
    assert f"storyboard render examples/{name}/{example.name}" in page
    for link in re.findall(r"\]\(([^)#:]+)\)", page):
        assert (example.parent / link).exists(), link
    licensed = [path.name for path in example.parent.iterdir() if path.name.startswith(("LICENSE", "NOTICE"))]
    assert all(f"]({found})" in page for found in licensed)
    top = (example.parent.parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"examples/{name}" in top


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
