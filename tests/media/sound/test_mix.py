import tracemalloc
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from storyboard.media.jobs import ConformJob
from storyboard.media.making.conform import conform
from storyboard.media.reel import Reel, Segment, Stretch, Track
from storyboard.media.sound.mix import Mix, loudness
from storyboard.media.sound.sound import sample_at
from storyboard.media.sound.voices import SOFT_SAMPLES
from storyboard.structs import replace
from tests.media.footage import film, pcm, sung, tone
from tests.media.footage import silent as no_report

RATE = Fraction(24)
FRAME = 2000
FULL = 0.3 / np.sqrt(2)


def mixed(*segments: Segment, fps: Fraction = RATE) -> NDArray[np.float32]:
    reel = Reel(160, 90, fps, True, segments)
    heard = np.concatenate(list(Mix(reel).until(reel.frames)), axis=1)
    assert heard.shape == (2, sample_at(reel.frames, fps))
    assert np.abs(heard[0] - heard[1]).max() < 0.005
    left: NDArray[np.float32] = heard[0]
    return left


def level(heard: NDArray[np.float32], first: float, last: float) -> float:
    """How loud it is between two frames, in shares of the whole tone."""
    return float(np.sqrt(np.mean(heard[round(first * FRAME) : round(last * FRAME)] ** 2)) / FULL)


@pytest.fixture
def loud(tmp_path: Path) -> Segment:
    return Segment(str(film(tmp_path / "a.mp4", sound_s=4.0)), 24, 24)


@pytest.fixture
def quiet(tmp_path: Path) -> Segment:
    return Segment(str(film(tmp_path / "b.mp4")), 0, 24)


def test_sound_lies_under_its_own_picture(loud: Segment, quiet: Segment) -> None:
    heard = mixed(quiet, loud, quiet)
    assert level(heard, 0, 24) == 0
    assert np.abs(heard[50_000:94_000] - tone(44_000, 50_000)).max() < 0.03
    assert level(heard, 48, 72) == 0


def test_a_rate_that_does_not_divide_the_samples_does_not_drift(loud: Segment) -> None:
    rate = Fraction(24000, 1001)
    pieces = [replace(loud, first=at % 48, frames=1) for at in range(300)]
    assert len(mixed(*pieces, fps=rate)) == sample_at(300, rate)


def test_a_dissolve_crosses_two_sounds_with_equal_power(loud: Segment, quiet: Segment) -> None:
    heard = mixed(loud, replace(quiet, transition="dissolve", overlap=12))
    assert level(heard, 4, 11.9) == pytest.approx(1, abs=0.03)
    assert level(heard, 17.5, 18.5) == pytest.approx(np.sqrt(0.5), abs=0.04)
    assert level(heard, 23.5, 24) < 0.2
    assert level(heard, 24, 36) == 0


def test_a_fade_takes_the_sound_with_it(loud: Segment) -> None:
    heard = mixed(replace(loud, fade_out=12), replace(loud, transition="fade", fade_in=12))
    assert level(heard, 17.5, 18.5) == pytest.approx(0.5, abs=0.05)
    assert level(heard, 23.8, 24.2) < 0.05
    assert level(heard, 29.5, 30.5) == pytest.approx(0.5, abs=0.05)
    assert level(heard, 37, 47) == pytest.approx(1, abs=0.03)


def test_a_lead_is_heard_before_its_picture_and_lies_where_it_would(loud: Segment, quiet: Segment) -> None:
    heard = mixed(quiet, replace(loud, lead=8))
    assert level(heard, 0, 16) == 0
    inside = slice(16 * FRAME + SOFT_SAMPLES, 47 * FRAME)
    assert np.abs(heard[inside] - tone(96_000)[inside]).max() < 0.03


def test_a_tail_is_heard_after_its_picture(loud: Segment, quiet: Segment) -> None:
    heard = mixed(replace(loud, tail=8), quiet)
    assert level(heard, 24, 29) == pytest.approx(1, abs=0.03)
    assert level(heard, 32, 48) == 0


def test_a_lead_begins_with_its_clip_at_the_earliest(loud: Segment, quiet: Segment) -> None:
    heard = mixed(quiet, replace(loud, first=2, lead=20))
    assert level(heard, 0, 22) == 0
    assert level(heard, 22, 24) > 0.2


def test_a_lead_of_the_first_and_a_tail_of_the_last_segment_end_with_the_film(loud: Segment) -> None:
    assert len(mixed(replace(loud, lead=9), replace(loud, tail=9))) == 48 * FRAME


