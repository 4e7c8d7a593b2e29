import numpy as np
import pytest

from storyboard.media.sound.duck import AHEAD_SAMPLES, DOWN_S, DUCK_DB, HOLD_S, UP_S, Ducker
from storyboard.media.sound.sound import SAMPLE_RATE, Samples

MUSIC = np.full((2, 12 * SAMPLE_RATE), 0.5, np.float32)


def spoken(first_s: float, last_s: float, level: float = 0.1) -> Samples:
    """Somebody speaks from one second to another, as the ducker is given it: a little ahead."""
    speech = np.zeros_like(MUSIC)
    noise = np.random.default_rng(1).normal(0, level, MUSIC.shape)
    first, last = (round(at * SAMPLE_RATE) - AHEAD_SAMPLES for at in (first_s, last_s))
    speech[:, first:last] = noise[:, first:last]
    return speech


def decibels(speech: Samples, block: int = SAMPLE_RATE) -> Samples:
    ducker = Ducker()
    pieces = [ducker.through(MUSIC[:, at : at + block], speech[:, at : at + block]) for at in range(0, 576_000, block)]
    found = np.concatenate(pieces, axis=1)
    assert found.shape == MUSIC.shape
    level: Samples = 20 * np.log10(found[0] / 0.5)
    return level


@pytest.mark.parametrize("level", [0.01, 0.1, 0.5])
def test_under_speech_music_is_as_much_quieter_as_is_said(level: float) -> None:
    found = decibels(spoken(4, 7, level))
    assert found[4 * SAMPLE_RATE : 7 * SAMPLE_RATE] == pytest.approx(DUCK_DB, abs=0.01)


def test_it_is_down_when_the_first_word_comes_and_was_not_down_long_before() -> None:
    found = decibels(spoken(4, 7))
    assert not found[: round((4 - DOWN_S - 0.02) * SAMPLE_RATE)].any()
    assert -7 < found[round((4 - DOWN_S / 2) * SAMPLE_RATE)] < -3


def test_it_comes_up_evenly_after_the_last() -> None:
    found = decibels(spoken(4, 7))
    up = 7 + HOLD_S
    assert found[round((up - 0.02) * SAMPLE_RATE)] == pytest.approx(DUCK_DB, abs=0.01)
    assert found[round((up + UP_S / 2) * SAMPLE_RATE)] == pytest.approx(DUCK_DB / 2, abs=0.5)
    assert not found[round((up + UP_S + 0.02) * SAMPLE_RATE) :].any()


def test_it_stays_down_over_a_short_pause() -> None:
    found = decibels(spoken(4, 5) + spoken(5.5, 7))
    assert found[4 * SAMPLE_RATE : 7 * SAMPLE_RATE] == pytest.approx(DUCK_DB, abs=0.01)


def test_the_level_never_jumps() -> None:
    assert np.abs(np.diff(decibels(spoken(4, 7)))).max() < 0.001


def test_noise_far_below_speech_does_nothing() -> None:
    assert not decibels(spoken(4, 7, 0.002)).any()


def test_blocks_of_another_length_give_the_same() -> None:
    assert np.abs(decibels(spoken(4, 7), 4800) - decibels(spoken(4, 7))).max() < 1e-4
