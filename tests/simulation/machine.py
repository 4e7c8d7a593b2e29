"""One machine with its film and its gateways: boots that end well or badly, with the laws watched all the way.

The schedule, the submissions, the runner and the clip store are production's, and where `spoken` is wished its client.
The machine's own wall clock may be wrong; only the gateways know the true time.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import trio
import trio.testing
from trio._core import _run

from storyboard.diagnostics import Refused
from storyboard.exchange import Request
from storyboard.film import Budget, Film, Frame
from storyboard.planning import plan
from storyboard.planning.programme import Programme, programme, together
from storyboard.providers import Calling, Listing, Provider, Remote
from storyboard.rendering import events as ev
from storyboard.rendering.ports import Clips, Letters, Network, Ports
from storyboard.rendering.run import Runner
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.submission import NO_CALLS, Submissions
from storyboard.state.clips import ClipStore
from storyboard.state.disk import Disk
from storyboard.state.journal import History, Journal
from storyboard.state.rescue import Rescue
from tests.simulation import toy
from tests.simulation.calling import LOOKS_S, Caller, taken_in
from tests.simulation.emulated import HOST, Emulated
from tests.simulation.films import Films, claim, note
from tests.simulation.gateway import CALM, Faults, Gateway, Served
from tests.simulation.kinds import KINDS, TOY
from tests.simulation.laws import Laws, Stalled
from tests.simulation.speaking import Remembered, inline, speak
from tests.simulation.studio import Studio
from tests.simulation.tally import Tally
from tests.simulation.wire import Wire
from tests.simulation.world import STATE, CrashKind, Killed, SimulatedDisk, Strike, World, WorldClock

CLIPS = STATE.parent / "clips"
FRAMES = STATE.parent / "frames"
RESCUE = STATE.parent / "rescue"
LONG_S = 48 * 3600.0
"""A boot that is not over by then hangs."""


class Twist:
    """A fault put into the system under test by wrapping what it is given: how the harness proves that it can see."""

    unsynced: frozenset[str] = frozenset()
    """What is not synced although it should be: `journal`, `intents`."""
    down_s: tuple[float, ...] = (1.0, 60.0, 1200.0, 2400.0, 5400.0, 90000.0)
    """How long a machine may stay down; some of it is longer than a key is kept."""
    stands_still = 0.5
    """How likely a machine's clock stands still meanwhile."""
    unwatched: frozenset[str] = frozenset()
    """Laws that are left aside, so that another one has to see the fault."""

    def providers(self, providers: Mapping[str, Provider]) -> Mapping[str, Provider]:
        return providers

    def journal(self, journal: Journal) -> Journal:
        return journal

    def disk(self, disk: SimulatedDisk) -> Disk:
        return disk

    def network(self, network: Network, wall: Callable[[], float]) -> Network:
        return network

    def clips(self, clips: ClipStore, world: World) -> Clips:
        return clips

    def letters(self, caller: Caller) -> Letters:
        return caller


@dataclass(frozen=True, slots=True)
class Ending:
    """How a boot is to end: `strike` at act `at` (None: nothing strikes) of those that have `among` in their names,
    then this kind of crash, then `down_s`.
    """

    at: int | None = None
    strike: Strike = "before"
    crash: CrashKind = "kill"
    down_s: float = 60.0
    among: str = ""


class Shelf:
    """`Host`: a frame's link tells its digest, a clip's its address."""

    def __init__(self, disk: SimulatedDisk) -> None:
        self._disk = disk

    async def link(self, path: Path) -> str:
        await trio.sleep(0.5)
        name = self._disk.read(path).decode() if self._disk.exists(path) else path.name
        return f"{HOST}/{name}"


class Watched(Schedule):
    """Production's schedule, every decision of which is shown to the laws."""

    laws: Laws

    def begin(self, now: ev.Now) -> ev.Decision:
        decision = super().begin(now)
        self.laws.decided(self, decision)
        return decision

    def step(self, events: Iterable[ev.Event], now: ev.Now) -> ev.Decision:
        decision = super().step(events, now)
        self.laws.decided(self, decision)
        return decision


