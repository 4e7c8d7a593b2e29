"""Requests of object stores, signed: the only owner of obstore.

Laws. obstore signs and nothing else. Its own network would take proxies from the environment, go on after the run gave
up on it, and print requests with their keys, so every byte is sent by the run's own client, whose deadlines, bounds and
cancellation then hold here too. What the environment says about stores counts only where the settings took it: all that
signs is given by name. Signing may block, so it is done in a thread, which is let go when the run is cancelled.

What obstore signs for a HEAD, Azure refuses; a link to read with opens it there. It also signs Azure's paths in their
encoded form, which Azure does not do, so that prefixes there are of letters that need none (`stores.py`).

A link opens one object for a week, the longest that the stores sign. One that is given away has at least a day left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import trio

from storyboard.network.stores import PRESIGNED, Bucket

if TYPE_CHECKING:
    from obstore.store import AzureStore, GCSStore, S3Store

    Signing = S3Store | GCSStore | AzureStore

LIFE_S = 7 * 86_400
"""How long a link opens its object, in seconds."""
ERRAND_S = 900
"""How long a request of our own may be under way, in seconds."""
BLOB = {"az": {"x-ms-blob-type": "BlockBlob"}}
"""What a store wants to hear with a PUT."""


class SignedStore:
    """`Store` of a bucket, whose links are under `public`, or signed where that is `PRESIGNED`."""

    def __init__(self, bucket: Bucket, public: str, signing: Signing) -> None:
        self._bucket = bucket
        self._public = public
        self._signing = signing
        self.headers: Mapping[str, str] = BLOB.get(bucket.kind, {})
        self.life_s: float | None = LIFE_S if public == PRESIGNED else None

    async def put(self, name: str) -> str:
        """Where to PUT an object."""
        return await self._signed("PUT", name, ERRAND_S)

    async def look(self, name: str) -> str | None:
        """Where a HEAD says whether an object is there."""
        return await self._signed("GET" if self._bucket.kind == "az" else "HEAD", name, ERRAND_S)

    async def link(self, name: str) -> str:
        """Where anybody fetches an object."""
        return await self._signed("GET", name, LIFE_S) if self._public == PRESIGNED else self._public + name

    async def slot(self, name: str) -> str:
        """Where somebody else PUTs an object, for as long as a link lasts."""
        return await self._signed("PUT", name, LIFE_S)

    async def removal(self, name: str) -> str:
        """Where to DELETE an object."""
        return await self._signed("DELETE", name, ERRAND_S)

    async def _signed(self, method: Literal["GET", "HEAD", "PUT", "DELETE"], name: str, life_s: int) -> str:
        def sign() -> str:
            import obstore

            return obstore.sign(self._signing, method, self._bucket.prefix + name, timedelta(seconds=life_s))

        return await trio.to_thread.run_sync(sign, abandon_on_cancel=True)


def open_store(bucket: Bucket, public: str) -> SignedStore:
    """The store of a bucket. Nothing is sent. Raises ValueError, without the credentials, where they cannot sign."""
    from obstore import sign
    from obstore.exceptions import BaseError
    from obstore.store import AzureStore, GCSStore, S3Store

    opened: dict[str, Any] = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}
    try:
        signing = opened[bucket.kind](bucket.name, config=dict(bucket.config), client_options={"allow_http": True})
        sign(signing, "GET", "probe", timedelta(seconds=1))
    except (BaseError, ValueError, OSError) as error:
        what = {
            "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            "gs": "what GOOGLE_APPLICATION_CREDENTIALS names, the key file of a service account,",
            "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
        }[bucket.kind]
        raise ValueError(f"{what} cannot sign for {bucket.kind}://{bucket.name} ({type(error).__name__})") from None
    return SignedStore(bucket, public, signing)
