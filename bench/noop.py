"""Films whose takes cost nothing to make: what remains is the product itself."""

import hashlib
import math
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from storyboard.collecting import lasting, no_cyclic_collection

with lasting():  # as a command is imported
    import trio

    from storyboard.capabilities import Capabilities
    from storyboard.exchange import Ask
    from storyboard.film import Clip, ClipId, Film, Frame, TakeId
    from storyboard.language import load
    from storyboard.media.jobs import Answer, DrawJob, Job, Report
    from storyboard.planning import ask, plan
    from storyboard.planning.carried import Slot
    from storyboard.planning.programme import programme
    from storyboard.rendering.edge import SystemClock, random_id
    from storyboard.rendering.events import News
    from storyboard.rendering.ports import Ports
    from storyboard.rendering.run import Runner
    from storyboard.rendering.schedule import Policy, Schedule
    from storyboard.rendering.submission import Submissions
    from storyboard.rendering.work import wanted_takes
    from storyboard.state.journal import Journal
    from storyboard.state.sqlite import SqliteJournal

T = TypeVar("T")
CAPABILITIES = Capabilities("nothing", local=True, any_fps=True)
DRAWN_AT_ONCE = 64
NOWHERE = Path("nowhere")


def board(shots: int, provider: str) -> str:
    """A storyboard of that many shots, none of which needs another."""
    shot = "  - {id: s%d, size: MCU, duration: 5, action: She turns for the %d. time.}\n"
    return f"storyboard: 1\ndefaults: {{provider: {provider}}}\nshots:\n" + "".join(shot % (n, n) for n in range(shots))


def written(folder: Path, shots: int, provider: str = "nothing") -> Path:
    """That storyboard as a file."""
    path = folder / f"film-{shots}.yaml"
    path.write_text(board(shots, provider), encoding="utf-8")
    return path


def read(path: Path) -> Film:
    """Its film."""
    return load(path, capabilities={"nothing": CAPABILITIES}).film


def clip(name: str) -> Clip:
    """The clip that a take comes out as."""
    return Clip(ClipId(hashlib.sha256(name.encode()).hexdigest()), 121, Fraction(24), 1280, 720, False, 1000)


class Nothing:
    """A provider that draws nothing."""

    capabilities = CAPABILITIES

    def draw(self, ask: Ask, target: str) -> DrawJob:
        """A job that says only where."""
        return DrawJob({}, ask.take)


@dataclass(frozen=True)
class NoDrawing:
    """Answers every drawing at once."""

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        """The clip, named after its target."""
        assert isinstance(job, DrawJob)
        await trio.lowlevel.checkpoint()
        return clip(job.target)


@dataclass(frozen=True)
class NoStore:
    """Keeps nothing."""

    def part_path(self, take: TakeId, token: str) -> Path:
        """A name."""
        return NOWHERE

    def clip_path(self, clip: ClipId) -> Path:
        """A name."""
        return NOWHERE

    def frame_path(self, clip: ClipId, index: int) -> Path:
        """A name."""
        return NOWHERE

    def keep(self, part: Path, clip: Clip, provenance: Mapping[str, Any]) -> Path:
        """Nothing happens."""
        return self.clip_path(clip.id)

    def keep_frame(self, clip: ClipId, index: int, pixels: str) -> Frame:
        """Nothing happens."""
        return Frame(str(self.frame_path(clip, index)), pixels)


async def inline(act: Callable[..., T], *args: Any) -> T:
    """The call's result, in this very task."""
    await trio.lowlevel.checkpoint()
    return act(*args)


def unheard(news: News) -> None:
    """Nobody listens."""


def scheduled(film: Film, journal: Journal, only: int | None = None) -> Schedule:
    """A film planned and scheduled as in production, what is asked composed beforehand; `only` restricts the run to the
    first so many takes.
    """
    capabilities = {"nothing": CAPABILITIES}
    with no_cyclic_collection():
        history = journal.read()
        made = plan.make(film, capabilities, history, {})

    wanted = [take for take in made.takes if take.verdict == "render"]
    asks = {take.key: ask.compose(film, take, CAPABILITIES, {}, {}) for take in wanted}

    def compose(take: plan.PlannedTake, frames: Mapping[Slot, Frame], clips: object) -> Ask:
        return asks[take.key]

    shots = None if only is None else {take.shot.id for take in made.takes[:only]}
    policy = Policy(jobs=DRAWN_AT_ONCE)
    submissions = Submissions({}, [], random_id, policy.poll_s, film.budget)
    return Schedule(programme([made]), wanted_takes(made, shots), history, capabilities, compose, submissions, policy)


def perform(schedule: Schedule, journal: Journal) -> int:
    """Run a schedule with the production runner; answers how many takes are done."""
    ports = Ports(
        clock=SystemClock(),
        journal=journal,
        clips=NoStore(),
        executor=NoDrawing(),
        offload=inline,
        new_id=random_id,
        tell=unheard,
        network=None,
        inbox=None,
    )
    trio.run(Runner(schedule, ports, {"nothing": Nothing()}).run)
    return sum(work.phase == "done" for work in schedule.works)


def render(film: Film, database: Path, only: int | None = None) -> int:
    """Plan and render a film, every transition durable; answers how many takes are done."""
    with SqliteJournal(database) as journal:
        return perform(scheduled(film, journal, only), journal)


async def bare(takes: int) -> int:
    """The same concurrency with nothing decided and nothing kept: two tasks a take, each tells a loop that it ended."""
    send, receive = trio.open_memory_channel[int](math.inf)

    async def step(take: int) -> None:
        await trio.lowlevel.checkpoint()
        send.send_nowait(take)

    async with trio.open_nursery() as nursery:
        waiting, told = iter(range(takes)), 0
        stage = [0] * takes
        for _, take in zip(range(DRAWN_AT_ONCE), waiting, strict=False):
            nursery.start_soon(step, take)
        while told < 2 * takes:
            take = await receive.receive()
            told += 1
            stage[take] += 1
            follows = take if stage[take] == 1 else next(waiting, None)
            if follows is not None:
                nursery.start_soon(step, follows)
    return told // 2


def main(path: Path) -> int:
    """Render a film of such takes from nothing, from its file to the last durable record: what a process has to do."""
    film = read(path)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if render(film, Path(folder) / "state.db") == len(film.shots) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
