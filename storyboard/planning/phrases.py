"""The parts of a prompt, as sentences: who, what happens and when, where, the camera, the style. Pure.

Laws. A part that has nothing to say is an empty text. Names, places and things keep the author's words; only sizes,
angles, lenses and a camera at rest are spelt out, because a model reads `low` and `85mm` as anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from storyboard.assets import Asset, Casting, Look
from storyboard.film import Beat, Line, Shot
from storyboard.planning.supplied import Supplied, together

SIZES: Mapping[str, str] = {
    "EWS": "extreme wide shot",
    "WS": "wide shot",
    "MWS": "medium wide shot",
    "FS": "full shot",
    "MS": "medium shot",
    "MCU": "medium close-up",
    "CU": "close-up",
    "ECU": "extreme close-up",
    "INSERT": "insert shot",
}
AT_REST = frozenset({"static", "locked", "locked off", "locked-off", "still", "fixed", "none"})
"""Moves that are none."""
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_ANGLES = frozenset({"low", "high", "dutch", "canted", "tilted"})
_MILLIMETRES = re.compile(r"\d+(?:[.,]\d+)?(?:\s?[-–]\s?\d+)?\s?mm", re.IGNORECASE)
_HEADING = re.compile(r"(INT\.?\s?/\s?EXT|I/E|INT|EXT|EST)[.\s]+\s*(.+)", re.IGNORECASE)
_INSIDE: Mapping[str, str] = {"INT": "Interior", "EXT": "Exterior", "EST": "Exterior"}


def sentence(text: str) -> str:
    """`text` with a capital at its start and a full stop at its end, where it has none of its own."""
    text = text.strip()
    return ended(f"{text[0].upper()}{text[1:]}") if text else ""


def ended(text: str) -> str:
    """`text` with a full stop at its end, where it has none of its own."""
    text = text.strip()
    if not text or text[-1] in '.!?…。！？"”’»」':
        return text
    return f"{text}{'。' if _IDEOGRAPHS.fullmatch(text[-1]) else '.'}"


def joined(sentences: Iterable[str]) -> str:
    """Sentences in a row."""
    return " ".join(one for one in sentences if one)


def clock(at: Fraction | None) -> str:
    """When something happens, to be followed by what: `At 2.5 s`."""
    return "" if at is None else f"At {float(at):g} s"


def person(one: Casting, supplied: Supplied) -> str:
    """Who somebody is, what they wear and how they are here."""
    look = one.look
    return thing(one.asset, look, (one.asset.description, look.description if look else None, one.manner), supplied)


def thing(asset: Asset, look: Look | None, facts: Iterable[str | None], supplied: Supplied) -> str:
    """An asset by its name, with what is said of it and what its files are for."""
    files = asset.worn(look)
    cited = supplied.cited(asset.name, files)
    told = "; ".join(fact.strip().rstrip(".") for fact in facts if fact)
    return joined([ended(f"{cited}: {told}" if told else cited), *supplied.purposes(files)])


def besides(shot: Shot, supplied: Supplied) -> Iterator[str]:
    """What the texts cite, or `references` names, that is not in the shot otherwise."""
    there = {asset.key for asset in (shot.location, shot.style, *shot.props) if asset}
    worn = {one.asset.key: one.look for one in shot.cast}
    said = " ".join([*(beat.does for beat in shot.action), *(line.says for line in shot.dialogue)])
    for asset, look in shot.cites:
        new = asset.key not in there and asset.key not in worn
        dressed = look is not None and look is not worn.get(asset.key)
        untold = look.description if look and dressed and (look.description or "") not in said else None
        if new or untold or (dressed and any(map(supplied.label, asset.worn(look)))):
            yield thing(asset, look, (asset.description or asset.prompt if new else None, untold), supplied)


def beat(one: Beat) -> str:
    """Something that happens, and when."""
    at = clock(one.at)
    return f"{at}: {sentence(one.does)}" if at else sentence(one.does)


def spoken(line: Line, names: Mapping[str, str]) -> str:
    """A line as it is asked for: `Jonas says, softly: "You kept the coat."`"""
    who = together([names.get(key, key) for key in line.who]) if line.who else "A voice"
    how = ", ".join(part for part in (line.how, "offscreen" if line.offscreen else None) if part)
    lead = f"{who} {'say' if len(line.who) > 1 else 'says'}{f', {how}' if how else ''}"
    at = clock(line.at)
    says = line.says.strip().replace('"', "'")
    return f'{at}, {lead}: "{says}"' if at else f'{lead}: "{says}"'


def in_turn(beats: Iterable[tuple[Fraction | None, str]], lines: Iterable[tuple[Fraction | None, str]]) -> list[str]:
    """What happens and what is said, in the order of their times.

    One without a time follows the one before it in its list; at one time, what happens comes first.
    """
    timed: list[tuple[Fraction, str]] = []
    for column in (beats, lines):
        now = Fraction(0)
        for at, told in column:
            now = now if at is None else at
            timed.append((now, told))
    return [told for _, told in sorted(timed, key=lambda one: one[0])]


def place(shot: Shot, supplied: Supplied) -> str:
    """Where it is and when."""
    location = shot.location
    if location is None:
        told = _heading(shot.slug) if shot.slug else ""
        return sentence(", ".join(part for part in (told, shot.time) if part))
    files = location.references
    cited = supplied.cited(location.name, files)
    words = (location.description or "").strip().rstrip(".")
    told = words or location.name if cited == location.name else f"{cited}: {words}" if words else cited
    return joined([sentence(", ".join(part for part in (told, shot.time) if part)), *supplied.purposes(files)])


def _heading(slug: str) -> str:
    """A scene heading in words, without its time of day: `EXT. FERRY DECK - NIGHT` is `Exterior, Ferry Deck`."""
    found = _HEADING.fullmatch(slug.strip())
    if found is None:
        return slug.strip()
    where = re.split(r"\s[-–—]\s", found[2])[0].strip()
    where = where.title() if where.isupper() else where
    inside = _INSIDE.get(found[1].upper().rstrip("."), "Interior and exterior")
    return f"{inside}, {where}"


def camera(shot: Shot) -> str:
    """Size, framing, angle, lens and move."""
    size = SIZES.get(shot.size, shot.size) if shot.size else None
    angle = f"{shot.angle} angle" if shot.angle and shot.angle.strip().casefold() in _ANGLES else shot.angle
    lens = f"{shot.lens} lens" if shot.lens and _MILLIMETRES.fullmatch(shot.lens.strip()) else shot.lens
    move = shot.move
    if move and move.strip().casefold() in AT_REST:
        move = "static camera"
    elif move and move.strip().casefold() in ("handheld", "hand-held"):
        move = "handheld camera"
    parts = [part.strip().rstrip(".") for part in (size, shot.framing, angle, lens, move) if part]
    return sentence(", ".join(parts))


def style(shot: Shot, supplied: Supplied) -> str:
    """How the picture looks."""
    if shot.style is None:
        return ""
    files = shot.style.references
    shown = any(map(supplied.label, files))
    words = shot.style.prompt or shot.style.description or ("" if shown else shot.style.name)
    return joined([ended(f"Style: {words.strip()}") if words else "", *supplied.purposes(files, "style")])


def follows(shot: Shot, supplied: Supplied) -> str:
    """What is done with the clip or the frame of another shot, where the picture does not simply open on it."""
    start = shot.start
    if start is None or start.shot is None or start.mode == "first_frame":
        return ""
    words = supplied.capabilities.carry_words[start.mode]
    return words.format(frame=supplied.next("image"), clip=supplied.next("video"))


def negative(shot: Shot) -> str | None:
    """What must not be seen: the shot's own words, then its style's."""
    told = (shot.negative, shot.style.negative if shot.style else None)
    return ", ".join(one.strip() for one in told if one) or None
