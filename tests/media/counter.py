"""Clips whose pictures say their own number, in sixteen large black and white cells that survive any encoding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RGB = NDArray[np.uint8]
CELLS = 4
DARK, BRIGHT = 30, 225


def counted(number: int, width: int = 160, height: int = 90) -> RGB:
    """The picture of a number below 65,536."""
    bits = np.array([number >> bit & 1 for bit in range(CELLS * CELLS)]).reshape(CELLS, CELLS)
    rows, columns = np.arange(height) * CELLS // height, np.arange(width) * CELLS // width
    level = np.where(bits[rows][:, columns] == 1, BRIGHT, DARK).astype(np.uint8)
    return np.repeat(level[..., None], 3, axis=2)


def number_of(rgb: RGB) -> int:
    """The number that a picture says."""
    height, width = rgb.shape[:2]
    rows = (np.arange(CELLS) * 2 + 1) * height // (2 * CELLS)
    columns = (np.arange(CELLS) * 2 + 1) * width // (2 * CELLS)
    bits = rgb[rows][:, columns].mean(axis=2).reshape(-1) > 128
    return int(sum(1 << bit for bit, seen in enumerate(bits) if seen))


def counter(
    path: Path,
    numbers: Iterable[int],
    fps: Fraction | int = 24,
    times: Sequence[int] | None = None,
    width: int = 160,
    height: int = 90,
    group: int = 48,
    codec: Any = "libx264",
    pix_fmt: str = "yuv420p",
    turned: int = 0,
    pixel: str = "1/1",
) -> Path:
    """Write the pictures of `numbers` at a rate, or at `times` in milliseconds."""
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = width, height, pix_fmt
        if codec == "libx264":
            video.options = {"g": str(group), "preset": "veryfast", "crf": "16", "aspect": pixel}
        if pixel != "1/1":
            video.codec_context.sample_aspect_ratio = Fraction(pixel)
        if turned:
            video.set_display_rotation(turned)
        base = Fraction(1, 1000) if times else 1 / Fraction(fps)
        video.codec_context.time_base = base
        for at, number in zip(times or count(), numbers):  # noqa: B905 -- one of them may have no end
            frame = av.VideoFrame.from_ndarray(counted(number, width, height), "rgb24")
            frame.pts, frame.time_base = at, base
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path
