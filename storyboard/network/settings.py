"""What a person has set about gateways: keys, origins, bounds, prices, hosting. Never read from a storyboard.

The environment counts before `config.toml`. A storyboard may come from a stranger, so nothing of this stands in one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from msgspec import Struct, field

from storyboard.capabilities import Capabilities, Charges, Gateway
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.media.cluster.address import Certificates
from storyboard.network.addresses import is_local
from storyboard.network.renderers import is_declared, renderer
from storyboard.network.stores import FIELDS, Hosting, exchange, hosting
from storyboard.providers import Provider, Regional
from storyboard.providers.renderer import Renderer
from storyboard.state.account import Took, usual_pace
from storyboard.structs import replace

USAGE = 2
SERVERS = ("redis", "rediss", "unix")
"""The ways to a server by which machines share accounts."""
LOCAL_POLL_S = 1.0
"""The beat of polls of a gateway on this machine: it is an emulated one, and faster than its kind."""


class Access(Struct, frozen=True):
    """The way to one gateway: its origin without a path, and the key; `local` where it is on this machine."""

    origin: str
    key: str
    __repr__ = object.__repr__  # tells nothing: it holds secrets

    @property
    def local(self) -> bool:
        """Whether the gateway is on this machine, so that plain http is no risk."""
        return is_local(self.origin)


class Terms(Struct, frozen=True):
    """What is set for one provider. `ceiling` is the most that any run may spend, in the provider's unit;
    `monthly` what all machines may that share the account, in a month.

    `access` is None where there is no key; `origin` is there without one. `models` are the names by which its models go
    there, where they differ from those that the driver knows.
    """

    access: Access | None = None
    concurrency: int | None = None
    poll_s: float | None = None
    ceiling: Decimal | None = None
    monthly: Decimal | None = None
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    origin: str = ""
    models: Mapping[str, str] = field(default_factory=dict)


class Settings(Struct, frozen=True):
    """All of it, and what is known of the accounts from before, by provider: what they were charged, and how long their
    jobs took. `ca_file` holds certificates of authorities that are believed besides the usual ones. `redis` is the
    address of the server by which machines share accounts; it may hold a password. `certificates` are those of a
    cluster, `exchange` the bucket through which its files go, None where its workers have the folder; `renderers` are
    programs of one's own that make clips.
    """

    terms: Mapping[str, Terms] = field(default_factory=dict)
    hosting: Hosting | None = None
    unknown_price: bool = False
    ca_file: Path | None = None
    redis: str | None = None
    certificates: Certificates | None = None
    exchange: Hosting | None = None
    renderers: Mapping[str, Renderer] = field(default_factory=dict)
    charges: Mapping[str, Charges] = field(default_factory=dict)
    took: Mapping[str, tuple[Took, ...]] = field(default_factory=dict)
    __repr__ = object.__repr__  # tells nothing: it holds secrets

    def over(self, capabilities: Capabilities) -> Capabilities:
        """A provider's capabilities with the prices that were set, and else those that were charged, and the pace that
        its jobs had.
        """
        terms, charges = self.terms.get(capabilities.name, Terms()), self.charges.get(capabilities.name, {})
        learned = {of: amount for of, amount in charges.items() if of[0] not in terms.prices}
        pace = usual_pace(self.took.get(capabilities.name, ()))
        if pace is not None:
            capabilities = replace(capabilities, pace=pace)
        if not terms.prices and not learned:
            return capabilities
        return replace(capabilities, prices={**capabilities.prices, **terms.prices}, charges=learned)

    def driver(self, provider: Provider) -> Provider:
        """A provider that calls its models as they are called where it is spoken to."""
        models = self.terms.get(provider.capabilities.name, Terms()).models
        return provider.called(models) if models and isinstance(provider, Regional) else provider


def read(text: str, where: str, environment: Mapping[str, str], capabilities: Mapping[str, Capabilities]) -> Settings:
    """The settings of a `config.toml` (`where` is its path; an empty text where there is none) and the environment.

    Raises Refused (2) for what they cannot mean.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _refuse(where, f"it is not TOML: {error}")
    known = {"providers": dict, "hosting": dict, "limits": dict, "cluster": dict, "unknown_price": str, "ca_file": str}
    _check_keys(written, known, where, "")
    providers = written.get("providers", {})
    terms = {}
    for name, caps in capabilities.items():
        if caps.gateway is not None and not is_declared(providers.get(name)):
            terms[name] = _terms(providers.get(name, {}), where, f"providers.{name}.", caps, environment)
    renderers = {name: _renderer(name, one, where, capabilities) for name, one in providers.items() if is_declared(one)}
    for name in providers:
        if name not in terms and name not in renderers:
            own = 'a renderer of your own says kind = "command"'
            _refuse(where, f"there is no gateway {name}; there is {', '.join(sorted(terms)) or 'none'}; {own}")
    redis = _redis(written.get("limits", {}), where, environment)
    for name, one in terms.items():
        if one.monthly is not None and redis is None:
            _refuse(where, f"providers.{name}.monthly takes a server that counts it: set redis under [limits]")
    return Settings(
        terms,
        _hosting(written.get("hosting"), where, environment),
        written.get("unknown_price") == "allow",
        _ca_file(written.get("ca_file"), where, environment),
        redis,
        *_cluster(written.get("cluster", {}), where, environment),
        renderers,
    )


