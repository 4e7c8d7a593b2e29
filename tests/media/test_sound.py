from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media import sound
from storyboard.media.sound import FADE_SAMPLES, SAMPLE_RATE, listen, sample_at
from tests.media.footage import film, tone, trimmed

INSIDE = slice(FADE_SAMPLES, -FADE_SAMPLES)
"""The part of a stretch that no fade touches."""


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


def test_stereo_becomes_mono(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", sound_s=2.0, layout="stereo")
    heard = listen(path, 12_000, 24_000)[0]
    assert np.abs(heard[INSIDE] - tone(24_000, 12_000)[INSIDE]).max() < 0.02


def test_past_the_end_of_the_sound_there_is_silence(tmp_path: Path) -> None:
    heard = listen(film(tmp_path / "a.mp4", sound_s=1.0), 0, 96_000)[0]
    assert np.abs(heard[52_000:]).max() == 0
    assert len(heard) == 96_000


def test_a_clip_without_sound_is_silent(tmp_path: Path) -> None:
    assert not listen(film(tmp_path / "a.mp4", frames=5), 0, 1000)[0].any()


def test_a_muted_stretch_is_silent(tmp_path: Path) -> None:
    assert not listen(film(tmp_path / "a.mp4", sound_s=1.0), 0, 1000, None).any()


def test_gain_is_in_decibels(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", sound_s=1.0)
    quiet, loud = listen(path, 0, 24_000, Decimal(-6)), listen(path, 0, 24_000)[0]
    assert np.abs(quiet - loud * 10 ** (-6 / 20)).max() < 1e-6


def test_both_ends_fade_from_nothing(tmp_path: Path) -> None:
    heard = listen(film(tmp_path / "a.mp4", sound_s=1.0), 4825, 24_000)[0]
    assert abs(heard[0]) < 0.001
    assert abs(heard[-1]) < 0.002


def test_a_stretch_of_no_samples_is_empty(tmp_path: Path) -> None:
    assert len(listen(film(tmp_path / "a.mp4", sound_s=1.0), 0, 0)[0]) == 0


@given(st.integers(0, 10**7), st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(30000, 1001)]))
def test_a_frame_begins_within_half_a_sample_of_its_time(frame: int, fps: Fraction) -> None:
    assert abs(sample_at(frame, fps) - frame * SAMPLE_RATE / fps) <= Fraction(1, 2)
