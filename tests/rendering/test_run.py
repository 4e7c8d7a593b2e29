"""The runner on a real disk and a real journal, in virtual time; gateways answer as each test says."""

import errno
import json
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random

import pytest
import trio
from trio.testing import MockClock

from storyboard.assets import Reference
from storyboard.diagnostics import Refused
from storyboard.exchange import Ask, NotSent, Request, Response, Unknown
from storyboard.film import Edge, Film
from storyboard.planning import ask, plan
from storyboard.planning.carried import Slot
from storyboard.planning.programme import programme
from storyboard.providers import Provider, Remote
from storyboard.rendering.attempts import RESENDS
from storyboard.rendering.edge import SystemClock, in_thread, random_id
from storyboard.rendering.events import News
from storyboard.rendering.jobs import FETCHES
from storyboard.rendering.mail import DRAIN
from storyboard.rendering.ports import Network, Ports
from storyboard.rendering.run import ANSWER_S, Ended, Runner
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.submission import Submissions
from storyboard.rendering.work import wanted_takes
from storyboard.state.clips import ClipStore
from storyboard.state.disk import LocalDisk
from storyboard.state.inbox import Inbox, Message
from storyboard.state.journal import AttemptRecord, History, Journal
from storyboard.state.rescue import Rescue
from storyboard.state.sqlite import SqliteJournal, read_history
from storyboard.structs import replace
from tests.films import PLACE, after, film, shot
from tests.simulation import toy
from tests.simulation.studio import Studio, clip_bytes
from tests.simulation.world import Fuse, SimulatedJournal

Answer = Response | NotSent | Unknown
CAPABILITIES = {name: one.capabilities for name, one in toy.PROVIDERS.items()}


def said(status: int, **facts: object) -> Response:
    return Response(status, {}, json.dumps(facts).encode())


ACCEPTED = said(200, job="job-1", charged="15")
RUNNING = said(200, state="running")
SUCCEEDED = said(200, state="succeeded", link="/files/job-1")


def whole(target: Path) -> None:
    """The clip arrives as it should."""
    target.write_bytes(clip_bytes(121, b"toy"))


@dataclass
class Script:
    """A network whose gateway answers a POST by `submit` and a poll by `poll`, and streams by `stream`."""

    submit: Callable[[Request], Awaitable[Answer]]
    poll: Answer = SUCCEEDED
    stream: Callable[[Path], None] = whole
    sent: list[Request] = field(default_factory=list)
    fetches: int = 0

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Answer:
        await trio.lowlevel.checkpoint()
        if request.method == "GET":
            return self.poll
        self.sent.append(request)
        return await self.submit(request)

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        await trio.lowlevel.checkpoint()
        self.fetches += 1
        self.stream(target)


def answering(answer: Answer, seconds: float = 1.0) -> Callable[[Request], Awaitable[Answer]]:
    async def submit(request: Request) -> Answer:
        await trio.sleep(seconds)
        return answer

    return submit


@dataclass
class House:
    """A folder with the state of one film."""

    folder: Path
    news: list[News] = field(default_factory=list)
    providers: Mapping[str, Provider] = field(default_factory=lambda: toy.PROVIDERS)
    digests: Mapping[str, str] = field(default_factory=dict)
    inbox: Inbox | None = None

    def __post_init__(self) -> None:
        for name in ("clips", "frames"):
            (self.folder / name).mkdir()
        self.database = self.folder / "state.db"

    @property
    def store(self) -> ClipStore:
        return ClipStore(self.folder / "clips", self.folder / "frames", LocalDisk())

    async def render(self, made: Film, network: Network | None = None, policy: Policy | None = None) -> Ended:
        with SqliteJournal(self.database) as journal:
            return await self.runner(made, journal, network, policy or Policy()).run()

    def runner(self, made: Film, journal: Journal, network: Network | None, policy: Policy) -> Runner:
        history = journal.read()
        planned = plan.make(made, CAPABILITIES, history, self.digests)
        remotes = {name: one for name, one in self.providers.items() if isinstance(one, Remote)}
        submissions = Submissions(remotes, history.attempts.values(), random_id, policy.poll_s)
        compose = partial(_compose, made, self.digests)
        wanted = wanted_takes(planned)
        schedule = Schedule(programme([planned]), wanted, history, CAPABILITIES, compose, submissions, policy)
        ports = Ports(
            clock=SystemClock(),
            journal=journal,
            clips=self.store,
            executor=Studio(LocalDisk(), Random(1)),
            offload=in_thread,
            new_id=random_id,
            tell=self.news.append,
            network=network,
            inbox=self.inbox,
        )
        return Runner(schedule, ports, self.providers)

    @property
    def history(self) -> History:
        return read_history(self.database)

    @property
    def attempts(self) -> list[AttemptRecord]:
        return list(self.history.attempts.values())

    @property
    def states(self) -> dict[str, str]:
        return {str(record.take): record.state for record in self.history.takes.values()}


