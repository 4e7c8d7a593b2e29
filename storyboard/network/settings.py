"""What a person has set about gateways: keys, origins, bounds, prices, hosting. Never read from a storyboard.

The environment counts before `config.toml`. A storyboard may come from a stranger, so nothing of this stands in one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from storyboard.capabilities import Capabilities, Charges, Gateway
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.network.addresses import is_local
from storyboard.network.stores import FIELDS, Hosting, hosting
from storyboard.providers import Provider, Regional
from storyboard.state.account import Took, usual_pace

USAGE = 2
LOCAL_POLL_S = 1.0
"""The beat of polls of a gateway on this machine: it is an emulated one, and faster than its kind."""


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """The way to one gateway: its origin without a path, and the key; `local` where it is on this machine."""

    origin: str
    key: str

    @property
    def local(self) -> bool:
        """Whether the gateway is on this machine, so that plain http is no risk."""
        return is_local(self.origin)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is set for one provider. `ceiling` is the most that any run may spend, in the provider's unit.

    `access` is None where there is no key; `origin` is there without one. `models` are the names by which its models go
    there, where they differ from those that the driver knows.
    """

    access: Access | None = None
    concurrency: int | None = None
    poll_s: float | None = None
    ceiling: Decimal | None = None
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    origin: str = ""
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it, and what is known of the accounts from before, by provider: what they were charged, and how long their
    jobs took. `ca_file` holds certificates of authorities that are believed besides the usual ones.
    """

    terms: Mapping[str, Terms] = field(default_factory=dict)
    hosting: Hosting | None = None
    unknown_price: bool = False
    ca_file: Path | None = None
    charges: Mapping[str, Charges] = field(default_factory=dict)
    took: Mapping[str, tuple[Took, ...]] = field(default_factory=dict)

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
    known = {"providers": dict, "hosting": dict, "limits": dict, "unknown_price": str, "ca_file": str}
    _check_keys(written, known, where, "")
    providers = written.get("providers", {})
    terms = {}
    for name, caps in capabilities.items():
        if caps.gateway is not None:
            terms[name] = _terms(providers.get(name, {}), where, f"providers.{name}.", caps, environment)
    for name in providers:
        if name not in terms:
            _refuse(where, f"there is no gateway {name}; there is {', '.join(sorted(terms)) or 'none'}")
    return Settings(
        terms,
        _hosting(written.get("hosting"), where, environment),
        written.get("unknown_price") == "allow",
        _ca_file(written.get("ca_file"), where, environment),
    )


def _ca_file(written: str | None, where: str, environment: Mapping[str, str]) -> Path | None:
    variable = "STORYBOARD_CA_FILE"
    where, given = (variable, environment[variable]) if environment.get(variable) else (where, written)
    if given is None:
        return None
    path = Path(given).expanduser()
    if not path.is_absolute():
        _refuse(where, f"ca_file is a whole path, like /etc/ssl/our-own.pem, not {given}")
    return path


def _terms(table: Any, where: str, path: str, capabilities: Capabilities, environment: Mapping[str, str]) -> Terms:
    known = {
        "api_key": str,
        "base_url": str,
        "concurrency": int,
        "poll_s": (int, float),
        "ceiling": str,
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
    ceiling = table.get("ceiling")
    return Terms(
        Access(origin, key) if key else None,
        concurrency,
        float(poll_s) if poll_s is not None else None,
        amount(ceiling, where, f"{path}ceiling") if ceiling is not None else None,
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
