"""What `plan --forecast` says: to people, with small bars, and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from storyboard.planning.price import spell_totals
from storyboard.planning.report import prices_json, spell_seconds
from storyboard.rendering.forecast import Forecast, Help

WIDE = 24
"""The letters of the longest bar."""
NAMED = 6
"""As many takes of a chain are named."""
HELD_UP = {
    "chain": "the longest chain: each of its takes waits for the one before",
    "concurrency": "how many jobs run at once",
    "requests": "how often the gateway may be asked",
    "jobs": "how many clips are drawn at once",
    "nothing": "nothing: there is nothing to render",
}


def told(runs: Sequence[Forecast], as_json: bool) -> str:
    """The forecasts of the runs that a storyboard takes: one, but where its films cannot all be rendered together."""
    if as_json:
        objects = [described(one) for one in runs]
        return json.dumps(objects[0] if len(objects) == 1 else {"runs": objects}, ensure_ascii=False)
    return "\n\nthen\n\n".join(as_text(one) for one in runs)


def as_text(forecast: Forecast) -> str:
    """A few lines for people."""
    finish = f"in about {spell_seconds(forecast.median_s)}, nine times of ten within {spell_seconds(forecast.likely_s)}"
    lines = [
        ("finish", finish if forecast.takes else "at once"),
        *_ends(forecast),
        ("takes", str(forecast.takes)),
        ("cost", spell_totals(forecast.cost) or "free"),
        ("longest chain", _chain(forecast.critical)),
        ("held up by", HELD_UP[forecast.bottleneck]),
    ]
    said = [f"{name:<15}{text}" for name, text in lines]
    if forecast.helps:
        said += ["", _bar("as it is", forecast.median_s, forecast.median_s)]
        said += [_bar(_more(one), forecast.median_s - one.earlier_s, forecast.median_s) for one in forecast.helps]
    untimed = sorted(name for name in forecast.cost if name not in forecast.timed)
    if untimed:
        said += [
            "",
            f"No jobs of {', '.join(untimed)} were timed yet: they are taken to last as long as is said of it.",
        ]
    if forecast.failed:
        take, why = next(iter(forecast.failed.items()))
        said += ["", f"{len(forecast.failed)} would get no clip; {take}: {why}"]
    return "\n".join(said)


def described(forecast: Forecast) -> dict[str, Any]:
    """The object of `plan --forecast --json`; names are settled in the reference."""
    return {
        "seconds": {"median": round(forecast.median_s, 1), "ninety": round(forecast.likely_s, 1)},
        "takes": forecast.takes,
        "cost": prices_json(forecast.cost),
        "critical": list(forecast.critical),
        "bottleneck": forecast.bottleneck,
        "helps": [
            {
                "what": one.what,
                "provider": one.provider,
                "now": one.now,
                "amount": one.amount,
                "earlier": round(one.earlier_s, 1),
            }
            for one in forecast.helps
        ],
        "timed": sorted(forecast.timed),
        "failed": dict(forecast.failed),
        "films": {name: round(seconds, 1) for name, seconds in forecast.films.items()},
    }


def _ends(forecast: Forecast) -> list[tuple[str, str]]:
    """When the first of several films is there."""
    first = next(iter(forecast.films.items()), None)
    return [("first film", f"{first[0]}, in about {spell_seconds(first[1])}")] if first is not None else []


def _chain(takes: Sequence[str]) -> str:
    if len(takes) <= NAMED:
        return " → ".join(takes) or "none"
    return f"{' → '.join(takes[: NAMED - 2])} → … → {takes[-1]} ({len(takes)} takes)"


def _more(one: Help) -> str:
    names = {"concurrency": "jobs at once", "requests": "requests a window", "jobs": "clips at once"}
    where = "" if one.what == "jobs" else f" with {one.provider}"
    return f"{one.amount} {names[one.what]}{where}, not {one.now}"


def _bar(name: str, seconds: float, most: float) -> str:
    bar = "█" * max(1, math.ceil(WIDE * seconds / max(most, 1.0)))
    earlier = f", {spell_seconds(most - seconds)} earlier" if seconds < most else ""
    return f"  {bar:<{WIDE}}  {spell_seconds(seconds)}: {name}{earlier}"
