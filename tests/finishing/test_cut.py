from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from storyboard.film import Clip, ShotId
from storyboard.finishing.cut import cut, draft
from storyboard.media.executor import InProcess
from storyboard.media.reading.verify import verify
from storyboard.media.reel import Reel, Segment
from storyboard.structs import replace
from tests.media import footage
from tests.test_timing import film, shot


def test_the_job_names_every_stretch_with_its_file(tmp_path: Path) -> None:
    paths = {
        ShotId("S0"): footage.film(tmp_path / "a.mp4", sound_s=2.0),
        ShotId("S1"): footage.film(tmp_path / "b.mp4"),
    }
    clips = {name: verify(path, footage.silent) for name, path in paths.items()}
    board = film([shot(0, "1", gain_db=Decimal(-3)), shot(1, "2", "S0", mute=True)])
    job = cut(board, clips, paths, tmp_path / "film.mp4")
    assert Reel.from_json(job.timeline) == Reel(
        width_px=160,
        height_px=90,
        fps=Fraction(24),
        audio=True,
        segments=(
            Segment(str(paths[ShotId("S0")]), 0, 24, Decimal(-3), spare=2),
            Segment(str(paths[ShotId("S1")]), 0, 48, mute=True),
        ),
    )
    assert job.target == str(tmp_path / "film.mp4")


async def test_a_film_has_exactly_the_frames_of_its_durations(tmp_path: Path) -> None:
    """The issue: Σ duration × 24, decoded; 0.3 s, 1 s and 0.7 s are 48 frames, though none of the thirds is whole."""
    times = ["0.3", "1", "0.3", "0.4"]
    paths = {ShotId(f"S{n}"): footage.film(tmp_path / f"{n}.mp4", frames=30) for n in range(4)}
    clips = {name: verify(path, footage.silent) for name, path in paths.items()}
    board = film([shot(n, time, f"S{n - 1}" if n % 2 else None) for n, time in enumerate(times)])
    made = await InProcess().run(cut(board, clips, paths, tmp_path / "film.mp4"))
    assert isinstance(made, Clip)
    assert made.frames == 48
    assert not made.has_audio


@pytest.mark.parametrize(("frames", "opens_on", "total"), [(25, 24, 48), (24, 23, 47)])
async def test_a_chain_is_one_movement(frames: int, opens_on: int, total: int, tmp_path: Path) -> None:
    """The second clip opens on the first one's frame at the cut, else on its last: the film counts 0, 1, 2 … anyway."""
    paths = {
        ShotId("S0"): footage.film(tmp_path / "0.mp4", frames=frames),
        ShotId("S1"): footage.film(tmp_path / "1.mp4", frames=25, first=opens_on),
    }
    clips = {name: verify(path, footage.silent) for name, path in paths.items()}
    board = film([shot(0, "1"), shot(1, "1", "S0")])
    await InProcess().run(cut(board, clips, paths, tmp_path / "film.mp4"))
    shown = footage.all_pictures(tmp_path / "film.mp4")
    numbered = [footage.picture(number).astype(int) for number in range(total + 5)]
    nearest = [int(np.argmin([np.abs(rgb - other).mean() for other in numbered])) for rgb in shown]
    assert nearest == list(range(total))


async def test_measuring_and_joining_are_one_rising_progress(tmp_path: Path) -> None:
    path = footage.film(tmp_path / "a.mp4", frames=48, sound_s=2.0)
    board = film([shot(0, "2")])
    board = replace(board, delivery=replace(board.delivery, loudness=Decimal(-20)))
    clips = {ShotId("S0"): verify(path, footage.silent)}
    shares: list[float] = []
    job = cut(board, clips, {ShotId("S0"): path}, tmp_path / "draft.mp4")
    await draft(job, InProcess(), shares.append, lambda _: None)
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.1 < shares[-1] == 1


def test_a_shot_without_a_clip_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        cut(film([shot(0, "1")]), {}, {}, tmp_path / "film.mp4")
