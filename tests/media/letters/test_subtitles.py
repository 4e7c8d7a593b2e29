"""Burnt subtitles: over exactly their frames, inside the safe area, legible on anything, clear of other letters."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from storyboard.media.blend import picture
from storyboard.media.letters.subtitles import Subtitling
from storyboard.media.letters.titles import SAFE
from storyboard.media.reading.frames import Reader
from storyboard.media.reel import Cue, CuePlace, Reel

WORDS = ("She had piloted the ferry for nine years,", "and in all that time nobody had asked.")


def burnt(cues: tuple[Cue, ...], number: int = 3, size: tuple[int, int] = (640, 360), level: int = 120,
          burn: bool = True) -> NDArray[np.uint8]:  # fmt: skip
    """A flat picture of the film at a frame, as RGB."""
    flat = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
    flat[: size[1]] = level
    reel = Reel(*size, Fraction(24), False, (), subtitles=cues, burn=burn)
    return Reader().rgb(Subtitling(reel).over(picture(flat), number))


def ink(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the letters."""
    rows, columns = np.nonzero(rgb.min(axis=2) > 200)
    return rows, columns


def test_a_subtitle_is_there_whole_over_exactly_its_frames() -> None:
    cues = (Cue(("One",), 2, 5), Cue(("Two",), 7, 9))
    reel = Reel(160, 90, Fraction(24), False, (), subtitles=cues, burn=True)
    subtitling, flat = Subtitling(reel), np.full((135, 160), 120, np.uint8)
    seen = [Reader().rgb(subtitling.over(picture(flat.copy()), number)) for number in range(11)]
    lettered = [number for number, rgb in enumerate(seen) if len(ink(rgb)[0])]
    assert lettered == [2, 3, 4, 7, 8]
    assert (seen[2] == seen[3]).all()
    assert (seen[3] == seen[4]).all()
    assert (seen[4] != seen[7]).any()


def test_without_burning_the_frame_is_passed_on_itself() -> None:
    reel = Reel(160, 90, Fraction(24), False, (), subtitles=(Cue(("One",), 0, 5),))
    frame = picture(np.full((135, 160), 120, np.uint8))
    assert Subtitling(reel).over(frame, 0) is frame


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (200, 200)])
@pytest.mark.parametrize("place", ["foot", "above", "top"])
@pytest.mark.parametrize("lines", [WORDS, ("全押抖手",), ("W" * 42, "W" * 42)])
def test_letters_stay_inside_the_safe_area_and_in_the_middle(
    size: tuple[int, int], place: CuePlace, lines: tuple[str, ...]
) -> None:
    rows, columns = ink(burnt((Cue(lines, 0, 9, place=place),), size=size))
    assert size[1] * SAFE <= rows.min()
    assert rows.max() < size[1] * (1 - SAFE)
    assert columns.min() >= size[0] * 0.045
    assert abs((columns.min() + columns.max()) / 2 - size[0] / 2) < size[0] * 0.03
    assert (rows.mean() < size[1] / 2) == (place == "top")


@pytest.mark.parametrize("level", [16, 60, 126, 180, 235])
def test_white_letters_have_a_dark_edge_on_any_picture(level: int) -> None:
    rgb = burnt((Cue(WORDS, 0, 9),), level=level).astype(int).max(axis=2)
    plain = burnt((), level=level).astype(int).max(axis=2)
    white = (rgb > 225) & ((rgb - plain > 20) | (level == 235))
    rows = np.flatnonzero((rgb != plain).any(axis=1))
    box = rgb[rows.min() : rows.max()]
    dark = (box < 70).sum()
    assert dark > 0.5 * (white[rows.min() : rows.max()].sum() if level < 235 else dark)
    assert dark > 1000


def test_one_above_the_captions_is_clear_of_them() -> None:
    """An animatic's captions keep to the lowest quarter of the picture."""
    rows, _ = ink(burnt((Cue(WORDS, 0, 9, place="above"),)))
    assert rows.max() < 360 * 0.77


def test_a_script_without_a_font_of_its_own_has_no_boxes() -> None:
    assert len(ink(burnt((Cue(("且听龙吟",), 0, 9),)))[0]) > 300
    assert (burnt((Cue(("\U00013000\U00013001",), 0, 9),)) == burnt(())).all()