def _redis(table: Any, where: str, environment: Mapping[str, str]) -> str | None:
    """The address of the server of `[limits]`. What is refused never repeats it, since it may hold a password."""
    _check_keys(table, {"redis": str}, where, "limits.")
    variable = "STORYBOARD_REDIS"
    where, url = (variable, environment[variable]) if environment.get(variable) else (where, table.get("redis"))
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        there = parts.path if parts.scheme == "unix" else parts.hostname and parts.port != 0
    except ValueError:
        there = ""
    if not there or parts.scheme not in SERVERS:
        _refuse(where, "limits.redis is like redis://host:6379, rediss://user:password@host or unix:///run/redis.sock")
    return str(url)


def _renderer(name: str, table: Any, where: str, capabilities: Mapping[str, Capabilities]) -> Renderer:
    if name in capabilities:
        _refuse(where, f"providers.{name} is there already, and is no renderer of your own")
    try:
        return renderer(name, table)
    except ValueError as error:
        _refuse(where, f"providers.{name}: {error}")


def _ca_file(written: str | None, where: str, environment: Mapping[str, str]) -> Path | None:
    variable = "STORYBOARD_CA_FILE"
    where, given = (variable, environment[variable]) if environment.get(variable) else (where, written)
    if given is None:
        return None
    return _whole_path(given, where, "ca_file")


def _cluster(table: Any, where: str, environment: Mapping[str, str]) -> tuple[Certificates | None, Hosting | None]:
    """The certificates of a cluster, and the bucket of its files. Raises Refused (2) where one of three is missing."""
    names, bucket = ("ca_file", "cert_file", "key_file"), ("store", "endpoint", "region")
    _check_keys(table, dict.fromkeys((*names, *bucket), str), where, "cluster.")
    try:
        files = exchange(table, environment)
    except ValueError as error:
        _refuse(where, str(error))
    if not table.keys() & set(names):
        return None, files
    for name in names:
        if name not in table:
            _refuse(where, f"[cluster] takes {', '.join(names)}; {name} is missing")
    return Certificates(*(_whole_path(table[name], where, f"cluster.{name}") for name in names)), files


def _whole_path(written: str, where: str, name: str) -> Path:
    path = Path(written).expanduser()
    if not path.is_absolute():
        _refuse(where, f"{name} is a whole path, like /etc/ssl/our-own.pem, not {written}")
    return path


