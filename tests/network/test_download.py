"""Downloads over real sockets: whole, resumed, redirected, refused."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import trio

from storyboard.network import download as subject
from storyboard.network.addresses import UnsafeLink
from storyboard.network.download import HOPS, Download
from tests.network.serving import Answer, Heard, Server, say, serving

FILM = bytes(range(256)) * 4096


async def fetch(server: Server, target: Path, path: str = "/film.mp4", *, local: bool = True) -> bytes:
    async with httpx.AsyncClient(trust_env=False) as http:
        await Download(http, local).fetch(f"{server.url}{path}", target)
    return await trio.Path(target).read_bytes()


async def whole(heard: Heard, stream: trio.SocketStream) -> None:
    await say(stream, 200, FILM, etag='"1"')


async def test_a_file_arrives_as_it_is_stored(tmp_path: Path) -> None:
    async with serving(whole) as server:
        assert await fetch(server, tmp_path / "part") == FILM
    (asked,) = server.heard
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.headers["host"] == f"127.0.0.1:{server.port}"
    assert not {"authorization", "cookie", "range"} & asked.headers.keys()


async def cut_once(heard: Heard, stream: trio.SocketStream) -> None:
    if "range" not in heard.headers:
        await say(stream, 200, FILM[:300_000], length=len(FILM), etag='"1"')
    else:
        at = int(heard.headers["range"].removeprefix("bytes=").removesuffix("-"))
        await say(stream, 206, FILM[at:], etag='"1"', content_range=f"bytes {at}-{len(FILM) - 1}/{len(FILM)}")


async def test_a_download_that_breaks_off_is_resumed_where_it_broke(tmp_path: Path) -> None:
    async with serving(cut_once) as server:
        assert await fetch(server, tmp_path / "part") == FILM
    _, again = server.heard
    assert again.headers["if-range"] == '"1"'
    assert again.headers["range"].startswith("bytes=")


async def test_a_file_that_changed_meanwhile_is_begun_again(tmp_path: Path) -> None:
    async def changing(heard: Heard, stream: trio.SocketStream) -> None:
        if "range" not in heard.headers:
            await say(stream, 200, b"old" * 1000, length=len(FILM), etag='"1"')
        else:
            await say(stream, 200, FILM, etag='"2"')

    async with serving(changing) as server:
        assert await fetch(server, tmp_path / "part") == FILM


@pytest.mark.parametrize("etag", [{}, {"etag": 'W/"1"'}])
async def test_without_a_strong_name_nothing_is_resumed(tmp_path: Path, etag: dict[str, str]) -> None:
    async def cut(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 200, FILM[:1000], length=len(FILM), **etag)

    async with serving(cut) as server:
        with pytest.raises(httpx.TransportError):
            await fetch(server, tmp_path / "part")
    assert len(server.heard) == 1


async def test_a_wrong_range_is_not_taken(tmp_path: Path) -> None:
    async def shifted(heard: Heard, stream: trio.SocketStream) -> None:
        if "range" not in heard.headers:
            await say(stream, 200, FILM[:1000], length=len(FILM), etag='"1"')
        else:
            await say(stream, 206, FILM[5:], content_range=f"bytes 5-{len(FILM) - 1}/{len(FILM)}")

    async with serving(shifted) as server:
        with pytest.raises(ConnectionError, match="another part"):
            await fetch(server, tmp_path / "part")


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_an_expired_link_is_said_to_be_one(tmp_path: Path, status: int) -> None:
    async def gone(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, status)

    async with serving(gone) as server:
        with pytest.raises(ConnectionError, match=f"HTTP {status} .*expired") as failed:
            await fetch(server, tmp_path / "part", "/film.mp4?token=secret")
    assert "secret" not in str(failed.value)


def hops(number: int) -> Answer:
    async def hop(heard: Heard, stream: trio.SocketStream) -> None:
        at = int(heard.path.removeprefix("/"))
        if at == number:
            await say(stream, 200, b"film")
        else:
            await say(stream, 302, location=f"/{at + 1}")

    return hop


async def test_input_54_a_few_redirects_are_followed(tmp_path: Path) -> None:
    async with serving(hops(HOPS)) as server:
        assert await fetch(server, tmp_path / "part", "/0") == b"film"
    assert len(server.heard) == HOPS + 1


async def test_input_57_a_loop_of_redirects_ends(tmp_path: Path) -> None:
    async with serving(hops(1000)) as server:
        with pytest.raises(UnsafeLink, match="redirected more than"):
            await fetch(server, tmp_path / "part", "/0")
    assert len(server.heard) == HOPS + 1


@pytest.mark.parametrize(
    "to",
    [
        "file:///etc/passwd",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://10.0.0.1/",
        "https://user@host/",
        "",
    ],
)
async def test_inputs_47_to_52_a_redirect_leads_nowhere_unsafe(tmp_path: Path, to: str) -> None:
    async def redirect(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 302, location=to)

    async with serving(redirect) as server:
        with pytest.raises(UnsafeLink):
            await fetch(server, tmp_path / "part")


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "localhost"])
async def test_input_50_this_machine_by_any_name_is_not_connected_to(tmp_path: Path, host: str) -> None:
    async with serving(whole) as server, httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(UnsafeLink, match="public internet"):
            await Download(http, local=False).fetch(f"https://{host}:{server.port}/film.mp4", tmp_path / "part")
    assert server.heard == []


async def test_input_51_the_address_that_was_checked_is_connected_to(tmp_path: Path) -> None:
    answers = iter(["127.0.0.1", "127.9.9.9"])

    class Rebinding(trio.abc.HostnameResolver):
        async def getaddrinfo(self, host: object, port: object, *_: object) -> list[Any]:
            return [(2, 1, 6, "", (next(answers), port))]

        async def getnameinfo(self, sockaddr: object, flags: int) -> tuple[str, str]:
            raise AssertionError("names are not asked for")

    before = trio.socket.set_custom_hostname_resolver(Rebinding())
    try:
        async with serving(whole) as server, httpx.AsyncClient(trust_env=False) as http:
            await Download(http, local=True).fetch(f"http://rebinding.example:{server.port}/x", tmp_path / "part")
    finally:
        trio.socket.set_custom_hostname_resolver(before)
    assert server.heard[0].headers["host"] == f"rebinding.example:{server.port}"
    assert next(answers) == "127.9.9.9"


async def test_what_trickles_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "LEAST_S", 0.1)

    async def trickle(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 200, length=len(FILM))
        while True:
            await stream.send_all(b"x")
            await trio.sleep(0.01)

    async with serving(trickle) as server:
        with pytest.raises(TimeoutError, match="KiB came in"):
            await fetch(server, tmp_path / "part")


async def test_what_has_no_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MOST_BYTES", 1 << 20)

    async def endless(heard: Heard, stream: trio.SocketStream) -> None:
        await stream.send_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        while True:
            await stream.send_all(FILM)

    async def long(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 200, length=1 << 40)

    for answer in (endless, long):
        async with serving(answer) as server:
            with pytest.raises(ConnectionError, match="more than"):
                await fetch(server, tmp_path / "part")
    assert (tmp_path / "part").stat().st_size <= 2 << 20


async def test_what_comes_packed_is_not_taken(tmp_path: Path) -> None:
    async def packed(heard: Heard, stream: trio.SocketStream) -> None:
        await say(stream, 200, b"x", content_encoding="gzip")

    async with serving(packed) as server:
        with pytest.raises(ConnectionError, match="packed"):
            await fetch(server, tmp_path / "part")


async def test_a_host_that_is_not_there(tmp_path: Path) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(ConnectionError, match="is not found"):
            await Download(http, local=False).fetch("https://nowhere.invalid/x", tmp_path / "part")
