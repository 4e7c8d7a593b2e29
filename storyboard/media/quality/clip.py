"""What can be wrong with a clip by itself: black, frozen, cut within, silent, clipped.

Laws. FFmpeg's own detectors look at the pictures, made small (`blackdetect`, `scdet`), and listen (`silencedetect`).
How much is too much is the film's to say. The picture is frozen where it stops or starts abruptly, or never moves, and
each step between, as `scdet` measures them, is smaller than coding makes it where anything lives; `freezedetect` counts
from the first frame of a stretch, so that slow movement and a frozen frame that is coded look alike. A sample is
clipped where it and its neighbours stand at full scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av
import av.filter
import numpy as np

from storyboard.media.jobs import Checked, CheckJob, Report
from storyboard.media.reading.guard import audible, opened
from storyboard.media.reading.measure import measure_sound
from storyboard.media.reading.probe import facts
from storyboard.media.sound.levels import Graph
from storyboard.media.sound.sound import SAMPLE_RATE, Samples, Tap, flow, sample_of

WIDE_PX = 320
PICTURE = (
    ("scale", f"{WIDE_PX}:-2:flags=area"),
    ("format", "yuv420p"),
    ("blackdetect", "d=0:pic_th=0.99:pix_th=0.06"),
    ("scdet", "t=0"),
)
"""Filters, one after the other, with their settings; each writes what it found beside the frames."""
CUT_SCORE, CUT_RATIO = 5.0, 3.0
"""A new picture's least score, of the 100 that `scdet` can give; and how many times what nearly all frames move."""
STILL, STILL_FRAMES, ABRUPT = 0.0065, 3, 0.15
"""The most percent of full scale that a frozen picture changes in a step, the least frames that are told, and the least
step with which a moving picture freezes or goes on: what comes to rest by itself is no fault.
"""
BLACK = ("lavfi.black_start", "lavfi.black_end")
SCORE, MOVED = "lavfi.scd.score", "lavfi.scd.mafd"
SILENCE = "n=-60dB:d=0.1"
SILENT = ("lavfi.silence_start", "lavfi.silence_end")
FULL = 0.99
RUN = 3
"""Samples one after the other at full scale that make a flat top."""

Stretch = tuple[int, int]
"""Frames [first, last) of a clip."""


def check_clip(job: CheckJob, report: Report) -> Checked:
    """Look at and listen to all of a clip. Raises MediaError as `guard.opened` and `sound.flow` do."""
    path = Path(job.path)
    with opened(path) as clip:
        fps, total = facts(clip).fps, max(1, clip.video.frames)
        black = _Stretches(*BLACK, fps)
        scores: list[float] = []
        moved: list[float] = []
        number = 0
        for number, told in enumerate(_told(clip.container.decode(clip.video), fps), 1):
            black.read(told)
            scores.append(float(told.get(SCORE, 0)))
            moved.append(float(told.get(MOVED, 0)))
            report(min(0.9, 0.8 * number / total))
    silent, clipped, samples = _heard(path)
    report(1.0)
    least = max(CUT_SCORE, CUT_RATIO * float(np.quantile(moved, 0.9))) if moved else CUT_SCORE
    cuts = tuple(at for at, score in enumerate(scores) if score >= least)
    return Checked(black.until(number), tuple(_frozen(moved)), cuts, silent, clipped, samples)


def _frozen(moved: list[float]) -> Iterator[Stretch]:
    """Where the picture is frozen; `moved` is by how much each frame differs from the one before."""
    first = 0
    for at in range(1, len(moved) + 1):
        if at == len(moved) or moved[at] > STILL:
            steps = moved[first or at : first + 1] + moved[at : at + 1]
            if at - first >= STILL_FRAMES and (max(steps, default=0.0) >= ABRUPT or at - first == len(moved)):
                yield first, at
            first = at


class _Stretches:
    """What a detector tells of the pictures, frame by frame."""

    def __init__(self, start: str, end: str, fps: Fraction) -> None:
        self._start, self._end, self._fps = start, end, fps
        self._since: int | None = None
        self._found: list[Stretch] = []

    def read(self, told: Mapping[str, str]) -> None:
        """What stands beside the next frame. A short stretch begins and ends beside one frame."""
        if self._start in told:
            self._since = self._frame(told[self._start])
        if self._since is not None and self._end in told:
            self._found.append((self._since, self._frame(told[self._end])))
            self._since = None

    def until(self, frames: int) -> tuple[Stretch, ...]:
        """All stretches of a clip of so many frames."""
        open_ = [(self._since, frames)] if self._since is not None else []
        return (*self._found, *open_)

    def _frame(self, seconds: str) -> int:
        return round(float(seconds) * self._fps)


def _told(frames: Iterator[av.VideoFrame], fps: Fraction) -> Iterator[Mapping[str, str]]:
    """What the detectors write beside each frame."""
    graph: av.filter.Graph | None = None
    for number, frame in enumerate(frames):
        graph = graph or _graph(frame, fps)
        frame.pts, frame.time_base = number, 1 / fps
        graph.vpush(frame)
        yield graph.vpull().metadata


def _graph(frame: av.VideoFrame, fps: Fraction) -> av.filter.Graph:
    graph = av.filter.Graph()
    last = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=1 / fps)
    for name, settings in PICTURE:
        following = graph.add(name, settings)
        last.link_to(following)
        last = following
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


def _heard(path: Path) -> tuple[tuple[tuple[float, float], ...], tuple[int, ...], int]:
    """Silent stretches in seconds, clipped samples in each second, and how many samples there are; 0 without sound."""
    with audible(path) as file:
        if file.audio is None:
            return (), (), 0
    graph = Graph("silencedetect", SILENCE)
    silent: list[tuple[float, float]] = []
    since: float | None = None
    clipped: list[int] = []
    samples = 0
    sound = Tap(flow(path, 0))
    end = sample_of(measure_sound(path))
    while samples < end:
        block = sound.take(min(SAMPLE_RATE, end - samples))
        samples += block.shape[1]
        clipped.append(_flat_topped(block))
        for frame in graph.through(block) if samples < end else (*graph.through(block), *graph.rest()):
            if SILENT[0] in frame.metadata:
                since = max(0.0, float(frame.metadata[SILENT[0]]))
            if SILENT[1] in frame.metadata and since is not None:
                silent.append((since, float(frame.metadata[SILENT[1]])))
                since = None
    if since is not None:
        silent.append((since, samples / SAMPLE_RATE))
    return tuple(silent), tuple(clipped), samples


def _flat_topped(block: Samples) -> int:
    """How many samples stand at full scale with their neighbours, on the side that has more of them."""
    high = np.abs(block) >= FULL
    runs = high[:, : -RUN + 1].copy()
    for step in range(1, RUN):
        runs &= high[:, step : high.shape[1] - RUN + 1 + step]
    return int(runs.sum(axis=1).max(initial=0))
