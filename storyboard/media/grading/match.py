"""The grade that brings one frame to the colours of another that shows the same: found once, for a whole clip.

Laws.
- Both frames are looked at as the film shows them, small, so that noise and a shift by a pixel count for little.
- The luma's change is a parabola, the chroma's linear in all three, by least squares drawn towards no change; what lies
  off is left out and the rest looked at once more.
- Levels that the frame does not have are changed as those next to them, not further: a grade that is laid on the whole
  clip invents nothing.
- Where the two do not show the same, or the change is too large for a drift, there is no grade.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storyboard.media.blend import channels, planes
from storyboard.media.grading.grade import KNOTS, STEP, Grade
from storyboard.media.jobs import Matched, MatchJob, MediaError, Report
from storyboard.media.reading.frames import pictures
from storyboard.media.reading.guard import opened
from storyboard.media.reel import Fit
from storyboard.media.shape import Shaper, even

Values = NDArray[np.float64]
LONG_PX = 320
ALIKE = 0.9
"""The least correlation of the lumas of two frames that show the same."""
MOST = 40.0
"""The largest change, in levels, that is a drift."""
SCALE = 128.0
PULL = (0.0, 1e-3, 1e-3)
"""How strongly the coefficients are drawn to no change: those of the constant, the slope, the bend."""
FAR = 2.5
"""Standard deviations beyond which a sample is left out."""


def match(job: MatchJob, report: Report) -> Matched:
    """Find the grade that brings frame `opening` of the second clip to frame `carried` of the first.

    Raises MediaError as `frames.pictures` does.
    """
    long = max(job.width_px, job.height_px)
    wide, high = (max(16, even(Fraction(LONG_PX * side, long))) for side in (job.width_px, job.height_px))
    target = _samples(Path(job.before), job.carried, (wide, high), job.fit)
    report(0.5)
    source = _samples(Path(job.after), job.opening, (wide, high), job.fit)
    report(1.0)
    grade = matched(source, target)
    return Matched(grade.to_json() if grade is not None else "")


def _samples(path: Path, index: int, size: tuple[int, int], fit: Fit) -> Values:
    """A frame as [3, samples]: luma, U and V less 128, averaged to half the chroma's size."""
    with opened(path, decodes=False) as clip:
        pixel = clip.video.sample_aspect_ratio
    frame = next(pictures(path, index), None)
    if frame is None:
        raise MediaError("no-such-frame", f"{path.name} has no frame {index}")
    luma, u, v = channels(planes(Shaper(*size, fit, Fraction(pixel) if pixel else None).shaped(frame)))
    return np.stack([_cells(luma, 4), _cells(u, 2) - 128, _cells(v, 2) - 128])


def _cells(plane: NDArray[np.uint8], side: int) -> Values:
    high, wide = (length // side for length in plane.shape)
    whole = plane[: high * side, : wide * side].astype(np.float64)
    return np.asarray(whole.reshape(high, side, wide, side).mean(axis=(1, 3)).ravel(), np.float64)


def matched(source: Values, target: Values) -> Grade | None:
    """The grade from samples to samples, [3, samples] each; None where they do not show the same."""
    y = source[0]
    if y.std() < 1 or target[0].std() < 1 or np.corrcoef(y, target[0])[0, 1] < ALIKE:
        return None
    low, middle, high = np.quantile(y, 0.01), y.mean(), np.quantile(y, 0.99)
    x = (y - middle) / SCALE
    bend = _fitted(np.stack([np.ones_like(x), x, x**2]), target[0] - y, PULL)
    levels = np.arange(KNOTS) * STEP
    within = (np.clip(levels, low, high) - middle) / SCALE
    change = bend @ np.stack([np.ones_like(within), within, within**2])
    known = np.stack([np.ones_like(x), x, source[1] / SCALE, source[2] / SCALE])
    rows = [_fitted(known, target[row] - source[row], (*PULL[:2], PULL[1], PULL[1])) for row in (1, 2)]
    added = [row[0] + row[1] * within for row in rows]
    if max(float(np.abs(one).max()) for one in (change, *added)) > MOST:
        return None
    chroma = [row[2:] / SCALE for row in rows]
    return Grade(
        tuple(map(float, levels + change)),
        tuple(map(float, added[0])),
        tuple(map(float, added[1])),
        (1 + float(chroma[0][0]), float(chroma[0][1]), float(chroma[1][0]), 1 + float(chroma[1][1])),
    )


def _fitted(known: Values, wanted: Values, pull: tuple[float, ...]) -> Values:
    """Coefficients of the rows of `known` that give what is wanted, found once more without what is far off."""
    kept = np.ones(wanted.shape, bool)
    found = np.zeros(len(known))
    for _ in range(2):
        rows, aims = known[:, kept], wanted[kept]
        normal = rows @ rows.T / rows.shape[1] + np.diag(pull)
        found = np.linalg.solve(normal, rows @ aims / rows.shape[1])
        off = np.abs(wanted - found @ known)
        kept = off <= max(FAR * float(off[kept].std() + off[kept].mean()), 1.0)
    return np.asarray(found, np.float64)
