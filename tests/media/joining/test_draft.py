"""A draft is the film: every frame of it, and as many copied as can be."""

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from storyboard.media.encode import Writer
from storyboard.media.jobs import MediaError
from storyboard.media.joining.draft import draft
from storyboard.media.joining.join import join
from storyboard.media.reel import Cue, Overlay, Reel, Segment
from tests.media.counter import counted, counter
from tests.media.footage import all_pictures, all_sound, film, silent, tone, trimmed

RATE = Fraction(24)
SIZE = (160, 90)


def own(path: Path, first: int = 0, frames: int = 60, crf: int = 17) -> Path:
    """A clip as the animatic, cards and footage are written, a key frame every two seconds, a tone under it."""
    with Writer(path, *SIZE, RATE, audio=True, crf=crf, exact_frames=(0, frames - 1)) as writer:
        writer.sound(tone(frames * 2000))
        for number in range(frames):
            writer.write(counted(first + number, *SIZE))
    return path


def reel(*segments: Segment, audio: bool = False) -> Reel:
    return Reel(*SIZE, RATE, audio, segments)


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def equal_to_the_film(made: Reel, folder: Path) -> list[NDArray[np.uint8]]:
    """Both cuts of a reel show the same; the draft's pictures."""
    join(made, folder / "film.mp4", silent)
    film, drafted = all_pictures(folder / "film.mp4"), all_pictures(folder / "film-draft.mp4")
    assert len(film) == len(drafted) == made.frames
    assert max(apart(one, other) for one, other in zip(film, drafted, strict=True)) < 3
    return drafted


def test_whole_clips_are_copied_to_the_bit(tmp_path: Path) -> None:
    one, two = own(tmp_path / "a.mp4"), own(tmp_path / "b.mp4", 100, crf=14)
    made = draft(reel(Segment(str(one), 0, 60), Segment(str(two), 0, 60)), tmp_path / "film-draft.mp4", silent)
    assert (made.copied, made.film.frames, made.film.fps) == (120, 120, RATE)
    shown = all_pictures(tmp_path / "film-draft.mp4")
    assert all(np.array_equal(*pair) for pair in zip(shown, all_pictures(one) + all_pictures(two), strict=True))


def test_what_a_clip_cannot_give_is_encoded_and_nothing_else(tmp_path: Path) -> None:
    """A dissolve of 6 frames, a title of 12, a fade of 4, and the way to the next key frame at both sides of them."""
    clip = own(tmp_path / "a.mp4", frames=121)
    over = Overlay("OSLO", "center", "#ffffff", 60, 72)
    made = reel(
        Segment(str(clip), 10, 111),
        Segment(str(clip), 0, 121, transition="dissolve", overlap=6, titles=(over,)),
        Segment(str(clip), 48, 73, transition="fade", fade_in=4),
        audio=True,
    )
    drafted = draft(made, tmp_path / "film-draft.mp4", silent)
    assert drafted.film.has_audio
    assert 200 < drafted.copied <= made.frames - 6 - 12 - 4
    equal_to_the_film(made, tmp_path)
    assert np.array_equal(all_sound(tmp_path / "film.mp4"), all_sound(tmp_path / "film-draft.mp4"))


def test_burnt_subtitles_are_on_the_draft_as_on_the_film(tmp_path: Path) -> None:
    """One across a cut, one inside a dissolve, one at the film's end; the frames between are copied."""
    one, two = own(tmp_path / "a.mp4", frames=121), own(tmp_path / "b.mp4", 200, frames=121)
    cues = tuple(Cue(("WHO RANG?",), *span) for span in ((100, 130), (228, 234), (330, 337)))
    segments = (
        Segment(str(one), 0, 121),
        Segment(str(two), 0, 115),
        Segment(str(one), 0, 109, transition="dissolve", overlap=8),
    )
    made = Reel(*SIZE, RATE, False, segments, subtitles=cues, burn=True)
    assert draft(made, tmp_path / "film-draft.mp4", silent).copied > 130
    drafted = equal_to_the_film(made, tmp_path)
    bare = join(reel(*segments), tmp_path / "bare.mp4", silent)
    plain = all_pictures(tmp_path / "bare.mp4")
    assert bare.frames == len(plain) == len(drafted)
    most = [int(np.abs(one.astype(int) - other).max()) for one, other in zip(drafted, plain, strict=True)]
    lettered = [number for number, difference in enumerate(most) if difference > 120]
    assert lettered == [number for cue in cues for number in range(cue.first, cue.last)]


