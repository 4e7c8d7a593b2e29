"""Jobs whose files go through a bucket: both ends, and a store that lies, loses and is away. moto is the store."""

import hashlib
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio

from storyboard.diagnostics import Refused
from storyboard.media.cluster.cargo import Making
from storyboard.media.cluster.carrying import NotThere
from storyboard.media.cluster.freight import Freight, open_freight
from storyboard.media.cluster.shelf import Shelf
from storyboard.media.cluster.ways import AtHome, Spoilt, Unmoved
from storyboard.media.cluster.workplace import Workplace
from storyboard.media.executor import InProcess
from storyboard.media.jobs import Answer, FrameJob, Job, LoudnessJob, MediaError, Report, VerifyJob
from storyboard.media.reading.verify import verify
from storyboard.media.wire import job_from_json
from storyboard.network.depot import open_carrier, open_depot
from storyboard.network.signing import SignedStore, open_store
from storyboard.network.stores import Hosting, exchange
from tests.media.footage import film, silent
from tests.network.buckets import ACCOUNT, ACCOUNT_KEY, KEY, SECRET, azurite, make_container, moto, swift
from tests.network.test_signing import make_bucket

CREDENTIALS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with moto(tmp_path_factory.mktemp("moto") / "log") as url:
        yield url


@dataclass
class Farm:
    """A client, and a worker in another folder of the disk, who are given a bucket."""

    folder: Path
    bucket: str
    freight: Freight
    store: SignedStore
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def run(self, job: Job) -> Answer:
        """Send a job once."""
        await self.freight.bring(job)
        self.sent.append(await self.freight.packed(job))
        return await self.freight.unpacked(job, await self.work(self.sent[-1]), self.sent[-1])

    async def work(self, told: dict[str, Any]) -> dict[str, Any]:
        """What a worker says to what is sent, which is JSON on its way."""
        asked = json.loads(json.dumps(told))
        async with open_carrier(asked["files"]["trust"]) as carrier:
            place = Workplace(self.folder / "desks", Shelf(self.folder / "shelf"), InProcess(), carrier)
            try:
                return await place.do(job_from_json(asked["job"]), asked["files"], lambda share: None)
            except MediaError as error:
                return {"error": error.code, "message": error.message, "notes": []}

    def names(self) -> set[str]:
        """What is in the bucket under its prefix."""
        listed = httpx.get(self.bucket, params={"list-type": "2"}, trust_env=False).text
        return {one.partition("</Key>")[0].removeprefix("farm/") for one in listed.split("<Key>")[1:]}

    async def spoil(self, kind: str, data: bytes | None) -> None:
        """Put other bytes in the place of every object of a kind; none removes them. The worker forgets its own."""
        for name in self.names():
            if name.startswith(f"{kind}/"):
                async with httpx.AsyncClient(trust_env=False) as http:
                    if data is None:
                        (await http.delete(await self.store.removal(name))).raise_for_status()
                    else:
                        (await http.put(await self.store.put(name), content=data)).raise_for_status()
        shutil.rmtree(self.folder / "shelf", ignore_errors=True)


