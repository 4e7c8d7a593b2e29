"""Music goes down under speech.

Laws.
- While speech is heard the music is `DUCK_DB` quieter, exactly, however loud either is.
- It goes down evenly in `DOWN_S`, ahead of the speech, so that it is down when the first word comes; it stays down over
  pauses shorter than `HOLD_S`, then comes up evenly in `UP_S`.
- Speech is heard where its level over a hundredth of a second is above `HEARD_DB`.

FFmpeg's side-chain compressor goes deeper the louder the key is; a depth that can be stated is this much simpler.
"""

from __future__ import annotations

import numpy as np

from storyboard.media.sound.sound import SAMPLE_RATE, Samples

DUCK_DB = -10.0
DOWN_S, HOLD_S, UP_S = 0.3, 0.7, 1.0
HEARD_DB = -45.0
WINDOW = SAMPLE_RATE // 100
AHEAD_SAMPLES = round(DOWN_S * SAMPLE_RATE)
"""How far ahead of the music its speech is to be given."""

_DOWN, _UP = DUCK_DB / (DOWN_S * 100), -DUCK_DB / (UP_S * 100)
"""Decibels a window."""
_HOLD = round((HOLD_S + DOWN_S) * 100)
"""Windows that it stays down after the last word was given."""


class Ducker:
    """Takes music down while speech is heard."""

    def __init__(self) -> None:
        self._db = 0.0
        self._hold = 0

    def through(self, music: Samples, speech: Samples) -> Samples:
        """The next samples of music, under as many of the speech `AHEAD_SAMPLES` later; whole windows but the last."""
        count = music.shape[1]
        levels = [self._db, *(self._moved(speech[:, at : at + WINDOW]) for at in range(0, count, WINDOW))]
        places = np.minimum(np.arange(len(levels)) * WINDOW, count)
        decibels = np.interp(np.arange(count), places, levels)
        return music * np.power(10, decibels / 20).astype(np.float32)

    def _moved(self, speech: Samples) -> float:
        """Where the music's level is after a window of speech, in decibels."""
        heard = float(np.mean(np.square(speech))) > 10 ** (HEARD_DB / 10)
        self._hold = _HOLD if heard else max(0, self._hold - 1)
        self._db = max(DUCK_DB, self._db + _DOWN) if self._hold else min(0.0, self._db + _UP)
        return self._db
