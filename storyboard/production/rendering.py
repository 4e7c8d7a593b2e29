"""From the storyboard as it is read to a run inside the lock: films planned together, and what went before taken in.

Laws. All films of a storyboard are one run, with one lock, one journal, one schedule and one budget; only where two of
them mean different things by a take that they share, the later ones wait for a run of their own. What the journal had
no room for, clips that a crash left unrecorded, and what callbacks told meanwhile are taken in before anything is
planned; what a person decides about takes of unknown fate, before anything is ordered.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from msgspec import Struct

from storyboard.callbacks.box import told_of
from storyboard.collecting import no_cyclic_collection
from storyboard.film import TakeId, TakeKey
from storyboard.language import Loaded
from storyboard.media.jobs import Executor
from storyboard.planning import uses
from storyboard.planning.naming import retaken
from storyboard.planning.numbers import good_clip
from storyboard.planning.programme import programme, together
from storyboard.production.cutting import Tell, check_suffix
from storyboard.production.planned import Planned
from storyboard.production.production import Production
from storyboard.production.session import Agree, Session
from storyboard.production.wishes import Rendered, Wishes
from storyboard.rendering.callbacks import woken
from storyboard.rendering.outside import Outside
from storyboard.rendering.settling import Unsettled, chosen, left, ordered_anew, unsettled
from storyboard.state.clips import ClipStore
from storyboard.state.disk import LocalDisk
from storyboard.state.inbox import Inbox
from storyboard.state.journal import Journal, Record
from storyboard.state.known import KnownFiles
from storyboard.state.lock import Lock
from storyboard.state.remembered import Remembered
from storyboard.state.sqlite import SqliteJournal
from storyboard.structs import replace

Ask = Callable[[Unsettled], bool]
"""Whether a take of unknown fate is ordered anew."""


class _Read(Struct, frozen=True):
    """The films as they were read, and where they are rendered."""

    films: Sequence[tuple[Production, Loaded]]
    wishes: Wishes
    files: KnownFiles
    journal: Journal
    store: ClipStore

    def planned(self) -> list[Planned]:
        """The plans of those that can be rendered together, from the first one on. Raises Refused."""
        with no_cyclic_collection():
            history = self.films[0][0].taken_in(self.journal, self.store)
            found: list[Planned] = []
            beside: dict[tuple[str, TakeId], TakeKey] = {}
            for film, loaded in self.films:
                another = retaken(loaded.film, self.wishes.retakes, film.spelt)
                found.append(film.planned(loaded, history, self.files, another, self.wishes.stale, beside))
                beside |= found[-1].uses
            return found[: together([one.plan for one in found])]


async def render(
    films: Sequence[Production],
    wishes: Wishes,
    executor: Executor,
    tell: Tell,
    outside: Outside | None = None,
    agree: Agree | None = None,
    ask: Ask = lambda _: False,
) -> list[Rendered]:
    """Render what the plans of some films of a storyboard call for, then cut them: of all that can be rendered
    together, from the first one on. `outside` is the way to gateways; `agree` is asked before money is spent, `ask`
    whether a take of unknown fate is ordered anew. Raises Refused: 4, 10, 11, 12, 13, 14.
    """
    first, files = films[0], films[0].known()
    read = [(film, film.read(files)) for film in films]
    for film, loaded in read:
        check_suffix(wishes.output, loaded.film.delivery.codec)
        film.folder.create()
    folder = first.folder
    with ExitStack() as stack:
        stack.enter_context(Lock(folder.lock, time.time()))
        journal = Remembered(stack.enter_context(SqliteJournal(folder.database)))
        store = folder.store(LocalDisk())
        inside = _Read(read, wishes, files, journal, store)
        planned = inside.planned()
        told = told_of(Inbox(folder.inbox, LocalDisk()).drain())
        if records := woken(told, planned[0].history, time.time()):
            journal.append(records)
            planned = inside.planned()
        found = unsettled(programme([one.plan for one in planned]).takes, planned[0].history)
        if anew := chosen(found, wishes.on_ambiguous, wishes.extra, ask):
            journal.append([record for one in anew for record in ordered_anew(one, time.time())])
            planned = inside.planned()
            wishes = replace(wishes, extra=left(wishes.extra, anew))
        for one in planned:
            _keep(uses.begun(one.plan, one.name, one.history, time.time()), one, journal)
            _note(one, journal)
        store.sweep(store.awaited(planned[0].history))
        session = Session(first.providers, planned, store, journal, executor, tell, outside, first.profiles)
        return await session.render(wishes, agree)


def _note(planned: Planned, journal: Journal) -> None:
    """Remember what a film's takes are, as far as a run before did not come to it."""
    history = planned.history
    done = {take.key for take in planned.plan.takes if good_clip(history.takes.get(take.key), history) is not None}
    _keep(list(uses.used(planned.plan, planned.name, history, done)), planned, journal)


def _keep(records: Sequence[Record], planned: Planned, journal: Journal) -> None:
    journal.append(records)
    for record in records:
        planned.history.keep(record)
