"""One run inside the lock: the films of a storyboard scheduled as one and performed, their takes linked, each film cut.

A film is cut as soon as all its takes are there, while others are still rendered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from storyboard.callbacks.box import told_of
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.exchange import Ask
from storyboard.film import Budget, ClipId, Film, Frame, ShotId, TakeId, TakeKey
from storyboard.media.jobs import Executor
from storyboard.planning import ask, plan, uses
from storyboard.planning.carried import Slot
from storyboard.planning.price import Total, spell_totals
from storyboard.planning.programme import Programme, programme, together
from storyboard.production.cutting import Tell
from storyboard.production.planned import Planned, existing
from storyboard.production.premieres import Premieres, link
from storyboard.production.wishes import Fate, Rendered, Wishes
from storyboard.providers import Calling, Provider, Remote
from storyboard.rendering import learning
from storyboard.rendering.callbacks import Calls
from storyboard.rendering.desk import Account
from storyboard.rendering.events import News
from storyboard.rendering.forecast import forecast, listing
from storyboard.rendering.foretold import note, note_end
from storyboard.rendering.money import charges
from storyboard.rendering.ordering import needed, orders
from storyboard.rendering.outside import Outside
from storyboard.rendering.ports import Ports
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.submission import Submissions
from storyboard.rendering.virtual import Known
from storyboard.rendering.work import wanted_takes
from storyboard.state.account import ENOUGH
from storyboard.state.clips import ClipStore
from storyboard.state.disk import LocalDisk
from storyboard.state.inbox import Inbox
from storyboard.state.journal import Journal, UseRecord
from storyboard.state.rescue import Rescue
from storyboard.structs import replace

Agree = Callable[[Mapping[str, Total]], bool]
"""Whether to spend these sums, by provider."""
DECIDE, CREDENTIALS = 4, 12
"""Exit codes of what is refused before anything is ordered."""


class Session:
    """One run of films that can be rendered together, of one history, under `profiles`. Whoever makes it holds the lock
    and the journal.
    """

    def __init__(
        self,
        providers: Mapping[str, Provider],
        films: Sequence[Planned],
        store: ClipStore,
        journal: Journal,
        executor: Executor,
        tell: Tell,
        outside: Outside | None,
        profiles: Collection[str] = (),
    ) -> None:
        self.providers = providers
        self.films = list(films)
        self.history = films[0].history
        self.capabilities = films[0].capabilities
        self.store = store
        self.journal = journal
        self.executor = executor
        self.tell = tell
        self.outside = outside
        self.profiles = frozenset(profiles)
        self._stale = False
        self._reserve = Rescue(films[0].folder.rescue, LocalDisk())
        self._inbox = Inbox(films[0].folder.inbox, LocalDisk())

    async def render(self, wishes: Wishes, agree: Agree | None = None) -> list[Rendered]:
        """Render what is wanted, and cut; how it ended for each film. `agree` is asked before money is spent.

        Raises Refused: 2 for a shot that is not there, 4 where nobody agrees, 12 without a key or a hosting, 13, 14.
        """
        from storyboard.rendering.edge import SystemClock, in_thread, random_id  # with trio, which a plan does not need
        from storyboard.rendering.run import Runner

        self._stale = wishes.stale
        schedule = self._schedule(wishes, random_id)
        self._may_order(schedule, wishes, agree)
        if any(not work.take.free for work in schedule.works):
            self._reserve.prepare()
        clock = SystemClock()
        self._foretell(schedule, clock.now().wall)
        for work in schedule.works:
            take = work.take
            facts = {"verdict": take.verdict, "provider": take.shot.provider}
            self.tell(News("planned", take.id, facts, take.film))
        premieres = Premieres(self.films, schedule, self.store, self.executor, self.journal, self.tell)
        ports = Ports(
            clock=clock,
            journal=self.journal,
            clips=self.store,
            executor=self.executor,
            offload=in_thread,
            new_id=random_id,
            tell=partial(self._tell, schedule, premieres),
            network=self.outside.network if self.outside else None,
            host=self.outside.host if self.outside else None,
            inbox=self._inbox,
            decide=self._decide,
            reserve=self._reserve,
            turns=self.outside.turns if self.outside else {},
            pools=self.outside.pools if self.outside else {},
        )
        runner = Runner(schedule, ports, self.providers)
        try:
            ended = await premieres.beside(runner.run, wishes)
        finally:
            self._link(schedule)
            self._note(schedule)
        if self.outside is not None:
            learning.times(schedule, self.outside.files)
            learning.prices(schedule, self.outside)
        if ended.signal is None:
            for film in self.films:
                note_end(film.folder.forecast, clock.now().wall)
        charged = charges(schedule.submissions.attempts.values())
        spent = {**wishes.spent, **schedule.submissions.allowance.spent()}
        rendered = [
            Rendered(film, states, None, None, ended.signal, ended.stopped, charged, spent=spent, extra=wishes.extra)
            for film, states in zip(self.films, self._states(schedule), strict=True)
        ]
        if ended.signal is not None or not wishes.films:
            return [premieres.shown(one) for one in rendered]
        return [await premieres.finished(one, wishes.partial) for one in rendered]

    def _states(self, schedule: Schedule) -> list[dict[TakeKey, Fate]]:
        """How the takes of each film have ended."""
        works = schedule.works.by_key
        return [
            {
                take.key: Fate(work.phase, work.reason, work.code)
                for take in film.plan.takes
                if (work := works.get(take.key)) is not None
            }
            for film in self.films
        ]

    def _foretell(self, schedule: Schedule, now: float) -> None:
        """Remember what is forecast of a run that orders something, to hold it against what comes."""
        if not any(not work.take.free and work.take.verdict == "render" for work in schedule.works):
            for film in self.films:
                film.folder.forecast.unlink(missing_ok=True)
            return
        submissions = schedule.submissions
        known = Known(
            schedule.plan,
            frozenset(schedule.works.by_key),
            schedule.history,
            schedule.capabilities,
            submissions.accounts,
            schedule.policy,
            submissions.allowance.budget,
        )
        found = forecast(known, listing(self.providers))
        for film in self.films:
            note(film.folder.forecast, found, now)

    def _tell(self, schedule: Schedule, premieres: Premieres, news: News) -> None:
        """Tell on, keep what is known of jobs by now for whoever looks on, and see which films are there."""
        self.tell(news)
        if news.event == "done":
            premieres.look(news)
            if self.outside is not None:
                learning.times(schedule, self.outside.files, ENOUGH)

    def _decide(self, decision: Mapping[str, Any]) -> Programme | None:
        """Plan again with a decision that was made meanwhile; None where it means nothing to this run."""
        named = decision.get("profiles")
        if named and self.profiles.isdisjoint(named):
            return None
        history = existing(self.journal.read(), self.store)
        again: list[Planned] = []
        beside: dict[tuple[str, TakeId], TakeKey] = {}
        for film in self.films:
            if seen := _circled(film, decision):
                self.journal.append(seen)
                for record in seen:
                    history.keep(record)
                    film.history.keep(record)
            try:
                made = plan.make(
                    _decided(film.plan, decision),
                    film.capabilities,
                    history,
                    film.digests,
                    name=film.name,
                    stale=self._stale,
                    beside=beside,
                )
            except Refused:
                return None
            again.append(replace(film, plan=made))
            beside |= again[-1].uses
        plans = [film.plan for film in again]
        if together(plans) < len(plans):  # then it is for the next run
            return None
        self.films[:] = again
        return programme(plans)

    def _schedule(self, wishes: Wishes, new_id: Callable[[], str]) -> Schedule:
        history = self.history
        policy = Policy(jobs=wishes.jobs, stale=wishes.stale, fail_fast=wishes.fail_fast)
        remotes = {name: one for name, one in self.providers.items() if isinstance(one, Remote)}
        plans = [film.plan for film in self.films]
        return Schedule(
            plan=programme(plans),
            wanted=frozenset().union(*(wanted_takes(made, _only(made, wishes.only)) for made in plans)),
            history=history,
            capabilities=self.capabilities,
            compose=partial(_compose, {film.name: film for film in self.films}, self.store),
            submissions=Submissions(
                remotes,
                history.attempts.values(),
                new_id,
                policy.poll_s,
                self._budget(),
                self._accounts(wishes),
                Calls(self.outside.address if self.outside else None, told_of(self._inbox.drain())),
            ),
            policy=policy,
            frames={
                key: Frame(str(path), record.pixels)
                for key, record in history.frames.items()
                if (path := self.store.frame_path(*key)).exists()
            },
        )

    def _budget(self) -> Budget:
        """The films' budget. It may come from a stranger: unknown prices take the word of whoever pays too."""
        budget = self.films[0].plan.film.budget
        agreed = self.outside is None or self.outside.unknown_price
        return budget if agreed else replace(budget, unknown_price="refuse")

    def _accounts(self, wishes: Wishes) -> Mapping[str, Account]:
        """The accounts of the run, each with the smallest of the bounds that were set."""
        accounts = dict(self.outside.accounts) if self.outside else {}
        accounts |= {name: replace(accounts.get(name, Account()), spent=spent) for name, spent in wishes.spent.items()}
        for name, most in wishes.budget.items():
            known = accounts.get(name, Account())
            accounts[name] = replace(known, most=most if known.most is None else min(most, known.most))
        if self.outside is None or self.outside.address is None:
            return accounts
        calling = {name for name, one in self.providers.items() if isinstance(one, Calling)}
        return {name: replace(one, calls=name in calling) for name, one in accounts.items()}

    def _may_order(self, schedule: Schedule, wishes: Wishes, agree: Agree | None) -> None:
        """Hold what would be ordered against keys, hosting, and whoever pays. Raises Refused: 4, 12."""
        takes = [work.take for work in schedule.works]
        if self.outside is not None:
            missing = needed(takes, self.capabilities, self.outside)
            if missing:
                raise Refused(missing, CREDENTIALS)
        ordered = orders(takes, self.history, wishes.stale)
        if agree is not None and ordered and not agree(ordered):
            raise Refused([Diagnostic("not-agreed", f"nobody agreed to spend {spell_totals(ordered)}")], DECIDE)

    def _link(self, schedule: Schedule) -> None:
        for film in self.films:
            link(film, schedule)

    def _note(self, schedule: Schedule) -> None:
        """Remember what the films' takes are now."""
        done = {work.take.key for work in schedule.works if work.clip is not None and work.take.verdict != "locked"}
        records = [one for film in self.films for one in uses.used(film.plan, film.name, film.history, done)]
        if records:
            self.journal.append(records)


