"""From any decoded picture to one as films are coded: bt709, video levels, the film's size, and yuv420p unless a
coding says otherwise.

Laws.
- A picture is shown upright (its display matrix, mirrored or not) and in its true shape (the aspect of its pixels).
- `crop` fills the frame and loses what stands over, evenly on both sides; `pad` shows all of it between black bars. The
  true shape is kept to within a pixel.
- Colour follows the tags. Clips without them are bt709, as everything here is written; a stranger's footage without
  them (`foreign`) is read as its makers meant it, standard definition by bt601. Full range is never shown flat.
- FFmpeg's own scaler does all of it in one pass, with the flags that give the same bytes on every machine.
"""

from __future__ import annotations

import struct
from fractions import Fraction

import av
import av.filter
from av.sidedata.sidedata import SideData
from msgspec import Struct

from storyboard.media.coding import PLAIN
from storyboard.media.reading.frames import FULL_RANGE
from storyboard.media.reading.guard import Opened
from storyboard.media.reel import Fit

SCALE = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
MATRIX_NAMES = {4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020"}
"""From H.264's numbers of colour matrices to the scaler's names."""
UNTAGGED = 2
STANDARD = (1024, 576)
"""The largest standard-definition picture, wide pixels included; either way up."""

_TURNS = {
    (1, 0, 0, 1): (),
    (-1, 0, 0, -1): (("hflip", ""), ("vflip", "")),
    (-1, 0, 0, 1): (("hflip", ""),),
    (1, 0, 0, -1): (("vflip", ""),),
    (0, 1, -1, 0): (("transpose", "clock"),),
    (0, -1, 1, 0): (("transpose", "cclock"),),
    (0, 1, 1, 0): (("transpose", "cclock_flip"),),
    (0, -1, -1, 0): (("transpose", "clock_flip"),),
}
"""The signs of a display matrix (a, b, c, d), and the filters that do what it says."""


class _Kind(Struct, frozen=True):
    """What decides how a picture is converted; while it stays, so do the filters."""

    width: int
    height: int
    format: str
    matrix: str
    full: bool
    turn: tuple[tuple[str, str], ...]


class Shaper:
    """Fits pictures into a frame of the film; keeps its filters while the pictures are of one kind.

    `width_px` and `height_px` are even. `pixel` is the aspect of one pixel as the file's stream has it. `foreign` says
    that untagged pictures follow the habits of cameras and not ours. `pixels` is how the film's are stored.
    """

    def __init__(
        self,
        width_px: int,
        height_px: int,
        fit: Fit,
        pixel: Fraction | None = None,
        foreign: bool = False,
        pixels: str = PLAIN,
    ) -> None:
        self.width_px, self.height_px, self.fit, self.foreign = width_px, height_px, fit, foreign
        self.pixels = pixels
        self._pixel = pixel or Fraction(1)
        self._kind: _Kind | None = None
        self._graph = av.filter.Graph()
        self._before: av.VideoFrame | None = None
        self._shaped: av.VideoFrame

    def sees(self, clip: Opened) -> None:
        """The pictures of this clip, open for decoding, come next: its pixels have their own aspect."""
        pixel = clip.video.sample_aspect_ratio
        self._pixel = Fraction(pixel) if pixel else Fraction(1)

    def shaped(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The picture in the film's frame: `pixels`, bt709, video levels, `width_px` x `height_px`.

        A frame that is so already comes back itself; the same frame twice gives the same picture, converted once.
        """
        if frame is self._before:
            return self._shaped
        kind = _kind(frame, self.foreign)
        self._before = frame
        if kind == _Kind(self.width_px, self.height_px, self.pixels, "bt709", False, ()) and self._pixel == 1:
            self._shaped = frame
        else:
            self._shaped = self._converted(frame, kind)
        return self._shaped

    def _converted(self, frame: av.VideoFrame, kind: _Kind) -> av.VideoFrame:
        if kind != self._kind:
            self._graph, self._kind = self._filters(kind), kind
        frame.pts, frame.time_base = 0, Fraction(1, 1000)
        self._graph.vpush(frame)
        shaped = self._graph.vpull()
        assert isinstance(shaped, av.VideoFrame)
        return shaped

    def _filters(self, kind: _Kind) -> av.filter.Graph:
        graph = av.filter.Graph()
        last = graph.add_buffer(
            width=kind.width, height=kind.height, format=av.VideoFormat(kind.format), time_base=Fraction(1, 1000)
        )
        for name, arguments in (*kind.turn, *self._fitting(kind), ("format", f"pix_fmts={self.pixels}")):
            following = graph.add(name, arguments or None)
            last.link_to(following)
            last = following
        last.link_to(graph.add("buffersink"))
        graph.configure()
        return graph

    def _fitting(self, kind: _Kind) -> list[tuple[str, str]]:
        """Crop, scale and pad: filters and their arguments."""
        turned = any(name == "transpose" for name, _ in kind.turn)
        wide, high = (kind.height, kind.width) if turned else (kind.width, kind.height)
        pixel = 1 / self._pixel if turned else self._pixel
        stretch = wide * pixel / high / Fraction(self.width_px, self.height_px)
        levels = f"in_color_matrix={kind.matrix}:in_range={'pc' if kind.full else 'tv'}"
        scale = f"flags={SCALE}:{levels}:out_color_matrix=bt709:out_range=tv:out_h_chr_pos=0"
        if self.fit == "crop":
            w = min(wide, even(wide / stretch)) if stretch > 1 else wide
            h = min(high, even(high * stretch)) if stretch < 1 else high
            crop = [("crop", f"{w}:{h}")] if (w, h) != (wide, high) else []
            return [*crop, ("scale", f"{self.width_px}:{self.height_px}:{scale}")]
        w = self.width_px if stretch >= 1 else min(self.width_px, even(self.width_px * stretch))
        h = self.height_px if stretch <= 1 else min(self.height_px, even(self.height_px / stretch))
        fitted = [("scale", f"{w}:{h}:{scale}"), ("format", f"pix_fmts={self.pixels}")]
        left, top = (self.width_px - w) // 4 * 2, (self.height_px - h) // 4 * 2
        pad = ("pad", f"{self.width_px}:{self.height_px}:{left}:{top}:black")
        return [*fitted, pad] if (w, h) != (self.width_px, self.height_px) else fitted


def even(length: Fraction) -> int:
    """The even number nearest a length, at least 2."""
    return max(2, int((length / 2 + Fraction(1, 2)) // 1) * 2)


def _kind(frame: av.VideoFrame, foreign: bool) -> _Kind:
    """What a picture is, as far as converting it goes."""
    number, name = int(frame.colorspace), frame.format.name
    matrix = MATRIX_NAMES.get(number, "bt709")
    long, short = max(frame.width, frame.height), min(frame.width, frame.height)
    jpeg = name.startswith("yuvj")
    full = jpeg or frame.color_range == FULL_RANGE
    if foreign and number == UNTAGGED and (jpeg or (long <= STANDARD[0] and short <= STANDARD[1])):
        matrix = "bt601"
    return _Kind(frame.width, frame.height, name, matrix, full, _turn(frame))


def _turn(frame: av.VideoFrame) -> tuple[tuple[str, str], ...]:
    """The filters that set a picture upright, by its display matrix (ISO/IEC 14496-12, 8.2.2)."""
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(matrix, SideData):
        return ()
    a, b, _, c, d = struct.unpack_from("=5i", bytes(matrix))
    least = max(abs(a), abs(b)) / 2
    a, b, c, d = ((value > least) - (value < -least) for value in (a, b, c, d))
    return _TURNS.get((a, b, c, d), ())  # a turn by an odd angle is shown as it was shot
