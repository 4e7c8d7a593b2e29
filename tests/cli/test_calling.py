import os
import socket
import stat
from pathlib import Path

import click
import pytest
import trio

from storyboard.cli.calling import Called, opened, place, signing_secret
from storyboard.diagnostics import Refused
from tests.stories.command import storyboard

FILM = "storyboard: 1\nshots: [{id: 1A, action: Fog., duration: 2}]\n"


def test_nobody_listens_where_nothing_is_said(tmp_path: Path) -> None:
    async def run() -> None:
        async with Called.of(None, None).listening(tmp_path) as address:
            assert address is None

    trio.run(run)


def test_addresses_begin_with_the_public_url_or_with_where_it_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    async def begin(listen: str | None, public: str | None) -> str:
        async with Called.of(listen, public).listening(tmp_path) as address:
            assert address is not None
            return address("k").partition("/cb/v1/k?sig=")[0]

    assert trio.run(begin, "127.0.0.1:0", "https://me.example/") == "https://me.example"
    assert trio.run(begin, None, "https://me.example") == "https://me.example"
    assert trio.run(begin, "127.0.0.1:0", None).startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("listen", "public", "says"),
    [
        ("8400", None, "--listen: it takes HOST:PORT"),
        ("0.0.0.0:8400", None, "--listen takes --public-url"),
        ("127.0.0.1:8400", "http://films.example.com", "--public-url: a public URL is https"),
        (None, "films", "--public-url: a public URL is like"),
    ],
)
def test_what_cannot_be_meant_is_refused(listen: str | None, public: str | None, says: str) -> None:
    with pytest.raises(click.UsageError, match=says):
        Called.of(listen, public)


def test_a_place_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        async def run() -> None:
            async with opened(place(f"127.0.0.1:{port}"), b"", tmp_path):
                raise AssertionError("it listens")

        with pytest.raises(Refused) as refused:
            trio.run(run)
    assert (refused.value.diagnostics[0].code, refused.value.exit_code) == ("cannot-listen", 2)


def test_the_secret_is_kept_for_all_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert signing_secret() == signing_secret()
    [file] = tmp_path.rglob("callback-key")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"short")
    with pytest.raises(Refused, match="no secret"):
        signing_secret()


@pytest.mark.skipif(os.name != "posix", reason="the state folder is XDG's")
def test_an_inbox_is_a_film_s(tmp_path: Path) -> None:
    missing = storyboard("inbox", tmp_path / "film.yaml", "--listen", "127.0.0.1:0")
    assert (missing.returncode, "cannot read" in missing.stderr) == (10, True)
    (tmp_path / "film.yaml").write_text(FILM)
    wrong = storyboard("inbox", tmp_path / "film.yaml", "--listen", "here", XDG_STATE_HOME=str(tmp_path / "user"))
    assert (wrong.returncode, "HOST:PORT" in wrong.stderr) == (2, True)