def _decided(made: plan.Plan, decision: Mapping[str, Any]) -> Film:
    """The film with a decision on one of its shots."""
    circled, locked = decision.get("circled"), decision.get("locked")
    shots = [
        replace(
            shot,
            circled=circled if isinstance(circled, int) else shot.circled,
            locked=locked if isinstance(locked, bool) else shot.locked,
        )
        if shot.id == decision.get("shot")
        else shot
        for shot in made.film.shots
    ]
    return replace(made.film, shots=tuple(shots))


def _circled(film: Planned, decision: Mapping[str, Any]) -> list[UseRecord]:
    """What a circle changes of what films have accepted."""
    circled, shot = decision.get("circled"), ShotId(str(decision.get("shot")))
    if not isinstance(circled, int):
        return []
    return list(uses.circled(film.plan, film.name, film.history, shot, circled, decision.get("profiles") or ()))


def _compose(
    films: Mapping[str, Planned],
    store: ClipStore,
    take: plan.PlannedTake,
    frames: Mapping[Slot, Frame],
    clips: Mapping[Slot, ClipId],
) -> Ask:
    planned = films[take.film]
    capabilities = planned.capabilities[take.shot.provider]
    stored = {slot: (clip, str(store.clip_path(clip))) for slot, clip in clips.items()}
    return ask.compose(planned.loaded.film, take, capabilities, frames, planned.digests, stored)


def _only(made: plan.Plan, names: tuple[str, ...]) -> set[ShotId] | None:
    """The shots that a run is restricted to; None for all. Raises Refused (2) for one that gets no clip."""
    unknown = [name for name in names if made.owner.get(ShotId(name)) not in made.by_shot]
    if unknown:
        raise Refused([Diagnostic("unknown-shot", f'there is no shot "{name}" to render') for name in unknown], 2)
    return {made.owner[ShotId(name)] for name in names} or None
