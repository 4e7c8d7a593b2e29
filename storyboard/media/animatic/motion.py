"""How the camera moves: free words to a move, a move and a moment to what each plane shows.

The picture is made of planes at different depths. A camera that travels (push, pull, track, crane) shifts near planes
more than far ones; a camera that only turns or zooms (pan, tilt, zoom) shifts them alike. Everything eases in and out,
and a clip without a move drifts so little that one feels it more than sees it.
"""

from __future__ import annotations

import math
import re
from typing import Literal

from msgspec import Struct

Kind = Literal[
    "drift", "static", "push", "pull", "zoom in", "zoom out", "pan left", "pan right", "tilt up", "tilt down",
    "track left", "track right", "follow", "crane up", "crane down", "handheld",
]  # fmt: skip

_MOVES: tuple[tuple[Kind, str], ...] = (
    (
        "static",
        r"\b(static|locked?|lock-off|fixed|still|tripod|holds? (position|steady)|"
        r"camera[^.]{0,20} (holds?|stays|remains)|no move\w*)\b|固定|静止|不动",
    ),
    ("handheld", r"\b(hand-?held|shak\w+|jitter\w*|nervous|vérité|verite)\b|手持|抖|晃"),
    ("crane up", r"\b(crane|boom|jib|pedestal|ris\w+|lifts?)\b.*\bup\b|\bcrane\b(?!.*down)|\bjib\b(?!.*down)|升"),
    ("crane down", r"\b(crane|boom|jib|pedestal|lower\w*|descend\w*)\b|降"),
    ("zoom out", r"\bzoom\w*\s+(\w+\s+)?(out|back)"),
    ("zoom in", r"\bzoom\w*"),
    (
        "pull",
        r"\b(pull\w*|dolly\w*|dollies|track\w*|moves?|moving|slid\w*|back\w*)[\s-]+(\w+\s+)?(out|back|away|backwards?)\b|\bpull\w*\b|拉",
    ),
    ("tilt down", r"\btilt\w*\b.*\bdown|俯摇|下摇"),
    ("tilt up", r"\btilt\w*|仰摇|上摇"),
    ("pan left", r"\b(pan\w*|swish|whip\w*|swivel\w*)\b(?!.*left[\s-]to[\s-]right).*\b(left)\b|左摇|向左摇"),
    ("pan right", r"\b(pan\w*|swish|whip\w*|swivel\w*)\b|摇"),
    (
        "track left",
        r"\b(track\w*|truck\w*|slid\w*|crab\w*|lateral\w*|travel\w*)\b.*\b(left|right[\s-]to[\s-]left)\b|左移",
    ),
    ("push", r"\b(push\w*|doll(y|ies|ying)|creep\w*|inch\w*|clos\w+ in|moves? (in|closer|forward))\b|推"),
    ("follow", r"\b(follow\w*|steadicam|gimbal|accompan\w+|lead\w*|walks? with)\b|跟"),
    ("track right", r"\b(track\w*|truck\w*|slid\w*|crab\w*|lateral\w*|travel\w*|orbit\w*|arc\w*|circl\w+)\b|移|环绕"),
)
"""In this order: the first that matches wins."""

_CAMERA = re.compile(r"[^.;→\n]*\b(?:camera|shot|镜头|机位)[^.;→\n]*", re.IGNORECASE)


def read(move: str | None, text: str = "") -> Kind:
    """The move that words mean. Without a written one, sentences of `text` about the camera are read."""
    if move and move.strip():
        return _kind(move) or "drift"
    for sentence in _CAMERA.findall(text):
        kind = _kind(sentence)
        if kind:
            return kind
    return "drift"


def _kind(words: str) -> Kind | None:
    lowered = words.lower()
    return next((kind for kind, pattern in _MOVES if re.search(pattern, lowered)), None)


def ease(share: float) -> float:
    """Smooth from 0 to 1, at rest at both ends; beyond them it stays."""
    x = min(1.0, max(0.0, share))
    return x * x * x * (x * (6 * x - 15) + 10)


class View(Struct, frozen=True):
    """What a plane shows: magnification, and the shift of its centre in frame heights (x right, y down)."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0


def flat(kind: Kind) -> bool:
    """Whether a move shifts near and far alike, so that one plane will do."""
    return kind in ("static", "handheld") or kind.startswith(("zoom", "pan", "tilt"))


REACH = 0.055
"""Half the way of a pan or track, in frame heights."""


def view(kind: Kind, share: float, seconds: float, depth: float) -> View:
    """The view of a plane at `share` (0 to 1) of the clip; `depth` is 0 far away and 1 at the actors."""
    e = ease(share) - 0.5
    near = 0.35 + 0.65 * depth
    match kind:
        case "static":
            return View()
        case "push":
            return View(1.05 + 0.14 * near * e + 0.02 * near)
        case "pull":
            return View(1.05 - 0.14 * near * e + 0.02 * near)
        case "zoom in":
            return View(1.06 + 0.13 * e)
        case "zoom out":
            return View(1.06 - 0.13 * e)
        case "pan left":
            return View(1, -2 * REACH * e)
        case "pan right":
            return View(1, 2 * REACH * e)
        case "tilt up":
            return View(1.02, 0, -1.5 * REACH * e)
        case "tilt down":
            return View(1.02, 0, 1.5 * REACH * e)
        case "track left":
            return View(1, -2 * REACH * near * e)
        case "track right":
            return View(1, 2 * REACH * near * e)
        case "follow":
            return View(1.02, 2 * REACH * (1 - 0.85 * depth) * e, 0.003 * depth * math.sin(seconds * 7))
        case "crane up":
            return View(1.03, 0, -1.6 * REACH * near * e)
        case "crane down":
            return View(1.03, 0, 1.6 * REACH * near * e)
        case "handheld":
            return _hand(seconds)
        case "drift":
            return View(1.01 + 0.012 * near * (share - 0.5))


def onward(begin: View, own: View, rest: View) -> View:
    """`own` as it goes on from `begin`, where alone it would begin at `rest`."""
    return View(begin.zoom * own.zoom / rest.zoom, begin.x + own.x - rest.x, begin.y + own.y - rest.y)


def _hand(seconds: float) -> View:
    """A breathing hand: slow sways of unrelated periods, never a jolt."""
    x = (
        0.006 * math.sin(seconds * 2.3 + 0.4)
        + 0.0035 * math.sin(seconds * 5.1 + 1.9)
        + 0.0012 * math.sin(seconds * 11.3)
    )
    y = 0.005 * math.sin(seconds * 1.9 + 2.2) + 0.003 * math.sin(seconds * 4.3) + 0.0012 * math.sin(seconds * 9.7 + 0.8)
    return View(1.03, x, y)
