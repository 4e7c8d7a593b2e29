"""One render inside the lock: the plan scheduled and performed, takes linked, the film cut."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from storyboard.callbacks.box import told_of
from storyboard.capabilities import Capabilities
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.exchange import Ask
from storyboard.film import Budget, Clip, ClipId, Frame, ShotId, TakeKey
from storyboard.finishing.slates import excused
from storyboard.language import Loaded
from storyboard.media.jobs import Executor
from storyboard.planning import ask, plan, uses
from storyboard.planning.carried import Slot
from storyboard.planning.price import Total, spell_totals
from storyboard.planning.ranks import Uses
from storyboard.production.cutting import Material, Tell, join
from storyboard.providers import Calling, Provider, Remote
from storyboard.rendering import learning
from storyboard.rendering.callbacks import Calls
from storyboard.rendering.desk import Account
from storyboard.rendering.events import News
from storyboard.rendering.forecast import forecast, listing
from storyboard.rendering.foretold import note, note_end
from storyboard.rendering.money import Charge, charges
from storyboard.rendering.ordering import needed, orders
from storyboard.rendering.outside import Outside
from storyboard.rendering.ports import Ports
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.settling import OnAmbiguous
from storyboard.rendering.submission import Submissions
from storyboard.rendering.virtual import Known
from storyboard.rendering.work import Phase, wanted_takes
from storyboard.state.account import ENOUGH
from storyboard.state.clips import ClipStore
from storyboard.state.disk import LocalDisk
from storyboard.state.folder import Folder
from storyboard.state.inbox import Inbox
from storyboard.state.journal import History, Journal
from storyboard.state.known_checks import KnownChecks
from storyboard.state.rescue import Rescue
from storyboard.structs import replace

Agree = Callable[[Mapping[str, Total]], bool]
"""Whether to spend these sums, by provider."""
DECIDE, CREDENTIALS = 4, 12
"""Exit codes of what is refused before anything is ordered."""
FAILED: frozenset[Phase] = frozenset(("failed", "ambiguous", "lost", "cancelled"))
"""How a take may end without a clip that was asked for."""


class Planned(Struct, frozen=True):
    """A plan with all it was made from, how many frames its film is expected to have, and how a command names it."""

    loaded: Loaded
    plan: plan.Plan
    history: History
    digests: Mapping[str, str]
    capabilities: Mapping[str, Capabilities]
    frames: int
    spelt: str

    def uses(self, film: str) -> Uses:
        """The takes of the film, which is called so."""
        return {(film, take.id): take.key for take in self.plan.takes}


class Fate(Struct, frozen=True):
    """How a take ended: its last phase, why, and a failure's code."""

    phase: Phase
    reason: str = ""
    code: str = ""


class Rendered(Struct, frozen=True):
    """How a render ended. `film` is None where shots are missing for which no slates stand (`slates`); `states` tells
    each take's last phase and why. By provider, `spent` is what the run has spent by now, and `extra` what is left of
    what takes that are ordered anew may cost.
    """

    planned: Planned
    states: Mapping[TakeKey, Fate]
    film: Path | None
    clip: Clip | None
    signal: int | None
    stopped: bool
    charged: Mapping[str, Charge]
    problems: tuple[Diagnostic, ...] = ()
    slates: tuple[ShotId, ...] = ()
    spent: Mapping[str, Decimal] = field(default_factory=dict)
    extra: Mapping[str, Decimal] = field(default_factory=dict)


class Wishes(Struct, frozen=True):
    """What a person asks of a run: takes drawn at once, the shots it is about, what of stale and failing takes, the
    shots of which there shall be another take, what it may spend at most with each provider, and whether the film is
    cut with slates for what is missing (`partial`). `on_ambiguous` says what becomes of takes of unknown fate, `extra`
    what those that are ordered anew may cost at most. `output` is what the film is to be called where it is copied to.
    `spent` is what the run has spent on other films, by provider.
    """

    jobs: int = 1
    only: tuple[str, ...] = ()
    stale: bool = False
    fail_fast: bool = False
    cut: bool = True
    retakes: tuple[str, ...] = ()
    budget: Mapping[str, Decimal] = field(default_factory=dict)
    on_ambiguous: OnAmbiguous = "skip"
    extra: Mapping[str, Decimal] = field(default_factory=dict)
    partial: bool = False
    output: Path | None = None
    spent: Mapping[str, Decimal] = field(default_factory=dict)

    def after(self, rendered: Rendered) -> Wishes:
        """What is asked of the same run for the next film of the storyboard: its bounds are the run's."""
        return replace(self, spent=rendered.spent, extra=rendered.extra)