def _compose(
    made: Film, digests: Mapping[str, str], take: plan.PlannedTake, frames: dict[Slot, object], clips: object
) -> Ask:
    return ask.compose(made, take, CAPABILITIES[take.shot.provider], frames, digests)  # type: ignore[arg-type]  # as it came


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def sketched(*names: str) -> Film:
    return film(*(shot(name, provider="sketch") for name in names))


def paid(provider: str = "keyed") -> Film:
    return film(shot("1A", provider=provider))


async def test_a_chain_is_drawn_kept_and_recorded(house: House, autojump_clock: MockClock) -> None:
    made = film(shot("1A", provider="sketch"), shot("1B", provider="sketch", start=after("1A")))
    assert await house.render(made) == Ended()
    assert house.states == {"1A-1": "done", "1B-1": "done"}
    assert all(house.store.has(record.clip) for record in house.history.takes.values() if record.clip)
    assert len(house.history.frames) == 1
    assert [news.event for news in house.news] == ["submitted", "drawn", "done"] * 2


async def test_nothing_leaves_before_its_intent_is_in_the_file(house: House, autojump_clock: MockClock) -> None:
    seen: list[tuple[str, bytes]] = []

    async def submit(request: Request) -> Answer:
        seen.extend((attempt.state, attempt.body) for attempt in house.attempts)
        return ACCEPTED

    network = Script(submit)
    await house.render(paid(), network)
    assert seen == [("intended", network.sent[0].body)]
    assert house.states == {"1A-1": "done"}
    assert [(attempt.state, attempt.job) for attempt in house.attempts] == [("succeeded", "job-1")]


async def test_a_gateway_that_does_not_answer_in_time_may_have_accepted(
    house: House, autojump_clock: MockClock
) -> None:
    await house.render(paid("bare"), Script(answering(ACCEPTED, seconds=ANSWER_S + 1)))
    assert house.states == {"1A-1": "ambiguous"}
    assert trio.current_time() == pytest.approx(ANSWER_S, abs=1)


@pytest.mark.parametrize("body", [b"<html>one moment</html>", b"[]", b"{}", b'{"job": null}', b"\xff"])
async def test_an_answer_of_another_shape_may_be_an_acceptance(
    house: House, autojump_clock: MockClock, body: bytes
) -> None:
    await house.render(paid("bare"), Script(answering(Response(200, {}, body))))
    assert house.states == {"1A-1": "ambiguous"}


async def test_without_a_network_nothing_is_sent(house: House, autojump_clock: MockClock) -> None:
    await house.render(paid())
    assert [news.facts["message"] for news in house.news if news.event == "failed"] == [
        "this installation has no network client"
    ]
    assert house.attempts == []


async def test_a_connection_that_is_refused_is_tried_again(house: House, autojump_clock: MockClock) -> None:
    network = Script(answering(NotSent("connection refused")))
    await house.render(paid("bare"), network)
    assert len(network.sent) == RESENDS + 1
    assert len({request.body for request in network.sent}) == 1


async def test_a_download_that_breaks_off_is_fetched_again(house: House, autojump_clock: MockClock) -> None:
    def stream(target: Path) -> None:
        target.write_bytes(clip_bytes(121, b"toy")[:20])
        if network.fetches < FETCHES - 1:
            raise ConnectionResetError("it broke off")
        if network.fetches == FETCHES:
            whole(target)

    network = Script(answering(ACCEPTED), stream=stream)
    await house.render(paid(), network)
    assert house.states == {"1A-1": "done"}
    assert len(network.sent) == 1


