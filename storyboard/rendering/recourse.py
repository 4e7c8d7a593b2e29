"""What follows a failure for good: the same provider once more, the next one of the list, or the end. Pure.

Laws.
1. Only a failure that leaves nothing open is followed by another attempt: of a submission whose fate is not known, of a
   job that did not end and of a clip that was paid for, a person decides.
2. The budget is a decision too: a take that it forbids is not given to another provider.
3. A refusal because of what is to be seen (`on_moderation: {retry: N}`) is asked again N times in a run, with a new
   key, and only where the answer says that nothing stays charged.
4. The next provider of the list makes the same take, so its clip serves whoever waits for that one.
5. Who was cancelled is not asked again in this run, nor anybody else for it.
6. Only a take that would be rendered now goes on: one that was taken up again may be held by now, or blocked.
"""

from __future__ import annotations

from storyboard.exchange import MODERATED
from storyboard.planning.plan import PlannedTake
from storyboard.rendering.allowance import OVER_BUDGET
from storyboard.rendering.attempts import OVER
from storyboard.rendering.work import Work
from storyboard.state.journal import AttemptRecord
from storyboard.structs import replace


def recourse(work: Work, attempt: AttemptRecord | None, code: str) -> PlannedTake | None:
    """The take to ask for now that this one has failed; None where it has failed for good.

    `attempt` is the live one, None where nothing was submitted.
    """
    asked = work.phase not in ("waiting", "framing") and work.take.verdict in ("render", "stale")
    if not asked or work.called_off or code == OVER_BUDGET or (attempt is not None and attempt.state not in OVER):
        return None
    if code == MODERATED and work.moderated < work.take.shot.moderation_retries and _nothing_charged(attempt):
        work.moderated += 1
        return work.take
    return work.take.otherwise


def resumed(take: PlannedTake, attempt: AttemptRecord | None) -> PlannedTake:
    """The take as the provider of an attempt that is taken up again makes it, also where the list has lost that one."""
    if attempt is None:
        return take
    found: PlannedTake | None = take
    while found is not None and found.shot.provider != attempt.provider:
        found = found.otherwise
    return found or replace(take, shot=replace(take.shot, provider=attempt.provider), otherwise=take)


def _nothing_charged(attempt: AttemptRecord | None) -> bool:
    """Whether an answer said so: a refusal takes nothing, a job that failed says what it took."""
    return attempt is not None and (attempt.state == "rejected" or attempt.charged == 0)
