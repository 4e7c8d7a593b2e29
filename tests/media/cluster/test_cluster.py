"""The executor on a real scheduler with real workers."""

import logging
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from fractions import Fraction
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import trio
import trustme

from storyboard.diagnostics import Refused
from storyboard.media.cluster.address import Certificates, Scheduler
from storyboard.media.cluster.cluster import WAIT_S, Cluster, open_cluster
from storyboard.media.cluster.freight import open_freight
from storyboard.media.cluster.greeting import SharedFolder
from storyboard.media.cluster.link import Warn, open_link
from storyboard.media.executor import InProcess, open_executor
from storyboard.media.jobs import FrameJob, MediaError, PieceJob, RenderJob, VerifyJob
from storyboard.media.reading.verify import verify
from storyboard.media.reel import Reel, Segment
from storyboard.network.depot import open_depot
from storyboard.network.stores import Hosting, exchange
from tests.media.cluster.room import Room, children, room
from tests.media.footage import film, silent
from tests.media.test_executor import ENVIRONMENT
from tests.network.buckets import KEY, SECRET, moto

PATIENCE_S = 60


class Told(list[tuple[str, str]]):
    """What a person was told; the codes of it, as they come."""

    def __init__(self) -> None:
        self._send, self._receive = trio.open_memory_channel[str](100)

    def __call__(self, code: str, message: str) -> None:
        self.append((code, message))
        self._send.send_nowait(code)

    async def next(self) -> str:
        with trio.fail_after(PATIENCE_S):
            return await self._receive.receive()


