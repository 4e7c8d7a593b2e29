"""The contact sheet of a real film: every shot in its place, by the numbers in its picture."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyboard.finishing.sheet import grid
from tests.media.counter import number_of
from tests.stories import judge
from tests.stories.command import storyboard


@pytest.mark.parametrize("options", [[], ["--draft"]], ids=["film", "draft"])
def test_a_sheet_shows_each_shot_of_the_film_that_was_cut(options: list[str], tmp_path: Path) -> None:
    made = judge.parts(9, seed=9)
    path, picture = judge.write(tmp_path, made), tmp_path / "judge.png"
    assert storyboard("render", path).returncode == 0
    cut = storyboard("cut", path, "--sheet", picture, *options)
    assert cut.returncode == 0, cut.stderr
    assert cut.stdout.splitlines()[1:] == [str(picture)]
    with Image.open(picture) as opened:
        rgb = np.asarray(opened.convert("RGB"))
    film, told = judge.expected(made), grid(len(made), Fraction(*judge.SIZE)).places
    for (start, end), (box, _) in zip(judge.spans(made), told, strict=True):
        alone = [seen for seen in film[start:end] if seen.kind == "cut"]
        shot, number = divmod(
            number_of(rgb[box.y : box.y + box.height_px, box.x : box.x + box.width_px]), judge.FRAMES_A_SHOT
        )
        middle = alone[len(alone) // 2]
        assert (shot, number + made[shot].enter - judge.GUARD) == (middle.shot, middle.number)


def test_a_sheet_that_cannot_be_is_told(tmp_path: Path) -> None:
    path = tmp_path / "card.yaml"
    path.write_text("storyboard: 1\nshots: [{id: 1A, card: The end, duration: 0.2}]\n", encoding="utf-8")
    wrong = storyboard("cut", path, "--sheet", "sheet.gif")
    assert wrong.returncode == 2
    assert "a contact sheet is a .jpg or a .png, not 'sheet.gif'" in wrong.stderr
    early = storyboard("cut", path, "--sheet", tmp_path / "sheet.jpg")
    assert early.returncode == 3
    assert "not-rendered" in early.stderr
    assert storyboard("render", path).returncode == 0
    nowhere = storyboard("cut", path, "--sheet", tmp_path / "missing" / "sheet.jpg")
    assert nowhere.returncode == 14
    assert "error[cannot-write]: the contact sheet was not printed" in nowhere.stderr
    assert not list(tmp_path.glob("sheet*"))
