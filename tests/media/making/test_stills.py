from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from storyboard.media.jobs import MediaError
from storyboard.media.making import stills
from storyboard.media.making.stills import fitted, is_still, moving, read
from storyboard.media.reel import Fit

MOVES = ["slow zoom in", "slow zoom out", "pan left", "pan right", "tilt up", "crane down", "push in", "handheld", "推"]


@pytest.mark.parametrize("name", ["s.png", "s.jpg", "s.webp", "s.gif", "s.bmp", "s.tiff"])
def test_a_still_is_known_by_its_bytes(name: str, tmp_path: Path) -> None:
    Image.new("RGB", (31, 17), (200, 40, 40)).save(tmp_path / name)
    path = (tmp_path / name).rename(tmp_path / "s.bin")
    assert is_still(path)
    assert read(path).size == (31, 17)


def test_footage_is_no_still(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\0\0\0\x18ftypisom")
    assert not is_still(tmp_path / "a.png")


def test_what_shines_through_lies_on_black(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 255, 255, 128)).save(tmp_path / "s.png")
    assert read(tmp_path / "s.png").getpixel((4, 4)) == (128, 128, 128)


def test_sixteen_bits_are_read_as_light_as_they_are(tmp_path: Path) -> None:
    Image.fromarray(np.full((8, 8), 32_896, np.uint16)).save(tmp_path / "s.png")
    assert read(tmp_path / "s.png").getpixel((4, 4)) == (128, 128, 128)


def test_a_camera_held_sideways_is_set_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "s.jpg", exif=exif)
    assert read(tmp_path / "s.jpg").size == (20, 40)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(60), b"%!PS-Adobe-3.0 EPSF-3.0\n", b"GIF89a"])
def test_what_is_no_picture_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "s.png").write_bytes(content)
    with pytest.raises(MediaError) as raised:
        read(tmp_path / "s.png")
    assert raised.value.code == "image-unreadable"
    assert "s.png" in raised.value.message


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (40, 20)).save(tmp_path / "s.png")
    monkeypatch.setattr(stills, "MOST_PIXELS", 799)
    with pytest.raises(MediaError) as raised:
        read(tmp_path / "s.png")
    assert raised.value.code == "too-large-media"


@pytest.mark.parametrize("size", [(31, 500), (500, 31), (1, 1), (160, 90)])
@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_every_shape_fits(size: tuple[int, int], fit: Fit) -> None:
    assert fitted(Image.new("RGB", size, (9, 9, 9)), (160, 90), fit).size == (160, 90)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
def test_a_move_never_leaves_the_picture(move: str, size: tuple[int, int]) -> None:
    """A white picture in a black surrounding: no black is ever seen."""
    camera = moving(Image.new("RGB", (640, 480), (255, 255, 255)), size, "crop", move, Fraction(2))
    for step in range(9):
        frame = camera.at(step / 8, step / 4)
        assert frame.size == size
        assert np.asarray(frame.y).min() > 230


@pytest.mark.parametrize(("move", "direction"), [("pan right", 1), ("pan left", -1)])
def test_a_pan_goes_where_it_is_told_and_evenly(move: str, direction: int) -> None:
    ramp = Image.linear_gradient("L").rotate(90).resize((1280, 720)).convert("RGB")
    camera: Any = moving(ramp, (320, 180), "crop", move, Fraction(2))
    levels = [float(np.asarray(camera.at(step / 48, step / 24).y).mean()) for step in range(49)]
    steps = (
        np.diff(levels) * direction * np.sign(np.asarray(ramp)[5, -5, 0].astype(int) - int(np.asarray(ramp)[5, 5, 0]))
    )
    assert steps.min() > -0.02
    assert steps[12:36].min() > 0.02
    assert np.abs(np.diff(steps)).max() < 0.25
