"""What films of one storyboard have in common when they are rendered in one run: each take once.

Laws. A take that films share is planned, rendered and paid once, as the first of them has it. Films are rendered
together as long as they mean the same by what they share: a clip that one of them keeps locked, or a source that only
one has circled, is that film's alone, and what comes after it waits for the next run. So it is with another rate or
budget, which are the whole run's. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from storyboard.film import TakeKey
from storyboard.planning.plan import Plan, PlannedTake


class Programme(Struct, frozen=True):
    """The takes of some films, each once and after all that it needs; which takes each film has, by its name; and their
    frames a second.
    """

    takes: tuple[PlannedTake, ...]
    films: Mapping[str, Sequence[TakeKey]]
    fps: Fraction

    @property
    def several(self) -> bool:
        """Whether there is more than one film, so that a take is only known with its film."""
        return len(self.films) > 1

    def label(self, take: PlannedTake) -> str:
        """What people know a take by; one that films share is the first one's."""
        return f"{take.film} {take.id}" if self.several else take.id


def programme(plans: Sequence[Plan]) -> Programme:
    """That of films that can be rendered together, at least one."""
    takes: dict[TakeKey, PlannedTake] = {}
    for plan in plans:
        for take in plan.takes:
            takes.setdefault(take.key, take)
    films = {plan.name: tuple(take.key for take in plan.takes) for plan in plans}
    return Programme(tuple(takes.values()), films, plans[0].fps)


def together(plans: Sequence[Plan]) -> int:
    """How many films can be rendered together, from the first one on."""
    first = plans[0].film
    known: dict[TakeKey, PlannedTake] = {}
    for number, plan in enumerate(plans):
        alike = all(_same(known.get(take.key, take), take) for take in plan.takes)
        if not alike or plan.fps != plans[0].fps or plan.film.budget != first.budget:
            return number
        known.update((take.key, take) for take in plan.takes)
    return len(plans)


def _same(one: PlannedTake, other: PlannedTake) -> bool:
    """Whether two films mean the same by a take."""
    return one is other or _meant(one) == _meant(other)


def _meant(take: PlannedTake) -> tuple[object, ...]:
    carried = [
        (one.slot, one.source, one.first, one.length, one.edge.mode, one.edge.frame, one.edge.if_bad)
        for one in take.carries
    ]
    return take.verdict, take.clip, take.needs, carried, [one.shot.provider for one in take.versions]
