"""One seed: a film, paid gateways, up to five boots that end badly, two calm ones; `laws` are watched all the way.

Everything random comes from the seed: the film, the faults, where a process is struck, how long it stays down, and the
order in which trio runs what is ready. The schedule, the submissions, the runner and the clip store are production's.
The machine's own wall clock is set to another time between boots; only the gateways know the true one.
"""

from __future__ import annotations

import errno
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import trio
import trio.testing
from trio._core import _run

from storyboard.diagnostics import Refused
from storyboard.exchange import Ask, Request
from storyboard.film import Beat, ClipId, Film, Frame
from storyboard.planning import ask, plan
from storyboard.planning.carried import Slot
from storyboard.providers import Provider, Remote, seedance2ai
from storyboard.rendering import events as ev
from storyboard.rendering.ports import Clips, Network, Ports
from storyboard.rendering.run import Runner
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.submission import Submissions
from storyboard.rendering.work import wanted_takes
from storyboard.state.clips import ClipStore
from storyboard.state.journal import History, Journal
from storyboard.state.rescue import Rescue
from tests.simulation import toy
from tests.simulation.emulated import HOST, Emulated
from tests.simulation.gateway import CALM, STORM, WILD, Faults, Gateway, Served
from tests.simulation.laws import Laws, Stalled, Violation
from tests.simulation.scenes import RAIN, scene
from tests.simulation.studio import Studio
from tests.simulation.wire import Wire
from tests.simulation.world import STATE, CrashKind, Killed, SimulatedDisk, Strike, World

CLIPS = STATE.parent / "clips"
FRAMES = STATE.parent / "frames"
RESCUE = STATE.parent / "rescue"
BOOTS = 5
LONG_S = 48 * 3600.0
"""A boot that is not over by then hangs."""


class Twist:
    """A fault put into the system under test by wrapping what it is given: how the harness proves that it can see."""

    lying_disk = False
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

    def network(self, network: Network, wall: Callable[[], float]) -> Network:
        return network

    def clips(self, clips: ClipStore, world: World) -> Clips:
        return clips


class WorldClock:
    """`Clock`: trio's for waiting; the wall goes on while the machine is down."""

    booted = 1_700_000_000.0
    wrong_s = 0.0
    """By how much the machine's clock is wrong."""

    def now(self) -> ev.Now:
        return ev.Now(trio.current_time(), self.wall())

    def wall(self) -> float:
        """What the machine believes."""
        return self.true() + self.wrong_s

    def true(self) -> float:
        """What the gateways know."""
        return self.booted + trio.current_time()


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