class Session:
    """One render of one film, under `profiles`. Whoever makes it holds the lock and the journal."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        planned: Planned,
        folder: Folder,
        store: ClipStore,
        journal: Journal,
        executor: Executor,
        tell: Tell,
        outside: Outside | None,
        profiles: Collection[str] = (),
        name: str = "",
    ) -> None:
        self.providers = providers
        self.planned = planned
        self.folder = folder
        self.store = store
        self.journal = journal
        self.executor = executor
        self.tell = tell
        self.outside = outside
        self.profiles = frozenset(profiles)
        self.name = name
        self._stale = False
        self._reserve = Rescue(folder.rescue, LocalDisk())
        self._inbox = Inbox(folder.inbox, LocalDisk())

    async def render(self, wishes: Wishes, agree: Agree | None = None) -> Rendered:
        """Render what is wanted, then cut. `agree` is asked before money is spent.

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
            self.tell(
                News("planned", work.take.id, {"verdict": work.take.verdict, "provider": work.take.shot.provider})
            )
        ports = Ports(
            clock=clock,
            journal=self.journal,
            clips=self.store,
            executor=self.executor,
            offload=in_thread,
            new_id=random_id,
            tell=partial(self._tell, schedule),
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
            ended = await runner.run()
        finally:
            self._link(schedule)
            self._note(schedule)
        if self.outside is not None:
            learning.times(schedule, self.outside.files)
            learning.prices(schedule, self.outside)
        if ended.signal is None:
            note_end(self.folder.forecast, clock.now().wall)
        states = {work.take.key: Fate(work.phase, work.reason, work.code) for work in schedule.works}
        charged = charges(schedule.submissions.attempts.values())
        spent = {**wishes.spent, **schedule.submissions.allowance.spent()}
        rendered = Rendered(
            self.planned, states, None, None, ended.signal, ended.stopped, charged, spent=spent, extra=wishes.extra
        )
        if ended.signal is not None or not wishes.cut or (wishes.only and not wishes.partial):
            return rendered
        return await self._cut(rendered, schedule, wishes.partial)

    def _foretell(self, schedule: Schedule, now: float) -> None:
        """Remember what is forecast of a run that orders something, to hold it against what comes."""
        if any(not work.take.free and work.take.verdict == "render" for work in schedule.works):
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
            note(self.folder.forecast, forecast(known, listing(self.providers)), now)
        else:
            self.folder.forecast.unlink(missing_ok=True)

    def _tell(self, schedule: Schedule, news: News) -> None:
        """Tell on, and keep what is known of jobs by now for whoever looks on."""
        self.tell(news)
        if news.event == "done" and self.outside is not None:
            learning.times(schedule, self.outside.files, ENOUGH)

    def _decide(self, decision: Mapping[str, Any]) -> plan.Plan | None:
        """Plan again with a decision that was made meanwhile; None where it means nothing to this run."""
        named = decision.get("profiles")
        if named and self.profiles.isdisjoint(named):
            return None
        made = self.planned.plan
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
        history = existing(self.journal.read(), self.store)
        film = replace(made.film, shots=tuple(shots))
        if isinstance(circled, int):
            shot = ShotId(str(decision.get("shot")))
            seen = list(uses.circled(made, self.name, history, shot, circled, named or ()))
            self.journal.append(seen)
            for record in seen:
                history.keep(record)
                self.planned.history.keep(record)
        try:
            again = plan.make(
                film, self.planned.capabilities, history, self.planned.digests, name=self.name, stale=self._stale
            )
        except Refused:
            return None
        self.planned = replace(self.planned, plan=again)
        return again

    def _schedule(self, wishes: Wishes, new_id: Callable[[], str]) -> Schedule:
        made, history = self.planned.plan, self.planned.history
        policy = Policy(jobs=wishes.jobs, stale=wishes.stale, fail_fast=wishes.fail_fast)
        remotes = {name: one for name, one in self.providers.items() if isinstance(one, Remote)}
        return Schedule(
            plan=made,
            wanted=wanted_takes(made, _only(made, wishes.only)),
            history=history,
            capabilities=self.planned.capabilities,
            compose=partial(_compose, self.planned, self.store),
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
        """The film's budget. It may come from a stranger: unknown prices take the word of whoever pays too."""
        budget = self.planned.plan.film.budget
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
            missing = needed(takes, self.planned.capabilities, self.outside)
            if missing:
                raise Refused(missing, CREDENTIALS)
        ordered = orders(takes, self.planned.history, wishes.stale)
        if agree is not None and ordered and not agree(ordered):
            raise Refused([Diagnostic("not-agreed", f"nobody agreed to spend {spell_totals(ordered)}")], DECIDE)

    def _link(self, schedule: Schedule) -> None:
        for work in schedule.works:
            if work.clip is not None:
                self.folder.link_take(work.take.id, work.clip)

    def _note(self, schedule: Schedule) -> None:
        """Remember what this film's takes are now."""
        done = {work.take.key for work in schedule.works if work.clip is not None and work.take.verdict != "locked"}
        records = list(uses.used(self.planned.plan, self.name, self.planned.history, done))
        if records:
            self.journal.append(records)

    async def _cut(self, rendered: Rendered, schedule: Schedule, partial: bool) -> Rendered:
        made, there = self.planned.plan, self.planned.history.clips
        have = {work.take.key: schedule.clips[work.clip] for work in schedule.works if work.clip is not None}
        if partial:
            have = {take.key: there[take.clip] for take in made.takes if take.clip is not None} | have
        failed = {work.take.key for work in schedule.works if work.phase in FAILED}
        missing = made.missing(have)
        slates = frozenset(missing) if partial else excused(made, have, failed)
        if not slates.issuperset(missing):
            return rendered
        try:
            carried = {work.take.key: work.carried for work in schedule.works if work.carried}
            material = Material(
                made,
                have,
                self.store,
                self.planned.digests,
                self.planned.capabilities,
                carried,
                slates,
                KnownChecks(self.folder.checks),
                self.planned.spelt,
            )
            film = self.folder.film(made.film.delivery.suffix)
            joined = await join(material, film, self.executor, self.journal, self.tell)
        except Refused as refused:
            if refused.exit_code == 14:
                raise
            return replace(rendered, problems=refused.diagnostics)
        film, problems = joined.path, joined.problems
        return replace(rendered, film=film, clip=joined.film, slates=tuple(missing), problems=problems)


def existing(history: History, store: ClipStore) -> History:
    """The history with only those clips that are on disk."""
    history.clips = {clip_id: clip for clip_id, clip in history.clips.items() if store.has(clip_id)}
    return history


def _compose(
    planned: Planned,
    store: ClipStore,
    take: plan.PlannedTake,
    frames: Mapping[Slot, Frame],
    clips: Mapping[Slot, ClipId],
) -> Ask:
    capabilities = planned.capabilities[take.shot.provider]
    stored = {slot: (clip, str(store.clip_path(clip))) for slot, clip in clips.items()}
    return ask.compose(planned.loaded.film, take, capabilities, frames, planned.digests, stored)


def _only(made: plan.Plan, names: tuple[str, ...]) -> set[ShotId] | None:
    """The shots that a run is restricted to; None for all. Raises Refused (2) for one that gets no clip."""
    unknown = [name for name in names if made.owner.get(ShotId(name)) not in made.by_shot]
    if unknown:
        raise Refused([Diagnostic("unknown-shot", f'there is no shot "{name}" to render') for name in unknown], 2)
    return {made.owner[ShotId(name)] for name in names} or None
