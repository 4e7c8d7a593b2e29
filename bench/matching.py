"""What `color: match_first` removes of a synthetic drift, and what it costs.

Eleven clips, each a little off the one before: its contrast 3 % up, its gamma 2 %, its tint 1.5 % in red and in blue,
coded as a gateway codes them. The step at each join is ΔE OK between the frame at the cut and the one that reproduces
it, both as they are seen in the cut film.
"""

import tempfile
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.ratio import Ratio
from storyboard.media.grading.grade import Grade
from storyboard.media.grading.match import match
from storyboard.media.jobs import MatchJob, SeamJob
from storyboard.media.quality.join import measure_join

RGB = NDArray[np.uint8]
SIZE, FPS, FRAMES, LINKS = (640, 360), Fraction(24), 13, 10
CONTRAST, GAMMA, TINT = 1.03, 1.02, (1.015, 1.0, 0.985)
"""Of a link."""


def scenery() -> RGB:
    """A wide picture to move over: patches of colour, coarse and fine."""
    rng = np.random.default_rng(7)
    wide, high = SIZE[0] + 2 * FRAMES * (LINKS + 1), SIZE[1]
    layers = [
        np.asarray(Image.fromarray(noise).resize((wide, high), Image.Resampling.BICUBIC), np.float32) * share
        for cell, share in ((90, 0.6), (24, 0.3), (6, 0.1))
        for noise in (rng.integers(30, 220, (high // cell, wide // cell, 3), np.uint8),)
    ]
    return np.clip(sum(layers), 0, 255).astype(np.uint8)


def drifted(rgb: RGB, links: int) -> RGB:
    """A picture after so many links."""
    value = rgb.astype(np.float32) / 255
    for _ in range(links):
        value = np.clip((value - 0.5) * CONTRAST + 0.5, 0, 1) ** GAMMA * np.asarray(TINT, np.float32)
    return np.clip(np.rint(value * 255), 0, 255).astype(np.uint8)


def clips(folder: Path) -> list[Path]:
    """The chain: each clip goes on at the frame after the last one shown, drifted once more."""
    whole, made = scenery(), []
    for link in range(LINKS + 1):
        path = folder / f"{link:02}.mp4"
        with av.open(str(path), "w") as container:
            video = container.add_stream("libx264", rate=FPS)
            video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
            video.options = {"crf": "18", "preset": "veryfast", "threads": "1"}
            for number in range(FRAMES):
                at = 2 * (link * (FRAMES - 1) + number)
                noise = np.random.default_rng(at + link).normal(0, 1, (SIZE[1], SIZE[0], 3))
                seen = drifted(whole[:, at : at + SIZE[0]], link) + noise
                frame = av.VideoFrame.from_ndarray(np.clip(np.rint(seen), 0, 255).astype(np.uint8), "rgb24")
                frame.pts = number
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        made.append(path)
    return made


def steps(chain: list[Path], grades: list[Grade]) -> list[float]:
    """ΔE OK at each join."""
    found = []
    for number, (before, after) in enumerate(pairwise(chain)):
        job = SeamJob(
            str(before), FRAMES - 1, FRAMES - 2, str(after), 0, 0, *SIZE, "crop", "24", "24",
            grade_before=grades[number].to_json(), grade_after=grades[number + 1].to_json(),
        )  # fmt: skip
        found.append(measure_join(job, lambda share: None).color)
    return found


def matched(chain: list[Path]) -> list[Grade]:
    """The grade of each clip, to the first."""
    found = [Grade()]
    for before, after in pairwise(chain):
        answer = match(MatchJob(str(before), FRAMES - 1, str(after), 0, *SIZE, "crop"), lambda share: None)
        found.append(Grade.from_json(answer.grade).then(found[-1]))
    return found


def removed(_: int) -> list[Ratio]:
    """The steps at the joins, with the grades and without."""
    with tempfile.TemporaryDirectory() as name:
        chain = clips(Path(name))
        before = sum(steps(chain, [Grade()] * len(chain))) / LINKS
        after = sum(steps(chain, matched(chain))) / LINKS
    return [
        Ratio(
            f"ΔE at {LINKS} joins of a drifting chain, matched / as it is",
            after,
            before,
            after / before,
            0.2,
            unit="ΔE",
        )
    ]
