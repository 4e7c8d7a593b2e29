"""What a plan says of a whole film, whatever page is looked at. Pure.

Law. What only some page shows is reckoned when somebody looks at it, and once a plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from storyboard.board.cards import Seen, Stand, progress, resting, searched
from storyboard.board.paging import WHOLE, Page, Row, pages, rows
from storyboard.diagnostics import Refused
from storyboard.film import Clip, Shot, ShotId, TakeId
from storyboard.finishing.timeline import Timeline, expected, timeline
from storyboard.planning import cuts, report
from storyboard.planning.plan import PlannedTake
from storyboard.planning.standing import STEPS, Mark
from storyboard.production.planned import Planned
from storyboard.rendering.money import Charge, charges
from storyboard.state.clips import file_stem


class Overview:
    """A plan. `tell_joins` tells the film's joins, as `status --json` does; it may take its time."""

    def __init__(self, planned: Planned, tell_joins: Callable[[], Iterable[Mapping[str, Any]]] = tuple) -> None:
        plan = planned.plan
        self.planned = planned
        self.shots: dict[ShotId, Shot] = {shot.id: shot for shot in plan.film.shots}
        self.at_rest = Stand.of(planned, Seen())
        """What cards are made from while nobody renders."""
        self.marks: dict[ShotId, Mark] = {shot.id: resting(shot, self.at_rest) for shot in plan.film.shots}
        """Where each shot stands while nobody renders."""
        self.counts = Counter(self.marks.values())
        self.done = sum(any(take.clip is not None for take in self.takes(shot.id)) for shot in plan.film.on_screen)
        """How many shots of the film have a clip."""
        self.sums = report.totals(plan, planned.capabilities, planned.frames)
        self.spent: Mapping[str, Charge] = charges(planned.history.attempts.values())
        self._tell_joins = tell_joins

    def takes(self, shot: ShotId) -> tuple[PlannedTake, ...]:
        """The takes that a shot shows, its own or another's."""
        plan = self.planned.plan
        return plan.by_shot.get(plan.owner[shot], ())

    def running(self, seen: Seen) -> frozenset[ShotId]:
        """The shots that are being made, by what is seen."""
        if not seen.runs:
            return frozenset()
        named = (self._ids[one] for one in {*seen.drawing, *seen.shares} if one in self._ids)
        stand = self.at_rest.while_seen(seen)
        owners = {take.shot.id for take in (*self._moving, *named) if progress(take, stand) is not None}
        return frozenset(shot for owner in owners for shot in self._showing.get(owner, ()))

    @property
    def paged(self) -> bool:
        """Whether the film is too long for one page."""
        return len(self.shots) > WHOLE

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The scenes with their shots."""
        return rows(self.planned.plan.film)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages of every shot."""
        return pages(self.rows)

    @cached_property
    def page_of(self) -> Mapping[ShotId, int]:
        """The page that a shot is on."""
        return {shot: page.number for page in self.pages for shot in page.shots}

    @cached_property
    def order(self) -> tuple[ShotId, ...]:
        """All shots, in the film's order."""
        return tuple(self.shots)

    @cached_property
    def place(self) -> Mapping[ShotId, int]:
        """Where each shot stands in that order."""
        return {shot: at for at, shot in enumerate(self.order)}

    @cached_property
    def texts(self) -> Mapping[ShotId, str]:
        """What words are looked for in."""
        return {shot.id: searched(shot, self.at_rest) for shot in self.shots.values()}

    @cached_property
    def joins(self) -> Mapping[ShotId, tuple[Mapping[str, Any], ...]]:
        """The joins of each shot with the one before it and the one after it in the film."""
        found: dict[ShotId, tuple[Mapping[str, Any], ...]] = {}
        for one in self._tell_joins():
            for shot in (ShotId(one["from"]), ShotId(one["to"])):
                found[shot] = (*found.get(shot, ()), one)
        return found

    @cached_property
    def line(self) -> Timeline:
        """The film from the clips there are, else as it is expected."""
        plan, clips = self.planned.plan, self.planned.history.clips
        have = {take.key for take in plan.takes if take.clip is not None}
        film = cuts.left(plan, have, {})
        shown: dict[ShotId, Clip] = {}
        for shot in film.on_screen:
            take = plan.shown(shot.id, have)
            if take is not None and take.clip is not None:
                shown[shot.id] = clips[take.clip]
        try:
            return timeline(film, shown) if len(shown) == len(film.on_screen) else expected(film)
        except Refused:  # the clips do not fit together, which the cut says
            return expected(film)

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The files that the storyboard is read from and that it names, itself not among them."""
        film = self.planned.plan.film
        return tuple(Path(one) for one in (*film.included, *(one.path for one in film.files)))

    @cached_property
    def stems(self) -> Mapping[str, TakeId]:
        """Each take by the beginning of the names of its files."""
        return {file_stem(take.id): take.id for take in self.planned.plan.takes}

    @cached_property
    def _ids(self) -> Mapping[TakeId, PlannedTake]:
        return {take.id: take for take in self.planned.plan.takes}

    @cached_property
    def _moving(self) -> tuple[PlannedTake, ...]:
        """The takes that a gateway has, or is about to have."""
        records = self.planned.history.takes
        under_way = {key for key, record in records.items() if record.state in STEPS}
        return tuple(take for take in self.planned.plan.takes if take.key in under_way) if under_way else ()

    @cached_property
    def _showing(self) -> Mapping[ShotId, list[ShotId]]:
        """The shots that show each shot's clip."""
        found: dict[ShotId, list[ShotId]] = {}
        for shot, owner in self.planned.plan.owner.items():
            found.setdefault(owner, []).append(shot)
        return found
