import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from storyboard.media.encode import Writer
from storyboard.media.jobs import MediaError
from storyboard.media.joining.join import join
from storyboard.media.reel import Fit, Overlay, Reel, Segment
from storyboard.media.sound.sound import sample_at
from storyboard.media.sound.voices import EDGE_SAMPLES, starts
from tests.media.counter import RGB, counted, counter, number_of
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
    assert np.abs(sound[35 * 2000 :]).max(initial=0.0) < 0.01


def test_sound_stays_under_its_picture_to_the_sample(tmp_path: Path) -> None:
    """The tone of the second stretch begins at its own sample: first frame 12 is sample 24,000 of the clip."""
    path = film(tmp_path / "a.mp4", sound_s=2.0)
    join(reel(Segment(str(path), 0, 5), Segment(str(path), 12, 24), audio=True), tmp_path / "film.mp4", silent)
    heard = all_sound(tmp_path / "film.mp4")[10_000 : 10_000 + 48_000]
    inside = slice(2 * EDGE_SAMPLES, -2048)
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


def mixed(out: RGB, in_: RGB, share: float) -> RGB:
    return np.asarray(out * (1 - share) + in_ * share, np.uint8)


def test_a_hundred_joins_show_every_frame_once_and_in_order(tmp_path: Path) -> None:
    """Pictures that say their number; cuts, dissolves, fades in turn; every frame of the film is the expected one."""
    path = counter(tmp_path / "a.mp4", range(1200), group=30)
    segments = [Segment(str(path), 0, 12)]
    for number in range(1, 101):
        overlap = number % 3 * 2 if number % 4 else 0
        fade = 2 if number % 10 == 0 and not overlap else 0
        kind: Any = "dissolve" if overlap else "fade" if fade else None
        segments.append(
            Segment(str(path), number * 11, 10 + number % 3, transition=kind, overlap=overlap, fade_in=fade)
        )
    made = join(reel(*segments), tmp_path / "film.mp4", silent)
    assert made.frames == sum(one.frames - one.overlap for one in segments)
    expected: list[tuple[int, int | None, float]] = []
    for one in segments:
        for at in range(one.frames):
            if at < one.overlap:
                place = len(expected) - one.overlap + at
                expected[place] = (expected[place][0], one.first + at, (at + 1) / (one.overlap + 1))
            else:
                expected.append((one.first + at, None, at / one.fade_in if at < one.fade_in else 1.0))
    shown = all_pictures(tmp_path / "film.mp4")
    assert len(shown) == len(expected)
    for picture, (number, incoming, share) in zip(shown, expected, strict=True):
        if incoming is not None:
            target = mixed(counted(number), counted(incoming), share)
            others = [mixed(counted(number + by), counted(incoming + by), share) for by in (-1, 1)]
        else:
            target, others = mixed(np.zeros_like(picture), counted(number), share), []
            assert share < 1 or number_of(picture) == number
        error = np.abs(picture.astype(int) - target).mean()
        assert error < 12
        assert all(error < np.abs(picture.astype(int) - other).mean() for other in others)


@pytest.mark.parametrize("direction", ["left", "right", "up", "down"])
def test_a_wipe_shows_the_frames_of_both_clips(direction: Any, tmp_path: Path) -> None:
    path = counter(tmp_path / "a.mp4", range(60), width=320, height=180)
    coming = Segment(str(path), 30, 12, transition="wipe", overlap=5, direction=direction)
    wide = Reel(320, 180, RATE, False, (Segment(str(path), 0, 12), coming))
    assert join(wide, tmp_path / "film.mp4", silent).frames == 19
    shown = all_pictures(tmp_path / "film.mp4")
    along = {"left": np.arange(320)[::-1], "right": np.arange(320), "up": np.arange(180)[::-1], "down": np.arange(180)}
    for at in range(5):
        place = along[direction] if direction in ("left", "right") else along[direction][:, None]
        edge = len(along[direction]) * (at + 1) / 6
        crossed = np.broadcast_to(place < edge, (180, 320))[..., None]
        far = np.broadcast_to(np.abs(place - edge) > 6, (180, 320))
        expected = np.where(crossed, counted(30 + at, 320, 180), counted(7 + at, 320, 180)).astype(int)
        assert np.abs(shown[7 + at] - expected)[far].mean() < 8
    assert [number_of(one) for one in shown[12:]] == list(range(35, 42))


def test_a_fade_goes_through_black_and_takes_no_frame_away(tmp_path: Path) -> None:
    path = counter(tmp_path / "a.mp4", range(40))
    segments = (Segment(str(path), 0, 20, fade_out=6), Segment(str(path), 20, 20, transition="fade", fade_in=6))
    assert join(reel(*segments), tmp_path / "film.mp4", silent).frames == 40
    light = [one.max() for one in all_pictures(tmp_path / "film.mp4")]
    assert max(light[19], light[20]) <= 3
    assert light[14] > light[15] > light[16] > light[17] > light[18] > 20
    assert [number_of(one) for one in all_pictures(tmp_path / "film.mp4")[26:]] == list(range(26, 40))


