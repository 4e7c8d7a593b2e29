"""What a person asks of a run, and how it ended for each of its films."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from msgspec import Struct, field

from storyboard.diagnostics import Diagnostic
from storyboard.film import Clip, ShotId, TakeKey
from storyboard.production.planned import Planned
from storyboard.rendering.money import Charge
from storyboard.rendering.settling import OnAmbiguous
from storyboard.rendering.work import Phase
from storyboard.structs import replace

FAILED: frozenset[Phase] = frozenset(("failed", "ambiguous", "lost", "cancelled"))
"""How a take may end without a clip that was asked for."""


class Fate(Struct, frozen=True):
    """How a take ended: its last phase, why, and a failure's code."""

    phase: Phase
    reason: str = ""
    code: str = ""


class Rendered(Struct, frozen=True):
    """How a run ended for a film. `film` is None where shots are missing for which no slates stand (`slates`); `states`
    tells each take's last phase and why. By provider, `spent` is what the run has spent by now, and `extra` what is
    left of what takes that are ordered anew may cost.
    """

    planned: Planned
    states: Mapping[TakeKey, Fate]
    film: Path | None
    clip: Clip | None
    signal: int | None
    stopped: bool
    charged: Mapping[str, Charge]
    problems: tuple[Diagnostic, ...] = ()
    slates: tuple[ShotId, ...] = ()
    spent: Mapping[str, Decimal] = field(default_factory=dict)
    extra: Mapping[str, Decimal] = field(default_factory=dict)


class Wishes(Struct, frozen=True):
    """What a person asks of a run: takes drawn at once, the shots it is about, what of stale and failing takes, the
    shots of which there shall be another take, what it may spend at most with each provider, and whether the film is
    cut with slates for what is missing (`partial`). `on_ambiguous` says what becomes of takes of unknown fate, `extra`
    what those that are ordered anew may cost at most. `output` is what the film is to be called where it is copied to.
    `spent` is what the run has spent on other films, by provider.
    """

    jobs: int = 1
    only: tuple[str, ...] = ()
    stale: bool = False
    fail_fast: bool = False
    cut: bool = True
    retakes: tuple[str, ...] = ()
    budget: Mapping[str, Decimal] = field(default_factory=dict)
    on_ambiguous: OnAmbiguous = "skip"
    extra: Mapping[str, Decimal] = field(default_factory=dict)
    partial: bool = False
    output: Path | None = None
    spent: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def films(self) -> bool:
        """Whether films are to be cut."""
        return self.cut and (self.partial or not self.only)

    def after(self, rendered: Rendered) -> Wishes:
        """What is asked of the same run for the next films of the storyboard: its bounds are the run's."""
        return replace(self, spent=rendered.spent, extra=rendered.extra)
