"""A paid gateway and the way to it in virtual time, for the production schedule, runner, turnstile and limits.

The gateway takes as long for a clip as the emulated seedance2ai does: 102 to 268 s, most often 184 s. It refuses what
passes its window (30 requests in 60 s) or its jobs at once, and counts that: no run here may meet a refusal.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import formatdate
from pathlib import Path
from random import Random

import trio
import trio.testing

from bench import noop
from storyboard.capabilities import Capabilities, Gateway
from storyboard.emulator.limits import Window
from storyboard.exchange import Ask, NotSent, Request, Response, Unknown
from storyboard.film import ClipId, Film, Frame, Shot, TakeId
from storyboard.media.jobs import Answer, FrameJob, Job, Report, Taken, VerifyJob
from storyboard.network.client import PATIENCE_S
from storyboard.network.limits import poll_wait_s, wait_s
from storyboard.network.turnstile import Turnstile
from storyboard.planning import ask, plan
from storyboard.planning.carried import Slot
from storyboard.planning.programme import programme
from storyboard.rendering import events as ev
from storyboard.rendering.desk import Account
from storyboard.rendering.ports import Ports
from storyboard.rendering.run import Runner
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.submission import Submissions
from storyboard.rendering.work import wanted_takes
from storyboard.state.journal import History, Record
from storyboard.structs import replace
from tests.simulation.toy import MANY, SUBMIT, Together, Toy

QUICKEST_S, SLOWEST_S, USUAL_S = 102.0, 268.0, 184.0
WAY_S = 0.25
"""How long a request takes to the gateway, and its answer back."""
DOWNLOAD_S, DECODE_S, FRAME_S, HOST_S = 2.0, 0.5, 0.2, 0.5
REQUESTS, WINDOW_S = 28, 60.0
NAME = "keyed"
EPOCH = 1e9
"""The wall clock's time when virtual time begins, in seconds since 1970."""


@dataclass
class Kiln:
    """The gateway. What a clip takes depends on the seed and the take alone, so that all ways to ask are compared on
    the same film.
    """

    seed: int
    most: int
    tell: Callable[[str, float], None] = lambda job, seconds: None
    """Hears of each job that begins, and in how many seconds it will be done."""
    window: Window = field(default_factory=lambda: Window(30, WINDOW_S))
    ready_at: dict[str, float] = field(default_factory=dict)
    requests: int = 0
    crowded: int = 0

    def lasts(self, take: str) -> float:
        """How long it takes for a take, in seconds."""
        return Random(f"{self.seed} {take}").triangular(QUICKEST_S, SLOWEST_S, USUAL_S)

    def answer(self, request: Request, now: float) -> Response:
        """The answer to a request that arrived, with the time on it, as every server's."""
        said = self._answer(request, now)
        return replace(said, headers={"date": formatdate(EPOCH + now, usegmt=True)})

    def _answer(self, request: Request, now: float) -> Response:
        self.requests += 1
        self.window.admit(now)
        if request.path.endswith("/none"):
            return _say(404)
        if request.method == "POST":
            job = str(json.loads(request.body)["take"])
            if job not in self.ready_at:
                self.crowded += sum(moment > now for moment in self.ready_at.values()) >= self.most
                self.ready_at[job] = now + self.lasts(job)
                self.tell(job, self.lasts(job))
            return _say(200, job=job, charged="10")
        named = request.path.rpartition("/")[2]
        if named.startswith(MANY):
            return _say(200, jobs={job: self._stands(job, now) for job in named.removeprefix(MANY).split(",")})
        return _say(200, **self._stands(named, now))

    def _stands(self, job: str, now: float) -> dict[str, str]:
        return {"state": "succeeded", "link": job} if now >= self.ready_at[job] else {"state": "running"}


def _say(status: int, **said: object) -> Response:
    return Response(status, {}, json.dumps(said).encode())


