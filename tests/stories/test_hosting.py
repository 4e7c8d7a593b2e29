"""A chained film whose frames reach the gateway by signed links of a bucket."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.network.buckets import SECRET, moto
from tests.stories.command import events, storyboard
from tests.stories.paying import Gateways, Production
from tests.stories.six import NAME, SHOTS, production
from tests.stories.test_gateway import gateway, settled

__all__ = ["gateway"]
"""The emulator that the gateway's stories start."""


@dataclass
class Bucket:
    """A private bucket of moto's S3."""

    url: str
    log: Path

    @property
    def objects(self) -> list[str]:
        return re.findall("<Key>(.*?)</Key>", httpx.get(f"{self.url}/film", trust_env=False).text)

    @property
    def puts(self) -> int:
        return self.log.read_text(encoding="utf-8").count("PUT /film/")


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[Bucket]:
    with moto(tmp_path / "moto.log") as url:
        httpx.put(f"{url}/film", trust_env=False).raise_for_status()
        yield Bucket(url, tmp_path / "moto.log")


def hosted(folder: Path, gateway: Gateways, key: str, bucket: Bucket) -> Production:
    """The film of six in a chain, with that bucket in its settings, from a gateway that returns no last frames."""
    made = production(folder, gateway, key)
    silent = {"fault": "last_frame_missing", "times": 0}
    httpx.post(f"{gateway.at['admin']}/faults", json=silent, trust_env=False).raise_for_status()
    (folder / "config" / "storyboard" / "config.toml").write_text(
        f'[providers.seedance2ai]\npoll_s = 1\n[hosting]\nurl = "s3://film/in"\nendpoint = "{bucket.url}"\n',
        encoding="utf-8",
    )
    made.environment |= {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": SECRET}
    return made


def test_each_frame_of_a_chain_is_one_object_and_a_lost_answer_changes_none_of_it(
    tmp_path: Path, gateway: Gateways, bucket: Bucket
) -> None:
    folder = tmp_path / "film"
    made = hosted(folder, gateway, "signed", bucket)
    lost = {"fault": "drop_response_after_accept", "route": "submit", "nth": 2}
    httpx.post(f"{gateway.at['admin']}/faults", json=lost, trust_env=False).raise_for_status()
    before = len(gateway.ask("requests"))
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    orders = [one for one in gateway.ask("requests")[before:] if one["method"] == "POST"]
    assert len(orders) == SHOTS + 1
    assert events(rendered.stdout)[-1]["frames"] == SHOTS * 4 * 24
    settled(made, gateway, "signed")
    objects = bucket.objects
    assert len(objects) == bucket.puts == SHOTS - 1
    assert all(re.fullmatch(r"in/[0-9a-f]{64}\.png", one) for one in objects)
    with sqlite3.connect(made.state / "state.db") as state:
        bodies = b"".join(body for (body,) in state.execute("SELECT body FROM attempts")).decode()
    links = re.findall(r'"image_url": ?"(.*?)"', bodies)
    assert {urlsplit(one).path.removeprefix("/film/") for one in links} == set(objects)
    assert all(int(parse_qs(urlsplit(one).query)["X-Amz-Expires"][0]) >= 86_400 for one in links)
    again = made.render()
    assert again.returncode == 0, again.stderr
    assert len(gateway.rows(NAME, "signed", "reserve")) == SHOTS
    assert bucket.puts == SHOTS - 1
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]
    assert SECRET not in rendered.stdout + rendered.stderr


def test_without_credentials_the_hosting_is_told_what_it_lacks_before_anything_is_ordered(
    tmp_path: Path, gateway: Gateways, bucket: Bucket
) -> None:
    made = hosted(tmp_path / "film", gateway, "lacking", bucket)
    del made.environment["AWS_SECRET_ACCESS_KEY"]
    lacks = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the credentials of s3://film"
    planned = storyboard("plan", made.path, given=made.environment)
    assert (planned.returncode, lacks in planned.stderr) == (0, True)
    rendered = made.render()
    assert (rendered.returncode, "error[no-hosting]" in rendered.stderr, lacks in rendered.stderr) == (12, True, True)
    assert not gateway.rows(NAME, "lacking", "reserve")
    mended = storyboard("plan", made.path, given={**made.environment, "AWS_SECRET_ACCESS_KEY": SECRET})
    assert lacks not in mended.stderr


def test_a_store_that_refuses_fails_the_shots_that_need_it_and_gives_no_link_away(
    tmp_path: Path, gateway: Gateways, bucket: Bucket
) -> None:
    made = hosted(tmp_path / "film", gateway, "refused", bucket)
    config = tmp_path / "film" / "config" / "storyboard" / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("s3://film", "s3://nowhere"), encoding="utf-8")
    rendered = made.render("--debug")
    assert rendered.returncode == 3
    assert "the hosting answers HTTP 404 (NoSuchBucket) to a PUT" in rendered.stdout + rendered.stderr
    assert "X-Amz" not in rendered.stdout + rendered.stderr
    assert len(gateway.rows(NAME, "refused", "reserve")) == 1
