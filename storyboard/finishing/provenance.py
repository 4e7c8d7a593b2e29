"""How each clip of a film was made, told from the state: what was wanted, what was asked, of whom, and what it cost.

The same facts stand in `film.json` beside the film and in an exported timeline. They tell nothing of accounts, keys and
machines, and they are not in the film's bytes, which stay those that the same clips always give.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from storyboard.film import Clip
from storyboard.planning import manifest
from storyboard.planning.plan import PlannedTake
from storyboard.state.journal import AttemptRecord, History, TakeRecord

SPELLING = 1
"""The version of `film.json`."""


def made(take: PlannedTake, clip: Clip, history: History, kept: Mapping[str, Any]) -> dict[str, Any]:
    """How the clip of a take was made, as JSON data; `kept` is what the clip's own sidecar says of the take."""
    record = history.takes.get(take.key)
    attempt = bought(take, history)
    dated = attempt.created if attempt is not None else record.changed if record is not None else 0.0
    return {
        "take": take.id,
        "provider": take.provider,
        "seed": manifest.seed(take.shot, take.number) if take.shot.generated else None,
        "intent": json.loads(record.own if record is not None else take.own),
        "ask": json.loads(record.ask) if record is not None and record.ask else None,
        "carried": record.carried if record is not None else take.was_carried,
        "job": attempt.job if attempt is not None else None,
        "charged": _charged(attempt),
        "date": datetime.fromtimestamp(dated, UTC).isoformat(timespec="seconds") if dated else None,
        "storyboard": kept.get("storyboard"),
        "sha256": clip.id,
        "frames": clip.frames,
        "fps": str(clip.fps),
    }


def bought(take: PlannedTake, history: History) -> AttemptRecord | None:
    """The order that gave a take its clip; None where nobody was paid."""
    tries = [one for one in history.attempts.values() if one.take == take.key and one.state == "succeeded"]
    return max(tries, key=lambda one: one.created, default=None)


def prompt_of(record: TakeRecord | None) -> str:
    """The composed prompt that went out for a take; empty where none did."""
    asked = json.loads(record.ask) if record is not None and record.ask else {}
    return str(asked.get("prompt") or "")


def _charged(attempt: AttemptRecord | None) -> dict[str, str] | None:
    if attempt is None or attempt.charged is None:
        return None
    return {"amount": f"{attempt.charged:f}", "unit": attempt.unit}


def sidecar(film: Clip, title: str, codec: str, start: str, shots: Sequence[Mapping[str, Any]]) -> str:
    """The text of `film.json`: the film, and its shots in order, each where it stands and how its clip was made."""
    facts = {
        "film_json": SPELLING,
        "title": title,
        "film": {
            "sha256": film.id,
            "frames": film.frames,
            "fps": str(film.fps),
            "seconds": str(Fraction(film.frames) / film.fps),
            "width": film.width_px,
            "height": film.height_px,
            "codec": codec,
            "start_timecode": start,
        },
        "shots": list(shots),
    }
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
