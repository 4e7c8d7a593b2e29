"""A change of colour as a value: light to import, JSON on the wire, composed without loss.

Laws. It is said in the coding that films have (Y, U and V of 8 bits, bt709, video levels), so that nothing is converted
to lay it on. The new luma depends on the luma alone; the new chroma on the chroma linearly, and on the luma by what is
added. Changes of this kind are closed: two of them, one after the other, are one of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

KNOTS = 33
"""Places at which the curves are told, evenly from level 0 to 256; between them they are straight."""
STEP = 256 / (KNOTS - 1)
DIGITS = 3


def _even() -> tuple[float, ...]:
    return tuple(number * STEP for number in range(KNOTS))


def _none() -> tuple[float, ...]:
    return (0.0,) * KNOTS


class Grade(Struct, frozen=True):
    """At each knot the new luma, and what is added to U and V; `chroma` is the matrix over (U - 128, V - 128), by rows.

    Without arguments it changes nothing.
    """

    luma: tuple[float, ...] = field(default_factory=_even)
    u: tuple[float, ...] = field(default_factory=_none)
    v: tuple[float, ...] = field(default_factory=_none)
    chroma: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 1.0)

    def then(self, other: Grade) -> Grade:
        """This change, and the other one after it, as one."""
        a, b, c, d = other.chroma
        e, f, g, h = self.chroma
        u = (at(other.u, y) + a * p + b * q for y, p, q in zip(self.luma, self.u, self.v, strict=True))
        v = (at(other.v, y) + c * p + d * q for y, p, q in zip(self.luma, self.u, self.v, strict=True))
        return Grade(
            tuple(at(other.luma, y) for y in self.luma),
            tuple(u),
            tuple(v),
            (a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h),
        )

    def to_json(self) -> str:
        """The grade as text, to `DIGITS` decimals of a level: the same on every machine."""
        places = {"luma": DIGITS, "u": DIGITS, "v": DIGITS, "chroma": 2 * DIGITS}
        kept = {name: [round(one, places[name]) for one in many] for name, many in asdict(self).items()}
        return json.dumps(kept, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Grade:
        """The grade that `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        return cls.of(json.loads(text))

    @classmethod
    def of(cls, data: Any) -> Grade:
        """The grade of a JSON object. Raises ValueError, KeyError or TypeError for anything else."""
        luma, u, v = (tuple(map(float, data[name])) for name in ("luma", "u", "v"))
        a, b, c, d = map(float, data["chroma"])
        if {len(luma), len(u), len(v)} != {KNOTS}:
            raise ValueError("a grade has as many places as there are knots")
        return cls(luma, u, v, (a, b, c, d))


def at(curve: Sequence[float], level: float) -> float:
    """What a curve says at a level; past its ends, what it says there."""
    place = min(max(level / STEP, 0.0), KNOTS - 1.0)
    number = min(int(place), KNOTS - 2)
    share = place - number
    return curve[number] * (1 - share) + curve[number + 1] * share
