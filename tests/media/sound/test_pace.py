from fractions import Fraction

import numpy as np
import pytest

from storyboard.media.sound.pace import paced
from storyboard.media.sound.sound import Samples
from tests.media.footage import tone

FRAME = 2000


def stereo(heard: Samples) -> Samples:
    return np.stack([heard, heard])


def test_at_its_own_pace_sound_is_what_it_was() -> None:
    heard = stereo(tone(10_000))
    assert np.array_equal(paced(heard, Fraction(1), 10_000), heard)


@pytest.mark.parametrize(
    "speed", [Fraction(1, 4), Fraction(1, 2), Fraction(11, 10), Fraction(2), Fraction(38667, 1000)]
)
def test_the_pitch_stays_and_the_length_is_exact(speed: Fraction) -> None:
    count = 48_000
    played = paced(stereo(tone(round(count * speed))), speed, count)[0]
    assert len(played) == count
    spectrum = np.abs(np.fft.rfft(played[8192 : 8192 + 24_000] * np.hanning(24_000)))
    assert abs(int(spectrum.argmax()) * 2 - 480) <= 12


@pytest.mark.parametrize("speed", [Fraction(1, 2), Fraction(3, 2), Fraction(4)])
def test_a_click_comes_when_its_picture_does(speed: Fraction) -> None:
    heard = np.zeros(round(10 * 48_000 * speed), np.float32)
    for second in range(1, 10):
        at = round(second * 48_000 * speed)
        heard[at : at + 2000] = tone(2000, level=0.9)
    played = paced(stereo(heard), speed, 480_000)[0]
    for second in range(1, 10):
        window = np.abs(played[second * 48_000 - 4000 : second * 48_000 + 6000])
        assert abs(int((window > 0.2).argmax()) - 4000) < FRAME, second
