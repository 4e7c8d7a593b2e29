from pathlib import Path

import numpy as np
import pytest

from storyboard.media.sound import loops
from storyboard.media.sound.loops import SEAM_SAMPLES, looped
from storyboard.media.sound.sound import Samples, Tap
from tests.media.footage import pcm, tone

STEP = 0.3 * 2 * np.pi / 100
"""The largest step of the test tone from sample to sample."""


def heard(path: Path, count: int, turns: int) -> Samples:
    found: Samples = Tap(looped(path, 0, count)).take(count * turns)[0]
    return found


def test_a_stretch_that_meets_itself_is_repeated_to_the_sample(tmp_path: Path) -> None:
    path = pcm(tmp_path / "a.wav", tone(48_000)[None])
    assert np.abs(heard(path, 48_000, 4) - tone(4 * 48_000)).max() < 0.001


@pytest.mark.parametrize("count", [24_030, 47_950, 48_025])
def test_a_stretch_that_does_not_is_crossed_over_without_a_click(count: int, tmp_path: Path) -> None:
    found = heard(pcm(tmp_path / "a.wav", tone(50_000)[None]), count, 4)
    assert np.abs(np.diff(found)).max() < 2 * STEP
    assert np.abs(found).max() < 0.3 * np.sqrt(2) + 0.01
    quiet = [float(np.abs(found[at : at + 480]).max()) for at in range(0, len(found) - 480, 480)]
    assert min(quiet) > 0.1


def test_a_turn_that_is_crossed_over_is_shorter_by_its_seam(tmp_path: Path) -> None:
    wave = tone(24_030)
    wave[1000:1010] = 0.9
    found = heard(pcm(tmp_path / "a.wav", wave[None]), 24_030, 5)
    clicks = np.flatnonzero(found > 0.85)[::10]
    assert len(clicks) > 4
    assert set(np.diff(clicks)) == {24_030 - SEAM_SAMPLES}


def test_a_long_stretch_is_read_anew_each_turn_and_sounds_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pcm(tmp_path / "a.wav", tone(60_000)[None])
    kept = heard(path, 59_970, 3)
    monkeypatch.setattr(loops, "MOST_KEPT", 0)
    assert np.abs(heard(path, 59_970, 3) - kept).max() < 1e-4


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_shortest_stretches_are_repeated_too(count: int, tmp_path: Path) -> None:
    path = pcm(tmp_path / "a.wav", np.full((1, 10), 0.5))
    assert Tap(looped(path, 0, count)).take(50) == pytest.approx(0.5, abs=0.001)
