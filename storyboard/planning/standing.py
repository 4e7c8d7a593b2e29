"""Where a take stands, in one word: what the journal says, else, or where its clip is gone, what the plan says.

`standing` is the word for programs, `mark` the one for people, which the board and `status` both show (`WORDS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

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
Mark = Literal[
    "done",
    "locked",
    "render",
    "stale",
    "held",
    "blocked",
    "choose",
    "running",
    "failed",
    "ambiguous",
    "lost",
    "omitted",
]
"""Where a shot or a take stands, for filters and colours."""
WORDS: Mapping[Mark, str] = {
    "done": "done",
    "locked": "locked",
    "render": "to render",
    "stale": "stale",
    "held": "held",
    "blocked": "blocked",
    "choose": "choose a take",
    "running": "rendering",
    "failed": "failed",
    "ambiguous": "fate unknown",
    "lost": "paid and lost",
    "omitted": "omitted",
}
STEPS: Mapping[str, str] = {"submitting": "ordering", "submitted": "rendering", "downloading": "downloading"}
"""What is being done with a take under way, by its state."""


def standing(take: PlannedTake, record: TakeRecord | None) -> str:
    """The state of a take: the record's, except where the clip it means is gone or the take never began."""
    if record is None or record.state == "done":
        return FROM_VERDICT[take.verdict]
    return record.state


def mark(take: PlannedTake, record: TakeRecord | None) -> tuple[Mark, str]:
    """Where a take that is not under way stands, and why."""
    if take.clip is None and record is not None and record.state in ("failed", "ambiguous", "lost"):
        trouble: Mark = record.state
        return trouble, record.error_message or record.error_code or ""
    return take.verdict, "; ".join(take.why)
