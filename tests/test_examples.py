"""Every worked example renders, to the frame."""

import json
import re
import shutil
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from storyboard.finishing.sheet import sheet
from storyboard.finishing.timeline import expected
from storyboard.language import load
from storyboard.providers import discover
from tests.stories.command import storyboard

ALL = sorted((Path(__file__).parent.parent / "examples").glob("*/*.yaml"))
WAITING = [path for path in ALL if path.parent.name == "seedance"]
"""Examples in which a take waits for somebody to look at it."""
EXAMPLES = [path for path in ALL if path not in WAITING]

LONG = frozenset(("editly", "vimax"))
"""Those that take a minute each: in the slow lane."""
MARKED = [pytest.param(path, marks=[pytest.mark.slow] if path.parent.name in LONG else []) for path in EXAMPLES]


def copied(example: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "example"
    shutil.copytree(example.parent, folder, ignore=shutil.ignore_patterns("*.storyboard"))
    return folder / example.name


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
def test_the_page_of_an_example_begins_with_its_contact_sheet(example: Path) -> None:
    name = example.parent.name
    page = (example.parent / "README.md").read_text(encoding="utf-8")
    assert re.match(rf"# .+\n\n!\[.+\]\({name}\.jpg\)\n", page)
    picture = example.parent / f"{name}.jpg"
    assert picture.stat().st_size <= 200_000
    film = load(example, capabilities={name: one.capabilities for name, one in discover().items()}).film
    wanted = sheet(film, expected(film))
    with Image.open(picture) as opened:
        assert opened.size == (wanted.width_px, wanted.height_px)
        grey = np.asarray(opened.convert("L")).copy()
    boxes = [wanted.heading, *(cell.caption for cell in wanted.cells)]
    assert len(boxes) == len(film.on_screen) + 1
    assert all(grey[box.y : box.y + box.height_px, box.x : box.x + box.width_px].max() > 120 for box in boxes)
    for box in (*boxes, *(cell.picture for cell in wanted.cells)):
        grey[box.y - 8 : box.y + box.height_px + 8, box.x - 8 : box.x + box.width_px + 8] = 0
    assert grey.max() < 40


@pytest.mark.parametrize("example", MARKED, ids=lambda path: path.parent.name)
def test_an_example_renders(example: Path, tmp_path: Path) -> None:
    path = copied(example, tmp_path)
    checked = storyboard("check", path)
    assert (checked.returncode, checked.stderr) == (0, "")
    rendered = storyboard("render", path)
    assert rendered.returncode == 0, rendered.stderr
    told = json.loads(storyboard("plan", path, "--json").stdout)
    with av.open(rendered.stdout.strip()) as container:
        assert sum(1 for _ in container.decode(video=0)) == told["totals"]["frames"]


@pytest.mark.slow
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