def test_a_lead_longer_than_the_segment_before_reaches_past_it(loud: Segment, quiet: Segment) -> None:
    heard = mixed(quiet, replace(quiet, frames=4), replace(loud, first=30, lead=20))
    assert level(heard, 0, 8) == 0
    assert level(heard, 14, 50) == pytest.approx(1, abs=0.03)


def test_gain_and_mute(loud: Segment) -> None:
    heard = mixed(replace(loud, gain_db=Decimal(-20)), replace(loud, mute=True))
    assert level(heard, 1, 23) == pytest.approx(0.1, rel=0.1)
    assert level(heard, 24, 48) == 0


def laid(*tracks: Track, frames: int = 240, **fields: Any) -> NDArray[np.float32]:
    """Tracks alone, over a film of silent pictures."""
    silent = Segment("nothing.mp4", 0, frames, mute=True)
    reel = Reel(160, 90, RATE, True, (silent,), tracks=tracks, **fields)
    return np.concatenate(list(Mix(reel).until(frames)), axis=1)


def test_a_track_is_heard_over_its_frames_alone_from_its_own_moment_on(tmp_path: Path) -> None:
    path = str(pcm(tmp_path / "a.wav", tone(480_000)[None]))
    heard = laid(Track(path, 48, 96, start=Fraction(1, 3)))[0]
    assert not heard[: 48 * FRAME].any()
    inside = slice(48 * FRAME + 240, 144 * FRAME - 240)
    assert np.abs(heard[inside] - tone(96 * FRAME, 16_000)[240:-240]).max() < 0.001
    assert not heard[144 * FRAME :].any()


def test_sides_stay_where_they_are_and_tracks_add_up(tmp_path: Path) -> None:
    left = str(pcm(tmp_path / "left.wav", np.stack([tone(480_000), np.zeros(480_000)])))
    middle = str(pcm(tmp_path / "middle.wav", tone(480_000, level=0.1)[None]))
    heard = laid(Track(left, 0, 240), Track(middle, 0, 240))
    assert np.abs(heard[0] - tone(480_000, level=0.4))[240:-240].max() < 0.001
    assert np.abs(heard[1] - tone(480_000, level=0.1))[240:-240].max() < 0.001


def test_a_track_fades_in_and_out(tmp_path: Path) -> None:
    path = str(pcm(tmp_path / "a.wav", tone(480_000)[None]))
    heard = laid(Track(path, 24, 168, fade_in=Fraction(2), fade_out=Fraction(3)))[0]
    assert level(heard, 47.5, 48.5) == pytest.approx(0.5, abs=0.01)
    assert level(heard, 73, 119) == pytest.approx(1, abs=0.01)
    assert level(heard, 155.5, 156.5) == pytest.approx(0.5, abs=0.01)


def test_music_ducks_under_narration_and_under_dialogue_but_not_under_effects(tmp_path: Path) -> None:
    """Tones of two pitches, so that the music's share can be told from what it ducks under."""
    music = str(pcm(tmp_path / "music.wav", tone(480_000)[None]))
    voice = str(pcm(tmp_path / "voice.wav", 0.2 * np.sin(np.arange(96_000) * 2 * np.pi * 1200 / 48_000)[None]))

    def of_music(over: Track) -> NDArray[np.float64]:
        heard = laid(Track(music, 0, 240, duck=True), over)[0].astype(np.float64)
        seconds = heard.reshape(10, 48_000)
        shares: NDArray[np.float64] = (
            np.abs(seconds @ np.exp(-2j * np.pi * 480 * np.arange(48_000) / 48_000)) / 24_000 / 0.3
        )
        return shares

    ducked = of_music(Track(voice, 96, 48, speech=True))
    assert ducked[4:6] == pytest.approx(10 ** (-10 / 20), rel=0.01)
    assert ducked[[1, 2, 8, 9]] == pytest.approx(1, rel=0.01)
    assert of_music(Track(voice, 96, 48))[1:9] == pytest.approx(1, rel=0.01)


def test_a_loud_mix_is_limited_and_a_film_with_a_gain_is_not_touched(tmp_path: Path) -> None:
    loud = Track(str(pcm(tmp_path / "a.wav", tone(480_000, level=0.9)[None])), 0, 240)
    assert np.abs(laid(loud, loud)).max() == pytest.approx(10 ** (-1 / 20), abs=0.001)
    heard = laid(loud, loud, gain_db=Decimal(-20))
    assert np.abs(heard[0] - tone(480_000, level=0.18))[240:-240].max() < 0.001


