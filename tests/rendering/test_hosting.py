import hashlib
from pathlib import Path

import httpx
import pytest
import trio
from trio.testing import MockClock

from storyboard.rendering.hosting import PutHost
from storyboard.rendering.settings import Hosting
from tests.rendering.serving import Heard, say, serving

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
        host = PutHost(Hosting(f"{server.url}/in/", f"{server.url}/in/"), http)
        links = [await host.link(picture(tmp_path)), await host.link(picture(tmp_path, "same.png"))]
        later = await PutHost(Hosting(f"{server.url}/in/", f"{server.url}/in/"), http).link(picture(tmp_path))
    assert {*links, later} == {f"{server.url}/in/{NAME}"}
    assert [one.method for one in server.heard] == ["GET", "PUT", "GET", "GET"]
    assert server.heard[1].headers["content-type"] == "image/png"
    assert bucket.objects == {f"/in/{NAME}": PNG}


async def test_a_store_that_lags_is_waited_for(tmp_path: Path, autojump_clock: MockClock) -> None:
    answers = iter([404, 201, 404, 404, 200])

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(next(answers), content=PNG)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        host = PutHost(Hosting("https://put.example/", "https://get.example/"), http)
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
            await PutHost(Hosting("https://put.example/", "https://get.example/"), http).link(picture(tmp_path))


async def test_a_store_that_refuses(tmp_path: Path) -> None:
    async with serving(Bucket(status=403).answer) as server, httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(ConnectionError, match="HTTP 403 to a PUT"):
            await PutHost(Hosting(f"{server.url}/", f"{server.url}/"), http).link(picture(tmp_path))


async def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(ConnectionError, match="cannot be reached"):
            await PutHost(Hosting("https://put.example/", "https://get.example/"), http).link(picture(tmp_path))


@pytest.mark.parametrize(
    ("data", "ending"),
    [(PNG, ".png"), (b"\xff\xd8\xffx", ".jpg"), (b"RIFF1234WEBP", ".webp"), (b"1234ftypisom", ".mp4"), (b"x", "")],
)
async def test_names_say_what_a_file_is(tmp_path: Path, data: bytes, ending: str) -> None:
    async with serving(Bucket().answer) as server, httpx.AsyncClient(trust_env=False) as http:
        link = await PutHost(Hosting(f"{server.url}/", f"{server.url}/"), http).link(picture(tmp_path, "x", data))
    assert link.endswith(hashlib.sha256(data).hexdigest() + ending)
