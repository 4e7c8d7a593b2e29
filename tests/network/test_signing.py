"""Files in object stores: what is put, which links are given away, and what a store that refuses is told about.

moto takes the fast lane: its sockets are real, its belief in signatures is not. The slow lane asks OpenStack Swift,
which checks each of them (`python -m pytest -m slow tests/network/test_signing.py`); `-m azure` asks Azurite, by npm.
No emulator checks those of Google's store, so they are held against Google's own rules for them.
"""

import base64
import hashlib
import json
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import httpx
import obstore
import pytest
import trio
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from obstore.store import S3Store

from storyboard.network.hosting import LEAST_LIFE_S, PutHost
from storyboard.network.signing import LIFE_S, open_store
from storyboard.network.stores import Bucket, Hosting, hosting
from tests.network.buckets import ACCOUNT, ACCOUNT_KEY, KEY, SECRET, azurite, make_container, moto, swift

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
NAME = hashlib.sha256(PNG).hexdigest() + ".png"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
DAY_S = 86_400.0


@dataclass
class Wall:
    """A clock that a test sets."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Run:
    """One run's host, and what it asked the store."""

    hosting: Hosting
    host: PutHost
    asked: list[httpx.Request] = field(default_factory=list)

    @property
    def methods(self) -> list[str]:
        return [one.method for one in self.asked]


def s3(url: str, prefix: str = "", bucket: str = "film", **more: str) -> Hosting:
    """The settings for a bucket of an S3 at `url`."""
    return hosting({"url": f"s3://{bucket}/{prefix}", "endpoint": url, **more}, CREDENTIALS)


@asynccontextmanager
async def running(settings: Hosting, wall: Wall | None = None) -> AsyncIterator[Run]:
    asked: list[httpx.Request] = []

    async def hear(request: httpx.Request) -> None:
        asked.append(request)

    assert settings.bucket is not None
    async with httpx.AsyncClient(trust_env=False, event_hooks={"request": [hear]}) as http:
        store = open_store(settings.bucket, settings.public)
        host = PutHost(store, http) if wall is None else PutHost(store, http, wall)
        yield Run(settings, host, asked)


def picture(folder: Path, name: str = "frame.png", data: bytes = PNG) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


async def fetched(link: str, **headers: str) -> httpx.Response:
    """What a gateway gets that was given a link."""
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.get(link, headers=headers)


async def make_bucket(url: str, name: str = "film") -> None:
    store = S3Store(
        name,
        config={"access_key_id": KEY, "secret_access_key": SECRET, "region": "us-east-1", "endpoint": url},
        client_options={"allow_http": True},
    )
    async with httpx.AsyncClient(trust_env=False) as http:
        (await http.put(obstore.sign(store, "PUT", "", timedelta(minutes=5)))).raise_for_status()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with moto(tmp_path_factory.mktemp("moto") / "log") as url:
        for bucket, who in (("film", "private"), ("open", "public-read")):
            httpx.put(f"{url}/{bucket}", headers={"x-amz-acl": who}, trust_env=False).raise_for_status()
        yield url


async def test_a_picture_is_put_once_and_its_signed_link_serves_it_for_a_week(tmp_path: Path, store: str) -> None:
    settings = s3(store, "once")
    async with running(settings) as run:
        links = {await run.host.link(picture(tmp_path)), await run.host.link(picture(tmp_path, "the same.png"))}
    (link,) = links
    assert run.methods == ["HEAD", "PUT", "GET"]
    async with running(settings) as later:
        again = await later.host.link(picture(tmp_path))
    assert later.methods == ["HEAD", "GET"]
    for one in (link, again):
        parts = urlsplit(one)
        assert (parts.netloc, parts.path) == (urlsplit(store).netloc, f"/film/once/{NAME}")
        assert int(parse_qs(parts.query)["X-Amz-Expires"][0]) == LIFE_S >= LEAST_LIFE_S
        answer = await fetched(one)
        assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
        assert SECRET not in one
    part = await fetched(link, range="bytes=0-3")
    assert (part.status_code, part.content) == (206, PNG[:4])


