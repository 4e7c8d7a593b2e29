"""Which takes a shot has: those that it asks for, those that were made besides, the one that is circled.

Laws. A number is never used again: a retake gets the one after all that this shot, or one of equal intent, ever had. A
take beyond `takes` counts while its clip is there or on its way; one that failed is not tried again unasked. If what is
asked for changes, a circled number means the new clip. Where a clip stays (`locked`), nothing is made beside it.
"""

from __future__ import annotations

from collections import defaultdict

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import ADOPTED, ClipId, Shot, ShotId, TakeId
from storyboard.state.journal import History, TakeRecord

UNDER_WAY = frozenset(("planned", "submitting", "submitted", "downloading", "ambiguous", "lost"))
"""States of takes that may still come."""

Intent = tuple[str, int]
"""A shot's own manifest and its rank among shots of an equal one."""


class Numbers:
    """The numbers of takes, from what the journal knows."""

    def __init__(self, history: History, film: str = "") -> None:
        self._film = film
        self._there: defaultdict[Intent, set[int]] = defaultdict(set)
        self._highest: dict[Intent | str, int] = {}
        self._kept: dict[tuple[str, int], list[TakeRecord]] | None = None
        for record in history.takes.values():
            if record.number == 1:
                continue
            good = record.state == "done" and record.clip in history.clips
            if good or record.state in UNDER_WAY:
                self._there[record.own, record.rank].add(record.number)
            for name in ((record.own, record.rank), _shot(record)):
                self._highest[name] = max(record.number, self._highest.get(name, 1))
        self._history = history

    def of(self, shot: Shot, own: str, rank: int) -> list[int]:
        """The numbers that a shot has, in order. Raises Refused `circled-take` (10) where the circled one is none."""
        found = {*range(1, shot.takes + 1), *self._there.get((own, rank), ())}
        if shot.circled is not None and shot.circled not in found:
            if shot.circled > self._highest_of(shot, own, rank):
                raise Refused([_not_made(shot, found)])
            found.add(shot.circled)
        if shot.locked:
            found = {number for number in found if self.kept(shot, number)} or found
        return sorted(found)

    def next(self, shot: Shot, own: str, rank: int) -> int:
        """The number of a retake."""
        return 1 + max(*self.of(shot, own, rank), self._highest_of(shot, own, rank))

    def kept(self, shot: Shot, number: int) -> TakeRecord | None:
        """The good clip that the take last had in this film, whatever was asked for then, from a provider of now, or
        brought in.

        Where no film is known to have used one of that name, the newest of it.
        """
        makers = {ADOPTED, *(one.provider for one in shot.versions)}
        use = self._history.uses.get((self._film, TakeId(f"{shot.id}-{number}")))
        if use is not None:
            record = self._history.takes.get(use.key)
            good = good_clip(record, self._history) is not None
            return record if record is not None and good and record.provider in makers else None
        if self._kept is None:
            self._kept = {}
            known = {take for _, take in self._history.uses}
            for record in sorted(self._history.takes.values(), key=lambda one: one.changed):
                if good_clip(record, self._history) is not None and record.take not in known:
                    self._kept.setdefault((_shot(record), record.number), []).append(record)
        same = [one for one in self._kept.get((shot.id, number), ()) if one.provider in makers]
        return same[-1] if same else None

    def _highest_of(self, shot: Shot, own: str, rank: int) -> int:
        return max(self._highest.get((own, rank), 1), self._highest.get(shot.id, 1))


def good_clip(record: TakeRecord | None, history: History) -> ClipId | None:
    """The clip of a take that is done, where it is still there."""
    return record.clip if record and record.state == "done" and record.clip in history.clips else None


def _shot(record: TakeRecord) -> ShotId:
    """The shot that a take was made for: `1A-2` without its number."""
    return ShotId(record.take.removesuffix(f"-{record.number}"))


def _not_made(shot: Shot, found: set[int]) -> Diagnostic:
    made = f"{len(found)} are made" if len(found) > 1 else "one is made"
    message = f"take {shot.circled} is circled, but only {made}"
    hint = f"write takes: {shot.circled}, or make another: storyboard render --retake {shot.id}"
    return Diagnostic("circled-take", message, shot.circle or shot.place, hint)