class Machine:
    """`kind` is the gateway whose driver is tried, beside a toy without keys; where it is `toy`, a toy with keys is.
    Where `called` is given, a gateway that calls does, as that draws. `trace` tells what happened.
    """

    def __init__(
        self,
        rng: Random,
        kind: str = TOY,
        twist: Twist | None = None,
        *,
        spoken: bool = False,
        called: Random | None = None,
    ) -> None:
        self.rng = rng
        self.kind = kind
        self.twist = twist or Twist()
        self.spoken = spoken and kind != TOY
        self.trace: list[str] = []
        self.tally = Tally()
        self.clock = WorldClock()
        self.world = World(self.twist.unsynced)
        self.accounts = Remembered()
        self.caller: Caller | None = None
        remotes: dict[str, Remote] = {"bare": toy.BARE, "keyed": toy.KEYED}
        self.gateways: dict[str, Served] = {
            name: Gateway(one.capabilities.retention_s, Random(rng.random()), self.clock.true)
            for name, one in remotes.items()
        }
        if kind != TOY:
            remotes[kind] = KINDS[kind].remote
            tried = Emulated(KINDS[kind], Random(rng.random()), self.clock.true)
            self.gateways[kind] = tried
            if called is not None and isinstance(tried.kind.remote, Calling):
                self.caller = Caller(tried, self.world, called, self.clock.true)
        self.providers = self.twist.providers({**remotes, "sketch": toy.SKETCH})
        self.remotes = {name: one for name, one in self.providers.items() if isinstance(one, Remote)}
        self.capabilities = {name: one.capabilities for name, one in self.providers.items()}
        self.budget = Budget(unknown_price="allow")
        listed = frozenset(name for name, one in remotes.items() if isinstance(one, Listing))
        listed |= {kind} if self.caller is not None else set()
        self.laws = Laws(self.world, self.gateways, CLIPS, listed, self.twist.unwatched)
        self.stale = False
        self.film: Film
        self.beside: dict[str, Film] = {}
        """Other films of the storyboard, by their names."""
        self.ids = 0
        self.acts = 0
        """How many acts the last boot had."""

    def boot(
        self,
        faults: Faults,
        ending: Ending,
        signals: Callable[[], Any] | None = None,
        chance: Random | None = None,
    ) -> None:
        """One process, from its start to its end, and the crash after it; `chance` says what a power loss leaves."""
        self.faults, self.signals = faults, signals
        self.posted = trio.Event()
        for gateway in self.gateways.values():
            gateway.faults = faults
        if ending.at is not None:
            self.world.arm(ending.at, ending.strike, ending.among)
        clock = trio.testing.MockClock(autojump_threshold=0)
        try:
            trio.run(self._process, clock=clock)
        except BaseException as error:  # noqa: BLE001 -- whatever is not the end that was ordered goes on
            _only_ordered_ends(error)
        self.acts = len(self.world.fuse.trace)
        self.trace += [f"boot at {self.clock.booted:.0f}, {ending.crash}", *self.world.fuse.trace]
        self.laws.ended(Rescue(RESCUE, self.world.disk))
        self._count()
        self.clock.booted += clock.current_time() + ending.down_s
        self.world.crash(ending.crash, chance or self.rng)
        self.laws.inspect(self.budget)
        if self.caller is not None:
            self.laws.heeded(self.caller.gone())

    def made(self) -> Programme:
        """What is left to do."""
        return programme(self._plans(self.world.journal.read()))

    def _plans(self, history: History) -> list[plan.Plan]:
        return self._films().plans(history, stale=self.stale)

    def _films(self) -> Films:
        return Films({"oak": self.film, **self.beside} if self.beside else {"": self.film}, self.capabilities)

    def judge(self, made: Programme, *, edited: bool = False) -> None:
        """The verdict, by the plan of what is left to do."""
        self.trace += [f"{take.id} {take.verdict} {take.why}" for take in made.takes]
        self.laws.judge(made, self.budget, edited=edited, stale=self.stale)
        for attempt in self.world.journal.known.attempts.values():
            self.tally.ambiguous[attempt.provider] += attempt.state == "ambiguous"
        for gateway in self.gateways.values():
            self.tally.faults.update(gateway.struck)

    def _count(self) -> None:
        self.tally.boots += 1
        if self.world.fuse.dead:
            self.tally.crashes += 1
            for provider, many in self.laws.at_risk().items():
                self.tally.left_open[provider] += many
                self.tally.most_open[provider] = max(self.tally.most_open[provider], many)

    async def _process(self) -> None:
        """What a `render` does inside the lock."""
        with _told(self.trace):
            disk, journal = self.twist.disk(self.world.disk), self.twist.journal(self.world.journal)
            for folder in (CLIPS, FRAMES):
                disk.make_dir(folder)
            store = ClipStore(CLIPS, FRAMES, disk)
            history, rescue = journal.read(), Rescue(RESCUE, disk)
            if rescued := rescue.taken_in(history):
                journal.append(rescued)
                rescue.wipe()
                history = journal.read()
            rescue.prepare()
            if adopted := store.adopt_orphans(history, self.clock.wall()):
                journal.append(adopted)
                history = journal.read()
            store.sweep()
            self.calls = NO_CALLS
            if self.caller is not None:
                self.calls = taken_in(self.caller, journal, lambda one: programme(self._plans(one)), self.clock.wall())
                history = journal.read()
            history.clips = {key: clip for key, clip in history.clips.items() if store.has(key)}
            async with AsyncExitStack() as stack:
                network = await self._network(stack)
                plans = self._plans(history)
                while plans:
                    together_now = plans[: together(plans)]
                    claim(together_now, history, journal, self.clock.wall())
                    runner = self._runner(together_now, journal, store, history, rescue, network)
                    await self._watch_over(runner)
                    note(together_now, journal)
                    if runner.ended.signal is not None or len(together_now) == len(plans):
                        break
                    history = journal.read()
                    history.clips = {key: clip for key, clip in history.clips.items() if store.has(key)}
                    plans = self._plans(history)[-len(plans) + len(together_now) :]

    async def _network(self, stack: AsyncExitStack) -> Network:
        world, rng = self.world, Random(self.rng.random())
        wire = Wire(
            self.gateways,
            world.disk,
            world.fuse,
            rng,
            self.faults,
            self._leaves,
            self.laws.heard.add,
            self.tally.faults,
        )
        network: Network = wire
        if self.spoken:
            network = await stack.enter_async_context(speak(wire, KINDS[self.kind], self.accounts, self.clock.wall))
        return self.twist.network(network, self.clock.wall)

    def _runner(
        self,
        plans: Sequence[plan.Plan],
        journal: Journal,
        store: ClipStore,
        history: History,
        rescue: Rescue,
        network: Network,
    ) -> Runner:
        made = programme(plans)
        wanted = frozenset(take.key for take in made.takes)
        policy = Policy(jobs=2, stale=self.stale)
        frames = {
            key: Frame(str(path), record.pixels)
            for key, record in history.frames.items()
            if self.world.disk.exists(path := store.frame_path(*key))
        }
        schedule = Watched(
            made,
            wanted,
            history,
            self.capabilities,
            self._films().compose,
            Submissions(
                self.remotes, history.attempts.values(), self._new_id, policy.poll_s, self.budget, calls=self.calls
            ),
            policy,
            frames,
        )
        schedule.laws, self.laws.planned = self.laws, wanted
        ports = Ports(
            clock=self.clock,
            journal=journal,
            clips=self.twist.clips(store, self.world),
            executor=Studio(self.world.disk, Random(self.rng.random()), 0.0 if self.faults is CALM else 0.05),
            offload=inline,
            new_id=self._new_id,
            tell=self._hear,
            network=network,
            host=Shelf(self.world.disk),
            reserve=rescue,
            inbox=self.twist.letters(self.caller) if self.caller is not None else None,
            inbox_s=LOOKS_S,
        )
        return Runner(schedule, ports, self.providers)

    async def _watch_over(self, runner: Runner) -> None:
        """Run it; some boots are drained by a signal, some of them stopped by a second one."""
        with trio.move_on_after(LONG_S) as hanging:
            async with trio.open_nursery() as nursery:
                if self.signals is not None:
                    nursery.start_soon(self.signals)
                with _told(self.trace):
                    await runner.run()
                nursery.cancel_scope.cancel()
        self.laws.check(not hanging.cancelled_caught, "undrained", runner.ended)

    def _leaves(self, provider: str, request: Request) -> None:
        self.posted.set()
        self.laws.leaves(provider, request)

    def _new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids:04}"

    def _hear(self, news: ev.News) -> None:
        self.trace.append(f"{trio.current_time():.2f} {news.event} {news.take} {dict(news.facts)}")


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """trio runs what is ready in an order that the seed decides, threads run in line, and a signal that nobody waits
    for does nothing.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    _run._r.seed(seed)
    try:
        with (
            patch.object(_run, "_ALLOW_DETERMINISTIC_SCHEDULING", True),
            patch.object(trio.to_thread, "run_sync", inline),
        ):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _told(trace: list[str]) -> Iterator[None]:
    """A failure of the machine ends a process with a message."""
    try:
        yield
    except (Refused, OSError) as refused:
        trace.append(f"refused: {refused}")


def _only_ordered_ends(error: BaseException) -> None:
    """Raise what is neither a kill nor a stall."""
    ordered = (Killed, Stalled)
    rest = error.split(ordered)[1] if isinstance(error, BaseExceptionGroup) else error
    if rest is not None and not isinstance(rest, ordered):
        raise rest
