"""A frame as a picture file: the right one, the same bytes every time, whole or not at all."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyboard.media.jobs import MediaError
from storyboard.media.reading.taking import take_frame, write_picture
from tests.media.footage import all_pictures, film, silent


def test_a_frame_is_written_as_it_is_shown(tmp_path: Path) -> None:
    clip = film(tmp_path / "a.mp4")
    taken = take_frame(clip, None, tmp_path / "last.png", silent)
    last = all_pictures(clip)[-1]
    assert taken.index == 47
    assert taken.pixels == hashlib.sha256(last.tobytes()).hexdigest()
    assert np.array_equal(np.asarray(Image.open(tmp_path / "last.png")), last)


def test_a_frame_past_the_end_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as raised:
        take_frame(film(tmp_path / "a.mp4"), 48, tmp_path / "a.png", silent)
    assert raised.value.code == "no-such-frame"
    assert list(tmp_path.glob("*.png*")) == []


def test_a_clip_of_one_frame_has_a_last_one(tmp_path: Path) -> None:
    assert take_frame(film(tmp_path / "a.mp4", frames=1), None, tmp_path / "a.png", silent).index == 0


def test_taking_a_frame_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    take_frame(path, 30, tmp_path / "a.png", silent)
    take_frame(path, 30, tmp_path / "b.png", silent)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.mp4", "a.png", "b.png"]


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as raised:
        write_picture(np.zeros((2, 2, 3), np.uint8), tmp_path / "missing" / "a.png")
    assert raised.value.code == "cannot-write"


def test_a_failed_write_leaves_the_old_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(MediaError):
        write_picture(np.zeros((2, 2, 3), np.uint8), tmp_path / "a.png")
    assert [one.name for one in tmp_path.iterdir()] == ["a.png"]


def test_a_picture_for_people_is_small_and_says_what_the_frame_is(tmp_path: Path) -> None:
    clip = film(tmp_path / "a.mp4")
    whole = take_frame(clip, 3, tmp_path / "whole.png", silent)
    small = take_frame(clip, 3, tmp_path / "small.jpeg", silent, 40)
    assert small == whole
    with Image.open(tmp_path / "whole.png") as one, Image.open(tmp_path / "small.jpeg") as other:
        assert other.size == (40, round(one.height * 40 / one.width))
    take_frame(clip, 3, tmp_path / "same.png", silent, 4000)
    assert (tmp_path / "same.png").read_bytes() == (tmp_path / "whole.png").read_bytes()
