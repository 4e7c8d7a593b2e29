"""How a render ended, in words, as a status and as an exit code; of several films each by its name, and all in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from storyboard.cli.ends import BUDGET, DECIDE, INCOMPLETE, Ended, Signalled, say
from storyboard.cli.status import charged_json
from storyboard.diagnostics import Diagnostic, draw
from storyboard.production.wishes import Fate, Rendered
from storyboard.rendering.allowance import OVER_BUDGET
from storyboard.rendering.money import spell
from storyboard.rendering.work import ENDED

SENT = {"hosting": "planned", "posting": "submitting", "remote": "submitted", "fetching": "downloading"}
"""Where a paid take may stand when a run is stopped, and what `status` calls that."""
CODES = {"failed": "take-failed", "ambiguous": "ambiguous", "lost": "paid-lost"}
"""What a take's end is called as a mistake at its shot."""


class Endings:
    """What is said when films have ended. `spelt` names all of them on a command line. `paths` are those that are
    there, `unfinished` says that one is not, or not whole, and `signal` is what stopped the run.
    """

    def __init__(self, spelt: str, as_json: bool, several: bool) -> None:
        self.as_json = as_json
        self.several = several
        self.paths: list[Path] = []
        self.unfinished = False
        self.signal: int | None = None
        self._spelt = spelt
        self._codes: set[int] = set()
        self._said: set[Diagnostic] = set()
        self._charged = ""

    def say(self, rendered: Rendered, path: Path | None) -> None:
        """Say how one ended: what is wrong, where it is, what is missing."""
        self.signal = rendered.signal
        self._charged = spell(rendered.charged)
        problems = [*_problems(rendered), *rendered.problems]
        if anew := [one for one in problems if one not in self._said]:
            say(draw(anew, rendered.planned.loaded.texts))
            self._said.update(anew)
        there = path is not None and rendered.clip is not None
        if path is not None and there:
            self.paths.append(path)
            if not self.as_json:
                click.echo(str(path))
            if rendered.slates or not problems:
                say(film_line(rendered))
            if not rendered.slates and not problems:
                return
        self.unfinished = True
        self._summarize(rendered)
        drawn = rendered.signal is None and not problems and set(_phases(rendered)) == {"done"}
        if there or not drawn:
            self._codes.add(_code(rendered))

    def over(self) -> None:
        """All have ended: say what was charged and how to go on, where there is more to do. Raises Signalled, Ended."""
        if self._codes:
            say(f"Charged: {self._charged}. Resume: storyboard render {self._spelt}")
        if self.signal is not None:
            raise Signalled(self.signal)
        if (worst := next((one for one in (DECIDE, BUDGET, INCOMPLETE) if one in self._codes), None)) is not None:
            raise Ended(worst)

    def _summarize(self, rendered: Rendered) -> None:
        name = f"{rendered.planned.name}: " if self.several else ""
        say(f"{name}{_summary(rendered)}")


def status(rendered: Rendered, path: Path | None) -> dict[str, Any]:
    """What `render --json` says of a film in the end."""
    phases = _phases(rendered)
    return {
        "film": str(path) if path else None,
        "frames": rendered.clip.frames if rendered.clip else None,
        "takes": {phase: sum(one == phase for one in phases) for phase in sorted(set(phases))},
        "charged": charged_json(rendered.charged),
    }


def film_line(rendered: Rendered) -> str:
    """How long a film that was cut is, and which shots of it are slates."""
    film, clip = rendered.planned.plan.film, rendered.clip
    if clip is None:
        return ""
    shots, seconds = len(film.on_screen), float(clip.duration)
    slates = f", slates for {', '.join(rendered.slates[:8])}" if rendered.slates else ""
    return f"{film.title}: {shots} shot{'s' if shots != 1 else ''}, {clip.frames} frames, {seconds:g} s{slates}"


def _phases(rendered: Rendered) -> list[str]:
    """How each take ended; one that did not, in the words of `status`."""
    phases = [fate.phase for fate in rendered.states.values()]
    return [phase if phase in ENDED else SENT.get(phase, "planned") for phase in phases]


def _code(rendered: Rendered) -> int:
    if {"ambiguous", "lost"} & {fate.phase for fate in rendered.states.values()}:
        return DECIDE
    return BUDGET if any(fate.code == OVER_BUDGET for fate in rendered.states.values()) else INCOMPLETE


def _problems(rendered: Rendered) -> list[Diagnostic]:
    """A failed take as a mistake at its shot."""
    takes = {take.key: take for take in rendered.planned.plan.takes}
    failed = [(takes[key], fate) for key, fate in rendered.states.items() if fate.phase in CODES]
    return [
        Diagnostic(_named(fate), f"take {take.id}: {fate.reason}", take.shot.place, related=take.shot.origin)
        for take, fate in failed
    ]


def _named(fate: Fate) -> str:
    return OVER_BUDGET if fate.code == OVER_BUDGET else CODES[fate.phase]


def _summary(rendered: Rendered) -> str:
    phases = _phases(rendered)
    counts = ", ".join(f"{phases.count(phase)} {phase}" for phase in sorted(set(phases)))
    had = {take.key for take in rendered.planned.plan.takes if take.clip is not None}
    missing = rendered.planned.plan.missing(
        had | {key for key, fate in rendered.states.items() if fate.phase == "done"}
    )
    return counts + (f" · no clip yet: {', '.join(missing[:8])}" if missing else "")
