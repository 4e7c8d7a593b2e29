"""Figures of joins and clips held against a film's limits. Pure.

Laws. A figure at its limit passes. What the film does not show of a clip is not held against it. A black stretch is not
frozen besides, and its edges are no cuts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil
from typing import Literal

from msgspec import Struct

from storyboard.delivery import Checks
from storyboard.film import Clip, Shot
from storyboard.finishing.timeline import Placed
from storyboard.media.jobs import Checked, SeamFigures

MOST_JUMP = 6
"""Frames; a picture that is further off is another one, and says nothing of frames."""
LEAST_JUMP = 0.7
"""Frames; what is off by less is no whole frame. The noise of the coding lies on the carried frame, so that in a slow
movement the opening one seems to have gone back by half a step.
"""
MOST_SHIFT = 20
"""Percent of the width; the same for a picture that has moved further."""
SAMPLE_RATE = 48_000


class Finding(Struct, frozen=True):
    """A figure beyond its limit: which check, both numbers, whether the film calls it an error, and what it means."""

    check: str
    value: float
    limit: float
    severity: Literal["warning", "error"]
    message: str

    @property
    def weight(self) -> tuple[bool, float]:
        """How bad it is: errors first, then by how far beyond the limit."""
        return self.severity == "error", abs(self.value) / self.limit if self.limit else 2.0 + abs(self.value)


def of_join(figures: SeamFigures, checks: Checks, *, cut: bool) -> tuple[Finding, ...]:
    """What is wrong at a join over which a frame is carried; `cut`: nothing lies over it."""
    offset = figures.offset or 0.0
    late = round(offset) if LEAST_JUMP <= abs(offset) <= MOST_JUMP else 0
    jumped = late or -figures.held
    moved = figures.shift if figures.shift <= MOST_SHIFT and not late else 0.0
    skipped = f"{_frames(abs(jumped))} {'skipped' if jumped > 0 else 'repeated'}"
    found = [
        ("frame", figures.difference, f"frame 0 differs by {figures.difference:g} levels"),
        ("shift", moved, f"it moves by {moved:g} % of the width"),
        ("jump", float(jumped) if cut else 0.0, skipped),
        ("color", figures.color, f"colour steps by {figures.color:g} ΔE"),
        ("luma", figures.luma, f"{abs(figures.luma):g} % {'brighter' if figures.luma > 0 else 'darker'}"),
    ]
    if figures.loudness is not None:
        way = "louder" if figures.loudness > 0 else "quieter"
        found.append(("loudness", figures.loudness, f"{abs(figures.loudness):g} LU {way}"))
    return tuple(_beyond(found, checks))


def of_clip(shot: Shot, placed: Placed, clip: Clip, checked: Checked, checks: Checks) -> tuple[Finding, ...]:
    """What is wrong with the frames that the film shows of a clip."""
    span, fps = (placed.first, placed.last + 1), clip.fps
    asked, short = min(shot.width_px, shot.height_px), min(clip.width_px, clip.height_px)
    lacks = max(0.0, 100 * (1 - short / asked))
    black, frozen = _longest(checked.black, span), _longest(_apart(checked.frozen, checked.black), span)
    edges = {edge for stretch in checked.black for edge in stretch}
    cuts = [at for at in checked.cuts if span[0] < at < span[1] and at not in edges]
    found = [
        ("size", lacks, f"{short} pixels on its short side, {asked} asked for"),
        ("black", _seconds(black, fps), f"black for {_stretch(black)}"),
        ("frozen", _seconds(frozen, fps), f"frozen for {_stretch(frozen)}"),
        ("cuts", float(len(cuts)), f"cuts at its frame {', '.join(map(str, cuts[:4]))}"),
    ]
    if shot.audio and not placed.mute:
        found += _sounds(checked, Fraction(span[0]) / fps, Fraction(span[1]) / fps)
    return tuple(_beyond(found, checks))


def _sounds(checked: Checked, first: Fraction, last: Fraction) -> Iterator[tuple[str, float, str]]:
    """Silence and clipping between two times of a clip."""
    if not checked.samples:
        yield "silence", float(last - first), "no sound, though it was asked for"
        return
    silent = max((min(end, float(last)) - max(begin, float(first)) for begin, end in checked.silent), default=0.0)
    yield "silence", max(0.0, silent), f"silent for {silent:.1f} s"
    seconds = checked.clipped[int(first) : ceil(last)]
    share = 100 * sum(seconds) / max(1, min(checked.samples, len(seconds) * SAMPLE_RATE))
    yield "clipping", round(share, 3), f"{share:.2g} % of its samples are clipped"


def _beyond(found: Iterable[tuple[str, float, str]], checks: Checks) -> Iterator[Finding]:
    for check, value, message in found:
        limit = float(getattr(checks, check))
        if check not in checks.off and abs(value) > limit:
            severity: Literal["warning", "error"] = "error" if check in checks.fail else "warning"
            yield Finding(check, round(value, 3), round(limit, 3), severity, message)


def _apart(stretches: Iterable[tuple[int, int]], others: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    """The stretches that lie over none of the others."""
    return (one for one in stretches if all(one[1] <= first or last <= one[0] for first, last in others))


def _longest(stretches: Iterable[tuple[int, int]], span: tuple[int, int]) -> tuple[int, int]:
    """The longest part of the stretches within a span."""
    within = [(max(first, span[0]), min(last, span[1])) for first, last in stretches]
    return max(within, key=lambda one: one[1] - one[0], default=(0, 0))


def _seconds(stretch: tuple[int, int], fps: Fraction) -> float:
    return float(max(0, stretch[1] - stretch[0]) / fps)


def _stretch(stretch: tuple[int, int]) -> str:
    return f"{_frames(stretch[1] - stretch[0])}, from its frame {stretch[0]}"


def _frames(count: int) -> str:
    return f"{count} frame{'s' if count != 1 else ''}"