async def test_a_job_is_done_by_a_worker_and_stopped_when_it_is_cancelled(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    piece = _piece(tmp_path)
    shares: list[float] = []
    with room() as rack:
        async with (
            open_executor(1, ENVIRONMENT) as here,
            open_cluster(partial(open_link, rack.place, SharedFolder(tmp_path)), here, _silent) as cluster,
        ):
            assert cluster.places == 1
            assert not logging.getLogger("distributed.client").isEnabledFor(logging.CRITICAL)
            assert await cluster.run(VerifyJob(str(path)), shares.append) == verify(path, silent)
            taken = await cluster.run(FrameJob(str(path), None, str(tmp_path / "a.png")))
            assert taken == await InProcess().run(FrameJob(str(path), None, str(tmp_path / "b.png")))
            with pytest.raises(MediaError) as raised:
                await cluster.run(VerifyJob("/missing.mp4"))
            assert raised.value.code == "missing-media"
            with trio.CancelScope() as scope:
                await cluster.run(piece, lambda share: scope.cancel())
            assert scope.cancelled_caught
            assert await cluster.run(VerifyJob(str(path))) == verify(path, silent)
        assert not here.processes
    assert logging.getLogger("distributed.client").isEnabledFor(logging.CRITICAL)
    assert shares
    assert shares == sorted(shares)
    assert _names(tmp_path) == {"a.mp4", "a.png", "b.png", "long.mp4"}


@pytest.mark.cluster
async def test_a_job_whose_worker_is_killed_is_done_by_another(tmp_path: Path) -> None:
    job = _piece(tmp_path)
    expected = await InProcess().run(job)
    with room(workers=2) as rack:
        killed = trio.Event()

        def kill(share: float) -> None:
            if not killed.is_set():
                killed.set()
                max(rack.processes[1:], key=children).kill()

        async with _cluster(rack, tmp_path, _silent) as cluster:
            assert await cluster.run(job, kill) == expected
        assert killed.is_set()


@pytest.mark.cluster
async def test_a_job_that_kills_its_workers_ends_as_such(tmp_path: Path) -> None:
    job = _piece(tmp_path)
    with room(workers=6) as rack:
        async with _cluster(rack, tmp_path, _silent) as cluster:

            def kill(share: float) -> None:
                busy = max(rack.processes[1:], key=children)
                if children(busy) > 0:
                    busy.kill()

            with pytest.raises(MediaError) as raised:
                await cluster.run(job, kill)
    assert raised.value.code == "worker-died"


@pytest.mark.cluster
async def test_without_its_scheduler_the_work_goes_on_here_and_a_new_one_is_used(tmp_path: Path) -> None:
    job, told = _piece(tmp_path), Told()
    expected = await InProcess().run(job)
    with room() as rack:
        async with _cluster(rack, tmp_path, told) as cluster:
            assert await cluster.run(job, lambda share: rack.processes[0].kill()) == expected
            assert await told.next() == "cluster-lost"
            assert await cluster.run(job) == expected
            await trio.to_thread.run_sync(rack.schedule)
            await trio.to_thread.run_sync(rack.work)
            assert await told.next() == "cluster-back"
            assert await cluster.run(job) == expected
    assert [code for code, _ in told] == ["cluster-lost", "cluster-back"]


@pytest.mark.cluster
async def test_what_only_a_worker_can_do_waits_for_the_cluster_and_says_so(tmp_path: Path) -> None:
    job, told = _painting(tmp_path), Told()
    with room(workers=0) as rack:
        rack.work("--resources", "GPU=1")
        async with _cluster(rack, tmp_path, told, PATIENCE_S) as cluster, trio.open_nursery() as nursery:
            rack.processes[0].kill()
            assert await told.next() == "cluster-lost"
            nursery.start_soon(cluster.run, job)
            assert await told.next() == "cluster-waiting"
            await trio.to_thread.run_sync(rack.schedule)
            await trio.to_thread.run_sync(rack.work, "--resources", "GPU=1")
            assert await told.next() == "cluster-back"
    assert (tmp_path / "painted.mp4").exists()
    assert len(told) == 3


@pytest.mark.cluster
async def test_what_only_a_worker_can_do_fails_when_it_has_waited_long_enough(tmp_path: Path) -> None:
    told = Told()
    with room(workers=0) as rack:
        rack.work("--resources", "GPU=1")
        async with _cluster(rack, tmp_path, told, wait_s=0.5) as cluster:
            rack.processes[0].kill()
            assert await told.next() == "cluster-lost"
            for _ in range(2):
                with pytest.raises(MediaError) as raised:
                    await cluster.run(_painting(tmp_path))
                assert raised.value.code == "cluster-lost"
            assert await cluster.run(_piece(tmp_path, 24)) is not None
    assert [code for code, _ in told] == ["cluster-lost", "cluster-waiting"]


@pytest.mark.cluster
async def test_a_store_that_comes_back_is_used_again_and_given_what_it_lost(tmp_path: Path) -> None:
    job, told = VerifyJob(str(film(tmp_path / "a.mp4"))), Told()
    with room(workers=0) as rack, ExitStack() as store:
        rack.work("--local-directory", str(tmp_path / "there"))
        url = store.enter_context(moto(tmp_path / "log"))
        place = await _bucket(url)
        async with (
            open_depot(place, None) as depot,
            open_freight(depot, again_s=0.0) as freight,
            open_executor(1, ENVIRONMENT) as here,
            open_cluster(partial(open_link, rack.place, freight), here, told) as cluster,
        ):
            expected = await cluster.run(job)
            assert not here.processes
            store.close()
            other = VerifyJob(str(film(tmp_path / "b.mp4", 30)))
            assert await cluster.run(other) != expected
            assert await told.next() == "store-lost"
            store.enter_context(moto(tmp_path / "log", urlsplit(url).port or 0))
            await _bucket(url)
            assert await cluster.run(other) != expected
            assert await told.next() == "store-back"
            (shelf,) = (tmp_path / "there").rglob("storyboard-files")
            shutil.rmtree(shelf)
            assert await cluster.run(job) == expected  # which the new store has never had: it is put and sent again
    assert len(told) == 2


@pytest.mark.cluster
async def test_where_no_worker_is_left_the_work_goes_on_here(tmp_path: Path) -> None:
    job, told = _piece(tmp_path), Told()
    expected = await InProcess().run(job)
    with room() as rack:
        async with _cluster(rack, tmp_path, told) as cluster:
            assert await cluster.run(job, lambda share: rack.processes[1].kill()) == expected
    assert [code for code, _ in told] == ["cluster-lost"]


@pytest.mark.cluster
async def test_a_worker_of_another_version_is_refused(tmp_path: Path) -> None:
    preload = tmp_path / "older.py"
    preload.write_text("import storyboard.version\nstoryboard.version.VERSION = '0.0.9'\n")
    with room() as rack:
        rack.work("--preload", str(preload))
        with pytest.raises(Refused) as raised:
            await open_link(rack.place, SharedFolder(tmp_path), _silent)
    assert raised.value.diagnostics[0].code == "cluster-version"
    assert "has storyboard 0.0.9" in raised.value.diagnostics[0].message


@pytest.mark.cluster
async def test_a_strange_worker_that_joins_later_is_told_and_left_alone(tmp_path: Path) -> None:
    path, told = film(tmp_path / "a.mp4"), Told()
    preload = tmp_path / "older.py"
    preload.write_text("import storyboard.version\nstoryboard.version.VERSION = '0.0.9'\n")
    with room() as rack:
        async with _cluster(rack, tmp_path, told) as cluster:
            await trio.to_thread.run_sync(rack.work, "--preload", str(preload))
            assert await told.next() == "cluster-version"
            await trio.to_thread.run_sync(rack.work)
            for _ in range(4):
                assert await cluster.run(VerifyJob(str(path))) == verify(path, silent)
    assert "0.0.9, this is" in told[0][1]
    assert "it is left alone" in told[0][1]
    assert len(told) == 1


@pytest.mark.cluster
@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="a path that is another one for each process: /proc")
async def test_a_worker_that_does_not_see_the_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with room() as rack:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(Refused) as raised:
            await open_link(rack.place, SharedFolder(Path("/proc/self/cwd")), _silent)
    assert raised.value.diagnostics[0].code == "cluster-files"
    assert not _names(tmp_path)


