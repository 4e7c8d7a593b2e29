import hashlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import trio
from trio.testing import MockClock

from storyboard.media.cluster.carrying import NotThere
from storyboard.network.moving import PutRefused, fetch, put, streamed
from tests.network.serving import Heard, say, serving

CLIP = b"a clip" * 1000
DIGEST = hashlib.sha256(CLIP).hexdigest()
SECRET = "X-Amz-Signature=canary"


def mocked(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def test_what_comes_is_hashed(tmp_path: Path) -> None:
    async def answer(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 200, CLIP)

    async with serving(answer) as server, httpx.AsyncClient(trust_env=False) as http:
        assert await fetch(http, f"{server.url}/clip", tmp_path / "clip", len(CLIP)) == DIGEST
    assert (tmp_path / "clip").read_bytes() == CLIP


@pytest.mark.parametrize("body", [CLIP[:-1], CLIP + b"!", b""])
async def test_what_is_of_another_size_is_not_there(tmp_path: Path, body: bytes) -> None:
    async with mocked(lambda request: httpx.Response(200, content=body)) as http:
        with pytest.raises(NotThere):
            await fetch(http, f"https://store.example/clip?{SECRET}", tmp_path / "clip", len(CLIP))


@pytest.mark.parametrize("status", [403, 404])
async def test_a_link_that_opens_nothing_is_not_tried_again(tmp_path: Path, status: int) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status)

    async with mocked(answer) as http:
        with pytest.raises(NotThere) as raised:
            await fetch(http, f"https://store.example/clip?{SECRET}", tmp_path / "clip", len(CLIP))
    assert len(asked) == 1
    assert SECRET not in str(raised.value)


async def test_a_connection_that_breaks_off_is_taken_up_anew(tmp_path: Path, autojump_clock: MockClock) -> None:
    answers: list[httpx.Response | Exception] = [
        httpx.Response(503),
        httpx.ReadError("broke"),
        httpx.Response(200, content=CLIP),
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        one = answers.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    async with mocked(answer) as http:
        assert await fetch(http, "https://store.example/clip", tmp_path / "clip", len(CLIP)) == DIGEST


async def test_a_store_that_is_away_or_never_ends_is_given_up_without_its_link(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no {request.url}", request=request)

    async def endless(request: httpx.Request) -> httpx.Response:
        await trio.sleep_forever()
        raise AssertionError

    for answer, said in ((away, "cannot be reached: ConnectError"), (endless, "too slow")):
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            with pytest.raises(ConnectionError, match=said) as raised:
                await fetch(http, f"https://store.example/clip?{SECRET}", tmp_path / "clip", len(CLIP))
        assert SECRET not in str(raised.value)


async def test_a_file_is_sent_with_its_length_whole_each_time(tmp_path: Path) -> None:
    path = tmp_path / "clip"
    path.write_bytes(CLIP)
    signed: list[str] = []

    async def answer(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 201 if heard.body == CLIP and len(signed) > 1 else 503)

    async with serving(answer) as server, httpx.AsyncClient(trust_env=False) as http:

        async def sign() -> str:
            signed.append(f"{server.url}/clip?{len(signed)}")
            return signed[-1]

        await put(http, sign, streamed(path), {"content-length": str(len(CLIP))}, "the store")
    assert [one.path for one in server.heard] == ["/clip?0", "/clip?1"]
    assert "transfer-encoding" not in server.heard[1].headers


async def test_a_refused_put_has_the_store_s_word_and_status() -> None:
    told = b"<Error><Code>AccessDenied</Code></Error>"

    async def sign() -> str:
        return f"https://store.example/clip?{SECRET}"

    async with mocked(lambda request: httpx.Response(403, content=told)) as http:
        with pytest.raises(PutRefused, match=r"^the store answers HTTP 403 \(AccessDenied\) to a PUT$") as raised:
            await put(http, sign, lambda: CLIP, {}, "the store")
    assert raised.value.status == 403
