"""The films of a run as they are finished: each is cut as soon as all its takes are there, one after the other.

Laws. One film alone is cut when its run is over, and so is one that shows slates. What a person decided after a film
was cut has it cut again at the end. Nothing is cut any more in a run that is being stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import ShotId, TakeId, TakeKey
from storyboard.finishing.slates import excused
from storyboard.media.jobs import Executor
from storyboard.planning.plan import Plan
from storyboard.production.cutting import Joined, Material, Tell, join
from storyboard.production.planned import Planned
from storyboard.production.wishes import FAILED, Rendered, Wishes
from storyboard.rendering.events import News
from storyboard.rendering.schedule import Schedule
from storyboard.state.clips import ClipStore
from storyboard.state.journal import Journal
from storyboard.state.known_checks import KnownChecks
from storyboard.structs import replace

if TYPE_CHECKING:
    from storyboard.rendering.alongside import Alongside
    from storyboard.rendering.run import Ended

DISK = 14
"""The exit code of a disk that fails, which is no matter of one film."""


class Premiere(Struct, frozen=True):
    """A film that was cut by a plan, or why it was not."""

    plan: Plan
    joined: Joined | None
    slates: tuple[ShotId, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


class Premieres:
    """Those of the films of one run, in the order of `films`, whose plans may be replaced there."""

    def __init__(
        self,
        films: Sequence[Planned],
        schedule: Schedule,
        store: ClipStore,
        executor: Executor,
        journal: Journal,
        tell: Tell,
    ) -> None:
        self._films = films
        self._schedule = schedule
        self._store = store
        self._executor = executor
        self._journal = journal
        self._tell = tell
        self._held: dict[str, Premiere] = {}
        self._alongside: Alongside | None = None
        self._failure: Refused | None = None
        self._left: dict[int, list[TakeKey]] = {}
        self._names: dict[tuple[str, TakeId], TakeKey] = {}
        self._users: dict[TakeKey, list[int]] = {}

    async def beside(self, run: Callable[[], Awaitable[Ended]], wishes: Wishes) -> Ended:
        """Perform a run of several films, and cut beside it those that are there. Raises Refused as the run does."""
        if len(self._films) == 1 or not wishes.films or wishes.only:
            return await run()
        from storyboard.rendering.alongside import Alongside  # with trio, which a plan does not need

        self._expect()
        self._alongside = Alongside()
        return await self._alongside.of(run)

    def look(self, news: News) -> None:
        """A take is done: the films that have all of theirs are cut."""
        if self._alongside is None or news.take is None:
            return
        works = self._schedule.works
        key = self._names.get((news.film, news.take))
        for number in self._users.get(key, ()) if key is not None else ():
            left = self._left[number]
            while left and works[left[-1]].phase == "done":
                left.pop()
            if not left and self._films[number].name not in self._held:
                self._alongside.add(partial(self._hold, number))

    def shown(self, rendered: Rendered) -> Rendered:
        """How a run ended for a film, with its cut if there was one. Raises Refused (14) where the disk failed one."""
        if self._failure is not None:
            raise self._failure
        held = self._held.get(rendered.planned.name)
        if held is None:
            return rendered
        if held.joined is None:
            return replace(rendered, problems=held.problems)
        return replace(
            rendered,
            film=held.joined.path,
            clip=held.joined.film,
            slates=held.slates,
            problems=held.joined.problems,
        )

    async def finished(self, rendered: Rendered, partial: bool) -> Rendered:
        """The same when the run is over: a film that was not cut as it is planned now is cut. Raises Refused (14)."""
        film = rendered.planned
        held = self._held.get(film.name)
        if self._failure is None and (held is None or held.plan is not film.plan):
            self._held.pop(film.name, None)
            await self._cut(film, partial)
        return self.shown(rendered)

    def _expect(self) -> None:
        """Who waits for which takes."""
        users: defaultdict[TakeKey, list[int]] = defaultdict(list)
        for number, film in enumerate(self._films):
            self._left[number] = [take.key for take in film.plan.takes]
            self._names |= film.uses
            for take in film.plan.takes:
                users[take.key].append(number)
        self._users = users

    async def _hold(self, number: int) -> None:
        """Cut a film while others are rendered."""
        film = self._films[number]
        if film.name in self._held or self._failure is not None:
            return
        try:
            link(film, self._schedule)
            await self._cut(film, partial=False)
        except Refused as refused:
            self._failure = refused

    async def _cut(self, film: Planned, partial: bool) -> None:
        made, there, schedule = film.plan, film.history.clips, self._schedule
        works = [work for take in made.takes if (work := schedule.works.by_key.get(take.key)) is not None]
        have = {work.take.key: schedule.clips[work.clip] for work in works if work.clip is not None}
        if partial:
            have = {take.key: there[take.clip] for take in made.takes if take.clip is not None} | have
        failed = {work.take.key for work in works if work.phase in FAILED}
        missing = made.missing(have)
        slates = frozenset(missing) if partial else excused(made, have, failed)
        if not slates.issuperset(missing):
            return
        material = Material(
            made,
            have,
            self._store,
            film.digests,
            film.capabilities,
            {work.take.key: work.carried for work in works if work.carried},
            slates,
            KnownChecks(film.folder.checks),
            film.spelt,
        )
        target = film.folder.film(made.film.delivery.suffix)
        try:
            joined = await join(material, target, self._executor, self._journal, self._telling(film))
        except Refused as refused:
            if refused.exit_code == DISK:
                raise
            self._held[film.name] = Premiere(made, None, problems=tuple(refused.diagnostics))
        else:
            self._held[film.name] = Premiere(made, joined, tuple(missing))

    def _telling(self, film: Planned) -> Tell:
        return lambda news: self._tell(replace(news, film=film.name))


def link(film: Planned, schedule: Schedule) -> None:
    """Give people names for the clips of a film's takes. Raises Refused (14)."""
    for take in film.plan.takes:
        work = schedule.works.by_key.get(take.key)
        if work is not None and work.clip is not None:
            film.folder.link_take(take.id, work.clip)
