"""Attempts at takes whose words were changed since, while nobody knows whether they were ordered.

Laws. The old bytes go before the new ones, or their job is looked for, where that is safe; the take goes on when it is
known what became of them, as far as it can be. What stays unknown is `ambiguous`, and a person settles it. Of
films that have takes of one name, the one whose it was waits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from storyboard.exchange import Busy, NotSent, Unknown
from storyboard.film import TakeKey
from storyboard.rendering import events as ev
from storyboard.rendering.attempts import OPEN, RESEND_AFTER_S, RESENDS, Attempts
from storyboard.rendering.desk import Desk
from storyboard.rendering.greeting import Greetings
from storyboard.rendering.work import Work
from storyboard.state.journal import AttemptRecord, History
from storyboard.structs import replace


class Elders:
    """Those of one run. `again` sends an attempt's bytes again, or looks for their job; False where neither is safe."""

    def __init__(
        self,
        book: Attempts,
        greetings: Greetings,
        desk: Callable[[], Desk],
        again: Callable[[AttemptRecord], bool],
    ) -> None:
        self._book = book
        self._greetings = greetings
        self._desk = desk
        self._again = again
        self._waiting: dict[TakeKey, list[AttemptRecord]] = {}

    def bind(self, history: History, providers: Collection[str]) -> None:
        """Find them: open attempts whose take no film has any more as it was, while the film has another of its name.
        Where nobody knows whose film an attempt was made for, the first that has such a take waits.
        """
        works = self._desk().works
        takes = history.takes
        lost = [
            attempt
            for attempt in self._book.latest.values()
            if attempt.state in OPEN
            and attempt.take in takes
            and attempt.take not in works.by_key
            and attempt.provider in providers
        ]
        for attempt in lost:
            record = takes[attempt.take]
            films = {film for (film, _), use in history.uses.items() if use.key == record.key}
            named = [work for work in works if work.take.id == record.take]
            heir = next((work for work in named if work.take.film in films), named[0] if named else None)
            if heir is not None:
                self._waiting.setdefault(heir.take.key, []).append(attempt)

    def first(self, work: Work) -> bool:
        """Ask for the elders of a take; False where it has none left."""
        found = self._waiting.get(work.take.key)
        if not found:
            return False
        elder = found[0]
        self._greetings.once_met(elder.provider, self._desk(), lambda: self._send(work, elder))
        return True

    def of(self, attempt: AttemptRecord) -> Work | None:
        """The work that waits for an attempt; None where it is nobody's elder."""
        waiting = (take for take, elders in self._waiting.items() if any(one.id == attempt.id for one in elders))
        take = next(waiting, None)
        return self._desk().works[take] if take is not None else None

    def answered(self, work: Work, elder: AttemptRecord, event: ev.Answered) -> None:
        """The outcome of asking for an elder, which was recorded where it was accepted; a callback may have told it."""
        desk = self._desk()
        until = event.outcome.until if isinstance(event.outcome, Busy | NotSent | Unknown) else None
        if elder.job is not None:
            self._settle(work, elder)
        elif work.tries >= RESENDS:
            self._settle(work, replace(elder, state="ambiguous", reason="its words were changed meanwhile"))
        else:
            wait_s = RESEND_AFTER_S * 2**work.tries
            if until is not None:
                wait_s = max(RESEND_AFTER_S, until - desk.now.mono)
            else:
                work.tries += 1
            self._book.record(elder, desk)
            desk.after(wait_s, lambda: self._send(work, elder))

    def _send(self, work: Work, elder: AttemptRecord) -> None:
        known = self._book.by_id[elder.id]
        if all(one.id != elder.id for one in self._waiting[work.take.key]):
            return  # it was settled meanwhile
        if known.job is not None:  # a callback has told it meanwhile
            self._settle(work, known)
        elif not self._again(replace(elder, state="unsure")):
            self._settle(work, replace(elder, state="ambiguous", reason="its words were changed, its key is old"))

    def _settle(self, work: Work, elder: AttemptRecord) -> None:
        """It is known what became of an elder, as far as it can be: the take goes on."""
        self._book.record(elder, self._desk())
        self._waiting[work.take.key] = [one for one in self._waiting[work.take.key] if one.id != elder.id]
        work.tries = 0
        self._desk().works.make_ready(work)
