from fractions import Fraction

import numpy as np
import pytest

from storyboard.media.blend import picture
from storyboard.media.letters.titles import FADE_FRAMES, SAFE, title
from storyboard.media.reading.frames import Reader
from storyboard.media.reel import Overlay, TitlePlace

PLACES: list[TitlePlace] = ["lower-third", "top", "center", "bottom", "left", "right"]
LONG = "Indonesia has many spectacular locations. Here is the volcano Kelimutu, which has three lakes in its core. " * 3


def over(text: str, place: TitlePlace, size: tuple[int, int] = (640, 360), level: int = 120, number: int = 20,
         color: str = "#ffffff") -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:  # fmt: skip
    """A flat picture with a title on it, as RGB."""
    drawn = title(Overlay(text, place, color, 0, 40), *size)
    flat = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
    flat[: size[1]] = level
    if drawn is not None:
        drawn.lay(flat, number)
    return Reader().rgb(picture(flat))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("size", [(640, 360), (360, 640), (202, 202)])
@pytest.mark.parametrize("text", ["OSLO, 1987", LONG])
def test_letters_stay_inside_the_safe_area(place: TitlePlace, size: tuple[int, int], text: str) -> None:
    bright = over(text, place, size).min(axis=2) > 190
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    assert len(rows)
    edge = (int(size[0] * SAFE) - 2, int(size[1] * SAFE) - 2)
    assert edge[0] <= columns[0]
    assert columns[-1] < size[0] - edge[0]
    assert edge[1] <= rows[0]
    assert rows[-1] < size[1] - edge[1]


@pytest.mark.parametrize(("place", "across", "down"), [
    ("center", 0.5, 0.5), ("top", 0.5, 0.1), ("bottom", 0.5, 0.9), ("left", 0.1, 0.5), ("right", 0.9, 0.5),
    ("lower-third", 0.1, 0.82),
])  # fmt: skip
def test_a_title_stands_where_it_is_told(place: TitlePlace, across: float, down: float) -> None:
    rows, columns = np.nonzero(over("Oslo", place).min(axis=2) > 190)
    assert abs(columns.mean() / 640 - across) < 0.09
    assert abs(rows.mean() / 360 - down) < 0.09


@pytest.mark.parametrize("level", [16, 60, 126, 180, 235])
@pytest.mark.parametrize("place", PLACES)
def test_white_letters_stand_out_from_any_picture(level: int, place: TitlePlace) -> None:
    """Around the letters it is darker than they are by far: the mean of the darkest tenth of the words' box."""
    rgb = over("WHITE ON ANY SKY", place, level=level).mean(axis=2)
    plain = over("", place, level=level).mean(axis=2)
    rows, columns = np.nonzero((np.abs(rgb - plain) > 60) | (rgb > 250))
    if level == 235:
        rows, columns = np.nonzero(rgb < 200)
    box = np.sort(rgb[rows.min() : rows.max(), columns.min() : columns.max()].reshape(-1))
    assert box[-len(box) // 20 :].mean() - box[: len(box) // 10].mean() > 110


def test_it_stands_over_exactly_its_frames_and_comes_and_goes_inside_them() -> None:
    drawn = title(Overlay("Oslo", "center", "#ffffff", 5, 45), 160, 90)
    assert drawn is not None
    strengths = [drawn.strength(number) for number in range(50)]
    assert [number for number, strength in enumerate(strengths) if strength] == list(range(5, 45))
    assert [number for number, strength in enumerate(strengths) if strength == 1] == list(
        range(4 + FADE_FRAMES, 46 - FADE_FRAMES)
    )
    assert strengths[5:45] == strengths[44:4:-1]


def test_a_title_of_one_frame_is_seen() -> None:
    drawn = title(Overlay("Oslo", "center", "#ffffff", 5, 6), 160, 90)
    assert drawn is not None
    assert [drawn.strength(number) for number in (4, 5, 6)] == [0, 1, 0]


def test_the_picture_is_untouched_outside_the_letters_and_their_shadow() -> None:
    assert (over("Oslo", "top")[180:] == over("", "top")[180:]).all()


def test_letters_have_their_colour() -> None:
    rgb = over("OSLO", "center", color="#ff0000", level=60).astype(int)
    assert ((rgb[..., 0] > 220) & (rgb[..., 1] < 60)).sum() > 300


def test_words_of_nothing_draw_nothing() -> None:
    assert title(Overlay(" ", "center", "#ffffff", 0, 5), 160, 90) is None
    assert Fraction(int(over("", "center")[0, 0, 0])) == Fraction(int(over("", "center")[-1, -1, 0]))