def files(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def bucket(url: str, name: str) -> Hosting:
    found = exchange({"store": f"s3://{name}/farm", "endpoint": url}, CREDENTIALS)
    assert found is not None
    return found


@asynccontextmanager
async def farm(url: str, folder: Path) -> AsyncIterator[Farm]:
    name = folder.name.replace("_", "-")[:60].strip("-")
    async with httpx.AsyncClient(trust_env=False) as http:
        (await http.put(f"{url}/{name}")).raise_for_status()
    place = bucket(url, name)
    assert place.bucket is not None
    async with open_depot(place, None) as depot, open_freight(depot) as freight:
        yield Farm(folder, f"{url}/{name}", freight, open_store(place.bucket, place.public))


async def test_a_job_is_done_elsewhere_and_its_file_is_the_same(tmp_path: Path, store: str) -> None:
    path = film(tmp_path / "a.mp4")
    async with farm(store, tmp_path) as made:
        assert await made.run(VerifyJob(str(path))) == verify(path, silent)
        taken = await made.run(FrameJob(str(path), None, str(tmp_path / "a.png")))
        assert {one.split("/")[0] for one in made.names()} == {"in", "out"}
    assert taken == await InProcess().run(FrameJob(str(path), None, str(tmp_path / "b.png")))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert [one.split("/")[0] for one in made.names()] == ["in"]
    assert not list((tmp_path / "desks").iterdir())
    assert SECRET not in json.dumps(made.sent)


async def test_a_file_is_put_once_and_what_a_worker_made_not_at_all(tmp_path: Path, store: str) -> None:
    path = film(tmp_path / "a.mp4")
    async with farm(store, tmp_path) as made:
        for _ in range(2):
            await made.run(FrameJob(str(path), 0, str(tmp_path / "a.png")))
        with pytest.raises(MediaError):  # a picture is no clip, and is read all the same
            await made.run(VerifyJob(str(tmp_path / "a.png")))
    assert len(made.names()) == 1
    assert "/out/" in made.sent[-1]["files"]["reads"][0]["link"]


async def test_what_is_wrong_with_a_clip_is_told_by_its_name_at_home(tmp_path: Path, store: str) -> None:
    path = tmp_path / "harbor at dawn.mp4"
    path.write_bytes(b"no clip")
    async with farm(store, tmp_path) as made:
        with pytest.raises(MediaError) as raised:
            await made.run(VerifyJob(str(path)))
    with pytest.raises(MediaError) as expected:
        verify(path, silent)
    assert (raised.value.code, raised.value.message) == (expected.value.code, expected.value.message)


@pytest.mark.parametrize("data", [b"forged", b"", None])
async def test_what_is_forged_cut_off_or_gone_in_the_store_is_put_anew(
    tmp_path: Path, store: str, data: bytes | None
) -> None:
    path = film(tmp_path / "a.mp4")
    async with farm(store, tmp_path) as made:
        job = VerifyJob(str(path))
        await made.freight.bring(job)
        await made.spoil("in", data)
        with pytest.raises(Spoilt):
            await made.run(job)
        assert await made.run(job) == verify(path, silent)


@pytest.mark.parametrize("data", [b"forged", None])
async def test_a_file_that_was_forged_on_its_way_back_is_never_installed(
    tmp_path: Path, store: str, data: bytes | None
) -> None:
    job = FrameJob(str(film(tmp_path / "a.mp4")), 0, str(tmp_path / "a.png"))
    assert isinstance(job, Making)
    async with farm(store, tmp_path) as made:
        sent = await made.freight.packed(job)
        said = await made.work(sent)
        await made.spoil("out", data)
        with pytest.raises(Spoilt):
            await made.freight.unpacked(job, said, sent)
        assert files(tmp_path) == {"a.mp4", "desks"}
        await made.run(job)
    assert (tmp_path / "a.png").exists()


async def test_bytes_of_the_right_length_are_found_out_by_their_digest(tmp_path: Path, store: str) -> None:
    path = film(tmp_path / "a.mp4")
    forged = bytes(len(path.read_bytes()))
    async with farm(store, tmp_path) as made:
        await made.freight.bring(VerifyJob(str(path)))
        await made.spoil("in", forged)
        with pytest.raises(Spoilt):
            await made.run(VerifyJob(str(path)))
        assert await made.run(VerifyJob(str(path))) == verify(path, silent)


async def test_a_worker_has_what_it_has_fetched_once(tmp_path: Path, store: str) -> None:
    path = film(tmp_path / "a.mp4")
    async with farm(store, tmp_path) as made:
        expected = await made.run(VerifyJob(str(path)))
        shelf = tmp_path / "kept"
        (tmp_path / "shelf").rename(shelf)
        await made.spoil("in", None)
        shelf.rename(tmp_path / "shelf")
        assert await made.run(VerifyJob(str(path))) == expected


async def test_a_store_that_is_away_moves_nothing_and_says_so(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    with moto(tmp_path / "log") as url:
        async with farm(url, tmp_path) as made:
            job = FrameJob(str(path), 0, str(tmp_path / "a.png"))
            sent = await made.freight.packed(job)
    for act in (made.freight.bring(VerifyJob(str(path))), made.freight.bring(job)):
        await act  # it is there, as far as anybody knows
    said = await made.work(sent)
    assert "cannot be reached" in said["unmoved"]
    with pytest.raises(Unmoved, match="do not get through s3://"):
        await made.freight.unpacked(job, said, sent)
    began = trio.current_time()
    with pytest.raises(Unmoved):
        await made.freight.bring(job)
    assert trio.current_time() - began < 1  # what is known to be away is not asked for a while


async def test_a_worker_whose_disk_is_full_has_nothing_to_say_of_the_clip(tmp_path: Path, store: str) -> None:
    class Full:
        """An executor on a disk without room."""

        async def run(self, job: Job, report: Report | None = None) -> Answer:
            raise MediaError("disk-full", "no room for a.png")

    async with farm(store, tmp_path) as made, open_carrier("") as carrier:
        job = FrameJob(str(film(tmp_path / "a.mp4")), 0, str(tmp_path / "a.png"))
        sent = await made.freight.packed(job)
        place = Workplace(tmp_path / "desks", Shelf(tmp_path / "shelf"), Full(), carrier)
        said = await place.do(job, sent["files"], lambda share: None)
        assert "no room for a.png" in said["unmoved"]
        with pytest.raises(Unmoved):
            await made.freight.unpacked(job, said, sent)


async def test_what_is_not_there_or_goes_nowhere_is_done_at_home(tmp_path: Path, store: str) -> None:
    async with farm(store, tmp_path) as made:
        for job in (VerifyJob(str(tmp_path / "missing.mp4")), LoudnessJob({"segments": []})):
            with pytest.raises(AtHome):
                await made.freight.bring(job)


async def test_a_bucket_that_lacks_something_is_refused_with_what_it_lacks() -> None:
    lacking = exchange({"store": "s3://films"}, {})
    assert lacking is not None
    with pytest.raises(Refused) as raised:
        async with open_depot(lacking, None):
            pass
    assert raised.value.diagnostics[0].code == "cluster-files"
    assert "AWS_ACCESS_KEY_ID" in (raised.value.diagnostics[0].hint or "")


@pytest.mark.slow
async def test_a_store_that_checks_signatures_takes_each_link_for_what_it_was_signed_for(tmp_path: Path) -> None:
    with swift(tmp_path / "swift") as url:
        await make_bucket(url)
        await _signed_for(bucket(url, "film"), tmp_path)


@pytest.mark.azure
async def test_azure_s_store_does_so_too(tmp_path: Path) -> None:
    with azurite(tmp_path / "azurite") as url:
        await trio.to_thread.run_sync(make_container, url)
        keys = {"AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT, "AZURE_STORAGE_ACCOUNT_KEY": ACCOUNT_KEY}
        found = exchange({"store": "az://film/farm", "endpoint": url}, keys)
        assert found is not None
        await _signed_for(found, tmp_path)


async def _signed_for(place: Hosting, folder: Path) -> None:
    path, back = folder / "clip", folder / "back"
    path.write_bytes(b"a clip")
    async with open_depot(place, None) as depot, open_carrier("") as carrier:
        assert not await depot.holds("in/a", 6)
        await depot.put("in/a", path)
        assert await depot.holds("in/a", 6)
        link, slot = await depot.link("in/a"), await depot.slot("out/b")
        digest = hashlib.sha256(b"a clip").hexdigest()
        assert await carrier.fetch(link, back, 6) == digest
        await carrier.put(slot["link"], slot["headers"], path)
        assert await depot.fetch("out/b", back, 6) == digest
        with pytest.raises(NotThere):
            await carrier.put(link, slot["headers"], path)  # which was signed for reading
        with pytest.raises(NotThere):
            await carrier.fetch(link.replace("in/a", "out/b"), back, 6)  # and for another object
        await depot.remove(["out/b"])
        with pytest.raises(NotThere):
            await depot.fetch("out/b", back, 6)