def test_what_leads_and_trails_of_footage_goes_on_without_a_seam(tmp_path: Path) -> None:
    """The clip is two seconds of a long tone; before and after it the tone is read on from the file."""
    source = film(tmp_path / "long.mp4", frames=240, sound_s=10.0)
    clip = tmp_path / "clip.mp4"
    conform(ConformJob(str(source), "3", "2", "1", 160, 90, "24", "crop", None, True, str(clip)), no_report)
    silent = Segment(str(clip), 0, 48, mute=True)
    shown = Segment(str(clip), 0, 48, lead=24, tail=24, footage=Stretch(str(source), Fraction(3)))
    heard = mixed(silent, shown, silent)
    assert level(heard, 0, 23.9) == 0
    inside = slice(24 * FRAME + SOFT_SAMPLES, 120 * FRAME - SOFT_SAMPLES)
    assert np.abs(heard[inside] - tone(144 * FRAME)[inside]).max() < 0.03
    assert level(heard, 120.1, 144) == 0


def test_what_leads_at_another_speed_keeps_its_pitch(tmp_path: Path) -> None:
    source = film(tmp_path / "long.mp4", frames=10, sound_s=10.0)
    clip = film(tmp_path / "clip.mp4", frames=48, sound_s=2.0)
    silent = Segment(str(clip), 0, 48, mute=True)
    heard = mixed(silent, Segment(str(clip), 0, 48, lead=24, footage=Stretch(str(source), Fraction(4), Fraction(2))))
    assert level(heard, 28, 90) == pytest.approx(1, abs=0.05)
    spectrum = np.abs(np.fft.rfft(heard[28 * FRAME : 46 * FRAME]))
    assert abs(int(spectrum.argmax()) / (18 * FRAME) * 48_000 - 480) < 10


def test_the_mix_of_an_hour_takes_no_more_memory_than_that_of_a_minute(tmp_path: Path) -> None:
    """A long file looped: one block a voice. Ten minutes here, 230 MB if they were held; an hour goes the same way."""
    path = str(sung(tmp_path / "a.flac", np.zeros(90 * 48_000, np.float32)))
    track = Track(path, 0, 14_400, loop=Fraction(90))
    mix = Mix(Reel(160, 90, RATE, True, (Segment("x", 0, 14_400, mute=True),), tracks=(track,), gain_db=Decimal(0)))
    tracemalloc.start()
    given = sum(block.shape[1] for block in mix.until(14_400))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert given == 600 * 48_000
    assert most < 8 * 2**20


def test_the_loudness_of_a_reel_is_that_of_what_is_laid(tmp_path: Path) -> None:
    path = str(pcm(tmp_path / "a.wav", 0.1 * np.sin(np.arange(480_000) * 2 * np.pi * 997 / 48_000)[None]))
    shares: list[float] = []
    reel = Reel(160, 90, RATE, True, (Segment("x", 0, 240, mute=True),), tracks=(Track(path, 0, 240),))
    assert loudness(reel, shares.append).lufs == pytest.approx(Decimal(-20), abs=Decimal("0.1"))
    assert shares[-1] == 1


def hardest(heard: NDArray[np.float32], at: int) -> float:
    """The largest step of the wave's slope around a sample: a click is a large one."""
    return float(np.abs(np.diff(heard[at - 960 : at + 1920], 2)).max())


def test_a_hard_cut_neither_clicks_nor_gapes(tmp_path: Path) -> None:
    """Two tones of other phases: crossed, they stay as loud and as smooth as they are; butted together, they click."""
    count = 25 * FRAME
    low = np.sin(2 * np.pi * np.arange(count) * 311 / 48_000) * 0.3
    high = np.sin(2 * np.pi * np.arange(count) * 523 / 48_000 + 1.0) * 0.3
    paths = [sung(tmp_path / f"{name}.flac", wave) for name, wave in (("a", low), ("b", high))]
    one, two = (Segment(str(path), 0, 24, spare=1) for path in paths)
    heard = mixed(one, two)
    cut = 24 * FRAME
    smooth = max(hardest(heard, at) for at in (12 * FRAME, 36 * FRAME))
    butted = np.concatenate([low[:cut], high[:cut]]).astype(np.float32)
    assert hardest(heard, cut) < 1.5 * smooth < hardest(butted, cut) / 5
    pieces = [float(np.sqrt(np.mean(heard[at : at + 480] ** 2))) for at in range(cut - 1920, cut + 2400, 240)]
    assert min(pieces) > 0.6 * max(pieces)
    gaping = mixed(replace(one, spare=0), two)
    assert level(gaping, 24 - 0.05, 24 + 0.05) < 0.35
