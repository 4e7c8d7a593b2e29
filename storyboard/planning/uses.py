"""What each film has made of its takes: so that a lock keeps its own clip, and a review reopens.

Laws. A film is one storyboard under its profiles and its variant; what another one has made of a take of the same name
is not its own. A circle under `review: required` is about the clip that was there when it was drawn: where what is
asked for changes, the number means a clip that nobody has seen, and whatever depends on it is held until a person
circles it again. A circle that was written before there was any clip accepts the first. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator

from storyboard.film import Shot, ShotId, TakeKey
from storyboard.planning.plan import Plan, PlannedTake
from storyboard.state.journal import History, Record, TakeRecord, UseRecord
from storyboard.structs import replace


def used(plan: Plan, film: str, history: History, done: Container[TakeKey]) -> Iterator[UseRecord]:
    """The records that have changed; `done` are the takes that have their clips."""
    for take in plan.takes:
        before = history.uses.get((film, take.id))
        key = take.key if take.key in done else before.key if before is not None else None
        if key is not None:
            accepted = (before and before.accepted) or key if _decided(take.shot, take.number) else None
            record = UseRecord(film, take.id, key, accepted)
            if record != before:
                yield record


def begun(plan: Plan, film: str, history: History, now: float) -> list[Record]:
    """Records of the takes that nobody has asked for but this run, so that their numbers stay theirs; and of those that
    a film which is not alone makes its own as soon as they are begun: what is carried on may differ elsewhere.
    """
    alone = not film and not any(name for name, _ in history.uses)
    own = [] if alone else [take for take in plan.takes if _claimed(take) and (film, take.id) not in history.uses]
    more = [take for take in plan.takes if take.number > take.shot.takes and take.verdict != "locked"]
    takes = [
        TakeRecord(take.key, take.id, take.shot.provider, take.number, take.rank, take.own, "planned", changed=now)
        for take in {take.key: take for take in (*own, *more)}.values()
        if take.key not in history.takes
    ]
    return [*takes, *(UseRecord(film, take.id, take.key) for take in own)]


def _claimed(take: PlannedTake) -> bool:
    """Under review it is a circle that tells what is accepted, also of what was not made yet."""
    return take.verdict == "render" and not take.shot.review


def circled(
    plan: Plan, film: str, history: History, shot: ShotId, number: int, profiles: Collection[str] = ()
) -> Iterator[UseRecord]:
    """The records that change when a person circles a take: it is accepted in this film, and, where no profiles are
    named, in every other as it is there.
    """
    take = next((one for one in plan.by_shot.get(shot, ()) if one.number == number), None)
    if take is None:
        return
    for (name, known), before in history.uses.items():
        if known == take.id and (name == film or not profiles):
            there = name == film and take.clip is not None
            key = take.key if there else before.key
            yield replace(before, key=key, accepted=key)


def _decided(shot: Shot, number: int) -> bool:
    return shot.review and shot.circled == number
