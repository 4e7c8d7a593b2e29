import tracemalloc
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.jobs import MediaError
from storyboard.media.sound import sound
from storyboard.media.sound.sound import SAMPLE_RATE, Tap, flow, listen, sample_at
from tests.media.footage import film, pcm, sung, tone, trimmed

INSIDE = slice(240, -240)
"""The part of a stretch that no decoder's edge touches."""


def phase(sound: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    """By how many samples the test tone in `sound` is late (0 to 100): its period is 100 samples."""
    whole = sound[: len(sound) // 100 * 100]
    turn = np.sum(whole * np.exp(-2j * np.pi * np.arange(len(whole)) / 100))
    return float((-np.angle(turn) / (2 * np.pi) * 100 - 25) % 100)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.ts"])
def test_a_stretch_begins_at_its_sample(name: str, tmp_path: Path) -> None:
    path = film(tmp_path / name, sound_s=2.0)
    for start in (0, 4800, 10_007):
        heard = listen(path, start, 24_000)[0]
        expected = tone(24_000, start)
        lateness = (phase(heard[1000:-1000]) - phase(expected[1000:-1000]) + 50) % 100 - 50
        assert abs(lateness) < (1 if name in ("a.mp4", "a.mov") else 60), start
        assert np.sqrt(np.mean(heard[INSIDE] ** 2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.03)


def test_in_mp4_the_samples_are_those_that_went_in(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", sound_s=2.0)
    heard = listen(path, 12_000, 24_000)[0]
    assert np.abs(heard[INSIDE] - tone(24_000, 12_000)[INSIDE]).max() < 0.02


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.ts"])
def test_a_stretch_deep_in_a_file_is_the_one_that_reading_all_of_it_gives(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(tmp_path / name, frames=40 * 24, sound_s=40.0, group=24)
    starts = (1_000_007, 1_440_000, 1_900_000)
    sought = [listen(path, start, 24_000)[0] for start in starts]
    monkeypatch.setattr(sound, "FAR_SAMPLES", 10**12)
    for start, heard in zip(starts, sought, strict=True):
        assert np.abs(heard - listen(path, start, 24_000)[0]).max() < 0.002


def test_sound_that_an_edit_list_hides_is_not_heard(tmp_path: Path) -> None:
    path = trimmed(tmp_path / "b.mp4", film(tmp_path / "a.mp4", sound_s=2.0), 12)
    heard = listen(path, 2400, 24_000)[0]
    assert np.abs(heard[INSIDE] - tone(24_000, 2400 + 24_000)[INSIDE]).max() < 0.02


@pytest.mark.parametrize("layout", ["mono", "stereo"])
def test_mono_and_stereo_are_heard_on_both_sides_as_loud_as_they_were(layout: str, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", sound_s=2.0, layout=layout)
    for side in listen(path, 12_000, 24_000):
        assert np.abs(side[INSIDE] - tone(24_000, 12_000)[INSIDE]).max() < 0.02


def test_left_stays_left(tmp_path: Path) -> None:
    path = pcm(tmp_path / "a.wav", np.stack([tone(4800), np.zeros(4800)]))
    left, right = listen(path, 0, 4800)
    assert np.abs(left - tone(4800)).max() < 0.001
    assert not right.any()


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "a.m4a", "a.aac", "a.aiff", "a.mka"])
def test_a_file_of_sound_alone_begins_with_its_first_sample(name: str, tmp_path: Path) -> None:
    """AAC without a container says nothing of its priming: there the decoder's own first samples count.

    LAME makes everything 0.4 dB quieter.
    """
    heard = listen(sung(tmp_path / name, tone(96_000)), 4800, 24_000)[0]
    assert np.sqrt(np.mean(heard[INSIDE] ** 2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.06)
    lateness = (phase(heard[1000:-1000]) - phase(tone(24_000, 4800)[1000:-1000]) + 50) % 100 - 50
    assert name == "a.aac" or abs(lateness) < 1


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 96_000])
def test_another_rate_keeps_its_pitch_and_its_time(rate: int, tmp_path: Path) -> None:
    wave = 0.3 * np.sin(2 * np.pi * 480 * np.arange(2 * rate) / rate)
    heard = listen(pcm(tmp_path / "a.wav", wave[None], rate), 4800, 48_000)[0]
    assert np.abs(heard - tone(48_000, 4800)).max() < 0.005


def test_a_long_file_is_never_held_whole(tmp_path: Path) -> None:
    """Two minutes are 46 MB as samples; what is taken at once is a second."""
    path = sung(tmp_path / "a.flac", np.zeros(120 * SAMPLE_RATE, np.float32))
    tap = Tap(flow(path, 0))
    tracemalloc.start()
    for _ in range(120):
        assert tap.take(SAMPLE_RATE).shape == (2, SAMPLE_RATE)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * 2**20


def test_past_the_end_of_the_sound_there_is_silence(tmp_path: Path) -> None:
    heard = listen(film(tmp_path / "a.mp4", sound_s=1.0), 0, 96_000)[0]
    assert np.abs(heard[52_000:]).max() == 0
    assert len(heard) == 96_000


def test_a_clip_without_sound_is_silent(tmp_path: Path) -> None:
    assert not listen(film(tmp_path / "a.mp4", frames=5), 0, 1000)[0].any()


def test_a_stretch_of_no_samples_is_empty(tmp_path: Path) -> None:
    assert len(listen(film(tmp_path / "a.mp4", sound_s=1.0), 0, 0)[0]) == 0


@given(st.integers(0, 10**7), st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(30000, 1001)]))
def test_a_frame_begins_within_half_a_sample_of_its_time(frame: int, fps: Fraction) -> None:
    assert abs(sample_at(frame, fps) - frame * SAMPLE_RATE / fps) <= Fraction(1, 2)


def test_a_sound_that_is_cut_short_ends_early_and_is_silent_then(tmp_path: Path) -> None:
    path = sung(tmp_path / "a.mp3", tone(96_000))
    path.write_bytes(path.read_bytes()[:6000])
    heard = listen(path, 0, 96_000)[0]
    assert np.abs(heard[:20_000]).max() > 0.2
    assert not heard[60_000:].any()


def test_a_sound_that_is_damaged_all_over_is_refused(tmp_path: Path) -> None:
    path = sung(tmp_path / "a.m4a", np.random.default_rng(1).normal(0, 0.1, 240_000))
    data = bytearray(path.read_bytes())
    for at in range(2000, len(data) - 4000, 900):
        data[at : at + 200] = bytes([255] * 200)
    path.write_bytes(data)
    with pytest.raises(MediaError) as raised:
        listen(path, 0, 240_000)
    assert raised.value.code == "clip-damaged"
