"""What a run has of the world of gateways, opened from the settings: the client, the host, the accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from storyboard.exchange import Capabilities
from storyboard.rendering.desk import Account
from storyboard.rendering.ports import Host, Network
from storyboard.rendering.settings import Settings
from storyboard.state.account import AccountFile, fingerprint


@dataclass(frozen=True, slots=True)
class Outside:
    """The way to gateways: `accounts` by provider, for those that have a key."""

    network: Network | None = None
    host: Host | None = None
    accounts: Mapping[str, Account] = field(default_factory=dict)


@asynccontextmanager
async def open_outside(
    settings: Settings, capabilities: Mapping[str, Capabilities], folder: Path
) -> AsyncIterator[Outside]:
    """The way to the gateways that the settings have keys for. `folder` is the user's own, for accounts.

    Raises OSError where that folder cannot be written.
    """
    gateways = {
        name: caps.gateway
        for name, caps in capabilities.items()
        if caps.gateway is not None and name in settings.terms and settings.terms[name].access is not None
    }
    if not gateways:
        yield Outside()
        return
    from storyboard.rendering.client import Client  # httpx is slow to import, and most films need none
    from storyboard.rendering.hosting import PutHost

    accesses = {name: access for name in gateways if (access := settings.terms[name].access) is not None}
    names = {name: fingerprint(folder, f"{access.origin}\n{access.key}") for name, access in accesses.items()}
    files = {name: AccountFile(folder / "accounts", account) for name, account in names.items()}
    accounts = {}
    for name, account in names.items():
        terms = settings.terms[name]
        accounts[name] = Account(account, terms.concurrency, terms.poll_s, terms.ceiling)
    async with Client(accesses, gateways, files) as client:
        host = PutHost(settings.hosting, client.http) if settings.hosting is not None else None
        yield Outside(client, host, accounts)
