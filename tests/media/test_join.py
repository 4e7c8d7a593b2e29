import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from storyboard.media.jobs import MediaError
from storyboard.media.join import join
from storyboard.media.reel import Reel, Segment
from storyboard.media.sound import FADE_SAMPLES
from tests.media.footage import all_pictures, all_sound, film, flat, silent, tone

RATE = Fraction(24)
AAC_FRAME = 1024


def reel(*segments: Segment, audio: bool = False, fps: Fraction = RATE) -> Reel:
    return Reel(160, 90, fps, audio, segments)


def levels(path: Path, samples_a_frame: int = 2000) -> list[float]:
    """How loud the film is in each of its frames: the root of the mean square."""
    sound = all_sound(path)
    frames = len(sound) // samples_a_frame
    return [
        float(np.sqrt(np.mean(sound[at * samples_a_frame : (at + 1) * samples_a_frame] ** 2))) for at in range(frames)
    ]


def test_the_film_shows_the_frames_that_the_reel_names(tmp_path: Path) -> None:
    first, second = film(tmp_path / "a.mp4", group=12), film(tmp_path / "b.mkv", group=12)
    made = join(reel(Segment(str(first), 0, 30), Segment(str(second), 17, 20)), tmp_path / "film.mp4", silent)
    assert (made.frames, made.fps, made.has_audio) == (50, RATE, False)
    expected = all_pictures(first)[:30] + all_pictures(second)[17:37]
    shown = all_pictures(tmp_path / "film.mp4")
    assert len(shown) == 50
    for number, picture in enumerate(shown):
        errors = [np.abs(picture.astype(int) - other).mean() for other in expected]
        assert errors[number] == min(errors) < 10


def test_the_film_has_exactly_its_frames_in_the_container_too(tmp_path: Path) -> None:
    rate = Fraction(24000, 1001)
    path = film(tmp_path / "a.mp4", fps=rate, sound_s=2.0)
    join(reel(Segment(str(path), 0, 41), audio=True, fps=rate), tmp_path / "film.mp4", silent)
    with av.open(str(tmp_path / "film.mp4")) as container:
        video = container.streams.video[0]
        assert (video.frames, video.average_rate) == (41, rate)
        assert video.duration is not None
        assert video.time_base is not None
        assert video.duration * video.time_base == 41 / rate


def test_a_reel_gives_the_same_bytes_wherever_its_clips_are(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", sound_s=2.0)
    other = tmp_path / "elsewhere" / "other name.mp4"
    other.parent.mkdir()
    shutil.copy(path, other)
    one = join(reel(Segment(str(path), 0, 30), audio=True), tmp_path / "one.mp4", silent)
    two = join(reel(Segment(str(other), 0, 30), audio=True), other.parent / "two.mp4", silent)
    assert one == two


def test_sound_is_trimmed_to_its_picture_and_silence_fills_the_rest(tmp_path: Path) -> None:
    loud, mute = film(tmp_path / "a.mp4", sound_s=4.0), film(tmp_path / "b.mp4")
    short = film(tmp_path / "c.mp4", sound_s=0.5)
    segments = (
        Segment(str(loud), 0, 24),
        Segment(str(mute), 0, 24),
        Segment(str(short), 0, 24),
        Segment(str(loud), 0, 24, mute=True),
        Segment(str(loud), 12, 24, Decimal(-20)),
    )
    made = join(reel(*segments, audio=True), tmp_path / "film.mp4", silent)
    assert made.has_audio
    found = levels(tmp_path / "film.mp4")
    full = 0.3 / np.sqrt(2)
    assert found[1:23] == pytest.approx([full] * 22, rel=0.05)
    assert max(found[25:47]) < 0.01
    assert found[49:59] == pytest.approx([full] * 10, rel=0.05)
    assert max(found[62:95]) < 0.01
    assert found[97:119] == pytest.approx([full / 10] * 22, rel=0.1)


def test_sound_and_picture_end_together(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", sound_s=4.0)
    join(reel(*[Segment(str(path), 0, 7)] * 5, audio=True), tmp_path / "film.mp4", silent)
    sound = all_sound(tmp_path / "film.mp4")
    assert 0 <= len(sound) - 35 * 2000 < AAC_FRAME
    assert np.abs(sound[35 * 2000 :]).max() < 0.01


def test_sound_stays_under_its_picture_to_the_sample(tmp_path: Path) -> None:
    """The tone of the second stretch begins at its own sample: first frame 12 is sample 24,000 of the clip."""
    path = film(tmp_path / "a.mp4", sound_s=2.0)
    join(reel(Segment(str(path), 0, 5), Segment(str(path), 12, 24), audio=True), tmp_path / "film.mp4", silent)
    heard = all_sound(tmp_path / "film.mp4")[10_000 : 10_000 + 48_000]
    inside = slice(2 * FADE_SAMPLES, -2048)
    assert np.abs(heard[inside] - tone(48_000, 24_000)[inside]).max() < 0.03


def test_a_clip_that_lacks_frames_leaves_the_film_that_was_there(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", frames=20)
    (tmp_path / "film.mp4").write_bytes(b"the film of yesterday")
    with pytest.raises(MediaError) as raised:
        join(reel(Segment(str(path), 5, 20)), tmp_path / "film.mp4", silent)
    assert raised.value.code == "no-such-frame"
    assert (tmp_path / "film.mp4").read_bytes() == b"the film of yesterday"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.mp4", "film.mp4"]


def test_a_second_join_over_a_leftover_part_gives_the_film(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    (tmp_path / "film.mp4.part").write_bytes(b"what a killed worker left" * 1000)
    assert join(reel(Segment(str(path), 0, 10)), tmp_path / "film.mp4", silent).frames == 10
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.mp4", "film.mp4"]


def test_a_clip_of_other_colours_is_converted_to_the_films(tmp_path: Path) -> None:
    """Red as BT.601 codes it; passed on as it is, it would come out orange."""
    path = flat(tmp_path / "a.mp4", (81, 90, 240), matrix=6, frames=5)
    join(reel(Segment(str(path), 0, 5)), tmp_path / "film.mp4", silent)
    assert np.abs(all_pictures(tmp_path / "film.mp4")[2].astype(int) - (255, 0, 0)).max() <= 4


def test_progress_rises_to_one(tmp_path: Path) -> None:
    shares: list[float] = []
    path = film(tmp_path / "a.mp4")
    join(reel(Segment(str(path), 0, 40)), tmp_path / "film.mp4", shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
