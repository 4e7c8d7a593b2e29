"""One account on several machines, through a real redis-server or valkey-server, and with real processes.

A gateway on loopback writes down when each request arrives; by that log no window ever held more than its requests.
Takes `apt-get install redis-server`, or a `valkey-server` on the PATH; where both are, each is tried.
"""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
import trio
import trio.testing
import trustme
from msgspec.structs import asdict

from storyboard.network.sharing.account import Bounds, SharedAccount, Times
from storyboard.network.sharing.server import Server, Unreachable
from tests.network.serving import Heard, say, serving
from tests.network.sharing.test_account import attempt
from tests.stories.command import events, start
from tests.stories.paying import gateways
from tests.stories.six import NAME, SHOTS, production

pytestmark = pytest.mark.redis
PROGRAMS = [one for one in map(shutil.which, ("redis-server", "valkey-server")) if one is not None]
REQUESTS, WINDOW_S = 60, 3.0
JITTER_S = 0.6
"""By how much an order may arrive later than it was counted, where four processes share two cores."""
TIMES = Times(renew=0.3, alive=1.5, lost=60.0, grace=1.0)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


Begin = Callable[..., AbstractContextManager["subprocess.Popen[bytes]"]]
"""Starts the server at a port, with a folder that it may write to; more options of it may follow."""


@pytest.fixture(params=PROGRAMS or ["none"], ids=lambda one: Path(one).name)
def redis_server(request: pytest.FixtureRequest) -> Begin:
    if not PROGRAMS:
        pytest.skip("takes redis-server or valkey-server")
    return partial(running, request.param)


