from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyboard.media.encode import Writer
from storyboard.media.jobs import MediaError
from storyboard.media.reading.frames import Reader, last_picture, passes, pictures
from tests.media.footage import all_pictures, film, flat, trimmed

FILMS: dict[str, Callable[[Path], Path]] = {
    "one group, B-frames": lambda folder: film(folder / "a.mp4", group=250, b_frames=3),
    "key frames only": lambda folder: film(folder / "a.mp4", group=1, b_frames=0),
    "short groups": lambda folder: film(folder / "a.mp4", group=8),
    "open groups": lambda folder: film(folder / "a.mp4", group=8, b_frames=3, x264="open-gop=1"),
    "closed groups": lambda folder: film(folder / "a.mp4", group=8, b_frames=3, x264="open-gop=0:scenecut=0"),
    "no key frame but the first": lambda folder: film(folder / "a.mp4", group=12, x264="intra-refresh=1"),
    "hevc": lambda folder: film(folder / "a.mp4", codec="libx265", group=12, x264="open-gop=0"),
    "hevc, open groups": lambda folder: film(folder / "a.mp4", codec="libx265", group=12, x264="open-gop=1"),
    "an edit list": lambda folder: trimmed(folder / "b.mp4", film(folder / "a.mp4", frames=58, sound_s=3.0), 10),
    "longer sound": lambda folder: film(folder / "a.mp4", sound_s=4.0, group=12),
    "shorter sound": lambda folder: film(folder / "a.mp4", sound_s=0.5, group=12),
    "matroska, rounded times": lambda folder: film(folder / "a.mkv", group=10, fps=Fraction(24000, 1001)),
    "mpeg-ts": lambda folder: film(folder / "a.ts", sound_s=3.0, group=12),
    "webm": lambda folder: film(folder / "a.webm", codec="libvpx-vp9", group=12),
}


@pytest.fixture(params=FILMS)
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return FILMS[request.param](tmp_path)


def test_every_frame_is_found_by_its_number(clip: Path) -> None:
    reader = Reader()
    for number, expected in enumerate(all_pictures(clip)):
        assert np.array_equal(reader.rgb(next(pictures(clip, number))), expected), number


def test_the_last_frame_is_the_last_that_is_shown(clip: Path) -> None:
    number, frame = last_picture(clip)
    assert number == 47
    assert frame is not None
    assert np.array_equal(Reader().rgb(frame), all_pictures(clip)[-1])


def test_pictures_go_on_to_the_end(clip: Path) -> None:
    assert [len(list(pictures(clip, first))) for first in (0, 1, 20, 47)] == [48, 47, 28, 1]


def test_past_the_end_there_is_no_picture(clip: Path) -> None:
    with pytest.raises(MediaError) as raised:
        next(pictures(clip, 48))
    assert raised.value.code == "no-such-frame"


def smooth(width: int = 160, height: int = 90) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Colours that change slowly, as in a film: what 4:2:0 can hold."""
    few = np.random.default_rng(5).integers(0, 255, (5, 8, 3), np.uint8)
    return np.asarray(Image.fromarray(few).resize((width, height), Image.Resampling.BICUBIC))


def test_a_frame_carried_through_eight_clips_stays_what_it_was(tmp_path: Path) -> None:
    """The chain of the issue: each clip opens on the frame that the one before handed on."""
    first = carried = smooth()
    for number in range(8):
        path = tmp_path / f"{number}.mp4"
        with Writer(path, 160, 90, Fraction(24), exact_frames=(0,)) as writer:
            writer.write(carried)
        carried = Reader().rgb(next(pictures(path, 0)))
    error = carried.astype(int) - first
    assert np.abs(error).mean() < 1.5
    assert np.abs(error.mean((0, 1))).max() < 0.75


@pytest.mark.parametrize(("matrix", "red"), [(1, (63, 102, 240)), (2, (63, 102, 240)), (6, (81, 90, 240))])
def test_red_is_red_whatever_matrix_the_tags_name(matrix: int, red: tuple[int, int, int], tmp_path: Path) -> None:
    """1 is bt709, 2 says nothing, 6 is BT.601."""
    frame = next(pictures(flat(tmp_path / "a.mp4", red, matrix), 0))
    assert np.abs(Reader().rgb(frame).astype(int) - (255, 0, 0)).max() <= 3
    assert passes(frame) == (matrix != 6)
