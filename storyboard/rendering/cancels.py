"""A person cancels takes while a run is on: the decisions.

Laws. What was not ordered yet is not ordered in this run. An order that is on its way is followed until its job is
known, and then the job is called off. One that has ended, or that its gateway does not call off, goes on as before.
Takes that are drawn on this machine are left alone: they cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from storyboard.capabilities import Capabilities
from storyboard.exchange import CANCELLED, Absent, Cancelled, NotCancelled, Running
from storyboard.rendering import events as ev
from storyboard.rendering.attempts import Attempts
from storyboard.rendering.calling_off import ended
from storyboard.rendering.desk import Desk
from storyboard.rendering.jobs import Jobs
from storyboard.rendering.money import cost
from storyboard.rendering.work import ENDED, Work

TRIES = 3
"""How often a gateway that says nothing is asked to call a job off."""
AGAIN_S = 5.0
NOT_ORDERED = "it was cancelled before it was ordered"


class Cancels:
    """Those of one run."""

    def __init__(
        self, book: Attempts, jobs: Jobs, capabilities: Mapping[str, Capabilities], desk: Callable[[], Desk]
    ) -> None:
        self._book = book
        self._jobs = jobs
        self._capabilities = capabilities
        self._desk = desk

    def asked(self, event: ev.Cancel) -> None:
        """Somebody cancels takes."""
        desk = self._desk()
        takes = {key for film in event.films or () for key in desk.plan.films.get(film, ())}
        for work in list(desk.works):
            named = event.names is None or not event.names.isdisjoint((work.take.id, work.take.shot.id))
            meant = named and (event.films is None or work.take.key in takes)
            if meant and work.take.shot.provider in self._capabilities and not work.called_off:
                self._cancel(work)

    def unordered(self, work: Work) -> None:
        """End a cancelled take of which nothing was ordered, or nothing is open."""
        self._desk().fail(work, CANCELLED, NOT_ORDERED, phase="cancelled")

    def accepted(self, work: Work) -> None:
        """The job of a cancelled take is known."""
        if work.called_off:
            self._call_off(work)

    def read(self, event: ev.CallOffRead) -> None:
        """What a gateway said of calling a job off."""
        desk, said = self._desk(), event.said
        work = desk.works[event.key]
        if work.phase != "remote":
            return  # it ended meanwhile, and was told
        match said:
            case Cancelled(charged):
                attempt = ended(self._book.of(work), charged)
                self._book.record(attempt, desk)
                self._book.leave(work)
                desk.fail(work, CANCELLED, "it was cancelled", phase="cancelled")
            case NotCancelled(_, message):
                self._goes_on(work, message)
            case None | Running() | Absent() if work.offs < TRIES:
                desk.after(AGAIN_S, lambda: self._call_off(work))
            case None | Running() | Absent():
                self._goes_on(work, "its gateway does not answer; cancel it again")
            case _:
                work.called_off = False
                self._jobs.read(ev.PollRead(event.key, said))

    def _cancel(self, work: Work) -> None:
        if work.phase in ENDED:
            return
        work.called_off = True
        if work.phase in ("waiting", "ready"):
            self.unordered(work)
        elif work.phase == "remote":
            self._call_off(work)
        elif work.phase in ("fetching", "keeping"):
            self._goes_on(work, "it is finished, and is being fetched")

    def _call_off(self, work: Work) -> None:
        attempt = self._book.of(work)
        if work.phase == "remote" and attempt.job is not None:
            work.offs += 1
            self._desk().order(ev.CallOff(work.take.key, attempt.provider, attempt.job))

    def _goes_on(self, work: Work, why: str) -> None:
        """Tell that a take could not be cancelled, and what it costs."""
        attempt = self._book.of(work)
        work.called_off, work.offs = False, 0
        message = f"take {work.take.id} is not cancelled: {why}"
        self._desk().tell("warning", work, code="not-cancelled", message=message, hint=f"it costs {cost(attempt)}")
