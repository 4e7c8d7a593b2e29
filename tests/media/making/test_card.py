from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyboard.media.jobs import CardJob, MediaError
from storyboard.media.making.card import DARK, LIGHT, card, drawn, readable
from storyboard.structs import replace
from tests.media.footage import all_pictures, silent

PLAIN = CardJob("Three winters later", "#000000", None, "1.5", 320, 180, "24", "crop", True, "")


def test_a_card_lasts_its_time_and_one_frame(tmp_path: Path) -> None:
    clip = card(replace(PLAIN, target=str(tmp_path / "a.mp4")), silent)
    assert (clip.frames, clip.width_px, clip.height_px, clip.has_audio) == (37, 320, 180, True)
    shown = all_pictures(tmp_path / "a.mp4")
    assert np.abs(shown[0].astype(int) - np.asarray(drawn(PLAIN))).mean() < 2
    assert max(np.abs(one.astype(int) - shown[0]).mean() for one in shown) < 1


def test_a_card_gives_the_same_bytes(tmp_path: Path) -> None:
    jobs = [replace(PLAIN, target=str(tmp_path / name)) for name in ("a.mp4", "b.mp4")]
    assert card(jobs[0], silent) == card(jobs[1], silent)


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (1280, 720), (64, 64)])
@pytest.mark.parametrize("text", ["Oslo", "EDITLY\nVideo editing framework", "So many words " * 40])
def test_words_stand_in_the_middle_and_inside(size: tuple[int, int], text: str) -> None:
    bright = np.asarray(drawn(replace(PLAIN, text=text, width_px=size[0], height_px=size[1]))).min(axis=2) > 100
    rows, columns = np.nonzero(bright)
    assert abs((columns.min() + columns.max()) / 2 / size[0] - 0.5) < 0.04
    assert abs((rows.min() + rows.max()) / 2 / size[1] - 0.5) < 0.08
    assert columns.min() > size[0] * 0.05
    assert rows.min() > size[1] * 0.05


@pytest.mark.parametrize(("colour", "ink"), [
    ("#000000", LIGHT), ("#ffffff", DARK), ("#ffe040", DARK), ("#800080", LIGHT), ("#02aab0", LIGHT),
    ("#87ceeb", DARK),
])  # fmt: skip
def test_ink_is_chosen_by_the_paper(colour: str, ink: tuple[int, int, int]) -> None:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    assert readable((red, green, blue)) == ink
    picture = np.asarray(drawn(replace(PLAIN, color=colour)))
    assert (np.abs(picture.astype(int) - ink).max(axis=2) < 12).sum() > 200
    assert tuple(picture[0, 0]) == (red, green, blue)


def test_a_picture_behind_fills_the_card(tmp_path: Path) -> None:
    Image.new("RGB", (50, 200), (230, 230, 220)).save(tmp_path / "sky.png")
    image = replace(PLAIN, image=str(tmp_path / "sky.png"))
    assert tuple(np.asarray(drawn(replace(image, text=None)))[90, 2]) == (230, 230, 220)
    worded = np.asarray(drawn(image)).mean(axis=2)
    assert worded.max() > 250
    assert worded.min() < 120


def test_a_card_without_words_is_its_colour() -> None:
    assert (np.asarray(drawn(replace(PLAIN, text=None, color="#123456"))) == (0x12, 0x34, 0x56)).all()


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "sky.png").write_bytes(b"no picture")
    job = replace(PLAIN, image=str(tmp_path / "sky.png"), target=str(tmp_path / "a.mp4"))
    with pytest.raises(MediaError) as raised:
        card(job, silent)
    assert raised.value.code == "image-unreadable"
    assert "sky.png" in raised.value.message