async def test_a_public_base_gives_plain_links_of_the_same_objects(tmp_path: Path, store: str) -> None:
    async with running(s3(store, "in", bucket="open", public=f"{store}/open/in")) as run:
        link = await run.host.link(picture(tmp_path))
    assert link == f"{store}/open/in/{NAME}"
    assert run.methods == ["HEAD", "PUT", "GET"]


async def test_a_private_bucket_behind_a_public_base_is_noticed_before_anything_is_ordered(
    tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storyboard.network.hosting.PATIENCE_S", (0.0, 0.1))
    async with running(s3(store, "in", public=f"{store}/film/in")) as run:
        with pytest.raises(ConnectionError, match="not what its public address serves"):
            await run.host.link(picture(tmp_path))


async def test_letters_of_any_script_and_spaces_stand_in_prefixes_and_in_names_of_files(
    tmp_path: Path, store: str
) -> None:
    prefix = "Prüfung 2/夜のフェリー+&='(x)"
    async with running(s3(store, prefix, bucket="open")) as run:
        link = await run.host.link(picture(tmp_path, "Möwe & Schiff – 夜.png"))
    assert link.isascii()
    assert unquote(urlsplit(link).path) == f"/open/{prefix}/{NAME}"
    assert (await fetched(link)).content == PNG
    async with running(s3(store, prefix, bucket="open", public=f"{store}/open/{prefix}/")) as open_:
        plain = await open_.host.link(picture(tmp_path))
    assert plain.isascii()
    assert (await fetched(plain)).content == PNG
    assert "PUT" not in open_.methods


async def test_takes_that_need_one_picture_at_the_same_time_put_it_once(tmp_path: Path, store: str) -> None:
    path = picture(tmp_path, data=PNG + b"shared")
    links = set()

    async def take(run: Run) -> None:
        links.add(await run.host.link(path))

    async with running(s3(store, "many")) as run, trio.open_nursery() as nursery:
        for _ in range(8):
            nursery.start_soon(take, run)
    assert len(links) == 1
    assert run.methods == ["HEAD", "PUT", "GET"]


async def test_a_link_that_would_lapse_within_a_day_is_signed_anew_and_nothing_is_put_again(
    tmp_path: Path, store: str
) -> None:
    wall = Wall()
    async with running(s3(store, "lapse"), wall) as run:
        await run.host.link(picture(tmp_path))
        wall.now += LIFE_S - LEAST_LIFE_S - 1
        await run.host.link(picture(tmp_path))
        assert run.methods == ["HEAD", "PUT", "GET"]
        wall.now += 2
        await run.host.link(picture(tmp_path))
    assert run.methods == ["HEAD", "PUT", "GET", "HEAD", "GET"]


async def test_a_bucket_that_is_not_there_is_named_by_the_store_s_own_word(tmp_path: Path, store: str) -> None:
    async with running(s3(store, bucket="nowhere")) as run:
        with pytest.raises(ConnectionError, match=r"HTTP 404 \(NoSuchBucket\) to a PUT") as raised:
            await run.host.link(picture(tmp_path))
    said = "".join(traceback.format_exception(raised.value))
    assert SECRET not in said
    assert "Signature" not in said
    assert run.methods == ["HEAD", "PUT"]


async def test_what_the_environment_says_elsewhere_leads_no_request_astray(
    tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    async with running(s3(store, "astray")) as run:
        link = await run.host.link(picture(tmp_path))
    assert {one.url.netloc.decode() for one in run.asked} == {urlsplit(store).netloc}
    assert parse_qs(urlsplit(link).query)["X-Amz-Credential"][0].startswith(KEY)


async def test_a_cancelled_run_asks_a_store_nothing(tmp_path: Path, store: str) -> None:
    async with running(s3(store, "gone")) as run:
        with trio.CancelScope() as scope:
            scope.cancel()
            await run.host.link(picture(tmp_path))
    assert scope.cancelled_caught
    assert not run.asked


@pytest.mark.parametrize(
    ("bucket", "said"),
    [
        (Bucket("gs", "film", "", {"service_account": "nowhere.json"}), "key file of a service account"),
        (Bucket("gs", "film", "", {"service_account_key": '{"type": "authorized_user"}'}), "key file of a service"),
        (Bucket("az", "film", "", {"account_name": "a", "account_key": SECRET}), "AZURE_STORAGE_ACCOUNT_KEY cannot"),
    ],
)
def test_credentials_that_cannot_sign_are_told_before_anything_is_sent(bucket: Bucket, said: str) -> None:
    with pytest.raises(ValueError, match=said) as raised:
        open_store(bucket, "presigned")
    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_no_credential_shows_in_a_repr() -> None:
    settings = s3("http://127.0.0.1:9")
    assert settings.bucket is not None
    opened = open_store(settings.bucket, settings.public)
    assert SECRET not in repr([settings, settings.bucket, opened, vars(opened)])


async def test_a_link_for_google_s_store_is_signed_by_google_s_rules(tmp_path: Path) -> None:
    """https://cloud.google.com/storage/docs/authentication/canonical-requests, step by step."""
    key = rsa.generate_private_key(65537, 2048)
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    account = {"type": "service_account", "private_key": pem, "private_key_id": "1", "client_email": "film@x.example"}
    path = tmp_path / "account.json"
    path.write_text(json.dumps(account), encoding="utf-8")
    settings = hosting({"url": "gs://film/in été"}, {"GOOGLE_APPLICATION_CREDENTIALS": str(path)})
    assert settings.bucket is not None
    parts = urlsplit(await open_store(settings.bucket, settings.public).link(NAME))
    said = {name: values[0] for name, values in parse_qs(parts.query).items()}
    signature = bytes.fromhex(said.pop("X-Goog-Signature"))
    assert (parts.scheme, parts.netloc) == ("https", "storage.googleapis.com")
    assert parts.path == f"/film/{quote('in été')}/{NAME}"
    assert said["X-Goog-Expires"] == str(LIFE_S)
    assert said["X-Goog-SignedHeaders"] == "host"
    query = "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in sorted(said.items()))
    canonical = f"GET\n{parts.path}\n{query}\nhost:storage.googleapis.com\n\nhost\nUNSIGNED-PAYLOAD"
    scope = said["X-Goog-Credential"].partition("/")[2]
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    signed = f"GOOG4-RSA-SHA256\n{said['X-Goog-Date']}\n{scope}\n{digest}".encode()
    key.public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.slow
async def test_a_strict_store_takes_what_is_signed_and_serves_it(tmp_path: Path) -> None:
    with swift(tmp_path / "swift") as url:
        await make_bucket(url)
        settings = s3(url, "Prüfung 2/夜")
        async with running(settings) as run:
            link = await run.host.link(picture(tmp_path))
        async with running(settings) as later:
            await later.host.link(picture(tmp_path))
        answer, part = await fetched(link), await fetched(link, range="bytes=0-3")
    assert run.methods == ["HEAD", "PUT", "GET"]
    assert later.methods == ["HEAD", "GET"]
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert (part.status_code, part.content) == (206, PNG[:4])


@pytest.mark.slow
async def test_a_strict_store_refuses_links_that_were_tampered_with(tmp_path: Path) -> None:
    with swift(tmp_path / "swift") as url:
        await make_bucket(url)
        async with running(s3(url)) as run:
            link = await run.host.link(picture(tmp_path))
            other = picture(tmp_path, data=PNG + b"!")
            await run.host.link(other)
        name = hashlib.sha256(other.read_bytes()).hexdigest() + ".png"
        tampered = [
            link.replace(NAME, name),
            link.replace(f"X-Amz-Expires={LIFE_S}", f"X-Amz-Expires={LIFE_S - 1}"),
            link[:-1] + ("0" if link[-1] != "0" else "1"),
            link.partition("?")[0],
        ]
        assert len({link, *tampered}) == 5
        answers = [await fetched(one) for one in (link, *tampered)]
        async with httpx.AsyncClient(trust_env=False) as http:
            answers.append(await http.put(link, content=PNG))
    assert [one.status_code for one in answers] == [200, 403, 403, 403, 400, 403]


@pytest.mark.slow
async def test_a_strict_store_refuses_wrong_credentials(tmp_path: Path) -> None:
    with swift(tmp_path / "swift") as url:
        await make_bucket(url)
        for wrong in ({"AWS_SECRET_ACCESS_KEY": "other"}, {"AWS_ACCESS_KEY_ID": "film:nobody"}):
            settings = hosting({"url": "s3://film", "endpoint": url}, {**CREDENTIALS, **wrong})
            async with running(settings) as run:
                with pytest.raises(ConnectionError, match=r"HTTP 403 \(SignatureDoesNotMatch\) to a PUT$"):
                    await run.host.link(picture(tmp_path))
            assert run.methods == ["HEAD", "PUT"]
        elsewhere = s3(url, region="eu-central-1")
        async with running(elsewhere) as run:
            with pytest.raises(ConnectionError, match="AuthorizationQueryParametersError"):
                await run.host.link(picture(tmp_path))


@pytest.mark.slow
async def test_a_strict_store_no_longer_opens_a_link_that_has_expired(tmp_path: Path) -> None:
    with swift(tmp_path / "swift", ahead_s=LIFE_S + DAY_S) as url:
        settings = s3(url)
        assert settings.bucket is not None
        answer = await fetched(await open_store(settings.bucket, settings.public).link(NAME))
    assert (answer.status_code, "Request has expired" in answer.text) == (403, True)


@pytest.mark.slow
async def test_a_clock_that_is_wrong_is_named_as_the_cause(tmp_path: Path) -> None:
    with swift(tmp_path / "swift", ahead_s=7200.0) as url:
        async with running(s3(url)) as run:
            with pytest.raises(ConnectionError, match=r"HTTP 403 \(AccessDenied\) to a PUT; .* 120 minutes behind$"):
                await run.host.link(picture(tmp_path))


@pytest.fixture
def container(tmp_path: Path) -> Iterator[str]:
    with azurite(tmp_path / "azurite") as url:
        yield url


@pytest.mark.azure
async def test_azure_s_store_takes_what_is_signed_and_refuses_the_rest(tmp_path: Path, container: str) -> None:
    environment = {"AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT, "AZURE_STORAGE_ACCOUNT_KEY": ACCOUNT_KEY}
    settings = hosting({"url": "az://film/in/2", "endpoint": container}, environment)
    async with running(settings) as run:
        with pytest.raises(ConnectionError, match=r"HTTP 404 \(ContainerNotFound\) to a PUT"):
            await run.host.link(picture(tmp_path))
    make_container(container)
    async with running(settings) as run:
        link = await run.host.link(picture(tmp_path))
    async with running(settings) as later:
        await later.host.link(picture(tmp_path))
    assert run.methods == ["HEAD", "PUT", "GET"]
    assert later.methods == ["HEAD", "GET"]
    answer = await fetched(link)
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert (await fetched(link.replace("sp=r", "sp=rw"))).status_code == 403
    wrong = {**environment, "AZURE_STORAGE_ACCOUNT_KEY": base64.b64encode(b"other").decode()}
    async with running(hosting({"url": "az://film", "endpoint": container}, wrong)) as run:
        with pytest.raises(ConnectionError, match=r"HTTP 403 \(AuthorizationFailure\) to a PUT"):
            await run.host.link(picture(tmp_path))
