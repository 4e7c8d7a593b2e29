"""Lengths, sizes and lines of dialogue as people type them into a cell."""

from __future__ import annotations

import re
from fractions import Fraction

from storyboard.importing.naming import Assets
from storyboard.importing.writing import Value, literal
from storyboard.language.models.shot_model import SIZES

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)")
_SECONDS = re.compile(
    r"(?:\d+(?:[.,]\d+)?\s*(?:-|–|—|~|to)\s*)?(\d{1,5}(?:[.,]\d{1,6})?)\s*(?:s|secs?|seconds?|″|\"|''|秒)?\.?", re.I
)
_MINUTES = re.compile(
    r"(\d{1,3}(?:[.,]\d+)?)\s*(?:m|mins?|minutes?|′|'|分)(?:\s*(\d{1,2})\s*(?:s|secs?|″|\"|秒)?)?\.?", re.I
)
_SHORT = ("EWS", "WS", "MWS", "FS", "MS", "MCU", "CU", "ECU", "INSERT")
_CHINESE = {
    **dict.fromkeys(("大远景", "极远景"), "EWS"),
    **dict.fromkeys(("远景", "大全景"), "WS"),
    **dict.fromkeys(("全景",), "FS"),
    **dict.fromkeys(("中全景", "中远景"), "MWS"),
    **dict.fromkeys(("中景",), "MS"),
    **dict.fromkeys(("中近景", "近景"), "MCU"),
    **dict.fromkeys(("特写",), "CU"),
    **dict.fromkeys(("大特写",), "ECU"),
}
_CUTS = (re.compile(r"\s+[-–—]\s+|\s*[,/;:(]\s*"), re.compile(r"\s*[-–—]\s*"), re.compile(r"\s+"))
_SPEAKER = re.compile(r"(?P<who>[^\W\d_][\w .'’-]{0,40}?)\s*(?:\((?P<how>[^)]{1,80})\))?\s*[:：]\s*(?P<says>\S.*)")
_OFFSCREEN = re.compile(r"\b(?:v\.?o|o\.?s|o\.?c)\b\.?", re.I)


def length(text: str) -> Fraction | None:
    """Seconds of `5`, `5s`, `5 sec`, `3-5s` (the longer), `0:05`, `1m 30s`, `5秒`; None for anything else."""
    text = text.strip()
    if clock := _CLOCK.fullmatch(text):
        found = Fraction(clock[3].replace(",", ".")) + 60 * int(clock[2]) + 3600 * int(clock[1] or 0)
    elif given := _SECONDS.fullmatch(text):
        found = Fraction(given[1].replace(",", "."))
    elif minutes := _MINUTES.fullmatch(text):
        found = 60 * Fraction(minutes[1].replace(",", ".")) + int(minutes[2] or 0)
    else:
        return None
    found = Fraction(round(found * 1000), 1000)
    return found if 0 < found <= 3600 else None


def size(text: str) -> tuple[str | None, str]:
    """A shot's size, and what else the cell says about the framing: `CU - over shoulder` is CU, `over shoulder`."""
    text = text.strip()
    for cut in (text, *(sign.split(text, maxsplit=1)[0] for sign in _CUTS)):
        word = " ".join(cut.casefold().replace("-", " ").split())
        found = next((one for one in _SHORT if one.casefold() == word), None) or SIZES.get(word) or _CHINESE.get(word)
        if found:
            return found, text[len(cut) :].strip(" -–—,/;:()")
    return None, text


def lines(text: str, cast: Assets) -> tuple[Value, list[str]]:
    """Spoken lines of a cell as `dialogue`, and the keys of who speaks in the picture.

    `MIRA (softly): You're late.` names a speaker; `V.O.` and `O.S.` put them out of the picture.
    """
    found: list[dict[str, Value]] = []
    seen: list[str] = []
    for line in filter(None, (one.strip() for one in text.split("\n"))):
        match = _SPEAKER.fullmatch(line)
        if match is None or not (match["who"].isupper() or cast.known(match["who"]) or _wide(match["who"])):
            found.append({"says": literal(_unquoted(line))})
            continue
        how = match["how"] or ""
        offscreen = bool(_OFFSCREEN.search(how))
        who = cast.key(named(match["who"]))
        how = _OFFSCREEN.sub("", how).strip(" ,;")
        said: dict[str, Value] = {"who": who, "says": literal(_unquoted(match["says"]))}
        found.append(said | ({"how": literal(how)} if how else {}) | ({"offscreen": True} if offscreen else {}))
        seen += [] if offscreen else [who]
    if len(found) == 1 and set(found[0]) == {"says"}:
        return found[0]["says"], seen
    return found, seen


def named(text: str) -> str:
    """A name for people: `MIRA HALE` is Mira Hale; what has small letters stays."""
    return (
        " ".join(word.capitalize() if len(word) > 2 or word.isalpha() else word for word in text.split())
        if text.isupper()
        else text.strip()
    )


def _wide(text: str) -> bool:
    """Whether a name stands in a script without capitals."""
    return not any(char.isupper() or char.islower() for char in text)


def _unquoted(text: str) -> str:
    pairs = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("「", "」"), ("『", "』"))
    for opening, closing in pairs:
        inner = text[1:-1]
        if (
            len(text) > 2
            and text[0] == opening
            and text[-1] == closing
            and opening not in inner
            and closing not in inner
        ):
            return inner.strip()
    return text
