"""The cut in pieces: the frames of a join, in parallel, resumed, and used again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from storyboard.film import Clip
from storyboard.finishing.pieces import Pieces
from storyboard.media.executor import InProcess
from storyboard.media.jobs import Answer, Job, JoinJob, MediaError, PieceJob, Report
from storyboard.media.joining.join import join
from storyboard.media.joining.pieces import assemble
from storyboard.media.pieces import MOST_SECONDS, pieces
from storyboard.media.reading.verify import verify
from storyboard.media.reel import Cue, Overlay, Reel, Segment
from storyboard.media.sound.sound import listen
from tests.media import footage

FPS = Fraction(24)
LOSS = 8.0
"""What coding may do to a picture of the counter, in levels; two numbers are further apart."""


@dataclass
class Counting:
    """An executor that remembers the pieces it was asked for, and fails after so many."""

    most: int = 10**9
    encoded: list[PieceJob] = field(default_factory=list)

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        if isinstance(job, PieceJob):
            if len(self.encoded) >= self.most:
                raise MediaError("worker-died", "killed")
            self.encoded.append(job)
        return await InProcess().run(job, report)

    @property
    def frames(self) -> int:
        return sum(job.last - job.first for job in self.encoded)


def reel(folder: Path, count: int = 4, **fields: object) -> Reel:
    """Clips of 30 counted frames, each shown for 24, with a dissolve, a wipe, a fade, a title and sound."""
    paths = [
        footage.film(folder / f"{number}.mp4", frames=30, first=40 * number, sound_s=1.25) for number in range(count)
    ]
    segments = [Segment(str(path), 3, 24) for path in paths]
    if count > 3:
        segments[1] = replace(
            segments[1], transition="dissolve", overlap=5, titles=(Overlay("Hi", "center", "#ffffff", 8, 15),)
        )
        segments[2] = replace(segments[2], transition="wipe", overlap=4, fade_out=3)
        segments[3] = replace(segments[3], transition="fade", fade_in=3, speed=Fraction(1, 2))
    made = Reel(160, 90, FPS, True, tuple(segments))
    return replace(made, **fields)  # type: ignore[arg-type]  # fields of a reel, as named


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """How far two pictures are from one another, in levels."""
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def shop(folder: Path, made: Reel) -> Pieces:
    return Pieces(folder / "pieces" / "film", {one.path: Path(one.path).name * 9 for one in made.segments})


async def cut(folder: Path, made: Reel, target: str = "film.mp4", executor: Counting | None = None) -> Clip:
    job = JoinJob(made.to_json(), str(folder / target))
    return await shop(folder, made).film(job, executor or Counting(), footage.silent)


async def test_the_film_of_pieces_is_the_film_of_a_join(tmp_path: Path) -> None:
    made = reel(tmp_path)
    film = await cut(tmp_path, made)
    whole = join(made, tmp_path / "joined.mp4", footage.silent)
    assert (film.frames, film.fps, film.has_audio) == (whole.frames, whole.fps, whole.has_audio)
    assert verify(tmp_path / "film.mp4", footage.silent).frames == made.frames
    mine, theirs = (footage.all_pictures(tmp_path / name) for name in ("film.mp4", "joined.mp4"))
    assert [number for number, pair in enumerate(zip(mine, theirs, strict=True)) if apart(*pair) > LOSS] == []
    mix, whole_mix = (listen(tmp_path / name, 0, 48_000 * 3) for name in ("film.mp4", "joined.mp4"))
    assert np.array_equal(mix, whole_mix)


@given(st.lists(st.tuples(st.integers(8, 700), st.integers(0, 4)), min_size=1, max_size=6))
def test_pieces_are_the_frames_of_the_film_all_and_in_order(shots: Sequence[tuple[int, int]]) -> None:
    segments = [
        Segment(
            f"{number}.mp4",
            0,
            frames,
            overlap=overlap if number else 0,
            transition="dissolve" if overlap and number else None,
        )
        for number, (frames, overlap) in enumerate(shots)
    ]
    made = Reel(160, 90, FPS, False, tuple(segments))
    found = pieces(made)
    assert sum(piece.last - piece.first for piece in found) == made.frames
    assert all(0 < piece.last - piece.first <= MOST_SECONDS * FPS for piece in found)
    seen = [(piece.reel.segments[-1].path, number) for piece in found for number in range(piece.first, piece.last)]
    assert len(set(seen)) == made.frames
    assert seen == sorted(seen, key=lambda one: (int(one[0].removesuffix(".mp4")), one[1]))


async def test_a_cut_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    made, killed = reel(tmp_path), Counting(most=2)
    with pytest.raises(MediaError, match="killed"):
        await cut(tmp_path, made, executor=killed)
    again = Counting()
    film = await cut(tmp_path, made, executor=again)
    assert len(again.encoded) == 2
    digests = {one.path: Path(one.path).name * 9 for one in made.segments}
    job = JoinJob(made.to_json(), str(tmp_path / "fresh.mp4"))
    fresh = await Pieces(tmp_path / "others" / "film", digests).film(job, Counting(), footage.silent)
    assert fresh.id == film.id


async def test_only_what_a_change_touches_is_encoded_again(tmp_path: Path) -> None:
    made = reel(tmp_path)
    await cut(tmp_path, made)
    for change, shots in (
        ({"transition": "dissolve", "direction": "left"}, 1),
        ({"gain_db": Decimal(-6)}, 0),
        ({"titles": (Overlay("Two", "center", "#ffffff", 0, 9),)}, 2),
    ):
        segments = list(made.segments)
        segments[2] = replace(segments[2], **change)
        counting = Counting()
        await cut(tmp_path, replace(made, segments=tuple(segments)), executor=counting)
        assert len(counting.encoded) <= shots
        await cut(tmp_path, made)


async def test_a_shot_that_moves_is_not_encoded_again(tmp_path: Path) -> None:
    made = reel(tmp_path)
    await cut(tmp_path, made)
    counting = Counting()
    short = replace(made, segments=(replace(made.segments[0], frames=20), *made.segments[1:]))
    film = await cut(tmp_path, short, executor=counting)
    assert film.frames == made.frames - 4
    assert len(counting.encoded) == 2  # the shot itself, and the dissolve that it lies under


async def test_pieces_that_are_not_used_any_more_go(tmp_path: Path) -> None:
    made = reel(tmp_path)
    await cut(tmp_path, made)
    await cut(tmp_path, replace(made, segments=made.segments[:1]))
    assert len(list((tmp_path / "pieces" / "film").iterdir())) == 1


async def test_a_damaged_piece_is_encoded_again(tmp_path: Path) -> None:
    made = reel(tmp_path)
    film = await cut(tmp_path, made)
    folder = tmp_path / "pieces" / "film"
    one = sorted(folder.iterdir())[1]
    data = bytearray(one.read_bytes())
    data[len(data) // 2] ^= 1
    one.write_bytes(data)
    with pytest.raises(MediaError) as refused:
        assemble(made, sorted(folder.iterdir()), tmp_path / "damaged.mp4", footage.silent)
    assert refused.value.code == "piece-damaged"
    (tmp_path / "film.mp4").unlink()
    assert (await cut(tmp_path, made)).id == film.id


async def test_burnt_subtitles_lie_over_the_joins(tmp_path: Path) -> None:
    made = reel(tmp_path, subtitles=(Cue(("A subtitle over two shots.",), 15, 30),), burn=True)
    await cut(tmp_path, made)
    join(made, tmp_path / "joined.mp4", footage.silent)
    mine, theirs = (footage.all_pictures(tmp_path / name) for name in ("film.mp4", "joined.mp4"))
    assert [number for number, pair in enumerate(zip(mine, theirs, strict=True)) if apart(*pair) > LOSS] == []


@pytest.mark.parametrize(("fps", "timecode"), [(FPS, "01:00:00:00"), (Fraction(30000, 1001), "00:59:58;28")])
async def test_the_first_frame_has_its_timecode_in_the_file(fps: Fraction, timecode: str, tmp_path: Path) -> None:
    made = replace(reel(tmp_path, 2), fps=fps, timecode=timecode)
    await cut(tmp_path, made)
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert [stream.metadata.get("timecode") for stream in film.streams if stream.type == "data"] == [timecode]
    assert verify(tmp_path / "film.mp4", footage.silent).frames == made.frames
