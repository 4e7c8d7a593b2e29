"""The bucket through which a cluster's files go: `Depot` for the client, `Carrier` for the workers.

Laws. Only the client has the bucket's key. Workers are given links that are signed for one object and one method
each, and for a week, the longest that stores sign: longer than a job waits or works. Where a link has expired all the
same, as those of a session's credentials do, the job is sent again with new ones.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import trio

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.media.cluster.carrying import Depot, Greet, NotThere, Perform
from storyboard.media.cluster.crew import greet_stored
from storyboard.media.cluster.crew import perform as perform_with
from storyboard.network import moving
from storyboard.network.settings import USAGE
from storyboard.network.signing import SignedStore, open_store
from storyboard.network.stores import Hosting
from storyboard.network.trust import authorities, trusting
from storyboard.version import VERSION

WHO = "the store"
AT_ONCE = 8
"""How many objects are removed at once."""
CREDENTIALS = 12


class LinkCarrier:
    """Moves files by links alone."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def fetch(self, link: str, path: Path, size: int) -> str:
        """As `Carrier.fetch`."""
        return await moving.fetch(self._http, link, path, size)

    async def put(self, link: str, headers: Mapping[str, str], path: Path) -> None:
        """As `Carrier.put`."""

        async def given() -> str:
            return link

        try:
            await moving.put(self._http, given, moving.streamed(path), {**headers, **_length(path)}, WHO)
        except moving.PutRefused as refused:
            if refused.status in moving.OPENS_NOTHING:
                raise NotThere(str(refused)) from None
            raise


class SignedDepot:
    """`Depot` of a bucket. `trust` is a PEM of authorities besides the usual ones."""

    def __init__(self, url: str, store: SignedStore, http: httpx.AsyncClient, trust: str) -> None:
        self.url = url
        self.trust = trust
        self.perform: Perform = perform
        self.greet: Greet = greet
        self._store = store
        self._http = http

    async def holds(self, name: str, size: int) -> bool:
        """As `Depot.holds`."""
        return await moving.holds(self._http, await self._store.look(name) or "", size)

    async def put(self, name: str, path: Path) -> None:
        """As `Depot.put`."""
        headers = {**self._store.headers, **_length(path)}
        await moving.put(self._http, partial(self._store.put, name), moving.streamed(path), headers, WHO)

    async def fetch(self, name: str, path: Path, size: int) -> str:
        """As `Depot.fetch`."""
        return await moving.fetch(self._http, await self._store.link(name), path, size)

    async def link(self, name: str) -> str:
        """As `Depot.link`."""
        return await self._store.link(name)

    async def slot(self, name: str) -> dict[str, Any]:
        """As `Depot.slot`."""
        return {"link": await self._store.slot(name), "headers": dict(self._store.headers)}

    async def remove(self, names: Collection[str]) -> None:
        """As `Depot.remove`."""
        places = trio.CapacityLimiter(AT_ONCE)

        async def one(name: str) -> None:
            async with places:
                await moving.remove(self._http, await self._store.removal(name))

        async with trio.open_nursery() as nursery:
            for name in names:
                nursery.start_soon(one, name)


def _length(path: Path) -> dict[str, str]:
    """What is said of a file that is sent piece by piece: stores take none of unknown length."""
    return {"content-length": str(path.stat().st_size), "content-type": "application/octet-stream"}


@asynccontextmanager
async def open_depot(bucket: Hosting, ca_file: Path | None) -> AsyncIterator[Depot]:
    """The depot in a bucket. `ca_file` holds certificates of authorities that are believed besides the usual ones.

    Raises Refused: 12 where something is missing for the bucket, 2 where its credentials cannot sign or `ca_file` holds
    no certificate.
    """
    if bucket.lacks or bucket.bucket is None:
        message = f"the files of the cluster cannot go through {bucket.url}"
        raise Refused([Diagnostic("cluster-files", message, hint=bucket.lacks)], CREDENTIALS)
    trust = authorities(ca_file)
    try:
        store = await trio.to_thread.run_sync(open_store, bucket.bucket, bucket.public)
    except ValueError as error:
        raise Refused([Diagnostic("bad-settings", str(error))], USAGE) from None
    async with _speaker(trust) as http:
        yield SignedDepot(bucket.url, store, http, trust)


@asynccontextmanager
async def open_carrier(trust: str) -> AsyncIterator[LinkCarrier]:
    """`Carrying` by HTTP."""
    async with _speaker(trust) as http:
        yield LinkCarrier(http)


async def perform(text: str) -> str:
    """What a worker is asked to run for a job: `crew.perform` by links."""
    return await perform_with(text, open_carrier)


async def greet(text: str, dask_worker: Any) -> str:
    """What a worker is asked to run before it gets any: `crew.greet_stored` by links. Dask adds the worker."""
    return await greet_stored(text, open_carrier, dask_worker)


def _speaker(trust: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        trust_env=False,
        verify=trusting(trust),
        follow_redirects=False,
        timeout=moving.TIMEOUT,
        headers={"user-agent": f"storyboard/{VERSION}"},
    )