@pytest.mark.parametrize("group", [1, 7, 30, 250])
@pytest.mark.parametrize("b_frames", [0, 3])
def test_a_strangers_clips_are_copied_and_ours_stand_between(group: int, b_frames: int, tmp_path: Path) -> None:
    clip = film(tmp_path / "a.mp4", frames=90, group=group, b_frames=b_frames)
    segments = [Segment(str(clip), first, frames) for first, frames in ((0, 90), (0, 41), (0, 42), (5, 80), (30, 60))]
    segments.insert(2, Segment(str(own(tmp_path / "own.mp4")), 3, 30, transition="wipe", overlap=5))
    drafted = draft(reel(*segments), tmp_path / "film-draft.mp4", silent)
    assert drafted.copied >= 90 + 41 - 5 + 42 - 2 * 4
    join(reel(*segments), tmp_path / "film.mp4", silent)
    shown = all_pictures(tmp_path / "film-draft.mp4")
    pictures = all_pictures(clip)
    expected = [*pictures, *pictures[:41]]
    assert all(np.array_equal(*pair) for pair in zip(shown[:126], expected[:126], strict=True))
    assert len(shown) == reel(*segments).frames
    for at, picture in enumerate(pictures[30:90]):
        errors = [apart(shown[len(shown) - 60 + at], pictures[number]) for number in range(28, 90)]
        assert errors[at + 2] == min(errors)
        assert apart(shown[len(shown) - 60 + at], picture) < 10


@pytest.mark.parametrize("kind", ["size", "rate", "codec", "turned", "hidden", "pixel", "open"])
def test_what_is_not_coded_as_the_film_is_encoded(kind: str, tmp_path: Path) -> None:
    ours = own(tmp_path / "own.mp4")
    kinds: dict[str, dict[str, Any]] = {
        "size": {"width": 320, "height": 180},
        "rate": {"fps": 25},
        "codec": {"codec": "mpeg4"},
        "turned": {"turned": 90},
        "pixel": {"pixel": "4/3"},
    }
    path = tmp_path / "a.mp4"
    if kind == "hidden":
        trimmed(path, counter(tmp_path / "whole.mp4", range(70)), 5)
    elif kind == "open":
        film(path, frames=70, group=12, x264="scenecut=0:open-gop=1")
    else:
        counter(path, range(70), **kinds[kind])
    made = reel(Segment(str(ours), 0, 60), Segment(str(path), 13, 40), Segment(str(ours), 0, 60))
    assert draft(made, tmp_path / "film-draft.mp4", silent).copied == 120
    equal_to_the_film(made, tmp_path)


def test_where_nothing_can_be_copied_the_draft_is_the_film(tmp_path: Path) -> None:
    path = counter(tmp_path / "a.mp4", range(40), width=320, height=180)
    drafted = draft(reel(Segment(str(path), 0, 40)), tmp_path / "film-draft.mp4", silent)
    assert drafted.copied == 0
    assert drafted.film == join(reel(Segment(str(path), 0, 40)), tmp_path / "film.mp4", silent)


def test_a_draft_gives_the_same_bytes_wherever_its_clips_are(tmp_path: Path) -> None:
    path, other = own(tmp_path / "a.mp4"), tmp_path / "elsewhere" / "b.mp4"
    other.parent.mkdir()
    shutil.copy(path, other)
    films = [
        draft(reel(Segment(str(one), 0, 60), Segment(str(one), 5, 20), audio=True), one.parent / name, silent)
        for one, name in ((path, "one.mp4"), (other, "two.mp4"))
    ]
    assert films[0] == films[1]


def test_a_draft_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = own(tmp_path / "a.mp4")
    (tmp_path / "film-draft.mp4").write_bytes(b"the draft of yesterday")
    with pytest.raises(MediaError) as raised:
        draft(reel(Segment(str(path), 50, 20)), tmp_path / "film-draft.mp4", silent)
    assert raised.value.code == "no-such-frame"
    assert (tmp_path / "film-draft.mp4").read_bytes() == b"the draft of yesterday"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.mp4", "film-draft.mp4"]


def test_a_draft_stands_in_time_as_a_film_does(tmp_path: Path) -> None:
    path = own(tmp_path / "a.mp4")
    draft(reel(Segment(str(path), 0, 41), Segment(str(path), 7, 40)), tmp_path / "film-draft.mp4", silent)
    with av.open(str(tmp_path / "film-draft.mp4")) as container:
        video = container.streams.video[0]
        assert (video.frames, video.average_rate, video.start_time) == (81, RATE, 0)
        assert video.time_base is not None
        assert [frame.pts * video.time_base * RATE for frame in container.decode(video) if frame.pts is not None] == [
            *range(81)
        ]
        assert video.codec_context.color_primaries == 1


def test_progress_rises_to_one(tmp_path: Path) -> None:
    shares: list[float] = []
    draft(reel(Segment(str(own(tmp_path / "a.mp4")), 3, 40)), tmp_path / "film-draft.mp4", shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
