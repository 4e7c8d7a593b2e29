"""The pictures of a clip that a shot is drawn over, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
from PIL import Image, ImageOps

from storyboard.media.animatic.planar import Planar
from storyboard.media.reading.frames import Reader, pictures

HEAD, FOOT = 0.125, 0.30
"""The strips that letters stand in, as shares of the height."""


class Underlay:
    """Frames from `first` of a clip in the size of the shot; after its last one, that one stays.

    Where the clip is `lettered`, the strips of its slate and captions show its first frame, which has no letters.
    Raises MediaError as `frames.pictures` does.
    """

    def __init__(self, path: Path, first: int, lettered: bool, size: tuple[int, int]) -> None:
        self._path, self._first, self._size = path, first, size
        self._reader = Reader()
        self._clean = self._read(next(pictures(path, 0))) if lettered else None
        self._mask = _strips(size)
        self._next = 0
        self._frames: Iterator[av.VideoFrame] = iter(())
        self._now: Planar | None = None

    def at(self, index: int) -> Planar:
        """The picture under frame `index` of the shot; a copy, to be drawn over."""
        if self._now is None or index < self._next - 1:
            self._frames, self._next = iter(pictures(self._path, self._first)), 0
        while self._next <= index:
            frame = next(self._frames, None)
            if frame is not None:
                self._now = self._read(frame)
            self._next += 1
        if self._now is None:
            raise IndexError(f"{self._path.name} has no frame {self._first}")
        shown = Planar(self._now.y.copy(), self._now.u.copy(), self._now.v.copy())
        if self._clean is not None:
            shown.lay(self._clean, (0, 0), self._mask)
        return shown

    def _read(self, frame: av.VideoFrame) -> Planar:
        picture = Image.fromarray(self._reader.rgb(frame))
        fitted = picture if picture.size == self._size else ImageOps.fit(picture, self._size, Image.Resampling.LANCZOS)
        return Planar.of(fitted)


def _strips(size: tuple[int, int]) -> Image.Image:
    """A mask over the strips of letters, soft at their inner edges."""
    high = size[1]
    column = Image.new("L", (1, high))
    for y in range(high):
        inside = max(HEAD - y / high, y / high - (1 - FOOT))
        column.putpixel((0, y), round(255 * min(1.0, max(0.0, 0.5 + inside / 0.06))))
    return column.resize(size)