@pytest.mark.cluster
async def test_a_scheduler_without_workers_and_none_at_all_are_told(tmp_path: Path) -> None:
    with room(workers=0) as rack:
        with pytest.raises(Refused) as raised:
            await open_link(rack.place, SharedFolder(tmp_path), _silent)
        assert raised.value.diagnostics[0].code == "no-worker"
        place = rack.place
    with pytest.raises(Refused) as raised:
        await open_link(place, SharedFolder(tmp_path), _silent)
    assert raised.value.diagnostics[0].code == "no-cluster"


@pytest.mark.cluster
async def test_beyond_this_machine_both_ends_show_a_certificate(tmp_path: Path) -> None:
    path, ours, theirs = film(tmp_path / "a.mp4"), _certificates(tmp_path / "ours"), _certificates(tmp_path / "theirs")
    with room(certificates=ours) as rack:
        assert rack.url.startswith("tls://")
        async with _cluster(rack, tmp_path, _silent) as cluster:
            assert await cluster.run(VerifyJob(str(path))) == verify(path, silent)
        with pytest.raises(Refused) as raised:
            await open_link(Scheduler(rack.url, theirs), SharedFolder(tmp_path), _silent)
    assert raised.value.diagnostics[0].code == "no-cluster"


def _certificates(folder: Path) -> Certificates:
    """An authority, and a certificate of it."""
    authority = trustme.CA()
    found = Certificates(folder / "ca.pem", folder / "mine.pem", folder / "mine.key")
    folder.mkdir()
    mine = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(str(found.ca))
    mine.private_key_pem.write_to_path(str(found.key))
    for part in mine.cert_chain_pems:
        part.write_to_path(str(found.cert), append=True)
    return found


def _piece(folder: Path, frames: int = 600) -> PieceJob:
    """A job of a second or two."""
    path = film(folder / "long.mp4", frames)
    reel = Reel(160, 90, Fraction(24), False, (Segment(str(path), 0, frames),))
    return PieceJob(reel.to_json(), 0, frames, str(folder / "piece.mp4"))


def _painting(folder: Path) -> RenderJob:
    """A job for a GPU: a program that copies a clip to where it is wanted."""
    path = film(folder / "a.mp4")
    copy = "import json, shutil, sys; shutil.copyfile(sys.argv[1], json.load(sys.stdin)['target'])"
    command = [sys.executable, "-c", copy, str(path)]
    return RenderJob(command, {"references": []}, str(folder / "painted.mp4"), {"GPU": 1.0})


async def _bucket(url: str) -> Hosting:
    """An empty bucket at a store, and what signs for it."""
    async with httpx.AsyncClient(trust_env=False) as http:
        (await http.put(f"{url}/studio")).raise_for_status()
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    found = exchange({"store": "s3://studio", "endpoint": url}, keys)
    assert found is not None
    return found


def _silent(code: str, message: str) -> None:
    pytest.fail(f"{code}: {message}")


def _names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


@asynccontextmanager
async def _cluster(rack: Room, folder: Path, warn: Warn, wait_s: float = WAIT_S) -> AsyncIterator[Cluster]:
    async with (
        open_executor(1, ENVIRONMENT) as here,
        open_cluster(partial(open_link, rack.place, SharedFolder(folder)), here, warn, wait_s) as cluster,
    ):
        yield cluster
