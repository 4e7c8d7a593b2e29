from decimal import Decimal

import numpy as np
import pytest

from storyboard.media.reel import PEAK_DB
from storyboard.media.sound.levels import Limiter, Meter
from storyboard.media.sound.sound import SAMPLE_RATE, Samples

MOST = 10 ** (float(PEAK_DB) / 20)


def sine(level: float, seconds: int = 6, hertz: float = 997) -> Samples:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE)
    return np.stack([wave, wave]).astype(np.float32)


def limited(heard: Samples, block: int = SAMPLE_RATE) -> Samples:
    limiter = Limiter()
    pieces = [limiter.through(heard[:, at : at + block]) for at in range(0, heard.shape[1], block)]
    return np.concatenate([*pieces, limiter.rest()], axis=1)


def measured(heard: Samples) -> tuple[Decimal | None, Decimal]:
    meter = Meter()
    for at in range(0, heard.shape[1], SAMPLE_RATE):
        meter.hear(heard[:, at : at + SAMPLE_RATE])
    found = meter.measured()
    return found.lufs, found.peak_db


def test_what_is_below_the_limit_is_not_touched() -> None:
    heard = sine(0.8)
    assert np.array_equal(limited(heard), heard)
    assert np.array_equal(limited(heard, 7001), heard)


def test_nothing_passes_the_limit_and_nothing_moves() -> None:
    heard = sine(0.5)
    heard[:, 100_000:120_000] *= 4
    found = limited(heard)
    assert found.shape == heard.shape
    assert np.abs(found).max() <= MOST + 1e-4
    assert np.array_equal(found[:, :99_000], heard[:, :99_000])
    assert np.abs(found[:, 140_000:] - heard[:, 140_000:]).max() < 0.01


@pytest.mark.parametrize("level", [-40, -23, -6])
def test_a_tone_on_both_sides_is_as_loud_as_the_standard_says(level: int) -> None:
    """EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS is at -23 LUFS."""
    lufs, peak = measured(sine(10 ** (level / 20)))
    assert lufs == pytest.approx(Decimal(level), abs=Decimal("0.1"))
    assert 0 <= peak - level < Decimal("0.5" if level == -40 else "0.1")


def test_pauses_do_not_count() -> None:
    """EBU Tech 3341, case 3: what lies far below the rest is gated away."""
    heard = np.concatenate([sine(10 ** (-36 / 20), 10), sine(10 ** (-23 / 20), 60), sine(10 ** (-36 / 20), 10)], axis=1)
    assert measured(heard)[0] == pytest.approx(Decimal(-23), abs=Decimal("0.1"))


def test_a_peak_between_two_samples_counts() -> None:
    """EBU Tech 3341, case 16: a quarter of the sample rate at 45 degrees has its samples 3 dB below its peak."""
    wave = 0.5 * np.sin(np.pi / 2 * np.arange(4 * SAMPLE_RATE) + np.pi / 4)
    assert np.abs(wave).max() < 0.36
    wave[:SAMPLE_RATE] *= np.linspace(0, 1, SAMPLE_RATE)
    assert measured(np.stack([wave, wave]).astype(np.float32))[1] == pytest.approx(Decimal(-6), abs=Decimal("0.4"))


def test_silence_has_no_loudness() -> None:
    assert measured(np.zeros((2, 5 * SAMPLE_RATE), np.float32))[0] is None
