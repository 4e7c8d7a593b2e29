"""What a run has of the world of gateways, opened from the settings: the client, the host, the accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import trio
from msgspec import Struct, field

from storyboard.capabilities import Capabilities
from storyboard.network.settings import Settings
from storyboard.network.stores import unhosted
from storyboard.rendering.desk import Account
from storyboard.rendering.events import News
from storyboard.rendering.ports import Host, Network, Pool
from storyboard.rendering.sharing import open_pools
from storyboard.state.account import AccountFile, account_file, fingerprint
from storyboard.state.disk import refusing
from storyboard.state.turn import Turn
from storyboard.structs import replace


class Outside(Struct, frozen=True):
    """The way to gateways: `accounts` by provider, for those that have a key, and `files` of what is known of them.

    `address` is where a gateway may tell of a submission, by its key; None where nobody listens.
    Where there is no `host`, `unhosted` says what to set for one. `unknown_price` says that whoever pays agrees to
    prices that nobody knows. `turns` are of the accounts that honour no keys, `pools` of those that several machines
    share.
    """

    network: Network | None = None
    host: Host | None = None
    unhosted: str = ""
    accounts: Mapping[str, Account] = field(default_factory=dict)
    files: Mapping[str, AccountFile] = field(default_factory=dict)
    unknown_price: bool = False
    turns: Mapping[str, Turn] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    address: Callable[[str], str] | None = None


def _unheard(news: News) -> None:
    """Nobody listens."""


def known_accounts(settings: Settings) -> dict[str, Account]:
    """The accounts as far as the settings tell of them; whose they are is left open."""
    return {
        name: Account("", terms.concurrency, terms.poll_s, terms.ceiling, took=settings.took.get(name, ()))
        for name, terms in settings.terms.items()
    }


@asynccontextmanager
async def open_outside(
    settings: Settings,
    capabilities: Mapping[str, Capabilities],
    folder: Path,
    tell: Callable[[News], None] | None = None,
) -> AsyncIterator[Outside]:
    """The way to the gateways that the settings have keys for. `folder` is the user's own, for accounts; `tell` hears
    whether the server answers by which machines share them.

    Raises Refused: 14 where that folder cannot be written, 12 where that server does not answer, 2 where the hosting's
    credentials or the authority's certificates cannot be used.
    """
    gateways = {
        name: caps.gateway
        for name, caps in capabilities.items()
        if caps.gateway is not None and name in settings.terms and settings.terms[name].access is not None
    }
    if not gateways:
        yield Outside()
        return
    from storyboard.network.client import Client  # httpx is slow to import, and most films need none
    from storyboard.network.hosting import open_host

    accesses = {name: access for name in gateways if (access := settings.terms[name].access) is not None}
    with refusing(folder):
        names = {name: fingerprint(folder, f"{access.origin}\n{access.key}") for name, access in accesses.items()}
        files = {name: AccountFile(folder / "accounts", account) for name, account in names.items()}
    known = known_accounts(settings)
    accounts = {name: replace(known[name], name=account) for name, account in names.items()}
    async with (
        open_pools(settings, capabilities, folder / "accounts", names, tell or _unheard) as pools,
        Client(accesses, gateways, files, ca_file=settings.ca_file, shared=pools) as client,
    ):
        lacks = unhosted(settings.hosting)
        host = None
        if settings.hosting is not None and not lacks:
            host = await trio.to_thread.run_sync(open_host, settings.hosting, client.http)
        keyless = [name for name in names if capabilities[name].retention_s is None]
        turns = {name: Turn(account_file(folder, names[name]).with_suffix(".ordering")) for name in keyless}
        yield Outside(client, host, lacks, accounts, files, settings.unknown_price, turns, pools)
