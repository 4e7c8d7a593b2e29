"""One storyboard from text to film: the stages joined, with the state beside the file.

`Production` is what the commands and the library's door share. It reads files and the clock, prints nothing and reads
no environment. Loading and planning create nothing; rendering takes the lock first.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from storyboard.collecting import no_cyclic_collection
from storyboard.diagnostics import Refused, in_file_order
from storyboard.film import ShotId, TakeId, TakeKey
from storyboard.finishing.exporting.edit import Edit
from storyboard.finishing.seams import Report
from storyboard.finishing.slates import excused
from storyboard.finishing.timeline import expected
from storyboard.language import Loaded, load, variants
from storyboard.language.values.settings import settings
from storyboard.media.jobs import Drafted, Executor
from storyboard.media.measuring import NOTHING, Measuring
from storyboard.network.settings import Settings
from storyboard.planning import cuts, plan, prompt
from storyboard.planning.naming import retaken
from storyboard.planning.programme import programme, together
from storyboard.planning.ranks import ALONE, Uses
from storyboard.production.cutting import Joined, Material, Tell, check_suffix, draft, join, known_report
from storyboard.production.exporting import edit
from storyboard.production.planned import Planned, existing
from storyboard.production.session import Agree
from storyboard.production.wishes import FAILED, Rendered, Wishes
from storyboard.providers import Provider, discover
from storyboard.rendering.forecast import Forecast, forecast, listing
from storyboard.rendering.outside import Outside, known_accounts
from storyboard.rendering.schedule import Policy
from storyboard.rendering.settling import Unsettled
from storyboard.rendering.virtual import Known
from storyboard.rendering.work import wanted_takes
from storyboard.state.clips import ClipStore
from storyboard.state.disk import LocalDisk
from storyboard.state.folder import Folder
from storyboard.state.inbox import Inbox, Message
from storyboard.state.journal import History, Journal
from storyboard.state.known import KnownFiles, digests
from storyboard.state.known_checks import KnownChecks
from storyboard.state.lock import Lock, is_held
from storyboard.state.rescue import Rescue
from storyboard.state.sqlite import SqliteJournal, read_history
from storyboard.structs import replace


class Production:
    """A storyboard file and the folder of its state; with `profiles` laid over it, and of `variants` the one named.

    `environment` is what the worker that measures footage may see.
    """

    def __init__(
        self,
        path: Path,
        *,
        state: Path | None = None,
        allow: Collection[Path] = (),
        assignments: Mapping[str, str] | None = None,
        vars_file: Path | None = None,
        profiles: Sequence[str] = (),
        variant: str | None = None,
        providers: Mapping[str, Provider] | None = None,
        environment: Mapping[str, str] = NOTHING,
        gateways: Settings | None = None,
    ) -> None:
        self.path = path
        self.allow = tuple(allow)
        self.assignments = dict(assignments or {})
        self.vars_file = vars_file
        self.profiles = tuple(dict.fromkeys(profiles))
        self.variant = variant
        self.gateways = gateways or Settings()
        found = {**(providers if providers is not None else discover()), **self.gateways.renderers}
        self.providers = {name: self.gateways.driver(one) for name, one in found.items()}
        self.capabilities = {name: self.gateways.over(one.capabilities) for name, one in self.providers.items()}
        self.environment = dict(environment)
        self._state = state

    @property
    def folder(self) -> Folder:
        """Where the state lies. Raises Refused (14) where a link leads out of the production."""
        return Folder.of(self.path, self._state, self.name)

    @property
    def name(self) -> str | None:
        """What the film is called beside others of the same storyboard: its profiles and its variant."""
        return "+".join([*self.profiles, *([self.variant] if self.variant is not None else [])]) or None

    @property
    def spelt(self) -> str:
        """How a command line names the film: its file, and the options by which it is read."""
        values = [f"{name}={value}" for name, value in self.assignments.items()]
        lists = {"--profile": self.profiles, "--variant": [self.variant], "--set": values, "--vars": [self.vars_file]}
        lists |= {"--state": [self._state], "--allow": self.allow}
        words = [(name, str(one)) for name, given in lists.items() for one in given if one is not None]
        return shlex.join([str(self.path), *chain.from_iterable(words)])

    def films(self) -> list[Production]:
        """One production a film: each variant's, or this one where a variant is named or the storyboard has none.

        Raises Refused where the storyboard or its rows cannot be read.
        """
        if self.variant is not None:
            return [self]
        names = variants(self.path, profiles=self.profiles, allow=self.allow)
        return [self.of(name) for name in names] or [self]

    def of(self, variant: str) -> Production:
        """The production of one variant."""
        return self._with(self.profiles, variant)

    def under(self, profiles: Sequence[str]) -> Production:
        """The production with other profiles laid over it."""
        return self._with(profiles, self.variant)

    def knowing(self, gateways: Settings) -> Production:
        """The production by other settings, as where more was learned of accounts since."""
        return self._with(self.profiles, self.variant, gateways)

    def _with(self, profiles: Sequence[str], variant: str | None, gateways: Settings | None = None) -> Production:
        return Production(
            self.path,
            state=self._state,
            allow=self.allow,
            assignments=self.assignments,
            vars_file=self.vars_file,
            profiles=profiles,
            variant=variant,
            providers=self.providers,
            environment=self.environment,
            gateways=gateways or self.gateways,
        )

    def load(self) -> Loaded:
        """Read, expand and check the storyboard. Raises Refused with every mistake."""
        return self.read(self.known())

    def read(self, files: KnownFiles) -> Loaded:
        """As `load`, by what is known of `files`."""
        with Measuring(self.environment) as anew:
            loaded = load(
                self.path,
                capabilities=self.capabilities,
                settings=settings(self.assignments, self.vars_file),
                profiles=self.profiles,
                variant=self.variant,
                allow=self.allow,
                measure=lambda path, of: files.measure(path, of, anew),
            )
        if problems := prompt.problems(loaded.film, self.capabilities):
            raise Refused(in_file_order([*loaded.diagnostics, *problems]), texts=loaded.texts)
        return loaded

    def known(self) -> KnownFiles:
        """What the state remembers of files; nothing where it cannot be used, which is for others to say."""
        try:
            return KnownFiles(self.folder.files)
        except Refused:
            return KnownFiles()

    def plan(self, retakes: Collection[str] = (), beside: Uses = ALONE) -> Planned:
        """Plan against the state as it stands; takes no lock. Where there is a state, it may remember what files were
        measured and hashed; else nothing is written. Each shot of `retakes` gets one take more, and `beside` are the
        takes of films that are planned with it. Raises Refused.
        """
        files = self.known()
        with no_cyclic_collection():
            loaded = self.read(files)
            another = retaken(loaded.film, retakes, self.spelt)
            return self.planned(loaded, self._history(), files, another, beside=beside)

    def again(self, planned: Planned) -> Planned:
        """Plan what was read before against the state as it stands now; as `plan`."""
        with no_cyclic_collection():
            return self.planned(planned.loaded, self._history(), self.known())

    def plans(self) -> list[tuple[Production, Planned]]:
        """Each film of the storyboard and its plan, one after the other: what a film shares with one before is made
        there. Raises Refused.
        """
        found: list[tuple[Production, Planned]] = []
        beside: dict[tuple[str, TakeId], TakeKey] = {}
        for film in self.films():
            planned = film.plan(beside=beside)
            found.append((film, planned))
            beside |= planned.uses
        return found

    def _history(self) -> History:
        """What the state says, as far as the clips are there."""
        folder = self.folder
        return existing(read_history(folder.database), folder.store(LocalDisk()))

    def planned(
        self,
        loaded: Loaded,
        history: History,
        files: KnownFiles,
        another: Collection[ShotId] = (),
        stale: bool = False,
        beside: Uses = ALONE,
    ) -> Planned:
        """Plan what was read against a history; as `plan`."""
        hashed = digests(loaded.film, files)
        files.save()
        try:
            made = plan.make(loaded.film, self.capabilities, history, hashed, another, self.name or "", stale, beside)
        except Refused as refused:
            raise Refused(refused.diagnostics, refused.exit_code, texts=loaded.texts) from None
        done = {take.key for take in made.takes if take.clip is not None}
        frames = expected(cuts.left(made, done, {})).frames
        name, folder = self.name or "", self.folder
        return Planned(loaded, made, history, hashed, self.capabilities, frames, self.spelt, name, folder)

    def forecasts(self, films: Sequence[Planned], jobs: int) -> list[Forecast]:
        """Play what a render of these films would do, with so many clips drawn at once, in virtual time: of each run
        that it takes.
        """
        found: list[Forecast] = []
        while films:
            plans = [one.plan for one in films[: together([one.plan for one in films])]]
            budget = plans[0].film.budget
            known = Known(
                programme(plans),
                frozenset[TakeKey]().union(*map(wanted_takes, plans)),
                films[0].history,
                films[0].capabilities,
                known_accounts(self.gateways),
                Policy(jobs=jobs),
                budget if self.gateways.unknown_price else replace(budget, unknown_price="refuse"),
            )
            with no_cyclic_collection():
                found.append(forecast(known, listing(self.providers)))
            films = films[len(plans) :]
        return found

    def seams(self, planned: Planned) -> Report:
        """What is known of the film's joins and clips, held against its limits; nothing is looked at for it."""
        material = self._material(planned, self.folder.store(LocalDisk()), partial=False)
        return known_report(material, planned.history.frames)

    async def render(
        self,
        wishes: Wishes,
        executor: Executor,
        tell: Tell,
        outside: Outside | None = None,
        agree: Agree | None = None,
        ask: Callable[[Unsettled], bool] = lambda _: False,
    ) -> Rendered:
        """Render what the plan calls for, then cut the film; as `rendering.render`, of this film alone."""
        from storyboard.production.rendering import render

        (rendered,) = await render([self], wishes, executor, tell, outside, agree, ask)
        return rendered

    def taken_in(self, journal: Journal, store: ClipStore) -> History:
        """What the journal says, after taking in jobs that it had no room for, and clips that were stored just before a
        crash could record them. Raises Refused (13, 14).
        """
        history = journal.read()
        rescue = Rescue(self.folder.rescue, LocalDisk())
        if rescued := rescue.taken_in(history):
            journal.append(rescued)
            rescue.wipe()
            history = journal.read()
        if adopted := store.adopt_orphans(history, time.time()):
            journal.append(adopted)
            history = journal.read()
        return existing(history, store)

    async def cut(
        self,
        executor: Executor,
        tell: Tell,
        target: Path | None = None,
        sheet: Path | None = None,
        partial: bool = False,
    ) -> Joined:
        """Join the film from the clips there are, and print its contact sheet to `sheet`, as PNG or JPEG by the suffix.

        With `partial` slates stand for the shots that have none. Raises Refused `not-rendered` (exit 3) without it.
        """
        with self._clips(partial) as (material, journal):
            delivery = material.made.film.delivery
            check_suffix(target, delivery.codec)
            return await join(material, target or self.folder.film(delivery.suffix), executor, journal, tell, sheet)

    async def draft(
        self,
        executor: Executor,
        tell: Tell,
        target: Path | None = None,
        sheet: Path | None = None,
        partial: bool = False,
    ) -> tuple[Path, Drafted]:
        """Join a draft, which copies what needs no encoding; the film is left alone. `sheet` and `partial` as in `cut`.

        Raises Refused as `cut` does.
        """
        check_suffix(target, "h264", draft=True)
        with self._clips(partial) as (material, _):
            return await draft(material, target or self.folder.draft(), executor, tell, sheet)

    @contextmanager
    def inside(self, another: Collection[ShotId] = ()) -> Iterator[tuple[Planned, ClipStore, SqliteJournal]]:
        """Inside the lock: the plan, where the shots of `another` have a take more, the clips and the journal.

        Raises Refused as `plan` does, and 11, 13, 14.
        """
        files = self.known()
        loaded, folder = self.read(files), self.folder
        folder.create()
        with Lock(folder.lock, time.time()), SqliteJournal(folder.database) as journal:
            store = folder.store(LocalDisk())
            with no_cyclic_collection():
                planned = self.planned(loaded, self.taken_in(journal, store), files, another)
            yield planned, store, journal

    @contextmanager
    def _clips(self, partial: bool) -> Iterator[tuple[Material, SqliteJournal]]:
        """Inside the lock: the clips that the plan has, and the journal."""
        with self.inside() as (planned, store, journal):
            yield self._material(planned, store, partial), journal

    def _material(self, planned: Planned, store: ClipStore, partial: bool) -> Material:
        """The clips that a plan has; with `partial` slates may stand for all others."""
        have = {take.key: planned.history.clips[take.clip] for take in planned.plan.takes if take.clip is not None}
        failed = {key for key, take in planned.history.takes.items() if take.state in FAILED}
        slates = frozenset(planned.plan.missing(have)) if partial else excused(planned.plan, have, failed)
        known, digests = KnownChecks(self.folder.checks), planned.digests
        return Material(planned.plan, have, store, digests, self.capabilities, {}, slates, known, self.spelt)

    def edit(self, partial: bool = False, handles: int | None = None) -> Edit:
        """The film as an edit to be exported, of the clips there are; takes no lock. `partial` as in `cut`.

        Raises Refused `not-rendered` (exit 3), and as `plan` does.
        """
        planned, folder = self.plan(), self.folder
        material = self._material(planned, folder.store(LocalDisk()), partial)
        return edit(material, planned.history, folder, handles)

    def stop(self) -> bool:
        """Ask a render that runs in another process to finish what runs and stop; False where none runs."""
        folder = self.folder
        if not is_held(folder.lock):
            return False
        from storyboard.rendering.edge import random_id  # with trio, which a plan does not need
        from storyboard.rendering.mail import DRAIN

        Inbox(folder.inbox, LocalDisk()).send(Message(random_id(), DRAIN, time.time(), {}))
        return True
