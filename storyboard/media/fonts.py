"""The open font of everything we set in pictures: Source Sans 3, which draws Latin, Greek and Cyrillic.

Scripts that it lacks (Chinese, Japanese, Korean, Arabic …) are set in a font of this machine where a well-known one is
installed; nothing is downloaded.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import fontpkg_source_sans_3
from PIL import ImageFont

UPRIGHT, ITALIC = "SourceSans3[wght].ttf", "SourceSans3-Italic[wght].ttf"
ELSEWHERE = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "C:/Windows/Fonts/msyh.ttc",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
)
"""Where systems keep a font with wide coverage, best first."""


@cache
def face(size_px: int, weight: int = 400, italic: bool = False) -> ImageFont.FreeTypeFont:
    """Source Sans 3 at a size in pixels and a weight from 200 (light) to 900 (black)."""
    font = ImageFont.truetype(str(fontpkg_source_sans_3.ROOT / "files" / (ITALIC if italic else UPRIGHT)), size_px)
    font.set_variation_by_axes([weight])
    return font


@cache
def substitutes(size_px: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    """The fonts of this machine that may draw what Source Sans 3 lacks, best first; often none."""
    return tuple(ImageFont.truetype(path, size_px) for path in ELSEWHERE if Path(path).is_file())


def draws(font: ImageFont.FreeTypeFont, char: str) -> bool:
    """Whether a font has a shape of its own for a character (and not the box for missing ones)."""
    if char.isspace():
        return True
    return _shape(font, char) != _shape(font, "\U0010fffe")


@cache
def _shape(font: ImageFont.FreeTypeFont, char: str) -> bytes:
    mask = font.getmask(char)
    return bytes(mask) + repr(mask.size).encode()
