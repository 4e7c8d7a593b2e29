"""The cut in pieces: the frames of a join, in parallel, resumed, and used again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from shutil import rmtree

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from storyboard.delivery import Codec, suffix
from storyboard.film import Clip
from storyboard.finishing.pieces import Level, Pieces, as_it_is
from storyboard.media.executor import InProcess
from storyboard.media.jobs import Answer, AssembleJob, Executor, Job, JoinJob, MediaError, MixJob, PieceJob, Report
from storyboard.media.joining.join import join
from storyboard.media.pieces import MOST_SECONDS, pieces
from storyboard.media.reading.verify import verify
from storyboard.media.reel import Cue, Overlay, Reel, Segment
from storyboard.media.sound.sound import listen
from storyboard.structs import replace
from tests.media import footage

FPS = Fraction(24)
LOSS = 8.0
"""What coding may do to a picture of the counter, in levels; two numbers are further apart."""


@dataclass
class Counting:
    """An executor that remembers what it was asked for, and fails after so many pieces."""

    most: int = 10**9
    asked: list[Job] = field(default_factory=list)

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        if isinstance(job, PieceJob) and len(self.encoded) >= self.most:
            raise MediaError("worker-died", "killed")
        self.asked.append(job)
        return await InProcess().run(job, report)

    @property
    def encoded(self) -> list[PieceJob]:
        return [job for job in self.asked if isinstance(job, PieceJob)]

    @property
    def mixed(self) -> int:
        return sum(isinstance(job, MixJob) for job in self.asked)


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


async def cut(folder: Path, made: Reel, executor: Executor | None = None, level: Level = as_it_is) -> Clip:
    """The film of a reel, at `film` in the folder, with the suffix of its codec."""
    job = JoinJob(made.to_json(), str(folder / f"film{suffix(made.codec)}"))
    return await shop(folder, made).film(job, executor or InProcess(), footage.silent, level)


def spoiled(path: Path) -> None:
    """Change a byte in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


async def test_the_film_of_pieces_is_the_film_of_a_join(tmp_path: Path) -> None:
    made = reel(tmp_path)
    film = await cut(tmp_path, made)
    whole = join(made, tmp_path / "joined.mp4", footage.silent)
    assert (film.frames, film.fps, film.has_audio) == (whole.frames, whole.fps, whole.has_audio)
    assert verify(tmp_path / "film.mp4", footage.silent).frames == made.frames
    mine, theirs = (footage.all_pictures(tmp_path / name) for name in ("film.mp4", "joined.mp4"))
    assert [number for number, pair in enumerate(zip(mine, theirs, strict=True)) if apart(*pair) > LOSS] == []
    mix, whole_mix = (listen(tmp_path / name, 0, 48_000 * 5) for name in ("film.mp4", "joined.mp4"))
    assert np.array_equal(mix, whole_mix)
    spans = []
    for name in ("film.mp4", "joined.mp4"):
        with av.open(str(tmp_path / name)) as opened:
            spans.append((opened.streams.audio[0].start_time, opened.streams.audio[0].duration))
    assert spans[0] == spans[1]


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
        await cut(tmp_path, made, killed)
    again = Counting()
    film = await cut(tmp_path, made, again)
    assert (len(again.encoded), again.mixed) == (2, 0)
    rmtree(tmp_path / "pieces")
    assert await cut(tmp_path, made) == film


async def test_only_what_a_change_touches_is_encoded_again(tmp_path: Path) -> None:
    made = reel(tmp_path)
    await cut(tmp_path, made)
    for change, shots, mixed in (
        ({"transition": "dissolve", "direction": "left"}, 1, 0),
        ({"gain_db": Decimal(-6)}, 0, 1),
        ({"titles": (Overlay("Two", "center", "#ffffff", 0, 9),)}, 2, 0),
    ):
        segments = list(made.segments)
        segments[2] = replace(segments[2], **change)
        counting = Counting()
        await cut(tmp_path, replace(made, segments=tuple(segments)), counting)
        assert len(counting.encoded) <= shots
        assert counting.mixed == mixed
        await cut(tmp_path, made)


async def test_a_film_of_another_loudness_has_the_same_pictures(tmp_path: Path) -> None:
    made, counting = reel(tmp_path), Counting()
    await cut(tmp_path, made)

    async def quieter(job: JoinJob, _: Report) -> JoinJob:
        return replace(job, timeline={**job.timeline, "gain_db": "-6"})

    await cut(tmp_path, made, counting, quieter)
    assert (len(counting.encoded), counting.mixed) == (0, 1)
    heard = [np.sqrt(np.mean(np.square(listen(tmp_path / "film.mp4", 0, 100_000))))]
    await cut(tmp_path, made)
    heard.append(np.sqrt(np.mean(np.square(listen(tmp_path / "film.mp4", 0, 100_000)))))
    assert 20 * np.log10(heard[0] / heard[1]) == pytest.approx(-6, abs=0.1)


async def test_the_sound_is_begun_first_and_then_the_longest(tmp_path: Path) -> None:
    counting, made = Counting(), reel(tmp_path)
    short = replace(made, segments=(replace(made.segments[0], frames=12), *made.segments[1:]))
    await cut(tmp_path, short, counting)
    assert isinstance(counting.asked[0], MixJob)
    lengths = [job.last - job.first for job in counting.encoded]
    assert lengths == sorted(lengths, reverse=True)


async def test_a_film_without_sound_is_cut_without(tmp_path: Path) -> None:
    counting = Counting()
    film = await cut(tmp_path, reel(tmp_path, audio=False), counting)
    assert (film.has_audio, counting.mixed) == (False, 0)


async def test_a_shot_that_moves_is_not_encoded_again(tmp_path: Path) -> None:
    made = reel(tmp_path)
    await cut(tmp_path, made)
    counting = Counting()
    short = replace(made, segments=(replace(made.segments[0], frames=20), *made.segments[1:]))
    film = await cut(tmp_path, short, counting)
    assert film.frames == made.frames - 4
    assert len(counting.encoded) == 2  # the shot itself, and the dissolve that it lies under


async def test_pieces_that_are_not_used_any_more_go(tmp_path: Path) -> None:
    made = reel(tmp_path)
    await cut(tmp_path, made)
    await cut(tmp_path, replace(made, segments=made.segments[:1]))
    assert len(list((tmp_path / "pieces" / "film").iterdir())) == 2  # its pictures and its sound


@pytest.mark.parametrize("codec", ["h264", "prores"])
@pytest.mark.parametrize("what", ["pictures", "sound"])
async def test_a_damaged_piece_is_made_again(codec: Codec, what: str, tmp_path: Path) -> None:
    made, counting = reel(tmp_path, 2, codec=codec), Counting()
    film = await cut(tmp_path, made, counting)
    assembly = counting.asked[-1]
    assert isinstance(assembly, AssembleJob)
    assert assembly.sound is not None
    spoiled(Path(assembly.sound if what == "sound" else assembly.pieces[1]))
    with pytest.raises(MediaError) as refused:
        await InProcess().run(replace(assembly, target=str(tmp_path / "damaged")))
    assert refused.value.code == "piece-damaged"
    assert await cut(tmp_path, made) == film


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