@dataclass
class Way:
    """`Network` through the production turnstile and limits."""

    kiln: Kiln
    sent: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.door = Turnstile(self._place)

    async def _place(self, rank: float) -> float:
        await trio.lowlevel.checkpoint()
        now = trio.current_time()
        del self.sent[:-REQUESTS]
        wait_for = wait_s if rank == -math.inf else poll_wait_s
        seconds = wait_for(self.sent, 0.0, now, REQUESTS, WINDOW_S)
        if seconds <= 0:
            self.sent.append(now)
        return seconds

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        """One exchange."""
        first = request.method == "POST" or request.path.endswith("/none")
        patience_s = PATIENCE_S if request.method == "POST" else math.inf
        if (left_s := await self.door.pass_through(-math.inf if first else rank, patience_s)) > 0:
            return NotSent("it waits for its turn", trio.current_time() + left_s)
        await trio.sleep(WAY_S)
        answer = self.kiln.answer(request, trio.current_time())
        await trio.sleep(WAY_S)
        return answer

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        """A clip."""
        await trio.sleep(DOWNLOAD_S)


class Bench:
    """`Executor`: a clip is decoded, a frame is taken."""

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        """The clip named in the path, or one of its frames."""
        if isinstance(job, VerifyJob):
            await trio.sleep(DECODE_S)
            return noop.clip(job.path)
        assert isinstance(job, FrameJob)
        await trio.sleep(FRAME_S)
        return Taken(job.index or 0, job.path)


class Shelf(noop.NoStore):
    """Tells clips apart by their paths, and keeps none."""

    def part_path(self, take: str, token: str) -> Path:
        """A name of its own."""
        return Path(f"{take}.{token}")

    def clip_path(self, clip: ClipId) -> Path:
        """A name of its own."""
        return Path(clip)


class Hosting:
    """`Host`."""

    async def link(self, path: Path) -> str:
        """Any link."""
        await trio.sleep(HOST_S)
        return f"https://host.example/{path.name}"


class Forgetful:
    """`Journal` that keeps nothing."""

    def append(self, records: Sequence[Record]) -> None:
        """Nothing happens."""

    def read(self) -> History:
        """Nothing is known."""
        return History()


class Clockwork:
    """`Clock`: trio's."""

    def now(self) -> ev.Now:
        """Virtual time."""
        return ev.Now(trio.current_time(), EPOCH + trio.current_time())


class Hosted(Toy):
    """The toy, which has frames hosted."""

    def files(self, ask: object) -> tuple[str, ...]:
        """The frames."""
        frames = (getattr(ask, "start", None), getattr(ask, "end", None))
        return tuple(frame.path for frame in frames if isinstance(frame, Frame))


class Listed(Hosted, Together):
    """That toy, whose gateway tells of many jobs at once."""


@dataclass(frozen=True)
class Ran:
    """One run: seconds from its beginning to its end, requests in all, jobs, and the rules that it broke."""

    seconds: float
    requests: int
    shots: int
    refused: int
    crowded: int
    lasts: Mapping[str, float]


def capabilities(concurrency: int) -> Capabilities:
    """The toy's, with a gateway of the usual limits."""
    gateway = Gateway("https://kiln.example", "KILN", f"{SUBMIT}/none", requests=REQUESTS, window_s=WINDOW_S)
    return Capabilities(
        NAME,
        local=False,
        unit="credits",
        price_per_second=Decimal(3),
        end_frame=True,
        retention_s=3600,
        concurrency=concurrency,
        pace=37.0,
        gateway=gateway,
    )