@contextmanager
def running(program: str, port: int, folder: Path, *more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The server, which keeps nothing on disk."""
    line = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), *more]
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 10
        while process.poll() is None:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0 or time.monotonic() > until:
                    break
        yield process
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def hammering(origin: str, port: int, folder: Path, machines: int) -> AsyncIterator[list[trio.Process]]:
    """So many machines that use the account, each with a folder of its own."""
    processes: list[trio.Process] = []
    async with trio.open_nursery() as nursery:
        for number in range(machines):
            given = {
                "origin": origin,
                "redis": f"redis://127.0.0.1:{port}",
                "folder": str(folder / f"machine-{number}"),
                "requests": REQUESTS,
                "window_s": WINDOW_S,
                "times": asdict(TIMES),
            }
            line = [sys.executable, "-m", "tests.stories.hammer", json.dumps(given)]
            output = (folder / f"said-{number}").open("wb")
            processes.append(await trio.lowlevel.open_process(line, stdout=output, stderr=output))
            output.close()
        try:
            yield processes
        finally:
            for process in processes:
                process.kill()
            nursery.cancel_scope.cancel()
    for process in processes:
        await process.wait()


def said(folder: Path, machine: int) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / f"said-{machine}").read_text().splitlines()]


def fullest(log: list[float]) -> int:
    """The most requests that arrived in any window, short of the jitter."""
    return max(sum(first <= one < first + WINDOW_S - JITTER_S for one in log) for first in log)


async def test_three_machines_never_pass_the_limit_and_use_it(tmp_path: Path, redis_server: Begin) -> None:
    log: list[float] = []

    async def answer(heard: Heard, stream: trio.SocketStream) -> None:
        log.append(time.monotonic())
        await say(stream, 200, b"{}")

    port, windows = free_port(), 6
    with redis_server(port, tmp_path):
        async with serving(answer) as gateway, hammering(gateway.url, port, tmp_path, 3):
            with trio.fail_after(60):
                while not log:
                    await trio.testing.wait_all_tasks_blocked(0.05)
            began = log[0]
            await trio.sleep_until(trio.current_time() + windows * WINDOW_S + began - time.monotonic())
    whole = [one for one in log if one < began + windows * WINDOW_S - JITTER_S]
    assert fullest(log) <= REQUESTS
    assert len(whole) >= 0.95 * REQUESTS * windows
    print(f"{len(whole)} of {REQUESTS * windows} requests, at most {fullest(log)} of {REQUESTS} in a window")


async def test_without_the_server_each_goes_on_with_its_share_and_comes_back(
    tmp_path: Path, redis_server: Begin
) -> None:
    log: list[float] = []

    async def answer(heard: Heard, stream: trio.SocketStream) -> None:
        log.append(time.monotonic())
        await say(stream, 200, b"{}")

    async def until(count: int, after: float) -> None:
        """Wait for so many requests after a moment."""
        with trio.fail_after(60):
            while sum(one > after for one in log) < count:
                await trio.testing.wait_all_tasks_blocked(0.05)

    port = free_port()
    async with serving(answer) as gateway:
        with redis_server(port, tmp_path) as first:
            async with hammering(gateway.url, port, tmp_path, 3):
                await until(3 * REQUESTS, 0.0)
                first.send_signal(signal.SIGKILL)
                first.wait()
                lost = time.monotonic()
                await until(3 * REQUESTS, lost)
                alone = time.monotonic()
                with redis_server(port, tmp_path):
                    await until(4 * REQUESTS, alone)
                    back = time.monotonic()
    assert fullest(log) <= REQUESTS
    assert all([line.get("lost", "") is None for line in said(tmp_path, n)] == [False, False, True] for n in range(3))
    quiet = TIMES.alive + WINDOW_S
    assert not [one for one in log if lost + JITTER_S < one < lost + quiet - JITTER_S - TIMES.renew]
    print(f"without the server {alone - lost:.1f} s, at most {fullest(log)} of {REQUESTS}; back {back - alone:.1f} s")


HOLDER = """
import sys, trio
from storyboard.network.sharing.account import *
from storyboard.network.sharing.server import Server, Unreachable
from tests.network.sharing.test_account import attempt
async def hold():
    times = Times(renew=0.3, alive=1.0, lost=4.0, grace=0.0)
    pool = SharedAccount(Server(sys.argv[1]), "o", "holder-0", Bounds(10, 1.0, jobs=3), print, times)
    async with trio.open_nursery() as nursery:
        await nursery.start(pool.live)
        print([(await pool.place(attempt(name)))[0] for name in "abc"], flush=True)
        await trio.sleep_forever()
trio.run(hold)
"""


@contextmanager
def holding(url: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that has taken all three places of the account; killed in the end."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "[0.0, 0.0, 0.0]\n"
            yield holder
        finally:
            holder.kill()


async def test_places_of_a_killed_holder_come_back_and_at_once_to_who_takes_its_seat(
    tmp_path: Path, redis_server: Begin
) -> None:
    port = free_port()
    url, times = f"redis://127.0.0.1:{port}", Times(renew=0.3, alive=1.0, lost=4.0, grace=0.0)
    with redis_server(port, tmp_path):
        with holding(url) as holder:
            async with trio.open_nursery() as nursery:
                other = SharedAccount(Server(url), "o", "other-0", Bounds(10, 1.0, jobs=3), print, times)
                await nursery.start(other.live)
                assert (await other.place(attempt("d")))[0] > 0
                holder.kill()
                killed = time.monotonic()
                with trio.fail_after(10):
                    while (await other.place(attempt("d")))[0] > 0:
                        await trio.testing.wait_all_tasks_blocked(0.05)
                assert times.lost - times.renew <= time.monotonic() - killed < times.lost + 2
                nursery.cancel_scope.cancel()
        with holding(url):
            pass
        began = time.monotonic()
        with holding(url):
            assert time.monotonic() - began < times.lost


def test_two_machines_render_with_one_account_and_no_refusal(tmp_path: Path, redis_server: Begin) -> None:
    port = free_port()
    with redis_server(port, tmp_path), gateways() as gateway:
        films = [production(tmp_path / name, gateway, "shared") for name in ("one", "other")]
        for film in films:
            film.environment["STORYBOARD_REDIS"] = f"redis://127.0.0.1:{port}"
        runs = [start("render", film.path, "--yes", "--json", given=film.environment) for film in films]
        ended = [run.communicate(timeout=300) for run in runs]
        assert [run.returncode for run in runs] == [0, 0], ended
        asked = gateway.ask("requests")
        assert not [one for one in asked if one["status"] in (429, 503)]
        assert len(gateway.rows(NAME, "shared", "reserve")) == 2 * SHOTS
        assert all(events(out)[-1]["frames"] == SHOTS * 4 * 24 for out, _ in ended)


def test_a_secured_server_is_believed_by_the_authority_that_was_named_and_by_no_other(
    tmp_path: Path, redis_server: Begin
) -> None:
    authority, certificate, key = trustme.CA(), tmp_path / "server.pem", tmp_path / "server.key"
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(key)
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    named, other = tmp_path / "named.pem", tmp_path / "other.pem"
    authority.cert_pem.write_to_path(named)
    trustme.CA().cert_pem.write_to_path(other)
    port, plain = free_port(), free_port()
    options = ["--tls-port", str(port), "--tls-cert-file", str(certificate), "--tls-key-file", str(key)]
    with redis_server(plain, tmp_path, *options, "--tls-auth-clients", "no") as server:
        if server.poll() is not None:
            pytest.skip("this server was built without TLS")
        url = f"rediss://127.0.0.1:{port}"
        with closing(Server(url, named)) as one:
            one.greet()
            assert one.decide("an account", "none", "order", ["me", 0, 0, 0, 0, 1, 10**6, 1, 2, 0, 0]).wait_us >= 0
        for believed in (other, None):
            with closing(Server(url, believed)) as one, pytest.raises(Unreachable, match="certificate"):
                one.greet()
