"""One seed: a film, paid gateways, up to five boots that end badly, two calm ones; the laws are watched all the way.

Everything random comes from the seed: the film, the faults, where a process is struck, how long it stays down, and the
order in which trio runs what is ready. The schedule, the submissions, the runner and the clip store are production's.
The clock never goes backwards here: the age of a key is measured by it.

Laws, by the names that a violation carries:
- `paid-twice`: no take is charged twice for the same bytes.
- `no-intent`: an attempt with the very bytes is durable before they leave.
- `resubmitted`: an ambiguous or settled attempt is never sent.
- `rendered-again`: nor is a take that is done.
- `job-forgotten`: a job's id that reached a process which was not killed is kept.
- `clip-missing`: a done take's clip is on disk and whole.
- `stalled`: open work, nothing under way and no timer never meet.
- `undrained`: a drain ends.
- `unfinished`: the calm boots end with every take done, or ambiguous or lost or behind such a one.
- `money-vanished`: every charge that stays belongs to a take that is done or listed as ambiguous or lost.
"""

from __future__ import annotations

import errno
import json
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from unittest.mock import patch

import trio
import trio.testing
from trio._core import _run

from storyboard.diagnostics import Refused
from storyboard.exchange import Ask, Request
from storyboard.film import Film, Frame, TakeId, TakeKey
from storyboard.planning import ask, plan
from storyboard.providers import Provider, Remote
from storyboard.rendering import events as ev
from storyboard.rendering.ports import Clips, Network, Ports
from storyboard.rendering.run import Runner
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.submission import Submissions
from storyboard.rendering.work import wanted_takes
from storyboard.state.clips import ClipStore
from storyboard.state.journal import History, Journal
from tests.simulation import toy
from tests.simulation.gateway import CALM, WILD, Gateway
from tests.simulation.scenes import scene
from tests.simulation.studio import Studio
from tests.simulation.wire import Wire
from tests.simulation.world import STATE, CrashKind, Killed, Strike, World

CLIPS = STATE.parent / "clips"
FRAMES = STATE.parent / "frames"
BOOTS = 5
DOWN_S = (1.0, 60.0, 1200.0, 2400.0, 5400.0, 90000.0)
"""How long a machine may stay down; some of it is longer than a key is kept."""
LONG_S = 48 * 3600.0
"""A boot that is not over by then hangs."""


class Stalled(Exception):
    """The schedule has open work and nothing that could move it."""


@dataclass
class Twist:
    """A fault put into the system under test by wrapping what it is given: how the harness proves that it can see."""

    lying_disk: bool = False

    def providers(self, providers: Mapping[str, Provider]) -> Mapping[str, Provider]:
        return providers

    def journal(self, journal: Journal) -> Journal:
        return journal

    def network(self, network: Network) -> Network:
        return network

    def clips(self, clips: ClipStore, world: World) -> Clips:
        return clips


@dataclass(frozen=True, slots=True)
class Violation:
    """A law that did not hold, and where."""

    law: str
    facts: str


@dataclass(slots=True)
class WorldClock:
    """`Clock`: trio's for waiting; the wall goes on while the machine is down."""

    booted: float = 1_700_000_000.0

    def now(self) -> ev.Now:
        return ev.Now(trio.current_time(), self.wall())

    def wall(self) -> float:
        return self.booted + trio.current_time()


class Watched(Schedule):
    """Production's schedule under watch: it never stalls, and never starts what is done."""

    simulation: Simulation

    def begin(self, now: ev.Now) -> ev.Decision:
        return self._watch(super().begin(now))

    def step(self, events: Iterable[ev.Event], now: ev.Now) -> ev.Decision:
        return self._watch(super().step(events, now))

    def _watch(self, decision: ev.Decision) -> ev.Decision:
        for action in decision.actions:
            if isinstance(action, ev.Draw | ev.Post):
                key = action.key if isinstance(action, ev.Draw) else self.submissions.attempts[action.attempt].take
                self.simulation.check(key not in self.simulation.finished, "rendered-again", key)
        if not self.finished and self.inflight == 0 and decision.wake_at is None:
            phases = [(work.take.id, work.phase) for work in self.works]
            self.simulation.violations.append(Violation("stalled", str(phases)))
            raise Stalled
        return decision


