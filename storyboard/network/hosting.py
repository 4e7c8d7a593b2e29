"""Files put where gateways can fetch them.

Laws. An object's name is the SHA-256 of its bytes, so a file is put once, and nothing is ever replaced. Before its link
is given away the object is fetched by that very link and hashed, since a store may serve it a while later than it takes
it; a gateway that got something else, or nothing, would charge for a clip of it.

Links and money. A signed link is another text each time, and an order that is sent again under its key must have the
very bytes it had, links and all; those bytes are part of the recorded intent, so a replay signs nothing anew. What a
take is, and whether it is done, is told by its files' hashes, never by links. A replay may outlive its links only where
a provider keeps keys for longer than twice `LEAST_LIFE_S`: such a gateway either took the order before, and names its
job without looking at the links, or refuses, which settles nothing of a lost answer, so that the take is `ambiguous`
and a person is asked. An order that was never taken gets fresh links with its next attempt.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

import httpx
import trio
from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.network.download import hang_up
from storyboard.network.linking import kind
from storyboard.network.moving import holds, put
from storyboard.network.settings import USAGE
from storyboard.network.stores import Hosting

MOST_BYTES = 200 << 20
"""The longest file that is hosted."""
DEADLINE_S = 300.0
LEAST_LIFE_S = 86_400.0
"""How long a link still opens its object when it is given away, at least, in seconds."""
PATIENCE_S = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
"""The waits before each look at what the public address serves, in seconds."""


class Store(Protocol):
    """Where objects are put by HTTP. `headers` go with each PUT; links last `life_s` seconds, None for ever."""

    headers: Mapping[str, str]
    life_s: float | None

    async def put(self, name: str) -> str:
        """The URL to PUT an object to."""

    async def look(self, name: str) -> str | None:
        """The URL that says by HEAD whether an object is there; None where only its link tells."""

    async def link(self, name: str) -> str:
        """The URL that anybody fetches an object from."""


class Folder:
    """`Store` of a base URL that takes HTTP PUT, and the public one of the same."""

    headers: Mapping[str, str] = {}
    life_s: float | None = None

    def __init__(self, url: str, public: str) -> None:
        self._url = url
        self._public = public

    async def put(self, name: str) -> str:
        """Where to PUT an object."""
        return self._url + name

    async def look(self, name: str) -> str | None:
        """Nowhere: what takes a PUT need not answer a HEAD."""
        return None

    async def link(self, name: str) -> str:
        """Where anybody fetches an object."""
        return self._public + name


class _Object(Struct, frozen=True):
    """A file as an object: named by the SHA-256 of its bytes."""

    data: bytes
    digest: str
    name: str
    media_type: str


class PutHost:
    """`Host` by HTTP PUT to a store. One object a run: what was found to be served is not looked at again while its
    link has `LEAST_LIFE_S` left. `wall` tells the time in seconds since 1970.
    """

    def __init__(self, store: Store, http: httpx.AsyncClient, wall: Callable[[], float] = time.time) -> None:
        self._store = store
        self._http = http
        self._wall = wall
        self._links: dict[str, tuple[str, float]] = {}
        self._turns: defaultdict[str, trio.Lock] = defaultdict(trio.Lock)

    async def link(self, path: Path) -> str:
        """The URL of a file, put there if need be. Raises ConnectionError or TimeoutError where that fails."""
        if (await trio.to_thread.run_sync(path.stat)).st_size > MOST_BYTES:
            raise ConnectionError(f"{path.name} has more than {MOST_BYTES >> 20} MiB")
        one = _object(await trio.to_thread.run_sync(path.read_bytes))
        with trio.move_on_after(DEADLINE_S):
            async with self._turns[one.name]:
                return await self._served(one)
        raise TimeoutError(f"hosting {path.name} took more than {DEADLINE_S / 60:g} minutes")

    async def _served(self, one: _Object) -> str:
        """The link of an object that is served; the same as before while that lasts."""
        link, until = self._links.get(one.name, ("", 0.0))
        if until - self._wall() < LEAST_LIFE_S:
            until = self._wall() + (self._store.life_s or float("inf"))
            link = await self._store.link(one.name)
            await self._serve(one, link)
            self._links[one.name] = link, until
        return link

    async def _serve(self, one: _Object, link: str) -> None:
        look = await self._store.look(one.name)
        if look is None and await self._seen(link) == one.digest:
            return
        if look is None or not await holds(self._http, look, len(one.data)):
            await self._put(one)
        for wait_s in PATIENCE_S:
            await trio.sleep(wait_s)
            if await self._seen(link) == one.digest:
                return
        raise ConnectionError("what was put on the hosting is not what its public address serves")

    async def _put(self, one: _Object) -> None:
        headers = {
            "content-type": one.media_type,
            "cache-control": "public, max-age=31536000, immutable",
            "accept-encoding": "identity",
            **self._store.headers,
        }
        await put(self._http, partial(self._store.put, one.name), lambda: one.data, headers, "the hosting", self._wall)

    async def _seen(self, link: str) -> str | None:
        """The SHA-256 of what a link serves; None where it serves nothing, or too much."""
        digest, size = hashlib.sha256(), 0
        try:
            async with self._http.stream("GET", link, headers={"accept-encoding": "identity"}) as answer:
                chunks = answer.aiter_bytes()
                try:
                    if answer.status_code != 200:
                        return None
                    async for chunk in chunks:
                        size += len(chunk)
                        if size > MOST_BYTES:
                            return None
                        digest.update(chunk)
                finally:
                    await hang_up(answer, chunks)
        except httpx.HTTPError:
            return None
        return digest.hexdigest()


def _object(data: bytes) -> _Object:
    digest = hashlib.sha256(data).hexdigest()
    ending, media_type = kind(data)
    return _Object(data, digest, digest + ending, media_type)


def open_host(hosting: Hosting, http: httpx.AsyncClient) -> PutHost:
    """The host of the settings. Raises Refused (2) where the credentials of a store cannot sign."""
    if hosting.bucket is None:
        return PutHost(Folder(hosting.url, hosting.public), http)
    from storyboard.network.signing import open_store  # obstore is an extra

    try:
        return PutHost(open_store(hosting.bucket, hosting.public), http)
    except ValueError as error:
        raise Refused([Diagnostic("bad-settings", str(error))], USAGE) from None
