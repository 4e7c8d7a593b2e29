"""Letters laid over a film's pictures.

Laws.
- A title stands over exactly the frames that it names; it comes and goes within them over `FADE_FRAMES`.
- It is drawn once, stays inside the frame's safe area, and never changes the picture where it has no letter or shadow.
- A soft shadow makes it readable on any picture; the lower third stands on a band besides.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from PIL import Image, ImageColor

from storyboard.media.animatic.planar import Planar
from storyboard.media.blend import WHOLE, Cover, Planes, channels
from storyboard.media.coding import H264, Coding
from storyboard.media.letters.setting import Align, Block, block, shadowed
from storyboard.media.reel import Overlay, TitlePlace

FADE_FRAMES = 6
SAFE = 0.055
"""The margin that no letter enters, as a share of the frame's width and height."""
SHADE = (10, 11, 14)
BAND = 0.62
"""How dark the band of a lower third is."""
SMALLEST = 0.026


class Style(Struct, frozen=True):
    """How a place sets its words: size and measure as shares of the short side and the width, weight, alignment, and
    where the block stands: its middle's share of the room across and down.
    """

    size: float
    measure: float
    height: float
    weight: int
    align: Align
    across: float
    down: float


STYLES: dict[TitlePlace, Style] = {
    "center": Style(0.105, 0.86, 0.7, 650, "center", 0.5, 0.5),
    "top": Style(0.075, 0.86, 0.35, 650, "center", 0.5, 0.0),
    "bottom": Style(0.065, 0.86, 0.35, 600, "center", 0.5, 1.0),
    "left": Style(0.075, 0.4, 0.7, 600, "left", 0.0, 0.5),
    "right": Style(0.075, 0.4, 0.7, 600, "right", 1.0, 0.5),
    "lower-third": Style(0.052, 0.8, 0.3, 600, "left", 0.0, 0.88),
}


class Title(Struct, frozen=True):
    """Letters ready to be laid: their ink and coverage by plane, the even place of their corner, and their frames."""

    ink: tuple[Planes, Planes, Planes]
    cover: tuple[Cover, Cover]
    at: tuple[int, int]
    first: int
    last: int
    fade_frames: int = FADE_FRAMES

    def strength(self, number: int) -> float:
        """How strongly it is seen in a frame of its segment: 0 outside its frames, 1 when it is all there."""
        fade = max(1, min(self.fade_frames, (self.last - self.first) // 3))
        return min(1.0, max(0.0, min(number - self.first + 1, self.last - number) / fade))

    def lay(self, on: Planes, number: int) -> None:
        """Lay it on a picture of its size, in place."""
        strength = self.strength(number)
        if strength <= 0:
            return
        room, (luma, _, _) = np.uint16 if on.dtype == np.uint8 else np.uint32, channels(on)
        for plane, ink, half in zip(channels(on), self.ink, (0, 1, 1), strict=True):
            x, y = self.at[0] * plane.shape[1] // luma.shape[1], self.at[1] * plane.shape[0] // luma.shape[0]
            under = plane[y : y + ink.shape[0], x : x + ink.shape[1]]
            cover = np.rint(self.cover[half] * strength).astype(room)
            mixed = under.astype(room) * (WHOLE - cover) + ink * cover
            under[:] = (mixed + room(WHOLE // 2)) >> room(8)


def title(over: Overlay, width_px: int, height_px: int, coding: Coding = H264) -> Title | None:
    """A title drawn for a frame of that size and coding; None where it has no letter."""
    style = STYLES[over.place]
    short = min(width_px, height_px)
    words = block(
        over.text,
        width_px * style.measure,
        height_px * style.height,
        round(short * style.size),
        max(7, round(short * SMALLEST)),
        style.weight,
        style.align,
    )
    if not words.lines:
        return None
    colour = ImageColor.getrgb(over.color)
    letters, margin = shadowed(words, (colour[0], colour[1], colour[2]), SHADE, 1.0)
    layer = Image.new("RGBA", (width_px, height_px), (*SHADE, 0))
    at = _place(words, style, width_px, height_px)
    if over.place == "lower-third":
        _band(layer, words, at)
    layer.alpha_composite(*inside(letters, (at[0] - margin, at[1] - margin)))
    return cut_out(layer, over.first, over.last, coding)


def _place(words: Block, style: Style, width_px: int, height_px: int) -> tuple[int, int]:
    """The corner of the block inside the safe area."""
    left, top = width_px * SAFE, height_px * SAFE
    room = (width_px - 2 * left - words.width, height_px - 2 * top - words.height)
    return round(left + style.across * room[0]), round(top + style.down * room[1])


def inside(letters: Image.Image, at: tuple[int, int]) -> tuple[Image.Image, tuple[int, int], tuple[int, int]]:
    """What PIL's composite takes: it does not know places outside the layer."""
    return letters, (max(0, at[0]), max(0, at[1])), (max(0, -at[0]), max(0, -at[1]))


def _band(layer: Image.Image, words: Block, at: tuple[int, int]) -> None:
    """A dark band behind the words, from the frame's edge to a little past them, soft at its end."""
    pad = round(words.hand.size_px * 0.55)
    end = min(layer.width, at[0] + words.width + 3 * pad)
    soft = min(end, 2 * pad)
    row = np.full(end, BAND)
    row[end - soft :] *= np.linspace(1, 0, soft)
    high = min(layer.height, words.height + 2 * pad)
    alpha = np.rint(np.repeat(row[None, :], high, axis=0) * 255).astype(np.uint8)
    band = Image.new("RGBA", (end, high), (*SHADE, 0))
    band.putalpha(Image.fromarray(alpha))
    layer.alpha_composite(band, (0, max(0, at[1] - pad)))


def cut_out(layer: Image.Image, first: int, last: int, coding: Coding, fade_frames: int = FADE_FRAMES) -> Title | None:
    """The part of a layer of the frame's size that is not empty, as planes; its corners are even."""
    box = layer.getchannel("A").getbbox()
    if box is None:
        return None
    left, top = (edge // 2 * 2 for edge in box[:2])
    right, bottom = (-(-edge // 2) * 2 for edge in box[2:])
    patch = layer.crop((left, top, right, bottom))
    ink, cover = Planar.of(patch.convert("RGB"), tall=coding.master), patch.getchannel("A")
    inks = (_ink(ink.y, coding), _ink(ink.u, coding), _ink(ink.v, coding))
    small = cover.reduce((2, 1) if coding.master else 2)
    return Title(inks, (_levels(cover), _levels(small)), (left, top), first, last, fade_frames)


def _ink(plane: Image.Image, coding: Coding) -> Planes:
    """A plane of 8 bits with the levels of a coding."""
    levels = np.asarray(plane)
    return levels.astype(np.uint16) << np.uint16(2) if coding.master else levels


def _levels(cover: Image.Image) -> Cover:
    """A mask of 0 to 255 as 0 to 256."""
    levels = np.asarray(cover).astype(np.uint16)
    return levels + (levels >> np.uint16(7))
