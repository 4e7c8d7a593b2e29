"""A new plan of the same film while a run is on, because a person has decided something.

Takes that have not begun follow it: those that were held may wait or start, those that wait may wait for another. What
has begun goes on, and what is done stays done; the next run sees what became stale by it.
"""

from __future__ import annotations

from storyboard.planning.plan import PlannedTake
from storyboard.planning.programme import Programme
from storyboard.rendering.work import ENDED, Work, Works


def replan(works: Works, plan: Programme) -> list[Work]:
    """Let the takes that have not begun follow `plan`; answers those that are open, none linked to what cannot come."""
    moved: list[Work] = []
    for take in plan.takes:
        work = works.by_key.get(take.key)
        if work is None or work.phase not in ("waiting", "held") or _same(work.take, take):
            continue
        for need in work.take.needs:
            if need in works.by_key and take.key in works[need].followers:
                works[need].followers.remove(take.key)
        works.open += work.phase == "held"
        work.take, work.phase, work.reason = take, "waiting", ""
        moved.append(work)
    for work in moved:
        _link(works, work)
    return [work for work in moved if work.phase == "waiting"]


def _link(works: Works, work: Work) -> None:
    """Let a take wait for what it needs now; where that cannot come in this run, neither can the take."""
    work.missing = 0
    for need in work.take.needs:
        other = works.by_key.get(need)
        if other is None or (other.phase in ENDED and other.phase != "done"):
            held = other is None or other.phase == "held"
            name = other.take.id if other is not None else "what it opens on"
            works.end(work, "held" if held else "skipped", f"{name} is not rendered in this run")
            return
        if other.phase != "done":
            other.followers.append(work.take.key)
            work.missing += 1


def _same(one: PlannedTake, other: PlannedTake) -> bool:
    """Whether two plans want the same of a take."""
    return (one.verdict, one.needs, one.carries) == (other.verdict, other.needs, other.carries)
