import hashlib
from pathlib import Path

import httpx
import pytest
import trio
from trio.testing import MockClock

from storyboard.network.hosting import LEAST_LIFE_S, MOST_BYTES, Folder, PutHost
from storyboard.providers import discover
from tests.network.serving import Heard, say, serving

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
NAME = hashlib.sha256(PNG).hexdigest() + ".png"


class Bucket:
    """A store that serves what it was given."""

    def __init__(self, status: int = 201) -> None:
        self.objects: dict[str, bytes] = {}
        self.status = status

    async def answer(self, heard: Heard, stream: trio.SocketStream) -> None:
        if heard.method == "PUT":
            self.objects[heard.path] = heard.body
            await say(stream, self.status)
            return
        there = heard.path in self.objects
        await say(stream, 200 if there else 404, self.objects[heard.path] if there else b"")


def picture(folder: Path, name: str = "frame.png", data: bytes = PNG) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


async def test_a_file_is_put_once_under_the_name_of_its_bytes(tmp_path: Path) -> None:
    bucket = Bucket()
    async with serving(bucket.answer) as server, httpx.AsyncClient(trust_env=False) as http:
        host = PutHost(Folder(f"{server.url}/in/", f"{server.url}/in/"), http)
        links = [await host.link(picture(tmp_path)), await host.link(picture(tmp_path, "same.png"))]
        later = await PutHost(Folder(f"{server.url}/in/", f"{server.url}/in/"), http).link(picture(tmp_path))
    assert {*links, later} == {f"{server.url}/in/{NAME}"}
    assert [one.method for one in server.heard] == ["GET", "PUT", "GET", "GET"]
    assert server.heard[1].headers["content-type"] == "image/png"
    assert bucket.objects == {f"/in/{NAME}": PNG}


async def test_a_store_that_lags_is_waited_for(tmp_path: Path, autojump_clock: MockClock) -> None:
    answers = iter([404, 201, 404, 404, 200])

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(next(answers), content=PNG)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        host = PutHost(Folder("https://put.example/", "https://get.example/"), http)
        assert await host.link(picture(tmp_path)) == f"https://get.example/{NAME}"
    assert trio.current_time() >= 3


@pytest.mark.parametrize("spoil", [b"!", PNG])
async def test_other_bytes_than_those_that_were_put_are_never_linked(
    tmp_path: Path, spoil: bytes, autojump_clock: MockClock
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(201) if request.method == "PUT" else httpx.Response(200, content=PNG + spoil)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(ConnectionError, match="not what its public address serves"):
            await PutHost(Folder("https://put.example/", "https://get.example/"), http).link(picture(tmp_path))


async def test_a_store_that_refuses(tmp_path: Path) -> None:
    async with serving(Bucket(status=403).answer) as server, httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(ConnectionError, match="HTTP 403 to a PUT"):
            await PutHost(Folder(f"{server.url}/", f"{server.url}/"), http).link(picture(tmp_path))


async def test_a_store_that_is_not_there(tmp_path: Path, autojump_clock: MockClock) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(ConnectionError, match="cannot be reached"):
            await PutHost(Folder("https://put.example/", "https://get.example/"), http).link(picture(tmp_path))


@pytest.mark.parametrize("first", [httpx.Response(503), httpx.Response(429), httpx.WriteTimeout("late")])
async def test_a_put_that_failed_for_the_moment_is_made_again(
    tmp_path: Path, first: httpx.Response | httpx.HTTPError, autojump_clock: MockClock
) -> None:
    puts: list[bytes] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200 if len(puts) > 1 else 404, content=PNG)
        puts.append(await request.aread())
        if len(puts) > 1:
            return httpx.Response(201)
        if isinstance(first, httpx.HTTPError):
            raise first
        return httpx.Response(first.status_code)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        await PutHost(Folder("https://put.example/", "https://get.example/"), http).link(picture(tmp_path))
    assert puts == [PNG, PNG]


async def test_a_store_that_never_answers_is_given_up(tmp_path: Path, autojump_clock: MockClock) -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            await trio.sleep_forever()
        return httpx.Response(404)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(TimeoutError, match=r"frame.png took more than 5 minutes"):
            await PutHost(Folder("https://put.example/", "https://get.example/"), http).link(picture(tmp_path))


@pytest.mark.parametrize(
    ("ours_s", "said"),
    [
        (0.0, r"HTTP 403 \(RequestTimeTooSkewed\) to a PUT$"),
        (1200.0, "20 minutes ahead$"),
        (-1200.0, "20 minutes behind$"),
    ],
)
async def test_a_refusal_is_told_in_the_store_s_word_and_with_a_clock_that_is_wrong(
    tmp_path: Path, ours_s: float, said: str
) -> None:
    told = b"<?xml version='1.0'?><Error><Code>RequestTimeTooSkewed</Code><Message>secret</Message></Error>"

    async def answer(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 403, told + b"x" * 100_000, date="Thu, 01 Jan 1970 01:00:00 GMT")

    async with serving(answer) as server, httpx.AsyncClient(trust_env=False) as http:
        host = PutHost(Folder(f"{server.url}/", f"{server.url}/"), http, lambda: 3600.0 + ours_s)
        with pytest.raises(ConnectionError, match=said) as raised:
            await host.link(picture(tmp_path))
    assert "secret" not in str(raised.value)
    assert [one.method for one in server.heard] == ["GET", "PUT"]


async def test_a_file_that_is_too_long_is_not_even_read(tmp_path: Path) -> None:
    path = picture(tmp_path)
    with path.open("r+b") as file:
        file.truncate(MOST_BYTES + 1)
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(404))) as http:
        with pytest.raises(ConnectionError, match=r"frame.png has more than 200 MiB"):
            await PutHost(Folder("https://put.example/", "https://get.example/"), http).link(path)


def test_a_link_outlives_the_time_in_which_its_order_may_be_sent_again() -> None:
    kept_s = [one.capabilities.retention_s for one in discover().values()]
    assert max(one for one in kept_s if one is not None) / 2 <= LEAST_LIFE_S


@pytest.mark.parametrize(
    ("data", "ending"),
    [(PNG, ".png"), (b"\xff\xd8\xffx", ".jpg"), (b"RIFF1234WEBP", ".webp"), (b"1234ftypisom", ".mp4"), (b"x", "")],
)
async def test_names_say_what_a_file_is(tmp_path: Path, data: bytes, ending: str) -> None:
    async with serving(Bucket().answer) as server, httpx.AsyncClient(trust_env=False) as http:
        link = await PutHost(Folder(f"{server.url}/", f"{server.url}/"), http).link(picture(tmp_path, "x", data))
    assert link.endswith(hashlib.sha256(data).hexdigest() + ending)
