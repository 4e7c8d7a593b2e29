"""The laws of a drawn clip: frames, start frames, clean joins, the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from storyboard.media.animatic import Does, Says, Spec, motion
from storyboard.media.animatic.compose import compose
from storyboard.media.animatic.draw import Picture, draw, frame
from storyboard.media.animatic.spec import Left
from storyboard.media.jobs import MediaError
from storyboard.structs import replace
from tests.media.animatic.specs import FIRST, JONAS, MIRA, NEXT, far, spec


def decoded(path: Path) -> list[NDArray[np.int16]]:
    """All pictures of a clip as RGB."""
    with av.open(str(path)) as container:
        return [
            one.reformat(format="rgb24", src_colorspace="ITU709", src_color_range="MPEG", dst_color_range="JPEG")
            .to_ndarray()
            .astype(np.int16)
            for one in container.decode(video=0)
        ]


def drawn(shot: Spec, target: Path) -> Path:
    draw(shot, target, lambda share: None)
    return target


def start_frame(folder: Path, size: tuple[int, int] = (160, 90)) -> Path:
    """A picture with an edge, a slope of colour and no letters."""
    down, right = np.mgrid[0 : size[1], 0 : size[0]]
    picture = np.stack([40 + 160 * right / size[0], 170 - 90 * down / size[1], np.full(right.shape, 90)], -1)
    picture[size[1] // 3 : size[1] // 2, : size[0] // 2] = (200, 190, 150)
    path = folder / "start.png"
    Image.fromarray(picture.astype(np.uint8)).save(path)
    return path


@pytest.mark.parametrize(
    ("duration", "fps", "frames"),
    [("0.5", "24/1", 13), ("0.3", "24/1", 9), ("1", "30000/1001", 31), ("0.04", "25/1", 2)],
)
def test_a_clip_has_its_frames_and_one_more(tmp_path: Path, duration: str, fps: str, frames: int) -> None:
    path = drawn(spec(duration=duration, fps=fps), tmp_path / "a.mp4")
    with av.open(str(path)) as container:
        assert container.streams.video[0].average_rate == Fraction(fps)
    assert len(decoded(path)) == frames


def test_frame_0_is_the_start_frame_to_the_pixel(tmp_path: Path) -> None:
    start = start_frame(tmp_path)
    shot = spec(start=str(start), duration="1", move="push in")
    assert frame(shot, 0).tobytes() == Image.open(start).tobytes()
    first = decoded(drawn(shot, tmp_path / "a.mp4"))[0]
    assert np.abs(first - np.asarray(Image.open(start))).mean() < 1.5


def test_a_start_frame_of_another_shape_is_cropped_to_fill(tmp_path: Path) -> None:
    shot = spec(start=str(start_frame(tmp_path, (300, 90))))
    picture = frame(shot, 0)
    assert picture.size == (160, 90)
    middle = Image.open(tmp_path / "start.png").crop((70, 0, 230, 90))
    assert np.abs(np.asarray(picture).astype(int) - np.asarray(middle)).mean() < 2


def test_the_picture_goes_on_from_the_start_without_a_jump(tmp_path: Path) -> None:
    shot = spec(start=str(start_frame(tmp_path)), duration="2", move="pull out")
    pictures = decoded(drawn(shot, tmp_path / "a.mp4"))
    steps = [float(np.abs(after - before).mean()) for before, after in pairwise(pictures)]
    assert steps[0] < 2.5
    assert max(steps) < 12
    assert np.abs(pictures[-1] - pictures[0]).mean() > 10


def test_the_last_frame_carries_no_letters(tmp_path: Path) -> None:
    said = spec(duration="1", dialogue=(Says("You're late.", ("Mira",)),))
    silent = spec(duration="1", action=(), slate="1A")
    last, clean = (np.asarray(frame(one, one.frames - 1)).astype(int) for one in (said, silent))
    middle = np.asarray(frame(said, 12)).astype(int)
    foot = slice(70, 90)
    assert np.abs(last[foot].max() - clean[foot].max()) < 60
    assert middle[foot].max() > last[foot].max() + 40


def test_a_chain_hands_its_last_frame_on(tmp_path: Path) -> None:
    last = decoded(drawn(spec(duration="0.5"), tmp_path / "a.mp4"))[-1]
    Image.fromarray(last.astype(np.uint8)).save(tmp_path / "last.png")
    first = decoded(drawn(spec(slate="1B", size="CU", start=str(tmp_path / "last.png")), tmp_path / "b.mp4"))[0]
    assert np.abs(first - last).mean() < 1.5


def test_two_processes_draw_the_same_bytes(tmp_path: Path) -> None:
    shot = spec(
        cast=(MIRA, JONAS), audio=True, sounds="wind, footsteps", slug="EXT. DECK - NIGHT, RAIN", move="handheld"
    )
    program = (
        "import json, sys, pathlib\n"
        "from storyboard.media.animatic import Spec\n"
        "from storyboard.media.animatic.draw import draw\n"
        "draw(Spec.from_json(json.load(sys.stdin)), pathlib.Path(sys.argv[1]), lambda share: None)\n"
    )
    digests = set()
    for name, seed in (("a.mp4", "1"), ("b.mp4", "2")):
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / name)],
            input=json.dumps(shot.to_json()),
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    digests.add(hashlib.sha256(drawn(shot, tmp_path / "c.mp4").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_sound_is_there_when_asked_and_as_long_as_the_picture(tmp_path: Path) -> None:
    with av.open(str(drawn(spec(duration="1", audio=True), tmp_path / "a.mp4"))) as container:
        [audio] = container.streams.audio
        assert audio.duration is not None
        assert audio.time_base is not None
        assert abs(audio.duration * audio.time_base - Fraction(25, 24)) < Fraction(1, 24_000)
    with av.open(str(drawn(spec(), tmp_path / "b.mp4"))) as container:
        assert not container.streams.audio


def test_progress_rises_to_one(tmp_path: Path) -> None:
    shares: list[float] = []
    draw(spec(duration="1"), tmp_path / "a.mp4", shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 2


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (768, 1344), (512, 512), (840, 360), (64, 36), (32, 32)])
@pytest.mark.parametrize("shown", ["EWS", "CU", "INSERT"])
def test_every_shape_and_size_is_drawn(size: tuple[int, int], shown: str) -> None:
    shot = spec(
        width_px=size[0], height_px=size[1], size=shown, cast=(MIRA, JONAS), action=(Does("A key, a letter. " * 30),)
    )
    picture = frame(shot, shot.frames // 2)
    assert picture.size == size
    assert np.asarray(picture).std() > 5


def test_a_start_frame_that_is_no_picture_is_a_media_error(tmp_path: Path) -> None:
    broken = tmp_path / "start.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnothing else")
    with pytest.raises(MediaError) as caught:
        draw(spec(start=str(broken)), tmp_path / "a.mp4", lambda share: None)
    assert caught.value.code == "image-unreadable"
    assert not (tmp_path / "a.mp4").exists()


def test_a_frame_outside_the_clip_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        frame(spec(), 13)


def going_on(folder: Path) -> Spec:
    """The shot after `FIRST`, by extend."""
    path = folder / "cut.png"
    frame(FIRST, FIRST.frames - 1).save(path)
    left = Left("track right", "", FIRST.duration, "1")
    return replace(NEXT, start=str(path), before=(left,))


def test_an_extension_begins_with_the_frame_and_its_own_picture_fits_it(tmp_path: Path) -> None:
    shot = going_on(tmp_path)
    cut = frame(FIRST, FIRST.frames - 1)
    assert far(frame(shot, 0), cut) == 0
    own = replace(shot, start=None)
    alone = replace(own, before=(), staged_as=None)
    assert far(frame(own, 0), cut) < far(frame(alone, 0), cut) / 2


def test_no_frame_after_the_join_jumps(tmp_path: Path) -> None:
    shot = going_on(tmp_path)
    picture = Picture(shot)
    shown = [frame(shot, 0), *(picture.at(index).rgb() for index in range(1, 12))]
    assert max(far(a, b) for a, b in pairwise(shown)) < 6


def test_a_camera_goes_on_from_where_all_shots_before_left_it() -> None:
    twice = replace(NEXT, before=(Left("pan right", "", "2", "1"), Left("pan right", "", "2", "1")))
    begin = compose(twice).view(0.0, 0.0, 0.0)
    once = motion.view("pan right", 1.0, 2.0, 0.0)
    assert begin.x == pytest.approx(3 * once.x)
