"""What is handed on to a take: which frame, taken when, and whether it may be carried at all.

Laws. Nothing is asked of a provider before the frame it is given was looked at. A frame is taken once, however many
takes carry it. One that is black, faded or flat is carried only where the storyboard says so (`if_bad: use`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from storyboard.film import Clip, ClipId, Frame, TakeKey
from storyboard.planning.carried import Carried, Slot
from storyboard.rendering import events as ev
from storyboard.rendering.work import Phase, Work, Works
from storyboard.state.journal import FrameRecord, Record


class Desk(Protocol):
    """The schedule as the carrying uses it."""

    works: Works
    clips: dict[ClipId, Clip]
    draining: bool

    def order(self, action: ev.Action) -> None:
        """Start an action after this step's records are durable."""

    def journal(self, record: Record) -> None:
        """Journal another record in this step."""

    def fail(self, work: Work, code: str, message: str, phase: Phase = "failed") -> None:
        """End a take without a clip."""


class Carrying:
    """Collects what takes carry. `frames` are those on disk; `complete` is called when a take has all of its own."""

    def __init__(
        self,
        desk: Desk,
        frames: Mapping[tuple[ClipId, int], Frame],
        second: int,
        complete: Callable[[Work], None],
    ) -> None:
        self._desk = desk
        self._frames = dict(frames)
        self._second = second
        self._complete = complete
        self._asked: dict[tuple[ClipId, int], list[tuple[TakeKey, Slot]]] = {}

    def gather(self, work: Work) -> None:
        """Everything that a take needs is done: collect what it carries."""
        work.phase = "framing"
        for carried in work.take.carries:
            source = self._desk.works[carried.source]
            if source.clip is None:
                self._desk.fail(work, "no-clip", f"{source.take.id} has no clip to carry a frame from")
                return
            work.clips[carried.slot] = source.clip
            cut = carried.index(self._desk.clips[source.clip])
            if carried.edge.chosen:
                self._choose(work, carried, source.clip, cut)
            elif carried.by_frame:
                self._take(work, carried.slot, source.clip, cut)
        self._check(work)

    def chosen(self, event: ev.FrameChosen) -> None:
        """It is known which frame a take carries."""
        work = self._desk.works[event.key]
        if work.phase != "framing":
            return
        carried = _of(work, event.slot)
        if event.flaw and carried.edge.if_bad != "use":
            self._refuse(work, carried, event.flaw)
            return
        work.chosen[event.slot] = event.index
        self._take(work, event.slot, work.clips[event.slot], event.index)
        self._check(work)

    def taken(self, event: ev.FrameTaken) -> None:
        """A frame is there."""
        welcome = not event.flaw
        for key, slot in self._asked.pop((event.clip, event.index), []):
            work = self._desk.works[key]
            if work.phase != "framing":
                continue
            carried = _of(work, slot)
            if event.flaw and carried.edge.if_bad == "fail":
                self._refuse(work, carried, event.flaw)
                continue
            welcome = True
            work.frames[slot] = event.frame
            self._check(work)
        if welcome:
            self._frames[event.clip, event.index] = event.frame
            self._desk.journal(FrameRecord(event.clip, event.index, event.frame.pixels))

    def broke(self, event: ev.FrameBroke | ev.ChoiceBroke) -> None:
        """A frame could not be taken or chosen: the takes that wait for it fail."""
        keys = [event.key] if isinstance(event, ev.ChoiceBroke) else []
        if isinstance(event, ev.FrameBroke):
            keys = [key for key, _ in self._asked.pop((event.clip, event.index), [])]
        for key in keys:
            if self._desk.works[key].phase == "framing":
                self._desk.fail(self._desk.works[key], event.code, event.message)

    def _choose(self, work: Work, carried: Carried, clip: ClipId, cut: int) -> None:
        best = carried.edge.frame == "best"
        first = max(carried.first, cut - self._second) if best else min(carried.first, cut)
        if not self._desk.draining:
            self._desk.order(ev.Choose(work.take.key, carried.slot, clip, first, cut, best))

    def _take(self, work: Work, slot: Slot, clip: ClipId, index: int) -> None:
        known = self._frames.get((clip, index))
        if known is not None:
            work.frames[slot] = known
            return
        waiting = self._asked.setdefault((clip, index), [])
        if not waiting and not self._desk.draining:
            self._desk.order(ev.Extract(clip, index))
        waiting.append((work.take.key, slot))

    def _check(self, work: Work) -> None:
        if work.phase == "framing" and len(work.frames) >= sum(one.by_frame for one in work.take.carries):
            self._complete(work)

    def _refuse(self, work: Work, carried: Carried, flaw: str) -> None:
        other = "use" if carried.edge.if_bad == "step_back" or carried.edge.frame == "best" else "step_back"
        what = f"the frame carried from {carried.shot.id} is {flaw}"
        self._desk.fail(work, "bad-frame", f"{what}; name another frame of it, or write if_bad: {other}")


def _of(work: Work, slot: Slot) -> Carried:
    return next(one for one in work.take.carries if one.slot == slot)
