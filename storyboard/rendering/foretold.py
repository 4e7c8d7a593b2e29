"""What was foretold of a film's last run and what became of it: one small file beside its clips.

Losing it costs nothing but the comparison.
"""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from storyboard.rendering.forecast import Forecast
from storyboard.state.disk import LocalDisk, refusing
from storyboard.structs import replace


class Foretold(Struct, frozen=True):
    """A run that began and ended at these times, in wall seconds (`ended` None: it has not, or was killed), of so many
    `takes`; and the seconds that were foretold.
    """

    began: float
    median_s: float
    likely_s: float
    takes: int
    ended: float | None = None

    @property
    def took_s(self) -> float | None:
        """How long the run took, None where it has not ended."""
        return None if self.ended is None else max(0.0, self.ended - self.began)


def note(path: Path, forecast: Forecast, began: float) -> None:
    """Remember what is foretold of a run that begins. Raises Refused (14)."""
    _write(path, Foretold(began, forecast.median_s, forecast.likely_s, forecast.takes))


def note_end(path: Path, ended: float) -> None:
    """Remember when it ended, where something was foretold of it. Raises Refused (14)."""
    found = read(path)
    if found is not None:
        _write(path, replace(found, ended=ended))


def read(path: Path) -> Foretold | None:
    """What is remembered; None where nothing is, or it cannot be read."""
    try:
        said = json.loads(path.read_bytes())
        began, median_s, likely_s = (float(said[name]) for name in ("began", "median_s", "likely_s"))
        ended = None if said["ended"] is None else float(said["ended"])
        return Foretold(began, median_s, likely_s, int(said["takes"]), ended)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, foretold: Foretold) -> None:
    with refusing(path):
        LocalDisk().write(path, json.dumps(asdict(foretold)).encode())
