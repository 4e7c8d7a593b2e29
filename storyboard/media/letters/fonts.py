"""The open fonts of everything we set in pictures.

Source Sans 3 draws Latin, Greek and Cyrillic and always comes along. Chinese, Japanese and Korean are set in Noto Sans
CJK (the extra `cjk`), Hebrew in Heebo and Arabic in Noto Sans Arabic (the extra `rtl`); where an extra is missing, in a
well-known font of this machine if it has one. Nothing is downloaded here. What no font draws is left out of a picture,
never a box, and `missing` lets `check` say so beforehand. Hebrew, Arabic and Indic need a shaping engine (Pillow's
raqm); without it they count as not drawn, because unjoined letters are no text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import fontpkg_source_sans_3
from msgspec import Struct
from PIL import ImageFont, features

from storyboard.media.letters.scripts import Tongue, is_hangul, is_wide, needs_shaping, squared, tongue

UPRIGHT, ITALIC = "SourceSans3[wght].ttf", "SourceSans3-Italic[wght].ttf"
CJK_FACES: Mapping[Tongue, int] = {"ja": 0, "ko": 1, "zh": 2, "zh-Hant": 3}
"""Where each tongue's forms stand in the collection of Noto Sans CJK."""
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
PROBE_PX = 20
"""The size at which it is tried whether a font has a shape for a character."""


class Family(Struct, frozen=True):
    """A font file, the face in it, and whether its first axis is the weight."""

    path: str
    index: int = 0
    axes: int = 0

    def at(self, size_px: int, weight: int = 400) -> ImageFont.FreeTypeFont:
        """The family at a size in pixels and, where it has weights, a weight from 200 to 900."""
        return _opened(self, size_px, weight if self.axes else 400)


@cache
def _opened(family: Family, size_px: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(family.path, size_px, index=family.index)
    if family.axes:
        font.set_variation_by_axes([float(weight), 100.0][: family.axes])
    return font


@cache
def source_sans(italic: bool = False) -> Family:
    """The family of Latin, Greek and Cyrillic."""
    return Family(str(fontpkg_source_sans_3.ROOT / "files" / (ITALIC if italic else UPRIGHT)), axes=1)


def face(size_px: int, weight: int = 400, italic: bool = False) -> ImageFont.FreeTypeFont:
    """Source Sans 3 at a size in pixels and a weight from 200 (light) to 900 (black)."""
    return source_sans(italic).at(size_px, weight)


@cache
def _packaged(package: str, file: str, index: int, axes: int) -> Family | None:
    """A font of an installed package; None where it is not installed."""
    found = find_spec(package)
    places = found.submodule_search_locations if found else None
    path = Path(next(iter(places))) / file if places else None
    return Family(str(path), index, axes) if path and path.is_file() else None


@cache
def substitutes(spoken: Tongue = "zh") -> tuple[Family, ...]:
    """The families here that may draw what Source Sans 3 lacks, best first; often none."""
    packaged = (
        _packaged("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc", CJK_FACES[spoken], 1),
        _packaged("fontpkg_heebo", "Heebo[wght].ttf", 0, 1),
        _packaged("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf", 0, 2),
    )
    here = tuple(Family(path) for path in ELSEWHERE if Path(path).is_file())
    return tuple(one for one in packaged if one is not None) + here


def installed() -> list[str]:
    """What tells whether the same fonts are here as before: those of this machine, and the engine that joins letters.

    Those of packages are not among them.
    """
    here = ((path, Path(path).stat()) for path in ELSEWHERE if Path(path).is_file())
    return [
        *(f"{path} {about.st_size} {about.st_mtime_ns}" for path, about in here),
        f"raqm {features.version('raqm')}",
    ]


def draws(family: Family, char: str) -> bool:
    """Whether a family has a shape of its own for a character (and not the box for missing ones), and it comes out
    right here.
    """
    if char.isspace():
        return True
    if needs_shaping(char) and not features.check("raqm"):
        return False
    return _shape(family, char) != _shape(family, "\U0010fffe")


@cache
def _shape(family: Family, char: str) -> bytes:
    mask = family.at(PROBE_PX).getmask(char)
    return bytes(mask) + repr(mask.size).encode()


@cache
def family_of(char: str, spoken: Tongue, squared_here: bool, italic: bool = False) -> Family | None:
    """The family that draws a character; `squared_here` says that it stands in Chinese or Japanese setting, where
    marks that Latin has too take their wide form. None where no font here draws it.
    """
    own = source_sans(italic)
    order = (*substitutes(spoken), own) if squared_here else (own, *substitutes(spoken))
    return next((family for family in order if draws(family, char)), None)


def missing(text: str) -> str:
    """The characters of a text that no font here draws, each once, in the text's order."""
    if text.isascii():
        return ""
    spoken = tongue(text)
    pairs = dict.fromkeys(zip(text, squared(text), strict=True))
    return "".join(dict.fromkeys(char for char, wide in pairs if _is_ink(char) and not family_of(char, spoken, wide)))


def _is_ink(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Mn") and not char.isspace()


def extra_for(char: str) -> str | None:
    """The extra of this package that brings a font for a character; None where none does."""
    if (is_wide(char) and not "\U00010000" <= char <= "\U0001ffff") or is_hangul(char):
        return "cjk"
    return "rtl" if "\u0590" <= char <= "\u077f" else None


def remedy(char: str) -> str:
    """What a person can do about a character that no font here draws."""
    if needs_shaping(char) and not features.check("raqm"):
        return "to set them Pillow needs Raqm, which needs FriBiDi on this machine"
    extra = extra_for(char)
    return f"pip install 'storyboard-render[{extra}]'" if extra else "none of the fonts that storyboard uses has them"
