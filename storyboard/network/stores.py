"""Where hosting puts files, by `[hosting]` and the environment: a folder that takes HTTP PUT, or a bucket; and the
bucket through which the files of a cluster go, by `[cluster]`.

Laws. The credentials of a store come from its usual environment variables and from nowhere else, and none shows in a
`repr`. What the settings cannot mean is refused at once; what is only missing for them (`lacks`) is not, since a film
may need no hosting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Literal
from urllib.parse import quote, urlsplit

from msgspec import Struct

from storyboard.network.addresses import is_local

PRESIGNED = "presigned"
"""What `public` says where every link is signed, and so opens a private bucket for a while."""
EXTRA = "pip install 'storyboard-render[hosting]'"
FIELDS = {"url": str, "public": str, "endpoint": str, "region": str}
REGION = "us-east-1"
BUCKET = re.compile(r"[A-Za-z0-9$][A-Za-z0-9._-]*").fullmatch
_REGION = re.compile(r"[a-z0-9-]+").fullmatch

Kind = Literal["s3", "gs", "az"]
Config = Mapping[str, str | bool]


class Bucket(Struct, frozen=True):
    """A bucket of an object store. `prefix` is empty or ends with `/`; `config` is what signs its requests."""

    kind: Kind
    name: str
    prefix: str
    config: Config
    __repr__ = object.__repr__  # tells nothing: it holds secrets


class Hosting(Struct, frozen=True):
    """Where files are put, and how they are then fetched.

    `public` is the base URL of what is at `url`, with a `/` at its end, or `PRESIGNED`. `bucket` is None where files go
    to `url` by plain HTTP PUT. `lacks` says what is still needed, in words for people; empty where nothing is.
    """

    url: str
    public: str
    bucket: Bucket | None = None
    lacks: str = ""


def hosting(table: Mapping[str, str], environment: Mapping[str, str]) -> Hosting:
    """What `[hosting]` (a table of `FIELDS`) means. Raises ValueError, in words for people, for what it cannot mean."""
    url, public = table.get("url", ""), table.get("public", "")
    if url.partition("://")[0] not in _STORES:
        if not url or not public:
            raise ValueError("hosting needs url, where files are put, and public, where they are fetched")
        if public == PRESIGNED:
            raise ValueError("hosting.public is a base URL: only s3://, gs:// and az:// have presigned links")
        if "endpoint" in table or "region" in table:
            raise ValueError("hosting.endpoint and hosting.region are of s3://, gs:// and az://")
        return Hosting(_base(url, "hosting.url"), _base(public, "hosting.public"))
    bucket, lacks = _bucket(url, "hosting.url", _endpoint(table, "hosting"), table.get("region", ""), environment)
    public = PRESIGNED if public in ("", PRESIGNED) else _base(public, "hosting.public")
    if not lacks and "session_token" in bucket.config and public == PRESIGNED:
        lacks = (
            "AWS_SESSION_TOKEN is set, and its session ends before the links should: use a key of its own for hosting"
        )
    return Hosting(f"{url.rstrip('/')}/", public, bucket, lacks or _extra())


def exchange(table: Mapping[str, str], environment: Mapping[str, str]) -> Hosting | None:
    """The bucket that `store`, `endpoint` and `region` of `[cluster]` mean, None without a `store`.

    Its links are signed and open for no longer than one render: so a session's credentials will do. Raises ValueError,
    in words for people, for what they cannot mean.
    """
    if "store" not in table:
        if wrong := table.keys() & {"endpoint", "region"}:
            raise ValueError(f"cluster.{min(wrong)} is of cluster.store, which is missing")
        return None
    url = table["store"]
    if url.partition("://")[0] not in _STORES:
        raise ValueError(f"cluster.store is s3://bucket/prefix, gs://bucket/prefix or az://container/prefix, not {url}")
    bucket, lacks = _bucket(url, "cluster.store", _endpoint(table, "cluster"), table.get("region", ""), environment)
    return Hosting(f"{url.rstrip('/')}/", PRESIGNED, bucket, lacks or _extra())


def _extra() -> str:
    """What to install for buckets; empty where it is there."""
    return EXTRA if find_spec("obstore") is None else ""


def _bucket(
    url: str, field_name: str, endpoint: str, region: str, environment: Mapping[str, str]
) -> tuple[Bucket, str]:
    """The bucket that a URL names, and what it lacks."""
    scheme, _, rest = url.partition("://")
    name, prefix = _place(rest, scheme, field_name)
    kind, config, lacks = _STORES[scheme](name, endpoint, region, environment)
    return Bucket(kind, name, prefix, config), lacks


def _place(rest: str, scheme: str, field_name: str) -> tuple[str, str]:
    """The bucket and the prefix in it."""
    name, _, path = rest.partition("/")
    parts = path.rstrip("/").split("/") if path.rstrip("/") else []
    if not BUCKET(name):
        raise ValueError(f"{field_name} is like {scheme}://bucket/prefix")
    wrong = [part for part in parts if part in ("", ".", "..") or not part.isprintable() or set(part) & set("?#%\\*")]
    if scheme == "az" and not wrong:  # a link to others could not be signed: see signing.py
        wrong = [part for part in parts if not BUCKET(part)]
    if wrong:
        raise ValueError(f"{field_name} has a prefix that no store has: {wrong[0]!r}")
    return name, "".join(f"{part}/" for part in parts)


def _base(written: str, field_name: str) -> str:
    """A base URL, with `/` at its end and letters beyond ASCII encoded."""
    parts = urlsplit(written.strip())
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local(written)):
        raise ValueError(f"{field_name} is https://… (or s3://, gs://, az:// for url), not {parts.scheme or written}:")
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{field_name} is like https://host/folder/, without a user or a query")
    path = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~")
    return f"{parts.scheme}://{parts.netloc}{path}/"


def _endpoint(table: Mapping[str, str], path: str) -> str:
    return _base(table["endpoint"], f"{path}.endpoint").rstrip("/") if "endpoint" in table else ""


def _first(environment: Mapping[str, str], *names: str) -> str:
    """The first of these variables that is set. Raises ValueError where it holds what no credential does."""
    for name in names:
        if found := environment.get(name, ""):
            if not found.isprintable() or found != found.strip():
                raise ValueError(f"{name} has characters that no credential has")
            return found
    return ""


def _s3(name: str, endpoint: str, region: str, environment: Mapping[str, str]) -> tuple[Kind, Config, str]:
    """Amazon S3 and what speaks like it. A host that begins with the bucket's name is the bucket's own."""
    region = region or _first(environment, "AWS_REGION", "AWS_DEFAULT_REGION") or REGION
    if not _REGION(region):
        raise ValueError(f"the region {region!r} is none: one is like eu-central-1, or auto")
    endpoint = endpoint or f"https://s3.{region}.amazonaws.com"
    config: dict[str, str | bool] = {
        "access_key_id": _first(environment, "AWS_ACCESS_KEY_ID"),
        "secret_access_key": _first(environment, "AWS_SECRET_ACCESS_KEY"),
        "region": region,
        "endpoint": endpoint,
        "aws_endpoint_url_s3": endpoint,  # its variable would count before `endpoint`
        "virtual_hosted_style_request": (urlsplit(endpoint).hostname or "").startswith(f"{name}."),
    }
    if token := _first(environment, "AWS_SESSION_TOKEN"):
        config["session_token"] = token
    missing = (
        "" if config["access_key_id"] and config["secret_access_key"] else "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )
    return "s3", config, f"set {missing}, the credentials of s3://{name}" if missing else ""


def _gs(name: str, endpoint: str, region: str, environment: Mapping[str, str]) -> tuple[Kind, Config, str]:
    """Google Cloud Storage, by the key of a service account: only that signs links by itself."""
    path = _first(
        environment, "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_PATH"
    )
    key = environment.get("GOOGLE_SERVICE_ACCOUNT_KEY", "")
    config: dict[str, str | bool] = {"service_account": path} if path else {"service_account_key": key}
    if endpoint:
        config["base_url"] = endpoint
    missing = f"set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account for gs://{name}"
    return "gs", config, "" if path or key else missing


def _az(name: str, endpoint: str, region: str, environment: Mapping[str, str]) -> tuple[Kind, Config, str]:
    """Azure Blob Storage, by the key of a storage account; the bucket is a container."""
    account = _first(environment, "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT")
    key = _first(environment, "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_KEY")
    endpoint = endpoint or f"https://{account}.blob.core.windows.net"
    config: dict[str, str | bool] = {"account_name": account, "account_key": key, "endpoint": endpoint}
    missing = f"set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, the credentials of az://{name}"
    return "az", config, "" if account and key else missing


_Read = Callable[[str, str, str, Mapping[str, str]], tuple[Kind, Config, str]]
_STORES: dict[str, _Read] = {"s3": _s3, "gs": _gs, "az": _az}


def unhosted(hosting: Hosting | None) -> str:
    """What a person has to set before anything can be hosted, in words for a hint; empty where nothing is missing."""
    return "set url and public under [hosting] in config.toml" if hosting is None else hosting.lacks