@dataclass
class Simulation:
    """One seed, from the first boot to the verdict in `violations`; `trace` tells what happened."""

    seed: int
    twist: Twist = field(default_factory=Twist)
    violations: list[Violation] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    finished: set[TakeKey] = field(default_factory=set)
    heard: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.world = World(lying=self.twist.lying_disk)
        self.clock = WorldClock()
        self.film: Film = scene(self.rng)
        self.gateways = {
            name: Gateway(driver.capabilities.retention_s, Random(self.rng.random()), self.clock.wall)
            for name, driver in toy.PROVIDERS.items()
            if isinstance(driver, Remote)
        }
        self.providers = self.twist.providers(toy.PROVIDERS)
        self.capabilities = {name: one.capabilities for name, one in self.providers.items()}
        self.ids = 0

    def check(self, held: bool, law: str, facts: object) -> None:
        """Note a violation where a law does not hold."""
        if not held:
            self.violations.append(Violation(law, str(facts)))

    def run(self) -> list[Violation]:
        """All boots, then the verdict."""
        with _repeatable(self.seed):
            for _ in range(self.rng.randint(1, BOOTS)):
                self._boot(wild=True)
                if self.violations:
                    return self.violations
            for _ in range(2):
                self._boot(wild=False)
        self._judge()
        return self.violations

    # ── boots ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _boot(self, *, wild: bool) -> None:
        for gateway in self.gateways.values():
            gateway.faults = WILD if wild else CALM
        crash: CrashKind = "kill" if self.rng.random() < 0.5 else "power"
        if wild and self.rng.random() < 0.85:
            failing = OSError(self.rng.choice((errno.EIO, errno.ENOSPC)), "the disk fails")
            strikes: tuple[Strike, ...] = ("before", "during", "after", failing)
            strike = self.rng.choices(strikes, (4, 1, 4, 1))[0]
            self.world.arm(int(2 ** self.rng.uniform(0, 8)), strike)
        self.heard.clear()
        clock = trio.testing.MockClock(autojump_threshold=0)
        try:
            trio.run(self._process, wild, clock=clock)
        except BaseException as error:  # noqa: BLE001 -- whatever is not the end that was ordered goes on
            _only_ordered_ends(error)
        self.trace += [f"boot at {self.clock.booted:.0f}, {crash}", *self.world.fuse.trace]
        self._remembers()
        self.clock.booted += clock.current_time() + self.rng.choice(DOWN_S)
        self.world.crash(crash, self.rng)
        self._inspect()

    async def _process(self, wild: bool) -> None:
        """What a `render` does inside the lock."""
        with _told(self.trace):
            await self._render(wild)

    async def _render(self, wild: bool) -> None:
        disk, journal = self.world.disk, self.twist.journal(self.world.journal)
        for folder in (CLIPS, FRAMES):
            disk.make_dir(folder)
        store = ClipStore(CLIPS, FRAMES, disk)
        history = journal.read()
        if adopted := store.adopt_orphans(history, self.clock.wall()):
            journal.append(adopted)
            history = journal.read()
        store.sweep()
        await self._watch_over(self._runner(journal, store, _existing(history, store), wild), wild)

    def _runner(self, journal: Journal, store: ClipStore, history: History, wild: bool) -> Runner:
        made = plan.make(self.film, self.capabilities, history, {})
        policy = Policy(jobs=2)
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
        schedule.simulation = self
        return Runner(schedule, self._ports(journal, store, wild), self.providers)

    def _ports(self, journal: Journal, store: ClipStore, wild: bool) -> Ports:
        world, rng = self.world, Random(self.rng.random())
        wire = Wire(self.gateways, world.disk, world.fuse, rng, WILD if wild else CALM, self._witness, self.heard.add)
        return Ports(
            clock=self.clock,
            journal=journal,
            clips=self.twist.clips(store, world),
            executor=Studio(world.disk, rng, 0.05 if wild else 0.0),
            offload=_inline,
            new_id=self._new_id,
            tell=self._hear,
            network=self.twist.network(wire),
        )

    async def _watch_over(self, runner: Runner, wild: bool) -> None:
        """Run it; some boots are drained by a signal, some of them stopped by a second one."""
        with trio.move_on_after(LONG_S) as hanging:
            async with trio.open_nursery() as nursery:
                if wild and self.rng.random() < 0.2:
                    nursery.start_soon(
                        _signal, 2 ** self.rng.uniform(-2, 8), self.rng.choice((None, 0.5, 1.1, 2.0, 20.0))
                    )
                with _told(self.trace):
                    await runner.run()
                nursery.cancel_scope.cancel()
        self.check(not hanging.cancelled_caught, "undrained", runner.ended)

    def _compose(self, take: plan.PlannedTake, frames: Mapping[plan.Slot, Frame]) -> Ask:
        return ask.compose(self.film, take, self.capabilities[take.shot.provider], frames, {})

    def _new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids:04}"

    def _hear(self, news: ev.News) -> None:
        self.trace.append(f"{trio.current_time():.2f} {news.event} {news.take} {dict(news.facts)}")

    # ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _witness(self, provider: str, request: Request) -> None:
        headers = json.dumps(dict(request.headers), sort_keys=True)
        attempts = [
            attempt
            for attempt in self.world.journal.read().attempts.values()
            if (attempt.provider, attempt.body, attempt.headers) == (provider, request.body, headers)
        ]
        self.check(bool(attempts), "no-intent", request.body)
        if attempts:
            live = any(attempt.state in ("intended", "unsure") for attempt in attempts)
            self.check(live, "resubmitted", attempts)

    def _remembers(self) -> None:
        """A process that came to its own end, and whose journal took what it was given, has kept all it heard."""
        fuse = self.world.fuse
        struck = fuse.trace[fuse.at] if fuse.at is not None and fuse.at < len(fuse.trace) else ""
        if not fuse.dead and not struck.startswith("append"):
            kept = {(attempt.provider, attempt.job) for attempt in self.world.journal.read().attempts.values()}
            self.check(self.heard <= kept, "job-forgotten", self.heard - kept)

    def _inspect(self) -> None:
        """What must hold whenever no process runs."""
        history, disk = self.world.journal.read(), self.world.disk
        for record in history.takes.values():
            if record.state == "done" and record.clip is not None:
                path = CLIPS / f"{record.clip}.mp4"
                whole = disk.exists(path) and disk.digest(path) == record.clip
                self.check(whole, "clip-missing", record.take)
                self.finished.add(record.key)
        for gateway in self.gateways.values():
            for take in {charge.take for charge in gateway.ledger}:
                self.check(len(gateway.charges(take)) < 2, "paid-twice", gateway.charges(take))

    def _judge(self) -> None:
        """What must hold in the end."""
        history = self.world.journal.read()
        made = plan.make(self.film, self.capabilities, history, {})
        self.trace += [f"{take.id} {take.verdict} {take.why}" for take in made.takes]
        states = {take.id: history.takes[take.key].state for take in made.takes if take.key in history.takes}
        for take in made.takes:
            excused = states.get(take.id) in ("ambiguous", "lost") or take.verdict in ("blocked", "held")
            self.check(take.verdict == "done" or excused, "unfinished", (take.id, take.verdict, take.why))
        for gateway in self.gateways.values():
            for charge in gateway.ledger:
                listed = states.get(TakeId(charge.take)) in ("done", "ambiguous", "lost")
                self.check(charge.refunded or listed, "money-vanished", charge)


def _existing(history: History, store: ClipStore) -> History:
    return replace(history, clips={key: clip for key, clip in history.clips.items() if store.has(key)})


async def _inline(act: Any, *args: Any) -> Any:
    await trio.lowlevel.checkpoint()
    return act(*args)


async def _signal(first_s: float, second_s: float | None) -> None:
    await trio.sleep(first_s)
    signal.raise_signal(signal.SIGTERM)
    if second_s is not None:
        await trio.sleep(second_s)
        signal.raise_signal(signal.SIGTERM)


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
