"""A picture file as the picture of a shot: read with care, and moved as its shot's `move` says.

Laws.
- Only plain picture formats are read, by their bytes; what shines through lies on black; a camera's note of which way
  is up is obeyed.
- A still without a move stands still. With one, the view glides between pixels, and never leaves the picture.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from msgspec import Struct
from PIL import Image, ImageOps

from storyboard.media.animatic import motion
from storyboard.media.animatic.planar import Planar
from storyboard.media.jobs import MediaError
from storyboard.media.reading.guard import MOST_BYTES
from storyboard.media.reel import Fit

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
HEAD_BYTES = 12
MOST_PIXELS = 16384 * 8192
ORIENTATION, SIDEWAYS = 0x0112, (5, 6, 7, 8)
"""EXIF's tag for which way is up, and its values for pictures that lie on a side."""
FINER = 1.5
"""How much finer than the film the moving picture is kept, so that it stays as sharp between pixels as on them."""


def is_still(path: Path) -> bool:
    """Whether a file's first bytes are those of a picture. Raises MediaError `missing-media`."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise MediaError("missing-media", f"{path.name} cannot be opened: {error.strerror}") from error
    riff = head.startswith(b"RIFF") and head[8:] == b"WEBP"
    return riff or head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*"))


def read(path: Path) -> Image.Image:
    """A picture file as RGB, upright.

    Raises MediaError: `missing-media`, `image-unreadable`, `too-large-media`.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise MediaError("too-large-media", f"{path.name} is larger than {MOST_BYTES} bytes")
        with Image.open(path, formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise MediaError("too-large-media", f"{path.name} has {opened.width}x{opened.height} pixels")
            return _plain(ImageOps.exif_transpose(opened))
    except FileNotFoundError as error:
        raise MediaError("missing-media", f"{path.name} cannot be opened: {error.strerror}") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        why = getattr(error, "strerror", None) or "it is damaged, or no picture"
        raise MediaError("image-unreadable", f"cannot read the picture {path.name}: {why}") from error


def measured(path: Path) -> tuple[int, int]:
    """Width and height of a picture file, upright, in pixels, by its first bytes. Raises MediaError as `read` does."""
    try:
        with Image.open(path, formats=FORMATS) as opened:
            wide, high = opened.size
            return (high, wide) if opened.getexif().get(ORIENTATION, 1) in SIDEWAYS else (wide, high)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaError("image-unreadable", f"cannot read the picture {path.name}: it is damaged, or none") from error


def _plain(picture: Image.Image) -> Image.Image:
    """RGB of 8 bits, over black where the picture is not there."""
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, (0, 0, 0, 255)), seen).convert("RGB")
    return picture.convert("RGB")


def fitted(picture: Image.Image, size: tuple[int, int], fit: Fit) -> Image.Image:
    """A picture in a frame of `size`: cropped to fill it, or whole between black bars."""
    if picture.size == size:
        return picture
    fill = ImageOps.fit if fit == "crop" else ImageOps.pad
    return fill(picture, size, Image.Resampling.LANCZOS)


class Moving(Struct, frozen=True):
    """A still on a canvas, and the camera over it. `closest` is the magnification that keeps it inside the canvas."""

    canvas: Planar
    kind: motion.Kind
    size: tuple[int, int]
    wider: float

    def at(self, share: float, seconds: float) -> Planar:
        """The frame at `share` (0 to 1) of the clip."""
        view = motion.view(self.kind, share, seconds, 1.0)
        wide, high = self.canvas.size
        zoom = view.zoom * self.wider
        w, h = wide / zoom, high / zoom
        left = min(max(0.0, (wide - w) / 2 + view.x * h), wide - w)
        top = min(max(0.0, (high - h) / 2 + view.y * h), high - h)
        return self.canvas.seen(self.size, (left, top, left + w, top + h))


def moving(picture: Image.Image, size: tuple[int, int], fit: Fit, move: str, seconds: Fraction) -> Moving:
    """The camera that `move` means over a picture, for a clip of that length; `size` is even."""
    kind = motion.read(move)
    wider = _wider(kind, float(seconds), size[0] / size[1])
    finer = (round(size[0] * wider * FINER / 2) * 2, round(size[1] * wider * FINER / 2) * 2)
    return Moving(Planar.of(fitted(picture, finer, fit)), kind, size, wider)


def _wider(kind: motion.Kind, seconds: float, aspect: float, steps: int = 48) -> float:
    """How much closer the camera must be for all of the move to stay inside the picture."""
    views = [motion.view(kind, step / steps, seconds * step / steps, 1.0) for step in range(steps + 1)]
    return max(1.0, *((1 + 2 * max(abs(view.x) / aspect, abs(view.y))) / view.zoom for view in views))
