from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from storyboard.media.animatic.captions import DEEP
from storyboard.media.contact import Box, Cell, Sheet, Thumbnail
from storyboard.media.jobs import MediaError, SheetJob
from storyboard.media.making import sheet as printing
from storyboard.media.making.sheet import MOST_BYTES, print_sheet
from storyboard.structs import replace
from tests.media import footage
from tests.media.counter import counter, number_of

LINE, PANEL = Box(20, 20, 520, 56), Box(380, 100, 160, 140)
LONG = "EP001-a-slate-that-goes-on-and-on-and-on"


def sheet(
    frames: list[int], slate: str = "1A", about: str = "MCU", title: str = "Night Ferry 夜", heading: Box = LINE
) -> Sheet:
    """Pictures of 160 × 90 in rows of three."""
    cells = tuple(
        Cell(
            Thumbnail(frame, slate, about, "4 s"),
            Box(20 + number % 3 * 180, 100 + number // 3 * 150, 160, 90),
            Box(20 + number % 3 * 180, 190 + number // 3 * 150, 160, 36),
        )
        for number, frame in enumerate(frames)
    )
    return Sheet(560, 100 + -(-len(frames) // 3) * 150, title, ("3 shots", "4 s"), heading, cells)


def pixels(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"))


def part(rgb: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    return rgb[box.y : box.y + box.height_px, box.x : box.x + box.width_px]


@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.jpg", "JPEG")])
def test_each_cell_shows_the_frame_that_it_names(name: str, kind: str, tmp_path: Path) -> None:
    film = counter(tmp_path / "film.mp4", range(1000, 1060), width=320, height=180, group=12)
    wanted = sheet([0, 7, 31, 30, 59])
    shares: list[float] = []
    printed = print_sheet(SheetJob(str(film), wanted.to_json(), str(tmp_path / name)), shares.append)
    rgb = pixels(tmp_path / name)
    assert [number_of(part(rgb, cell.picture)) - 1000 for cell in wanted.cells] == [0, 7, 31, 30, 59]
    assert (printed.width_px, printed.height_px, printed.bytes) == (560, 400, (tmp_path / name).stat().st_size)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    with Image.open(tmp_path / name) as opened:
        assert opened.format == kind


@pytest.mark.parametrize("heading", [LINE, PANEL], ids=["line", "panel"])
@pytest.mark.parametrize(("slate", "about"), [("1A", "MCU"), (LONG, LONG), ("1A", LONG), ("夜渡-12", "近景")])
def test_letters_stay_in_their_boxes_whatever_they_say(slate: str, about: str, heading: Box, tmp_path: Path) -> None:
    film = counter(tmp_path / "film.mp4", range(5))
    wanted = sheet([1, 2], slate, about, title=f"{LONG} {slate} " * 3, heading=heading)
    wanted = replace(wanted, facts=("3 shots", *[f"{slate} {about}"] * 5))
    print_sheet(SheetJob(str(film), wanted.to_json(), str(tmp_path / "a.png")), footage.silent)
    rgb = pixels(tmp_path / "a.png").copy()
    for cell in wanted.cells:
        assert part(rgb, cell.caption).max() > 140
        part(rgb, cell.caption)[:] = DEEP
        edged = Box(cell.picture.x - 1, cell.picture.y - 1, cell.picture.width_px + 2, cell.picture.height_px + 2)
        part(rgb, edged)[:] = DEEP
    assert part(rgb, wanted.heading).max() > 140
    part(rgb, wanted.heading)[:] = DEEP
    assert (rgb == DEEP).all()


def test_a_jpeg_is_as_good_as_its_bytes_allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = footage.film(tmp_path / "film.mp4", frames=6)
    job = SheetJob(str(film), sheet(list(range(6))).to_json(), str(tmp_path / "a.jpg"))
    best = print_sheet(job, footage.silent).bytes
    assert best <= MOST_BYTES
    monkeypatch.setattr(printing, "MOST_BYTES", best * 3 // 4)
    assert best // 4 < print_sheet(job, footage.silent).bytes <= best * 3 // 4


def test_a_frame_that_the_film_does_not_have_is_no_such_frame(tmp_path: Path) -> None:
    film = counter(tmp_path / "film.mp4", range(5))
    with pytest.raises(MediaError) as raised:
        print_sheet(SheetJob(str(film), sheet([5]).to_json(), str(tmp_path / "a.png")), footage.silent)
    assert raised.value.code == "no-such-frame"
    assert not list(tmp_path.glob("a.png*"))
