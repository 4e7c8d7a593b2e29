"""`storyboard cancel`: jobs of a film are called off, by the render that runs or, where none does, here.

Laws. What is cancelled is journaled. What has ended meanwhile is left to the next render, which fetches it; what is of
unknown fate is left to its person. Cancelling twice is cancelling once: a job that was called off is one no more.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from typing import Literal

from msgspec import Struct
from msgspec.structs import asdict

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.exchange import CANCELLED, Absent, Cancelled, Failed, NotCancelled, Succeeded
from storyboard.film import TakeId
from storyboard.language.text.names import folded, normal
from storyboard.language.text.spelling import did_you_mean
from storyboard.production.production import Production
from storyboard.providers import Remote
from storyboard.rendering.attempts import OPEN
from storyboard.rendering.calling_off import call_off, ended
from storyboard.rendering.edge import random_id
from storyboard.rendering.events import Said
from storyboard.rendering.mail import CANCEL
from storyboard.rendering.ordering import no_key
from storyboard.rendering.outside import Outside
from storyboard.rendering.run import ANSWER_S
from storyboard.state.disk import LocalDisk
from storyboard.state.inbox import Inbox, Message
from storyboard.state.journal import AttemptRecord, History, TakeRecord
from storyboard.state.lock import Lock, is_held
from storyboard.state.rescue import Rescue
from storyboard.state.sqlite import SqliteJournal
from storyboard.structs import replace

Standing = Literal["cancelled", "running", "finished", "failed", "unknown"]
"""What a job is after it was to be called off."""
LOOK_S = 0.1
FINISHED = "it is finished; the next render fetches its clip"
CREDENTIALS = 12


class Called(Struct, frozen=True):
    """What became of one order: how it stands, why, and the attempt with what it costs."""

    take: TakeId
    standing: Standing
    message: str
    attempt: AttemptRecord


class Meant(Struct, frozen=True):
    """What is to be called off: the takes of these names, or of the shots of these names, of the films of these names;
    None: of all.
    """

    names: frozenset[str] | None = None
    films: frozenset[str] | None = None

    def covers(self, record: TakeRecord, history: History) -> bool:
        """Whether a take is meant; one of which nobody knows whose film it is for, is by its name."""
        shot = record.take.removesuffix(f"-{record.number}")
        if self.names is not None and {record.take, shot}.isdisjoint(self.names):
            return False
        users = {film for (film, _), use in history.uses.items() if use.key == record.key}
        return self.films is None or not users or not users.isdisjoint(self.films)


def meant(made: Production, written: Collection[str]) -> Meant:
    """What is meant by such names of takes and shots, none of them: all, of a production: of its film, where a profile
    or a variant says which. Raises as `names`.
    """
    if not written and made.name is None:
        return Meant()
    films = made.films()
    named = None if made.name is None else frozenset(film.name or "" for film in films)
    return Meant(names(films, written), named)


def names(made: Iterable[Production], written: Collection[str]) -> frozenset[str] | None:
    """The takes and shots that are meant, as the storyboard writes them; None for all, and then it is not read.

    Raises Refused: 2 for a name that is neither a shot's nor a take's, 10.
    """
    if not written:
        return None
    plans = [one.plan().plan for one in made]
    takes = [str(take.id) for plan in plans for take in plan.takes]
    known = {folded(name): name for name in [*takes, *(str(shot.id) for plan in plans for shot in plan.film.shots)]}
    found = {name: known.get(folded(normal(name))) for name in written}
    if wrong := [name for name, one in found.items() if one is None]:
        hints = {name: did_you_mean(name, list(known.values())) for name in wrong}
        unknown = [Diagnostic("unknown-shot", f'there is no shot or take "{name}"', hint=hints[name]) for name in wrong]
        raise Refused(unknown, 2)
    return frozenset(one for one in found.values() if one is not None)


def tell_render(made: Production, meant: Meant) -> bool:
    """Ask a render that runs to cancel; whether it has heard of it. False where none runs, or it ended before."""
    folder = made.folder
    if not is_held(folder.lock):
        return False
    inbox = Inbox(folder.inbox, LocalDisk())
    said = {name: None if one is None else sorted(one) for name, one in asdict(meant).items()}
    message = Message(random_id(), CANCEL, time.time(), said)
    inbox.send(message)
    try:
        while inbox.waits(message):
            if not is_held(folder.lock):
                return not inbox.waits(message)
            time.sleep(LOOK_S)
    finally:
        inbox.settle([message])  # nobody shall come upon it later
    return True


def orders(history: History, meant: Meant) -> list[AttemptRecord]:
    """The orders of these takes that are under way, of unknown fate, or whose clip is to be fetched, oldest first."""
    found: list[AttemptRecord] = []
    for attempt in sorted(history.attempts.values(), key=lambda one: one.created):
        record = history.takes[attempt.take]
        unfetched = attempt.state == "succeeded" and record.state not in ("done", "lost")
        open_ = unfetched or attempt.state in ("accepted", "ambiguous", *OPEN)
        if open_ and meant.covers(record, history):
            found.append(attempt)
    return found


async def cancel(made: Production, meant: Meant, outside: Outside) -> list[Called]:
    """Call off the orders that are meant. Raises Refused: 11 while a render runs, 12, 13, 14."""
    folder = made.folder
    if not folder.database.exists():
        return []
    with ExitStack() as stack:
        stack.enter_context(Lock(folder.lock, time.time()))
        journal = stack.enter_context(SqliteJournal(folder.database))
        history = journal.read()
        rescue = Rescue(folder.rescue, LocalDisk())
        if rescued := rescue.taken_in(history):
            journal.append(rescued)
            rescue.wipe()
            history = journal.read()
        found = orders(history, meant)
        _have_keys(made, found, outside)
        told: list[Called] = []
        for attempt in found:
            called = await _one(made, history.takes[attempt.take], attempt, outside)
            if called.attempt != attempt:
                journal.append([called.attempt, *_taken(history, called)])
            told.append(called)
        return told


def _have_keys(made: Production, found: Iterable[AttemptRecord], outside: Outside) -> None:
    keyless = {one.provider for one in found if one.state == "accepted"} - set(outside.accounts)
    missing = [no_key(name, made.capabilities[name]) for name in sorted(keyless) if name in made.capabilities]
    if missing:
        raise Refused(missing, CREDENTIALS)


async def _one(made: Production, record: TakeRecord, attempt: AttemptRecord, outside: Outside) -> Called:
    remote, account = made.providers.get(attempt.provider), outside.accounts.get(attempt.provider)
    if attempt.state == "succeeded":
        return Called(record.take, "finished", FINISHED, attempt)
    if attempt.job is None:
        hint = f"bind its job by storyboard adopt {made.spelt} {record.take} JOB, then cancel it"
        return Called(record.take, "unknown", f"nobody knows whether it was ordered: {hint}", attempt)
    if not isinstance(remote, Remote) or outside.network is None:
        return Called(record.take, "unknown", f"{attempt.provider} is not installed", attempt)
    if account is None or account.name != attempt.account:
        return Called(record.take, "unknown", "it was ordered under another key than the one that is set", attempt)
    said = await call_off(attempt.provider, remote, outside.network, attempt.job, ANSWER_S)
    return _read(record.take, attempt, said)


def _read(take: TakeId, attempt: AttemptRecord, said: Said) -> Called:
    """What a gateway said of calling a job off, as it is told and kept."""
    match said:
        case Cancelled(charged) | Failed("cancelled", _, charged):
            return Called(take, "cancelled", "", ended(attempt, charged))
        case NotCancelled(_, message):
            return Called(take, "running", message, attempt)
        case Succeeded(_, charged):
            settled = charged if charged is not None else attempt.charged
            return Called(take, "finished", FINISHED, replace(attempt, charged=settled))
        case Failed(_, message, charged):
            settled = charged if charged is not None else attempt.charged
            failed = replace(attempt, state="failed", charged=settled, reason=message)
            return Called(take, "failed", f"it had failed: {message}", failed)
        case Absent(_, message):
            return Called(take, "unknown", message, attempt)
    return Called(take, "unknown", "its gateway does not say how it stands; cancel it again", attempt)


def _taken(history: History, called: Called) -> list[TakeRecord]:
    """Where the take of an order stands now that the order has ended."""
    record, now = history.takes[called.attempt.take], time.time()
    if record.state in ("done", "ambiguous", "lost") or called.standing not in ("cancelled", "failed"):
        return []
    if called.standing == "failed":
        message = called.attempt.reason
        return [replace(record, state="failed", error_code="take-failed", error_message=message, changed=now)]
    return [replace(record, state="cancelled", error_code=CANCELLED, error_message="it was cancelled", changed=now)]
