"""The real client before an emulated gateway, with a proxy between them that has every fault of a network.

Whatever happens to an order: where the gateway took money, nobody is told that it did not, and the same bytes sent
again under their key are not paid again. Whatever happens to a poll: no other verdict than the true one. Whatever
happens to a file: its bytes, or no clip. All of it in bounded time.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import trio

from storyboard.exchange import Accepted, NotSent, Outcome, Request, Response, Running, Succeeded, Unknown
from storyboard.film import JobId
from storyboard.media.jobs import MediaError
from storyboard.media.reading.verify import verify
from storyboard.network import client as client_module
from storyboard.network import download as download_module
from storyboard.network.client import Client
from storyboard.network.settings import Access
from storyboard.providers import Remote, discover
from storyboard.rendering.finding import UNREADABLE
from storyboard.state.account import AccountFile
from storyboard.structs import replace
from tests.films import asked, shot
from tests.stories.paying import Gateways, gateways
from tests.stories.proxy import FAULTS, Proxy, proxying

pytestmark = pytest.mark.filterwarnings(
    # The generator of a request's body that httpx leaves behind where writing it broke.
    "ignore:Exception ignored in. .async_generator object ByteStream:pytest.PytestUnraisableExceptionWarning"
)
PROVIDERS = ("seedance2ai", "defapi", "seedance2ink", "ark")
KEYED = "seedance2ai"
SAMPLE = frozenset(("reset at once", "lose the answer", "half a body", "a page that says 503"))
"""Tried in the fast lane; the rest in the slow one."""
MOST_S = 15.0
"""The most that one exchange may take here, where every deadline of the client is short and the machine may be busy."""


def lanes(provider: str) -> list[object]:
    return [
        pytest.param(provider, name, marks=[] if name in SAMPLE and provider == KEYED else pytest.mark.slow)
        for name in FAULTS
    ]


@pytest.fixture(scope="module")
def at() -> Iterator[Gateways]:
    with gateways() as one:
        yield one


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "TIMEOUT", httpx.Timeout(1.0))
    monkeypatch.setattr(client_module, "ANSWER_S", 2.0)
    monkeypatch.setattr(download_module, "LEAST_S", 1.0)
    monkeypatch.setattr(download_module, "MOST_S", 3.0)
    monkeypatch.setattr(download_module, "MOST_BYTES", 32 << 20)


@dataclass
class Line:
    """A gateway behind a proxy, and an account with it."""

    at: Gateways
    proxy: Proxy
    client: Client
    remote: Remote
    key: str

    @property
    def name(self) -> str:
        return self.remote.capabilities.name

    def order(self) -> Request:
        told = asked(shot("1A", provider=self.name, duration=Fraction(5)))
        return self.remote.submit_request(replace(told, prompt="Gulls lift."), {}, f"key-{self.key}")

    async def post(self, request: Request) -> Outcome:
        answer = await self.client.send(self.name, request)
        if not isinstance(answer, Response):
            return answer
        try:
            return self.remote.read_submit(answer, 0.0)
        except UNREADABLE:
            return Unknown("it cannot be read")

    def paid(self) -> list[str]:
        return [row["task"] for row in self.at.rows(self.name, self.key, "reserve")]


@asynccontextmanager
async def line(at: Gateways, provider: str, key: str, folder: Path) -> AsyncIterator[Line]:
    remote = discover()[provider]
    assert isinstance(remote, Remote)
    gateway = remote.capabilities.gateway
    assert gateway is not None
    at.account(key)
    there = urlsplit(at.at[provider])
    async with proxying(there.port or 0) as proxy:
        access = Access(f"http://127.0.0.1:{proxy.port}{there.path}", key)
        accounts = {provider: AccountFile(folder, "account")}
        async with Client({provider: access}, {provider: gateway}, accounts) as client:
            await client.send(provider, Request("GET", gateway.probe))
            yield Line(at, proxy, client, remote, key)


@pytest.mark.parametrize(("provider", "fault"), [one for name in PROVIDERS for one in lanes(name)])
async def test_an_order_is_never_said_to_be_unpaid_where_it_was_paid(
    provider: str, fault: str, tmp_path: Path, at: Gateways
) -> None:
    async with line(at, provider, f"{provider} {fault}", tmp_path) as gateway:
        request = gateway.order()
        passed, gateway.proxy.fault = gateway.proxy.passed, FAULTS[fault]
        began = trio.current_time()
        outcome = await gateway.post(request)
        assert trio.current_time() - began < MOST_S
        gateway.proxy.fault = None
        paid = gateway.paid()
        assert len(paid) <= gateway.proxy.passed - passed <= 1
        if paid:
            assert isinstance(outcome, Unknown) or outcome == Accepted(
                JobId(paid[0]), getattr(outcome, "charged", None)
            )
        if isinstance(outcome, NotSent):
            assert not gateway.proxy.passed - passed
        if provider == KEYED:
            again = await gateway.post(request)
            assert isinstance(again, Accepted)
            assert gateway.paid() == [again.job]


@pytest.mark.parametrize(("provider", "fault"), lanes(KEYED))
async def test_a_poll_tells_the_truth_or_nothing_and_a_file_is_whole_or_no_clip(
    provider: str, fault: str, tmp_path: Path, at: Gateways
) -> None:
    async with line(at, provider, f"polled {fault}", tmp_path) as gateway:
        accepted = await gateway.post(gateway.order())
        assert isinstance(accepted, Accepted)
        poll, truth = gateway.remote.poll_request(accepted.job), None
        while not isinstance(truth, Succeeded):
            answer = await gateway.client.send(provider, poll)
            assert isinstance(answer, Response)
            truth = gateway.remote.read_poll(answer)
            await trio.sleep(0.3)  # the emulator draws the clip
        link = truth.link.replace(urlsplit(truth.link).netloc, f"127.0.0.1:{gateway.proxy.port}")
        await gateway.client.fetch(provider, link, tmp_path / "whole")
        gateway.proxy.fault = FAULTS[fault]
        began = trio.current_time()
        told = await gateway.client.send(provider, poll)
        if isinstance(told, Response):
            try:
                read = gateway.remote.read_poll(told)
            except UNREADABLE:
                read = None
            assert read is None or isinstance(read, Running | Succeeded), json.dumps(told.body.decode("latin-1"))
            assert not isinstance(read, Succeeded) or urlsplit(read.link).path == urlsplit(truth.link).path
        assert trio.current_time() - began < MOST_S
        began = trio.current_time()
        try:
            await gateway.client.fetch(provider, link, tmp_path / "part")
        except (ConnectionError, TimeoutError):
            return
        finally:
            assert trio.current_time() - began < 2 * MOST_S
        whole, came = (tmp_path / "whole").read_bytes(), (tmp_path / "part").read_bytes()
        if not came.startswith(whole):  # what hangs on a whole clip is not looked at, and comes into no film
            with pytest.raises(MediaError):
                verify(tmp_path / "part", lambda _: None)