async def test_a_disk_that_fails_under_a_download_ends_the_run_and_loses_no_job(
    house: House, autojump_clock: MockClock
) -> None:
    def stream(target: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(Refused) as refused:
        await house.render(paid(), Script(answering(ACCEPTED), stream=stream))
    assert (refused.value.exit_code, refused.value.diagnostics[0].code) == (14, "disk-full")
    assert [attempt.state for attempt in house.attempts] == ["succeeded"]
    await house.render(paid(), Script(answering(ACCEPTED)))
    assert house.states == {"1A-1": "done"}
    assert len(house.attempts) == 1


async def test_a_job_that_the_journal_cannot_take_is_kept_in_the_reserve(
    house: House, autojump_clock: MockClock
) -> None:
    """The journal fails just when the answer has come: the job's name is told, kept, and taken in by the next run."""
    journal = SimulatedJournal(Fuse(at=1, strike=OSError(28, "No space left on device")))
    reserve = Rescue(house.folder / "rescue", LocalDisk())
    reserve.prepare()
    runner = house.runner(paid(), journal, Script(answering(ACCEPTED)), Policy())
    runner.ports = replace(runner.ports, reserve=reserve)
    with pytest.raises(Refused) as refused:
        await runner.run()
    assert refused.value.exit_code == 14
    (told,) = [news for news in house.news if news.event == "rescued"]
    assert (told.take, dict(told.facts)) == ("1A-1", {"provider": "keyed", "job": "job-1", "kept": True})
    (found,) = Rescue(house.folder / "rescue", LocalDisk()).taken_in(journal.read())
    assert (found.state, found.job, found.charged) == ("accepted", "job-1", Decimal(15))


async def test_a_journal_that_fails_sends_nothing(house: House, autojump_clock: MockClock) -> None:
    network = Script(answering(ACCEPTED))
    journal = SimulatedJournal(Fuse(at=0, strike=OSError(5, "Input/output error")))
    with pytest.raises(Refused):
        await house.runner(paid(), journal, network, Policy()).run()
    assert network.sent == []


class Wearing(LocalDisk):
    """A disk that removes nothing."""

    def remove(self, path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize("after_s", [0.0, 1.5])
async def test_a_disk_that_fails_the_inbox_ends_the_run_and_loses_no_job(
    house: House, autojump_clock: MockClock, after_s: float
) -> None:
    house.inbox = inbox = Inbox(house.folder / "inbox", Wearing())
    network = Script(answering(ACCEPTED, 3.0))

    async def send() -> None:
        await trio.sleep(after_s)
        inbox.send(Message("one", DRAIN, SystemClock().now().wall + 1, {}))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(send)
        with pytest.raises(Refused, match="Input/output error") as refused:
            await house.render(paid(), network)
    assert refused.value.exit_code == 14
    assert [(one.state, one.job) for one in house.attempts] == [("accepted", "job-1")] * len(network.sent)


async def signals(*after_s: float) -> None:
    for seconds in after_s:
        await trio.sleep(seconds)
        signal.raise_signal(signal.SIGTERM)


async def test_the_first_signal_lets_what_runs_finish(house: House, autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(signals, 1.0)
        ended = await house.render(sketched("1A", "1B", "1C"))
    assert ended == Ended(signal=signal.SIGTERM)
    assert house.states == {"1A-1": "done"}


async def test_signals_within_a_second_count_as_one(house: House, autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(signals, 1.0, 0.5)
        ended = await house.render(sketched("1A", "1B"))
    assert ended == Ended(signal=signal.SIGTERM)
    assert house.states == {"1A-1": "done"}


async def test_the_second_signal_stops(house: House, autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(signals, 0.1, 1.1)
        ended = await house.render(sketched("1A"))
    assert ended == Ended(signal=signal.SIGTERM, stopped=True)
    assert house.states == {}


async def test_a_stopped_run_waits_for_the_answer_to_what_it_sent_and_keeps_the_job(
    house: House, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(signals, 1.0, 2.0)
        ended = await house.render(paid("bare"), Script(answering(ACCEPTED, seconds=30)))
    assert ended.stopped
    assert trio.current_time() == pytest.approx(30, abs=1)
    assert [(attempt.state, attempt.job) for attempt in house.attempts] == [("accepted", "job-1")]


async def test_what_is_stopped_before_it_left_was_not_sent(house: House, autojump_clock: MockClock) -> None:
    network = Script(answering(ACCEPTED))
    with trio.CancelScope() as scope:
        scope.cancel()
        await house.render(paid("bare"), network)
    assert network.sent == []
    assert [attempt.state for attempt in house.attempts] == ["not-sent"]


@dataclass
class Inlining(toy.Toy):
    """A gateway that opens on a picture inside the request."""

    def files(self, ask: Ask) -> tuple[str, ...]:
        return (ask.start.path,) if ask.start else ()

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        return replace(super().submit_request(ask, links, key), body=json.dumps(links).encode())


@pytest.mark.parametrize(("inline_bytes", "state"), [(100, "done"), (10, "failed"), (0, "failed")])
async def test_a_picture_goes_inside_the_request_where_nothing_hosts_it_and_the_provider_takes_that(
    house: House, autojump_clock: MockClock, inline_bytes: int, state: str
) -> None:
    picture = house.folder / "first.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\npicture")
    driver = Inlining(replace(CAPABILITIES["keyed"], inline_bytes=inline_bytes))
    house.providers, house.digests = {**toy.PROVIDERS, "keyed": driver}, {str(picture): "a" * 64}
    start = Edge(PLACE, image=Reference(str(picture), "first.png", "image", PLACE))
    script = Script(answering(ACCEPTED))
    await house.render(film(shot("1A", provider="keyed", start=start)), script)
    assert house.states == {"1A-1": state}
    inside = "data:image/png;base64,iVBORw0KGgpwaWN0dXJl"
    assert [json.loads(one.body) for one in script.sent] == ([{str(picture): inside}] if state == "done" else [])