class Simulation:
    """One seed, from the first boot to the verdict; `trace` tells what happened. `emulated` puts the driver of
    seedance2ai and the emulator's decisions and faults in the place of the toy that keeps keys. `together` lets that
    toy tell of many jobs at once.
    """

    def __init__(
        self, seed: int, twist: Twist | None = None, *, emulated: bool = False, together: bool = False
    ) -> None:
        self.seed = seed
        self.twist = twist or Twist()
        self.trace: list[str] = []
        self.rng = Random(seed)
        self.clock = WorldClock()
        self.world = World(lying=self.twist.lying_disk)
        providers = self.twist.providers(toy.PROVIDERS)
        self.gateways: dict[str, Served] = {
            name: Gateway(driver.capabilities.retention_s, Random(self.rng.random()), self.clock.true)
            for name, driver in toy.PROVIDERS.items()
            if isinstance(driver, Remote)
        }
        if together:
            providers = {**providers, "keyed": toy.TOGETHER}
        if emulated:
            providers = {**providers, "seedance2ai": seedance2ai.PROVIDER}
            self.gateways["seedance2ai"] = Emulated(Random(self.rng.random()), self.clock.true)
        self.laws = Laws(self.world, self.gateways, CLIPS, self.twist.unwatched)
        self.providers = providers
        self.capabilities = {name: one.capabilities for name, one in self.providers.items()}
        self.film: Film = scene(self.rng, "seedance2ai" if emulated else "keyed")
        self.stale = self.rng.random() < 0.5
        self.ids = 0

    def run(self) -> list[Violation]:
        """All boots, then the verdict. Many a film is edited between two boots."""
        boots = self.rng.randint(1, BOOTS)
        edited_before = self.rng.randrange(1, 2 * BOOTS)
        with _repeatable(self.seed):
            for boot in range(boots):
                if boot == edited_before:
                    self._edit()
                self._boot(STORM if self.rng.random() < 0.2 else WILD)
                if self.laws.violations:
                    return self.laws.violations
            for _ in range(2):
                self._boot(CALM)
        made = plan.make(self.film, self.capabilities, self.world.journal.read(), {})
        self.trace += [f"{take.id} {take.verdict} {take.why}" for take in made.takes]
        self.laws.judge(made, edited=edited_before < boots, stale=self.stale)
        return self.laws.violations

    def _edit(self) -> None:
        """Another text for the first shot that has no equal: of equal shots, the first would hand its clip on."""
        shots = list(self.film.shots)
        index = next(index for index, shot in enumerate(shots) if shot.action != RAIN)
        shots[index] = replace(shots[index], action=(Beat("Something else happens."),))
        self.film = replace(self.film, shots=tuple(shots))
        self.trace.append(f"{shots[index].id} is edited")

    # ── boots ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _boot(self, faults: Faults) -> None:
        self.faults = faults
        self.posted = trio.Event()
        for gateway in self.gateways.values():
            gateway.faults = faults
        crash: CrashKind = "kill" if self.rng.random() < 0.5 else "power"
        if faults is not CALM and self.rng.random() < 0.85:
            failing = OSError(self.rng.choice((errno.EIO, errno.ENOSPC)), "the disk fails")
            strikes: tuple[Strike, ...] = ("before", "during", "after", failing)
            self.world.arm(int(2 ** self.rng.uniform(0, 8)), self.rng.choices(strikes, (4, 1, 4, 1))[0])
        clock = trio.testing.MockClock(autojump_threshold=0)
        try:
            trio.run(self._process, clock=clock)
        except BaseException as error:  # noqa: BLE001 -- whatever is not the end that was ordered goes on
            _only_ordered_ends(error)
        self.trace += [f"boot at {self.clock.booted:.0f}, {crash}", *self.world.fuse.trace]
        self.laws.ended(Rescue(RESCUE, self.world.disk))
        down_s = self.rng.choice(self.twist.down_s)
        self.clock.booted += clock.current_time() + down_s
        if self.rng.random() < self.twist.stands_still:
            self.clock.wrong_s -= down_s
        else:
            self.clock.wrong_s = self.rng.choice((0.0, 0.0, -86_400.0, 3_600.0))
        self.world.crash(crash, self.rng)
        self.laws.inspect()

    async def _process(self) -> None:
        """What a `render` does inside the lock."""
        with _told(self.trace):
            disk, journal = self.world.disk, self.twist.journal(self.world.journal)
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
            history.clips = {key: clip for key, clip in history.clips.items() if store.has(key)}
            await self._watch_over(self._runner(journal, store, history, rescue))

    def _runner(self, journal: Journal, store: ClipStore, history: History, rescue: Rescue) -> Runner:
        made = plan.make(self.film, self.capabilities, history, {})
        policy = Policy(jobs=2, stale=self.stale)
        remotes = {name: one for name, one in self.providers.items() if isinstance(one, Remote)}
        frames = {
            key: Frame(str(path), record.pixels)
            for key, record in history.frames.items()
            if self.world.disk.exists(path := store.frame_path(*key))
        }
        schedule = Watched(
            made,
            wanted_takes(made),
            history,
            self.capabilities,
            self._compose,
            Submissions(remotes, history.attempts.values(), self._new_id, policy.poll_s),
            policy,
            frames,
        )
        schedule.laws, self.laws.planned = self.laws, wanted_takes(made)
        return Runner(schedule, replace(self._ports(journal, store), reserve=rescue), self.providers)

    def _ports(self, journal: Journal, store: ClipStore) -> Ports:
        world, rng = self.world, Random(self.rng.random())
        wire = Wire(self.gateways, world.disk, world.fuse, rng, self.faults, self._leaves, self.laws.heard.add)
        return Ports(
            clock=self.clock,
            journal=journal,
            clips=self.twist.clips(store, world),
            executor=Studio(world.disk, rng, 0.0 if self.faults is CALM else 0.05),
            offload=_inline,
            new_id=self._new_id,
            tell=self._hear,
            network=self.twist.network(wire, self.clock.wall),
            host=Shelf(world.disk),
        )

    async def _watch_over(self, runner: Runner) -> None:
        """Run it; some boots are drained by a signal, some of them stopped by a second one."""
        with trio.move_on_after(LONG_S) as hanging:
            async with trio.open_nursery() as nursery:
                if self.faults is not CALM and self.rng.random() < 0.3:
                    nursery.start_soon(self._signal)
                with _told(self.trace):
                    await runner.run()
                nursery.cancel_scope.cancel()
        self.laws.check(not hanging.cancelled_caught, "undrained", runner.ended)

    def _leaves(self, provider: str, request: Request) -> None:
        self.posted.set()
        self.laws.leaves(provider, request)

    async def _signal(self) -> None:
        """One signal or two, half of them while a submission is on its way."""
        if self.rng.random() < 0.5:
            await self.posted.wait()
        else:
            await trio.sleep(2 ** self.rng.uniform(-2, 8))
        signal.raise_signal(signal.SIGTERM)
        if self.rng.random() < 0.75:
            await trio.sleep(self.rng.choice((0.5, 1.01, 1.1, 20.0)))
            signal.raise_signal(signal.SIGTERM)

    def _compose(self, take: plan.PlannedTake, frames: Mapping[Slot, Frame], clips: Mapping[Slot, ClipId]) -> Ask:
        stored = {slot: (clip, f"{clip}.mp4") for slot, clip in clips.items()}
        return ask.compose(self.film, take, self.capabilities[take.shot.provider], frames, {}, stored)

    def _new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids:04}"

    def _hear(self, news: ev.News) -> None:
        self.trace.append(f"{trio.current_time():.2f} {news.event} {news.take} {dict(news.facts)}")


async def _inline(act: Any, *args: Any) -> Any:
    await trio.lowlevel.checkpoint()
    return act(*args)


@contextmanager
def _told(trace: list[str]) -> Iterator[None]:
    """A failure of the machine ends a process with a message."""
    try:
        yield
    except (Refused, OSError) as refused:
        trace.append(f"refused: {refused}")


@contextmanager
def _repeatable(seed: int) -> Iterator[None]:
    """trio runs what is ready in an order that the seed decides; a signal that nobody waits for does nothing."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    _run._r.seed(seed)
    try:
        with patch.object(_run, "_ALLOW_DETERMINISTIC_SCHEDULING", True):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _only_ordered_ends(error: BaseException) -> None:
    """Raise what is neither a kill nor a stall."""
    ordered = (Killed, Stalled)
    rest = error.split(ordered)[1] if isinstance(error, BaseExceptionGroup) else error
    if rest is not None and not isinstance(rest, ordered):
        raise rest
