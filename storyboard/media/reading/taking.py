"""A frame of a clip as a picture file: taken, judged and written whole or not at all."""

from __future__ import annotations

import hashlib
import os
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from storyboard.media.jobs import MediaError, Report, Taken
from storyboard.media.reading.frames import RGB, Reader, last_picture, pictures
from storyboard.media.reading.judging import flaw

JPEG_QUALITY, SMALL_QUALITY = 95, 85
"""What is sent to gateways, and what people look at."""


def take_frame(path: Path, index: int | None, target: Path, report: Report, width_px: int | None = None) -> Taken:
    """Write frame `index` of a clip (None: the last) to `target` as PNG, whole or not at all.

    What is written is at most `width_px` wide; what is answered is of the frame as it is.

    Raises MediaError: `no-such-frame`, `clip-damaged`, and as `guard.opened` does.
    """
    number, frame = last_picture(path) if index is None else (index, next(pictures(path, index), None))
    if frame is None:
        raise MediaError("no-such-frame", f"{path.name} has no frame {number}")
    report(0.5)
    rgb = Reader().rgb(frame)
    if width_px is None:
        write_picture(rgb, target)
    else:
        write_picture(_narrowed(rgb, width_px), target, SMALL_QUALITY)
    report(1.0)
    return Taken(number, hashlib.sha256(rgb.tobytes()).hexdigest(), flaw(rgb))


def _narrowed(rgb: RGB, width_px: int) -> RGB:
    """The picture at most so wide, in its shape."""
    height, width, _ = rgb.shape
    if width <= width_px:
        return rgb
    size = (width_px, max(1, round(height * width_px / width)))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0), np.uint8)


def write_picture(rgb: RGB, target: Path, quality: int = JPEG_QUALITY) -> None:
    """Write a picture to `target` as PNG, or as JPEG where that ends in `.jpeg`, whole or not at all.

    Raises MediaError `cannot-write`.
    """
    file = BytesIO()
    if target.suffix == ".jpeg":
        Image.fromarray(rgb).save(file, format="JPEG", quality=quality, subsampling=0)
    else:
        Image.fromarray(rgb).save(file, format="PNG", compress_level=1)
    write_whole(file.getvalue(), target)


def write_whole(data: bytes, target: Path) -> None:
    """Write a file through a temporary name beside it, durable before it is renamed.

    Raises MediaError `cannot-write`.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise MediaError("cannot-write", f"cannot write {target.name}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
