"""The laws of the client, over real sockets."""

import errno
import gzip
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import trio

from storyboard.capabilities import Gateway
from storyboard.diagnostics import Refused
from storyboard.exchange import NotSent, Request, Response, Unknown
from storyboard.network import client as subject
from storyboard.network.client import Client
from storyboard.network.settings import Access
from storyboard.state.account import AccountFile
from tests.network.serving import Answer, Heard, say, serving

KEY = "sk_live_canary"
ORDER = Request("POST", "/orders", {"idempotency-key": "k"}, b"{}")
POLL = Request("GET", "/orders/1")


@asynccontextmanager
async def speaking(
    origin: str, folder: Path, requests: int = 28, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Client]:
    gateway = Gateway(origin, "TOY", "/probe", requests)
    accounts = {"toy": AccountFile(folder, "a")}
    async with Client({"toy": Access(origin, KEY)}, {"toy": gateway}, accounts, transport) as client:
        yield client


async def good(heard: Heard, stream: trio.SocketStream) -> None:
    await say(stream, 200, b"{}")


def after_the_probe(answer: Answer) -> Answer:
    """The probe is answered well, what follows by `answer`."""

    async def answered(heard: Heard, stream: trio.SocketStream) -> None:
        await (good if heard.path == "/probe" else answer)(heard, stream)

    return answered


async def test_an_order_is_sent_once_with_its_very_bytes_and_the_key(tmp_path: Path) -> None:
    async with serving(good) as server, speaking(server.url, tmp_path) as client:
        answer = await client.send("toy", ORDER)
    assert isinstance(answer, Response)
    assert (answer.status, answer.body) == (200, b"{}")
    probe, order = server.heard
    assert (probe.method, probe.path) == ("GET", "/probe")
    assert (order.method, order.path, order.body) == ("POST", "/orders", b"{}")
    assert order.headers["authorization"] == f"Bearer {KEY}"
    assert order.headers["idempotency-key"] == "k"
    assert order.headers["accept-encoding"] == "identity"


