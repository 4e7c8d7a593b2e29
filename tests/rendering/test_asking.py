"""What is read of the answer to a question about many jobs."""

from collections.abc import Mapping, Sequence
from email.utils import formatdate

import pytest
import trio
from trio.testing import MockClock

from storyboard.exchange import NotSent, Polled, Request, Response, Running, Unknown
from storyboard.film import JobId, TakeKey
from storyboard.rendering import events as ev
from storyboard.rendering.asking import ask_all
from tests.simulation.toy import BARE, Toy

QUESTION = ev.PollAll("bare", ((TakeKey("k"), JobId("a")), (TakeKey("l"), JobId("b"))), -3.0)
DATED = Response(200, {"date": formatdate(1000, usegmt=True)}, b"a")


class Together(Toy):
    """A gateway whose answer to a question about many jobs is this; its body names those that run."""

    def __init__(self, answer: Response | NotSent | Unknown | None) -> None:
        super().__init__(BARE.capabilities)
        self.answer = answer
        self.asked: list[tuple[str, float]] = []

    def list_request(self, jobs: Sequence[JobId]) -> Request:
        return Request("GET", f"/v1/videos?jobs={','.join(jobs)}")

    def read_list(self, response: Response) -> Mapping[JobId, Polled] | None:
        if response.status != 200:
            return None
        return {JobId(job): Running() for job in response.body.decode().split(",")}

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        """The way to it; None where it never answers."""
        self.asked.append((request.path, rank))
        if self.answer is None:
            await trio.sleep_forever()
        assert self.answer is not None
        return self.answer

    async def fetch(self, provider: str, link: str, target: object) -> None:
        """Nothing is fetched."""


async def test_one_request_asks_for_all_and_tells_the_gateway_s_time() -> None:
    gateway = Together(DATED)
    read = await ask_all(QUESTION, gateway, gateway, 60.0)
    assert gateway.asked == [("/v1/videos?jobs=a,b", -3.0)]
    assert read == ev.AllRead("bare", QUESTION.jobs, {JobId("a"): Running()}, 1000.0)


@pytest.mark.parametrize(
    "answer", [NotSent("no"), Unknown("broke"), Response(200, {}, b"\xff"), Response(500, {}, b""), None]
)
async def test_what_cannot_be_read_tells_of_none(
    answer: Response | NotSent | Unknown | None, autojump_clock: MockClock
) -> None:
    gateway = Together(answer)
    assert await ask_all(QUESTION, gateway, gateway, 60.0) == ev.AllRead("bare", QUESTION.jobs, None)


async def test_a_gateway_without_a_list_is_not_asked() -> None:
    gateway = Together(DATED)
    assert (await ask_all(QUESTION, BARE, gateway, 60.0)).polled is None
    assert not gateway.asked