def run(
    film: Film,
    concurrency: int,
    seed: int = 0,
    *,
    called: bool = False,
    listed: bool = False,
) -> Ran:
    """Render a film from nothing. `called`: the gateway calls when a job is done. `listed`: it tells of many in one
    answer.
    """
    caps = {NAME: capabilities(concurrency)}
    driver = Listed(caps[NAME]) if listed else Hosted(caps[NAME])
    made = plan.make(film, caps, History(), {})
    keys = {take.id: take.key for take in made.takes}
    asks = {take.key: ask.compose(film, take, caps[NAME], {}, {}) for take in made.takes}

    def compose(take: plan.PlannedTake, frames: Mapping[Slot, Frame], clips: object) -> Ask:
        return replace(asks[take.key], start=frames.get("start"), end=frames.get("end"))

    policy, ids = Policy(), iter(range(10**9))
    account = Account("a", calls=called)
    submissions = Submissions(
        {NAME: driver}, [], lambda: f"id-{next(ids)}", policy.poll_s, film.budget, {NAME: account}
    )
    schedule = Schedule(programme([made]), wanted_takes(made), History(), caps, compose, submissions, policy)
    kiln = Kiln(seed, concurrency)
    ports = Ports(
        clock=Clockwork(),
        journal=Forgetful(),
        clips=Shelf(),
        executor=Bench(),
        offload=noop.inline,
        new_id=lambda: f"part-{next(ids)}",
        tell=noop.unheard,
        network=Way(kiln),
        host=Hosting(),
    )

    async def whole() -> float:
        runner, began = Runner(schedule, ports, {NAME: driver}), trio.current_time()

        async def call(job: str, seconds: float) -> None:
            await trio.sleep(seconds + WAY_S)
            runner.hear(ev.Hinted(keys[TakeId(job)]))

        async with trio.open_nursery() as nursery:
            if called:
                kiln.tell = lambda job, seconds: nursery.start_soon(call, job, seconds)
            await runner.run()
            return trio.current_time() - began

    seconds = trio.run(whole, clock=trio.testing.MockClock(autojump_threshold=0))
    if any(work.phase != "done" for work in schedule.works):
        raise RuntimeError("the film is not done")
    lasts = {str(take.id): kiln.lasts(take.id) for take in made.takes}
    return Ran(seconds, kiln.requests, len(made.takes), kiln.window.refused, kiln.crowded, lasts)


def peer(film: Film, concurrency: int, beat_s: float, seed: int = 0) -> Ran:
    """The same film by a plain client: a task a shot, which waits for the shots it needs and for a place, orders, asks
    every `beat_s` seconds, fetches. All requests go through the same window, first come, first served.
    """
    kiln = Kiln(seed, concurrency)
    door = Turnstile(lambda rank: _open(sent))
    sent: list[float] = []
    done = {one.id: trio.Event() for one in film.shots}

    async def ask(request: Request) -> Response:
        await door.pass_through(0.0)
        await trio.sleep(WAY_S)
        answer = kiln.answer(request, trio.current_time())
        await trio.sleep(WAY_S)
        return answer

    async def make(one: Shot, places: trio.CapacityLimiter) -> None:
        needs = [edge.shot for edge in (one.start, one.end) if edge is not None and edge.shot is not None]
        for need in needs:
            await done[need].wait()
        if needs:
            await trio.sleep(FRAME_S + HOST_S)
        async with places:
            await ask(Request("POST", SUBMIT, body=json.dumps({"take": f"{one.id}-1"}).encode()))
            stands = "running"
            while stands != "succeeded":
                await trio.sleep(beat_s)
                stands = json.loads((await ask(Request("GET", f"{SUBMIT}/{one.id}-1"))).body)["state"]
        await trio.sleep(DOWNLOAD_S + DECODE_S)
        done[one.id].set()

    async def whole() -> float:
        places, began = trio.CapacityLimiter(concurrency), trio.current_time()
        async with trio.open_nursery() as nursery:
            for one in film.shots:
                nursery.start_soon(make, one, places)
        return trio.current_time() - began

    seconds = trio.run(whole, clock=trio.testing.MockClock(autojump_threshold=0))
    lasts = {f"{one.id}-1": kiln.lasts(f"{one.id}-1") for one in film.shots}
    return Ran(seconds, kiln.requests, len(film.shots), kiln.window.refused, kiln.crowded, lasts)


async def _open(sent: list[float]) -> float:
    """A place in the window, first come, first served."""
    await trio.lowlevel.checkpoint()
    seconds = wait_s(sent, 0.0, trio.current_time(), REQUESTS, WINDOW_S)
    if seconds <= 0:
        sent.append(trio.current_time())
        del sent[:-REQUESTS]
    return seconds