async def test_a_gateway_is_probed_once_and_not_for_polls(tmp_path: Path) -> None:
    async with serving(good) as server, speaking(server.url, tmp_path) as client:
        await client.send("toy", POLL)
        await client.send("toy", ORDER)
        await client.send("toy", ORDER)
    assert [one.path for one in server.heard] == ["/orders/1", "/probe", "/orders", "/orders"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_input_55_no_redirect_is_followed_and_the_trap_is_told_before_anything_is_ordered(
    tmp_path: Path, status: int
) -> None:
    async with serving(good) as elsewhere:

        async def redirect(heard: Heard, stream: trio.SocketStream) -> None:
            await say(stream, status, location=f"http://localhost:{elsewhere.port}{heard.path}?secret=1")

        async with serving(redirect) as server, speaking(server.url, tmp_path) as client:
            with pytest.raises(Refused, match=r"redirects to http://localhost.*set the base URL of toy") as refused:
                await client.send("toy", ORDER)
            polled = await client.send("toy", POLL)
    assert refused.value.exit_code == 12
    assert refused.value.diagnostics[0].code == "gateway-redirects"
    assert isinstance(polled, Response)
    assert polled.status == status
    assert [one.method for one in server.heard] == ["GET", "GET"]
    assert elsewhere.heard == []


async def test_a_bad_key_is_told_before_anything_is_ordered(tmp_path: Path) -> None:
    async def unauthorized(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 401, b"{}")

    async with serving(unauthorized) as server, speaking(server.url, tmp_path) as client:
        with pytest.raises(Refused, match="TOY_API_KEY") as refused:
            await client.send("toy", ORDER)
    assert (refused.value.exit_code, refused.value.diagnostics[0].code) == (12, "key-refused")
    assert "POST" not in {one.method for one in server.heard}


async def test_where_nobody_listens_nothing_was_sent(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{free.getsockname()[1]}"
        async with speaking(origin, tmp_path) as client:
            assert isinstance(await client.send("toy", ORDER), NotSent)
            assert isinstance(await client.send("toy", POLL), NotSent)


async def hangs_up(heard: Heard, stream: trio.SocketStream) -> None:
    await stream.aclose()


async def cuts_the_body(heard: Heard, stream: trio.SocketStream) -> None:
    await say(stream, 202, b'{"id": "sd2', length=200)


async def talks_nonsense(heard: Heard, stream: trio.SocketStream) -> None:
    await stream.send_all(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


async def never_ends(heard: Heard, stream: trio.SocketStream) -> None:
    await say(stream, 200, length=1 << 40)
    while True:
        await stream.send_all(b"x" * 65536)


async def packs(heard: Heard, stream: trio.SocketStream) -> None:
    await say(stream, 200, gzip.compress(b"0" * 1_000_000), content_encoding="gzip")


@pytest.mark.parametrize("answer", [hangs_up, cuts_the_body, talks_nonsense, never_ends, packs])
async def test_whatever_breaks_after_the_first_byte_is_unknown(tmp_path: Path, answer: Answer) -> None:
    async with serving(after_the_probe(answer)) as server, speaking(server.url, tmp_path) as client:
        said = await client.send("toy", ORDER)
    assert isinstance(said, Unknown)
    assert KEY not in said.reason
    assert sum(one.method == "POST" for one in server.heard) == 1


async def test_a_probe_that_is_not_answered_leaves_the_order_unsent(tmp_path: Path) -> None:
    async with serving(hangs_up) as server, speaking(server.url, tmp_path) as client:
        assert isinstance(await client.send("toy", ORDER), NotSent)
    assert "POST" not in {one.method for one in server.heard}


async def test_a_slow_answer_ends_at_its_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "ANSWER_S", 0.2)

    async def drips(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 200, length=1000)
        while True:
            await stream.send_all(b" ")
            await trio.sleep(0.02)

    async with serving(after_the_probe(drips)) as server, speaking(server.url, tmp_path) as client:
        began = trio.current_time()
        said = await client.send("toy", ORDER)
    assert said == Unknown("no answer within 0.2 s")
    assert trio.current_time() - began < 5


async def test_input_58_no_proxy_and_no_password_file_is_heard_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login thief password thief\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with serving(good) as thief, serving(good) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setitem(os.environ, name, thief.url)
        async with speaking(server.url, tmp_path) as client:
            await client.send("toy", POLL)
            await client.fetch("toy", f"{server.url}/clip", tmp_path / "clip")
    assert thief.heard == []
    assert server.heard[0].headers["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in server.heard[1].headers


async def test_a_429_holds_the_account_for_every_process(tmp_path: Path) -> None:
    async def too_many(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 429, b"{}", retry_after="36")

    async with serving(too_many) as server, speaking(server.url, tmp_path) as client:
        await client.send("toy", POLL)
        with trio.move_on_after(0.2) as waiting:
            await client.send("toy", POLL)
    assert waiting.cancelled_caught
    assert len(server.heard) == 1


async def test_an_order_that_has_to_wait_too_long_for_its_turn_has_not_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "PATIENCE_S", 0.2)
    async with serving(good) as server, speaking(server.url, tmp_path, requests=2) as client:
        await client.send("toy", POLL)
        answer = await client.send("toy", ORDER)  # its greeting takes the second place
        assert isinstance(answer, NotSent)
    assert "POST" not in {one.method for one in server.heard}


async def test_requests_and_polls_share_one_window_with_other_processes(tmp_path: Path) -> None:
    async with (
        serving(good) as server,
        speaking(server.url, tmp_path, requests=3) as one,
        speaking(server.url, tmp_path, requests=3) as other,
    ):
        await one.send("toy", POLL)
        await other.send("toy", ORDER)
        with trio.move_on_after(0.2) as waiting:
            await one.send("toy", POLL)
    assert waiting.cancelled_caught
    assert len(server.heard) == 3


async def test_input_59_a_certificate_that_nobody_vouches_for_ends_the_run(tmp_path: Path) -> None:
    class Distrusting(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("bad") from ssl.SSLCertVerificationError("self-signed certificate")

    async with speaking("https://host", tmp_path, transport=Distrusting()) as client:
        with pytest.raises(Refused) as refused:
            await client.send("toy", ORDER)
    assert (refused.value.exit_code, refused.value.diagnostics[0].code) == (12, "bad-certificate")


@pytest.mark.parametrize("path", ["//evil.example/x", "https://evil.example/x", "x", "/a\\b"])
async def test_a_path_that_leads_elsewhere_is_a_mistake_of_the_driver(tmp_path: Path, path: str) -> None:
    async with serving(good) as server, speaking(server.url, tmp_path) as client:
        with pytest.raises(ValueError, match="one slash"):
            await client.send("toy", Request("GET", path))
    assert server.heard == []


async def test_a_disk_that_is_full_is_no_matter_of_the_network(tmp_path: Path) -> None:
    async def film(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 200, b"film")

    async with serving(film) as server, speaking(server.url, tmp_path) as client:
        with pytest.raises(OSError) as failed:  # noqa: PT011 -- its number is looked at
            await client.fetch("toy", f"{server.url}/clip", Path("/dev/full"))
    assert failed.value.errno == errno.ENOSPC
    assert not isinstance(failed.value, ConnectionError)
