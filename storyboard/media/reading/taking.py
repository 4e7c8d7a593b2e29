"""A frame of a clip as a picture file: taken, judged and written whole or not at all."""

from __future__ import annotations

import hashlib
import os
from io import BytesIO
from pathlib import Path

from PIL import Image

from storyboard.media.jobs import MediaError, Report, Taken
from storyboard.media.reading.frames import RGB, Reader, last_picture, pictures
from storyboard.media.reading.judging import flaw

JPEG_QUALITY, SMALL_QUALITY = 95, 82


def take_frame(path: Path, index: int | None, target: Path, report: Report, width_px: int | None = None) -> Taken:
    """Write frame `index` of a clip (None: the last) to `target` as PNG or JPEG, whole or not at all, no wider than
    `width_px`.

    What is written is at most `width_px` wide; what is answered is of the frame as it is.

    Raises MediaError: `no-such-frame`, `clip-damaged`, and as `guard.opened` does.
    """
    number, frame = last_picture(path) if index is None else (index, next(pictures(path, index), None))
    if frame is None:
        raise MediaError("no-such-frame", f"{path.name} has no frame {number}")
    report(0.5)
    rgb = Reader().rgb(frame)
    write_picture(rgb, target, width_px)
    report(1.0)
    return Taken(number, hashlib.sha256(rgb.tobytes()).hexdigest(), flaw(rgb))


def write_picture(rgb: RGB, target: Path, width_px: int | None = None) -> None:
    """Write a picture to `target` as PNG, or as JPEG where that ends in `.jpeg`, whole or not at all, no wider than
    `width_px`; a small JPEG is a thumbnail, and need not be exact.

    Raises MediaError `cannot-write`.
    """
    file, image = BytesIO(), Image.fromarray(rgb)
    small = width_px is not None and width_px < image.width
    if width_px is not None and small:
        size = (width_px, max(1, round(image.height * width_px / image.width)))
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if target.suffix == ".jpeg" and small:
        image.save(file, format="JPEG", quality=SMALL_QUALITY, optimize=True, progressive=True)
    elif target.suffix == ".jpeg":
        image.save(file, format="JPEG", quality=JPEG_QUALITY, subsampling=0)
    else:
        image.save(file, format="PNG", compress_level=1)
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
