"""One storyboard from text to film: the stages joined, with the state beside the file.

`Production` is what the commands and the library's door share. It reads files and the clock, prints nothing and reads
no environment. Loading and planning create nothing; rendering takes the lock first.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.exchange import Ask, Capabilities
from storyboard.film import Clip, Film, Frame, ShotId, TakeKey
from storyboard.finishing import cut
from storyboard.finishing.timeline import expected
from storyboard.language import Loaded, load
from storyboard.language.settings import settings
from storyboard.media.jobs import Executor, MediaError, VerifyJob
from storyboard.planning import ask, plan
from storyboard.providers import Provider, Remote, discover
from storyboard.rendering.edge import SystemClock, in_thread, random_id
from storyboard.rendering.events import News
from storyboard.rendering.money import Charge, charges
from storyboard.rendering.ports import Network, Ports
from storyboard.rendering.run import DRAIN, Runner
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.submission import Submissions
from storyboard.rendering.work import Phase, wanted_takes
from storyboard.state.audit import Finding, audit
from storyboard.state.clips import ClipStore
from storyboard.state.disk import LocalDisk
from storyboard.state.folder import Folder
from storyboard.state.inbox import Inbox, Message
from storyboard.state.journal import History, Journal
from storyboard.state.lock import Lock
from storyboard.state.sqlite import SqliteJournal, read_history
from storyboard.state.sqlite import verify as verify_state

Tell = Callable[[News], None]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with all it was made from, and how many frames its film is expected to have."""

    loaded: Loaded
    plan: plan.Plan
    history: History
    digests: Mapping[str, str]
    capabilities: Mapping[str, Capabilities]
    frames: int


