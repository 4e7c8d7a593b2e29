"""A stretch of sound over and over, without a click.

Laws.
- A seam that is smooth already is left as it is, so that music cut to loop keeps its beat to the sample.
- Another seam is crossed over: the last `SEAM_SAMPLES` of one turn under the first of the next; the turn is shorter by
  as much.
- A short stretch is read once and kept, a long one is read anew each turn: memory never holds more than
  `MOST_KEPT` samples of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from storyboard.media.sound.sound import BLOCK_SAMPLES, SAMPLE_RATE, Samples, Tap, flow, listen, silence

SEAM_SAMPLES = SAMPLE_RATE // 100
MOST_KEPT = 60 * SAMPLE_RATE
"""23 MB."""
SMOOTH = 1e-3
"""A step of the wave at the seam that is so little larger than its steps beside the seam is no click."""


def looped(path: Path, start: int, count: int) -> Iterator[Samples]:
    """The `count` samples (at least 1) of a file from sample `start` on, without end.

    Raises MediaError as `sound.flow` does.
    """
    seam = min(SEAM_SAMPLES, count // 2)
    kept = listen(path, start, count) if count <= MOST_KEPT else None
    tail = silence(0)
    while True:
        turn = Tap(iter([kept]) if kept is not None else flow(path, start))
        yield _joined(tail, turn.take(seam))
        left = count - 2 * seam
        while left > 0:
            yield turn.take(min(left, BLOCK_SAMPLES))
            left -= BLOCK_SAMPLES
        tail = turn.take(seam)


def _joined(tail: Samples, head: Samples) -> Samples:
    """The end of a turn and the beginning of the next: one after the other where that is smooth, else crossed."""
    if not tail.shape[1]:
        return head
    step = np.abs(head[:, 0] - tail[:, -1]).max()
    beside = max(np.abs(np.diff(one)).max(initial=0.0) for one in (tail, head))
    if step <= beside + SMOOTH:
        return np.concatenate([tail, head], axis=1)
    share = (np.arange(head.shape[1], dtype=np.float32) + np.float32(0.5)) / np.float32(head.shape[1])
    crossed: Samples = tail * np.sqrt(1 - share) + head * np.sqrt(share)
    return crossed