def test_titles_stand_over_their_frames_of_the_film(tmp_path: Path) -> None:
    path = flat(tmp_path / "a.mp4", (100, 128, 128), matrix=1, frames=40)
    over = Overlay("OSLO", "center", "#ffffff", 10, 30)
    join(reel(Segment(str(path), 0, 4), Segment(str(path), 0, 40, titles=(over,))), tmp_path / "film.mp4", silent)
    lettered = [int(np.ptp(one)) > 20 for one in all_pictures(tmp_path / "film.mp4")]
    assert [at for at, seen in enumerate(lettered) if seen] == list(range(14, 34))


def test_a_clip_of_another_size_is_fitted_as_the_reel_says(tmp_path: Path) -> None:
    path = flat(tmp_path / "a.mp4", (235, 128, 128), matrix=1, frames=5)
    fits: list[tuple[Fit, bool]] = [("crop", False), ("pad", True)]
    for fit, dark in fits:
        join(Reel(90, 160, RATE, False, (Segment(str(path), 0, 5),), fit), tmp_path / "film.mp4", silent)
        picture = all_pictures(tmp_path / "film.mp4")[2]
        assert picture.shape == (160, 90, 3)
        assert (picture[5].max() < 10) == dark
        assert picture[80].min() > 245


@pytest.mark.parametrize(("source", "fps"), [(Fraction(25), RATE), (Fraction(24000, 1001), RATE), (RATE, Fraction(30))])
def test_a_clip_of_another_rate_keeps_its_pace(source: Fraction, fps: Fraction, tmp_path: Path) -> None:
    path = counter(tmp_path / "a.mp4", range(120), source)
    join(reel(Segment(str(path), 7, 60), fps=fps), tmp_path / "film.mp4", silent)
    expected = [int((7 + at) / fps * source // 1) for at in range(60)]
    assert [number_of(one) for one in all_pictures(tmp_path / "film.mp4")] == expected


def test_transitions_that_want_the_same_frames_are_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    coming = Segment(str(path), 0, 10, transition="dissolve", overlap=6)
    with pytest.raises(MediaError) as raised:
        join(reel(Segment(str(path), 0, 10), coming, coming), tmp_path / "film.mp4", silent)
    assert raised.value.code == "transitions-overlap"
    assert [one.name for one in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("pieces", [12, pytest.param(80, marks=pytest.mark.slow)])
def test_over_minutes_every_click_is_heard_within_its_frame_and_within_a_millisecond(
    pieces: int, tmp_path: Path
) -> None:
    """A frame of light and a click that begin together, at 30000/1001, in pieces of odd lengths and under dissolves."""
    rate, flash = Fraction(30000, 1001), 100
    clip = tmp_path / "a.mp4"
    with Writer(clip, 64, 36, rate, audio=True) as writer:
        click = np.zeros(sample_at(300, rate), np.float32)
        click[sample_at(flash, rate) :][:480] = 0.8
        writer.sound(click)
        for number in range(300):
            writer.write(np.full((36, 64, 3), 255 if number == flash else 0, np.uint8))
    segments = [Segment(str(clip), 0, 251)]
    for number in range(1, pieces):
        crossing: Any = "dissolve" if number % 3 == 0 else None
        segments.append(
            Segment(
                str(clip), number % 7, 229 + number % 11, transition=crossing, overlap=number % 5 + 1 if crossing else 0
            )
        )
    whole = Reel(64, 36, rate, True, tuple(segments))
    assert whole.frames / rate > 7 * pieces
    join(whole, tmp_path / "film.mp4", silent)
    with av.open(str(tmp_path / "film.mp4")) as container:
        light = [frame.to_ndarray(format="gray").mean() > 128 for frame in container.decode(video=0)]
    flashes = [number for number, lit in enumerate(light) if lit]
    expected = [at + flash - one.first for at, one in zip(starts(whole), segments, strict=True)]
    assert flashes == expected
    heard = np.abs(all_sound(tmp_path / "film.mp4"))
    for frame in flashes:
        at = sample_at(frame, rate)
        assert heard[at - 2000 : at - 48].max() < 0.2, frame
        assert heard[at : at + 96].max() > 0.4, frame


@pytest.mark.parametrize("speed", ["2", "1/2", "7/10", "4"])
@pytest.mark.parametrize("source", [RATE, Fraction(25)])
def test_a_clip_is_played_at_the_speed_of_its_shot(speed: str, source: Fraction, tmp_path: Path) -> None:
    path = counter(tmp_path / "a.mp4", range(120), source)
    join(reel(Segment(str(path), 7, 25, speed=Fraction(speed))), tmp_path / "film.mp4", silent)
    expected = [int((7 + at * Fraction(speed)) / RATE * source // 1) for at in range(25)]
    assert [number_of(one) for one in all_pictures(tmp_path / "film.mp4")] == expected


def test_sound_at_another_speed_keeps_its_pitch_and_its_place(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", frames=120, sound_s=2.0)
    segments = (Segment(str(path), 0, 48, speed=Fraction(2)), Segment(str(path), 0, 24))
    join(reel(*segments, audio=True), tmp_path / "film.mp4", silent)
    found = levels(tmp_path / "film.mp4")
    full = 0.3 / np.sqrt(2)
    assert found[2:22] == pytest.approx([full] * 20, rel=0.15)
    assert max(found[26:46]) < 0.02
    heard = all_sound(tmp_path / "film.mp4")[8_000:40_000]
    assert int(np.abs(np.fft.rfft(heard)).argmax()) == 480 * len(heard) // 48_000
