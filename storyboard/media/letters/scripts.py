"""What a text's characters ask of whoever sets it: whose forms, which way, where a line may break. Pure.

Laws. Chinese and Japanese break between any two characters but where kinsoku forbids it: no line begins with a closing
mark, a small kana or a dash, none ends with an opening mark. Korean breaks at spaces, like Latin; so does everything
that is right to left. Directions follow the Unicode bidirectional algorithm as far as plain text without embeddings
needs it: neutrals between two stretches of one direction go with them, others with the line.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import Literal

Tongue = Literal["ja", "ko", "zh", "zh-Hant"]
Direction = Literal["ltr", "rtl"]

CLOSING = frozenset("、。，．：；？！・‧·）］｝〕〉》」』】〗〙〟｠’”»›!),.:;?]}%‰％°℃′″‥…—–～〜ー々〻ゝゞヽヾ゛゜"
                    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ")  # fmt: skip
"""What no line begins with."""
OPENING = frozenset("（［｛〔〈《「『【〖〘〝｟‘“«‹([{￥＄£￡$#№")
"""What no line ends with."""
DASHES = frozenset("—…‥―")
"""What stands in pairs that no line end parts."""
AMBIGUOUS = frozenset("“”‘’—…·")
"""Marks that Chinese and Japanese set a full square wide, and others not."""


def is_hangul(char: str) -> bool:
    """Whether a character is a Korean letter or syllable."""
    return "\uac00" <= char <= "\ud7ff" or "\u1100" <= char <= "\u11ff" or "\u3130" <= char <= "\u318f"


def is_wide(char: str) -> bool:
    """Whether a character stands in a square of its own, as Han, kana and their punctuation do; Hangul does not count,
    because its words hold together.
    """
    return unicodedata.east_asian_width(char) in ("W", "F") and not is_hangul(char)


def is_kana(char: str) -> bool:
    """Whether a character is hiragana or katakana."""
    return "\u3041" <= char <= "\u30ff" or "\uff66" <= char <= "\uff9d"


def tongue(text: str) -> Tongue:
    """Whose forms of Han characters a text asks for: kana say Japanese, Hangul Korean, bopomofo traditional Chinese."""
    if any(map(is_kana, text)):
        return "ja"
    if any(map(is_hangul, text)):
        return "ko"
    return "zh-Hant" if any("\u3105" <= char <= "\u312f" for char in text) else "zh"


def squared(text: str) -> list[bool]:
    """For each character whether it belongs to Chinese or Japanese setting; ambiguous marks follow their neighbours."""
    wide = [is_wide(char) for char in text]
    for order in (range(1, len(text)), range(len(text) - 2, -1, -1)):
        back = 1 if order.step > 0 else -1
        for place in order:
            wide[place] = wide[place] or (text[place] in AMBIGUOUS and wide[place - back])
    return wide


def needs_shaping(char: str) -> bool:
    """Whether a character is only right when a shaping engine joins, reorders or turns it: Hebrew, Arabic, Indic."""
    indic = "\u0590" <= char <= "\u109f" and not "\u0e00" <= char <= "\u0eff"
    return indic or "\u1780" <= char <= "\u18af" or unicodedata.bidirectional(char) in ("R", "AL")


def direction(text: str) -> Direction:
    """The way of a line: that of its first letter that has one, else left to right."""
    for char in text:
        if (way := _strong(char)) is not None:
            return way
    return "ltr"


def _strong(char: str) -> Direction | None:
    found = unicodedata.bidirectional(char)
    return "ltr" if found == "L" else "rtl" if found in ("R", "AL") else None


def stretches(text: str, base: Direction | None = None) -> list[tuple[Direction, str]]:
    """The text cut into stretches of one direction, in the order in which they stand from left to right."""
    base = base or direction(text)
    ways: list[Direction | None] = [_strong(char) for char in text]
    before: Direction = base
    for place, char in enumerate(text):
        if ways[place] is None and before == "ltr" and char.isdigit():
            ways[place] = "ltr"
        before = ways[place] or before
    settled: list[Direction] = []
    ahead = _next_strong(ways, base)
    behind: Direction = base
    for way, after in zip(ways, ahead, strict=True):
        settled.append(way or (behind if behind == after else base))
        behind = way or behind
    parts = [
        (way, "".join(char for _, char in group))
        for way, group in groupby(zip(settled, text, strict=True), lambda pair: pair[0])
    ]
    return parts if base == "ltr" else parts[::-1]


def _next_strong(ways: list[Direction | None], base: Direction) -> list[Direction]:
    """For each place the direction of the next character that has one, at the end the line's."""
    ahead: list[Direction] = []
    seen: Direction = base
    for way in reversed(ways):
        ahead.append(seen)
        seen = way or seen
    return ahead[::-1]


def pieces(text: str) -> list[str]:
    """The text cut wherever a line may break; a piece keeps the spaces after it."""
    if not text:
        return []
    korean = text.isascii() or tongue(text) == "ko"
    found: list[str] = []
    begin = 0
    for place in range(1, len(text)):
        if _may_break(text[place - 1], text[place], words=korean):
            found.append(text[begin:place])
            begin = place
    return [*found, text[begin:]]


def _may_break(left: str, right: str, *, words: bool) -> bool:
    if right == " ":
        return False
    if left == " ":
        return True
    if words or not (is_wide(left) or is_wide(right)) or unicodedata.combining(right):
        return False
    return left not in OPENING and right not in CLOSING and not (left in DASHES and right in DASHES)


def clusters(text: str) -> list[str]:
    """The text in the smallest parts that may be torn where nothing else helps: a letter with the marks on it."""
    found: list[str] = []
    for char in text:
        if found and (unicodedata.category(char) in ("Mn", "Me", "Mc") or char in "\u200c\u200d"):
            found[-1] += char
        else:
            found.append(char)
    return found
