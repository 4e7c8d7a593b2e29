"""Where a take stands, in one word: what the journal says, else, or where its clip is gone, what the plan says."""

from __future__ import annotations

from collections.abc import Mapping

from storyboard.planning.plan import PlannedTake, Verdict
from storyboard.state.journal import TakeRecord

FROM_VERDICT: Mapping[Verdict, str] = {
    "done": "done",
    "locked": "done",
    "stale": "done",
    "render": "planned",
    "held": "held",
    "blocked": "skipped",
}


def standing(take: PlannedTake, record: TakeRecord | None) -> str:
    """The state of a take: the record's, except where the clip it means is gone or the take never began."""
    if record is None or record.state == "done":
        return FROM_VERDICT[take.verdict]
    return record.state