@dataclass(frozen=True, slots=True)
class Fate:
    """How a take ended: its last phase, why, and a failure's code."""

    phase: Phase
    reason: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """How a render ended. `film` is None where shots are missing; `states` tells each take's last phase and why."""

    planned: Planned
    states: Mapping[TakeKey, Fate]
    film: Path | None
    clip: Clip | None
    signal: int | None
    stopped: bool
    charged: Mapping[str, Charge]
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person asks of a run: takes drawn at once, the shots it is about, what of stale and failing takes."""

    jobs: int = 1
    only: tuple[str, ...] = ()
    stale: bool = False
    fail_fast: bool = False
    cut: bool = True


class Production:
    """A storyboard file and the folder of its state."""

    def __init__(
        self,
        path: Path,
        *,
        state: Path | None = None,
        allow: Collection[Path] = (),
        assignments: Mapping[str, str] | None = None,
        vars_file: Path | None = None,
        providers: Mapping[str, Provider] | None = None,
    ) -> None:
        self.path = path
        self.allow = tuple(allow)
        self.assignments = dict(assignments or {})
        self.vars_file = vars_file
        self.providers = dict(providers) if providers is not None else discover()
        self.capabilities = {name: provider.capabilities for name, provider in self.providers.items()}
        self._state = state

    @property
    def folder(self) -> Folder:
        """Where the state lies. Raises Refused (14) where a link leads out of the production."""
        return Folder.of(self.path, self._state)

    def load(self) -> Loaded:
        """Read, expand and check the storyboard. Raises Refused with every mistake."""
        return load(
            self.path,
            capabilities=self.capabilities,
            settings=settings(self.assignments, self.vars_file),
            allow=self.allow,
        )

    def plan(self) -> Planned:
        """Plan against the state as it stands; takes no lock and writes nothing. Raises Refused."""
        loaded = self.load()
        folder = self.folder
        history = _existing(read_history(folder.database), folder.store(LocalDisk()))
        return self._planned(loaded, history)

    def _planned(self, loaded: Loaded, history: History) -> Planned:
        digests = digest_files(loaded.film)
        made = plan.make(loaded.film, self.capabilities, history, digests)
        return Planned(loaded, made, history, digests, self.capabilities, expected(made.film).frames)

    async def render(self, wishes: Wishes, executor: Executor, tell: Tell, network: Network | None = None) -> Rendered:
        """Render what the plan calls for, then cut the film. Raises Refused: 10, 11, 13, 14."""
        loaded = self.load()
        folder = self.folder
        folder.create()
        with ExitStack() as stack:
            stack.enter_context(Lock(folder.lock, time.time()))
            journal = stack.enter_context(SqliteJournal(folder.database))
            store = folder.store(LocalDisk())
            planned = self._adopt(loaded, journal, store)
            store.sweep()
            run = _Run(self, planned, folder, store, journal, executor, tell, network)
            return await run.render(wishes)

    def _adopt(self, loaded: Loaded, journal: SqliteJournal, store: ClipStore) -> Planned:
        """Plan, after taking in clips that were stored just before a crash could record them."""
        history = journal.read()
        if adopted := store.adopt_orphans(history, time.time()):
            journal.append(adopted)
            history = journal.read()
        return self._planned(loaded, _existing(history, store))

    async def cut(self, executor: Executor, tell: Tell, target: Path | None = None) -> tuple[Path, Clip]:
        """Join the film from the clips there are. Raises Refused `not-rendered` (exit 3) where shots have none."""
        loaded = self.load()
        folder = self.folder
        folder.create()
        with Lock(folder.lock, time.time()), SqliteJournal(folder.database) as journal:
            store = folder.store(LocalDisk())
            planned = self._adopt(loaded, journal, store)
            have = {take.key: planned.history.clips[take.clip] for take in planned.plan.takes if take.clip is not None}
            return await join(planned.plan, have, store, target or folder.film(), executor, journal, tell)

    def stop(self) -> bool:
        """Ask a render that runs in another process to finish what runs and stop; False where none runs."""
        folder = self.folder
        if not folder.lock.exists():
            return False
        try:
            with Lock(folder.lock, time.time()):
                return False
        except Refused as refused:
            if refused.exit_code != 11:
                raise
        Inbox(folder.inbox, LocalDisk()).send(Message(random_id(), DRAIN, time.time(), {}))
        return True

    async def verify(self, executor: Executor, tell: Tell, read_data: bool = False) -> tuple[int, list[Finding]]:
        """How many done takes the state has, and which clips are not as they were recorded; with `read_data` every
        byte is hashed and every frame decoded. Raises Refused 13 where the state itself is damaged.
        """
        folder = self.folder
        if folder.database.exists():
            verify_state(folder.database)
        history, store = read_history(folder.database), folder.store(LocalDisk())
        done = [take for take in history.takes.values() if take.state == "done" and take.clip is not None]
        findings = audit(history, store, LocalDisk(), read_data=read_data)
        bad = {finding.take for finding in findings}
        if read_data:
            for take in done:
                if take.take not in bad and take.clip is not None:
                    try:
                        await executor.run(VerifyJob(str(store.clip_path(take.clip))))
                    except MediaError as error:
                        findings.append(Finding("clip-damaged", take.take, error.message))
        tell(News("verified", facts={"clips": len(done)}))
        return len(done), findings


class _Run:
    """One render of one production, inside the lock."""

    def __init__(
        self,
        production: Production,
        planned: Planned,
        folder: Folder,
        store: ClipStore,
        journal: SqliteJournal,
        executor: Executor,
        tell: Tell,
        network: Network | None,
    ) -> None:
        self.production = production
        self.planned = planned
        self.folder = folder
        self.store = store
        self.journal = journal
        self.executor = executor
        self.tell = tell
        self.network = network

    async def render(self, wishes: Wishes) -> Rendered:
        schedule = self._schedule(wishes, random_id)
        for take in self.planned.plan.takes:
            self.tell(News("planned", take.id, {"verdict": take.verdict, "provider": take.shot.provider}))
        ports = Ports(
            clock=SystemClock(),
            journal=self.journal,
            clips=self.store,
            executor=self.executor,
            offload=in_thread,
            new_id=random_id,
            tell=self.tell,
            network=self.network,
            inbox=Inbox(self.folder.inbox, LocalDisk()),
        )
        runner = Runner(schedule, ports, self.production.providers)
        try:
            ended = await runner.run()
        finally:
            self._link(schedule)
        states = {work.take.key: Fate(work.phase, work.reason, work.code) for work in schedule.works}
        charged = charges(schedule.submissions.attempts.values())
        rendered = Rendered(self.planned, states, None, None, ended.signal, ended.stopped, charged)
        if ended.signal is not None or not wishes.cut or wishes.only:
            return rendered
        return await self._cut(rendered, schedule)

    def _schedule(self, wishes: Wishes, new_id: Callable[[], str]) -> Schedule:
        made, history = self.planned.plan, self.planned.history
        policy = Policy(jobs=wishes.jobs, stale=wishes.stale, fail_fast=wishes.fail_fast)
        remotes = {name: one for name, one in self.production.providers.items() if isinstance(one, Remote)}
        only = {ShotId(name) for name in wishes.only} or None
        return Schedule(
            plan=made,
            wanted=wanted_takes(made, only),
            history=history,
            capabilities=self.planned.capabilities,
            compose=partial(_compose, self.planned),
            submissions=Submissions(remotes, history.attempts.values(), new_id, policy.poll_s, made.film.budget),
            policy=policy,
            frames={
                key: Frame(str(path), record.pixels)
                for key, record in history.frames.items()
                if (path := self.store.frame_path(*key)).exists()
            },
        )

    def _link(self, schedule: Schedule) -> None:
        for work in schedule.works:
            if work.clip is not None:
                self.folder.link_take(work.take.id, work.clip)

    async def _cut(self, rendered: Rendered, schedule: Schedule) -> Rendered:
        made = self.planned.plan
        have = {work.take.key: schedule.clips[work.clip] for work in schedule.works if work.clip is not None}
        if made.missing(have):
            return rendered
        path = self.folder.film()
        try:
            path, clip = await join(made, have, self.store, path, self.executor, self.journal, self.tell)
        except Refused as refused:
            if refused.exit_code == 14:
                raise
            return replace(rendered, problems=refused.diagnostics)
        return replace(rendered, film=path, clip=clip)


def _compose(planned: Planned, take: plan.PlannedTake, frames: Mapping[plan.Slot, Frame]) -> Ask:
    capabilities = planned.capabilities[take.shot.provider]
    return ask.compose(planned.loaded.film, take, capabilities, frames, planned.digests)


def _existing(history: History, store: ClipStore) -> History:
    """The history with only those clips that are on disk."""
    history.clips = {clip_id: clip for clip_id, clip in history.clips.items() if store.has(clip_id)}
    return history


async def join(
    made: plan.Plan,
    have: Mapping[TakeKey, Clip],
    store: ClipStore,
    target: Path,
    executor: Executor,
    journal: Journal,
    tell: Tell,
) -> tuple[Path, Clip]:
    """Join the film from the clips one has; where the very same film is there already, it is left alone.

    Raises Refused (exit 3) where a shot has no clip or the clips do not fit together, 14 where the disk fails.
    """
    missing = made.missing(have)
    if missing:
        message = f"{len(missing)} of {len(made.film.on_screen)} shots have no clip yet: {', '.join(missing[:8])}"
        raise Refused([Diagnostic("not-rendered", message, hint="storyboard render them first")], exit_code=3)
    shown = {shot.id: made.shown(shot.id, have) for shot in made.film.on_screen}
    clips = {shot: have[take.key] for shot, take in shown.items() if take is not None}
    paths = {shot: store.clip_path(clip.id) for shot, clip in clips.items()}
    job = cut.cut(made.film, clips, paths, target)
    answer = await cut.make(job, clips, executor, journal, lambda done: tell(News("progress", facts={"cut": done})))
    tell(News("cut", facts={"film": str(target), "frames": answer.frames}))
    return target, answer


def digest_files(film: Film) -> dict[str, str]:
    """SHA-256 of every file that the film names, by absolute path. Raises Refused `unreadable-file` (10)."""
    digests: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for reference in film.files:
        try:
            with Path(reference.path).open("rb") as file:
                digests[reference.path] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            message = f"cannot read {reference.written}: {error.strerror}"
            problems.append(Diagnostic("unreadable-file", message, reference.place))
    if problems:
        raise Refused(problems)
    return digests