def _terms(table: Any, where: str, path: str, capabilities: Capabilities, environment: Mapping[str, str]) -> Terms:
    known = {
        "api_key": str,
        "base_url": str,
        "concurrency": int,
        "poll_s": (int, float),
        "ceiling": str,
        "monthly": str,
        "prices": dict,
    }
    gateway = capabilities.gateway
    if gateway is None:
        return Terms()
    known |= {"region": str} if gateway.regions else {}
    known |= {"models": dict} if gateway.models else {}
    _check_keys(table, known, where, path)
    key = environment.get(f"{gateway.variables}_API_KEY") or table.get("api_key")
    variable = f"{gateway.variables}_BASE_URL"
    written = environment.get(variable)
    region = _one_of(table.get("region", ""), ("", *gateway.regions), where, f"{path}region")
    usual = gateway.regions.get(region, gateway.origin)
    origin = _origin(written, variable) if written else _origin(table.get("base_url") or usual, where)
    if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
        _refuse(f"{gateway.variables}_API_KEY", "the key has characters that no key has")
    concurrency, poll_s = table.get("concurrency"), table.get("poll_s")
    if concurrency is not None and concurrency < 1:
        _refuse(where, f"{path}concurrency is at least 1")
    if poll_s is not None and not 0.05 <= poll_s <= 3600:
        _refuse(where, f"{path}poll_s is a number of seconds, 0.05 to 3600")
    if poll_s is None and is_local(origin):
        poll_s = LOCAL_POLL_S
    ceiling, monthly = table.get("ceiling"), table.get("monthly")
    return Terms(
        Access(origin, key) if key else None,
        concurrency,
        float(poll_s) if poll_s is not None else None,
        amount(ceiling, where, f"{path}ceiling") if ceiling is not None else None,
        amount(monthly, where, f"{path}monthly") if monthly is not None else None,
        {name: amount(one, where, f"{path}prices.{name}") for name, one in table.get("prices", {}).items()},
        origin,
        _models(table.get("models", {}), where, f"{path}models", gateway, region or _region(gateway, origin)),
    )


def _region(gateway: Gateway, origin: str) -> str:
    """The region that an origin is of; empty for another's."""
    return next((name for name, one in gateway.regions.items() if one == origin), "")


def _models(table: Mapping[str, Any], where: str, path: str, gateway: Gateway, region: str) -> Mapping[str, str]:
    """What models are called in a region, and what is set besides. Raises Refused (2) for a model that is not there."""
    known = next(iter(gateway.models.values()), {})
    for name, model in table.items():
        _one_of(name, known, where, f"{path}, the name of a model,")
        if not (isinstance(model, str) and model.isascii() and model.isprintable() and model.strip() == model != ""):
            _refuse(where, f"{path}.{name} is what the gateway calls it, like ep-20260101-abcde")
    return {**gateway.models.get(region, {}), **table}


def _one_of(written: str, known: Collection[str], where: str, path: str) -> str:
    if written not in known:
        _refuse(where, f"{path} is {', '.join(one for one in known if one)}, not {written}")
    return written


def _origin(written: str, where: str) -> str:
    """Scheme, host and port of a base URL. Raises Refused (2) for one that would give a key away."""
    parts = urlsplit(written.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
        _refuse(where, "a base URL is like https://host, without a user or a query")
    if parts.scheme == "http" and not is_local(written):
        _refuse(where, "a key goes by https only, except to this machine")
    path = parts.path.rstrip("/").removesuffix("/api/v1")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _hosting(table: Any, where: str, environment: Mapping[str, str]) -> Hosting | None:
    if table is not None:
        _check_keys(table, FIELDS, where, "hosting.")
    own = environment.get("STORYBOARD_HOSTING_URL")
    if own:
        where, public = "STORYBOARD_HOSTING_URL", environment.get("STORYBOARD_HOSTING_PUBLIC")
        if public is None and "://" in own and urlsplit(own).scheme in ("http", "https"):
            public = own
        table = {"url": own, **({"public": public} if public else {})}
    if table is None:
        return None
    try:
        return hosting(table, environment)
    except ValueError as error:
        _refuse(where, str(error))


def amount(written: Any, where: str, name: str) -> Decimal:
    """An amount of a provider's unit. Raises Refused (2)."""
    try:
        value = Decimal(str(written))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        _refuse(where, f"{name} is an amount, like 2000")
    return value


def _check_keys(table: Any, known: Mapping[str, Any], where: str, path: str) -> None:
    if not isinstance(table, dict):
        _refuse(where, f"{path.rstrip('.')} is a table")
    for key, value in table.items():
        if key not in known:
            _refuse(where, f"{path}{key} is no setting; there is {', '.join(known)}")
        if not isinstance(value, known[key]) or isinstance(value, bool):
            _refuse(where, f"{path}{key} is not of the right kind")


def _refuse(where: str, message: str) -> NoReturn:
    raise Refused([Diagnostic("bad-settings", f"{where}: {message}")], USAGE)
