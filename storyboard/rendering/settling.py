"""Takes that a person has to settle: of unknown fate, or paid for and lost. Pure: what a decision makes of the journal.

Laws. Such a take is never ordered anew unasked. Where it is, the old attempt stays in the journal as `given-up`, and
what it may have cost stays counted. A job is adopted by one take only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from storyboard.film import JobId, TakeId
from storyboard.planning.plan import PlannedTake
from storyboard.planning.report import spell_price
from storyboard.rendering.attempts import OPEN
from storyboard.state.journal import AttemptRecord, History, Record, TakeRecord
from storyboard.structs import replace

OnAmbiguous = Literal["ask", "skip", "resubmit"]
"""What becomes of takes to settle: each is asked about, left alone, or ordered anew within a bound."""


class Unsettled(Struct, frozen=True):
    """A take to settle: its plan, its record, its last attempt."""

    take: PlannedTake
    record: TakeRecord
    attempt: AttemptRecord

    @property
    def words(self) -> str:
        """What is known of it, and what ordering it anew would cost."""
        what = "was paid for and is lost" if self.record.state == "lost" else "may have been ordered and charged"
        anew = f"ordering it anew costs {spell_price(self.take)}"
        return f"take {self.take.id} {what} ({self.record.error_message}); {anew}"


def unsettled(takes: Iterable[PlannedTake], history: History) -> list[Unsettled]:
    """The takes of a plan that wait for a person, in order."""
    latest = {one.take: one for one in sorted(history.attempts.values(), key=lambda one: one.created)}
    found = [(take, history.takes.get(take.key), latest.get(take.key)) for take in takes if take.verdict == "blocked"]
    return [
        Unsettled(take, record, attempt)
        for take, record, attempt in found
        if record is not None and attempt is not None and record.state in ("ambiguous", "lost")
    ]


def within(found: Iterable[Unsettled], most: Mapping[str, Decimal]) -> list[Unsettled]:
    """Those that may be ordered anew for at most so much, by provider; one of unknown price may not.

    Whoever may be asked for a take is counted: the first of its list, which is asked first again, and all who follow.
    """
    left = dict(most)
    chosen: list[Unsettled] = []
    for one in found:
        after = _less(left, one.take)
        if after is not None:
            left = after
            chosen.append(one)
    return chosen


def left(most: Mapping[str, Decimal], anew: Iterable[Unsettled]) -> Mapping[str, Decimal]:
    """What is left of such bounds for others, after these were ordered anew."""
    for one in anew:
        most = _less(most, one.take) or most
    return most


def _less(left: Mapping[str, Decimal], take: PlannedTake) -> dict[str, Decimal] | None:
    """What is left by provider after a take was ordered from all of its list; None where that is not enough."""
    after = dict(left)
    for one in take.versions:
        name = one.shot.provider
        if one.free:
            continue
        if one.price is None or one.price.amount > after.get(name, Decimal(0)):
            return None
        after[name] -= one.price.amount
    return after


def chosen(
    found: Iterable[Unsettled], how: OnAmbiguous, most: Mapping[str, Decimal], ask: Callable[[Unsettled], bool]
) -> list[Unsettled]:
    """Those that are ordered anew; `ask` is a person's answer about one."""
    if how == "resubmit":
        return within(found, most)
    return [one for one in found if ask(one)] if how == "ask" else []


def ordered_anew(one: Unsettled, now: float) -> tuple[Record, Record]:
    """The records of a decision to order a take anew."""
    reason = f"{one.attempt.reason or one.record.error_message}; ordered anew by decision"
    begun = replace(one.record, state="planned", error_code=None, error_message=None, changed=now)
    return begun, replace(one.attempt, state="given-up", reason=reason)


def adopted(one: Unsettled, job: JobId, now: float) -> tuple[Record, Record]:
    """The records that bind a job of the provider's to a take."""
    begun = replace(one.record, state="submitted", error_code=None, error_message=None, changed=now)
    return begun, replace(one.attempt, state="accepted", job=job, reason=None)


def owner(job: JobId, history: History) -> TakeId | None:
    """The take that a job belongs to already."""
    found = next((one.take for one in history.attempts.values() if one.job == job), None)
    return history.takes[found].take if found is not None else None


def duplicate(job: JobId, history: History) -> AttemptRecord | None:
    """The attempt whose take was ordered anew, and that turned out to have made this job."""
    return next((one for one in history.attempts.values() if one.job == job and one.state == "given-up"), None)


def alternative(take: PlannedTake, of: TakeRecord, attempt: AttemptRecord, now: float) -> tuple[Record, Record]:
    """The records that make the job of a duplicate another take of its shot, `take`, which is nobody's yet."""
    told = replace(of, key=take.key, take=take.id, number=take.number, rank=take.rank, own=take.own, clip=None)
    begun = replace(told, state="submitted", error_code=None, error_message=None, changed=now)
    return begun, replace(attempt, take=take.key, state="accepted", reason=None)


def adoptable(one: Unsettled) -> bool:
    """Whether a job may be bound to a take: nobody knows of one yet."""
    return one.attempt.job is None and (one.attempt.state == "ambiguous" or one.attempt.state in OPEN)
