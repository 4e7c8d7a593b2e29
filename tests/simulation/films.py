"""The films of a simulated storyboard: planned together, and what production notes of each before and after a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask
from storyboard.film import ClipId, Film, Frame, TakeId, TakeKey
from storyboard.planning import ask, uses
from storyboard.planning.carried import Slot
from storyboard.planning.plan import Plan, PlannedTake, make
from storyboard.state.journal import History, Journal, Record


@dataclass(frozen=True, slots=True)
class Films:
    """Films by their names; one alone has none."""

    films: Mapping[str, Film]
    capabilities: Mapping[str, Capabilities]

    def plans(self, history: History, *, stale: bool) -> list[Plan]:
        """Their plans, one after the other."""
        found: list[Plan] = []
        beside: dict[tuple[str, TakeId], TakeKey] = {}
        for name, film in self.films.items():
            found.append(make(film, self.capabilities, history, {}, name=name, stale=stale, beside=beside))
            beside |= {(name, take.id): take.key for take in found[-1].takes}
        return found

    def compose(self, take: PlannedTake, frames: Mapping[Slot, Frame], clips: Mapping[Slot, ClipId]) -> Ask:
        """What is asked for."""
        stored = {slot: (clip, f"{clip}.mp4") for slot, clip in clips.items()}
        return ask.compose(self.films[take.film], take, self.capabilities[take.shot.provider], frames, {}, stored)


def claim(plans: Sequence[Plan], history: History, journal: Journal, now: float) -> None:
    """Films that are not alone make the takes their own that they begin, and those that they find."""
    for made, name in _named(plans):
        done = {take.key for take in made.takes if take.clip is not None}
        records: list[Record] = [*uses.begun(made, name, history, now), *uses.used(made, name, history, done)]
        if records:
            journal.append(records)
        for record in records:
            history.keep(record)


def note(plans: Sequence[Plan], journal: Journal) -> None:
    """What takes such films have after a run."""
    history = journal.read()
    done = {key for key, record in history.takes.items() if record.state == "done"}
    if records := [one for made, name in _named(plans) for one in uses.used(made, name, history, done)]:
        journal.append(records)


def _named(plans: Sequence[Plan]) -> list[tuple[Plan, str]]:
    return [(made, name) for made in plans if (name := made.takes[0].film)]
