"""Files put where gateways can fetch them, by HTTP PUT.

Laws. An object's name is the SHA-256 of its bytes, so a file is put once, and nothing is ever replaced. Before its link
is given away the object is fetched from its public address and hashed, since a store may serve it a while later than it
takes it; a gateway that got something else, or nothing, would charge for a clip of it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx
import trio

from storyboard.rendering.settings import Hosting

MOST_BYTES = 200 << 20
"""The longest file that is hosted."""
DEADLINE_S = 300.0
PATIENCE_S = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
"""The waits before each look at what the public address serves, in seconds."""
KINDS = (
    (b"\x89PNG\r\n\x1a\n", 0, ".png", "image/png"),
    (b"\xff\xd8\xff", 0, ".jpg", "image/jpeg"),
    (b"WEBP", 8, ".webp", "image/webp"),
    (b"ftyp", 4, ".mp4", "video/mp4"),
)
"""What files begin with, where, and the name and type that says so."""


class PutHost:
    """`Host` by HTTP PUT. One object a run: what was found to be served is not looked at again."""

    def __init__(self, hosting: Hosting, http: httpx.AsyncClient) -> None:
        self._hosting = hosting
        self._http = http
        self._served: set[str] = set()

    async def link(self, path: Path) -> str:
        """The public URL of a file, put there if need be. Raises ConnectionError or TimeoutError where that fails."""
        data = await trio.to_thread.run_sync(path.read_bytes)
        if len(data) > MOST_BYTES:
            raise ConnectionError(f"{path.name} has more than {MOST_BYTES >> 20} MiB")
        digest = hashlib.sha256(data).hexdigest()
        ending, kind = _kind(data)
        name = digest + ending
        url = self._hosting.public + name
        if name not in self._served:
            with trio.move_on_after(DEADLINE_S) as late:
                await self._serve(name, data, digest, kind)
            if late.cancelled_caught:
                raise TimeoutError(f"hosting {path.name} took more than {DEADLINE_S / 60:g} minutes")
            self._served.add(name)
        return url

    async def _serve(self, name: str, data: bytes, digest: str, kind: str) -> None:
        if await self._seen(name) == digest:
            return
        await self._put(name, data, kind)
        for wait_s in PATIENCE_S:
            await trio.sleep(wait_s)
            if await self._seen(name) == digest:
                return
        raise ConnectionError("what was put on the hosting is not what its public address serves")

    async def _put(self, name: str, data: bytes, kind: str) -> None:
        headers = {"content-type": kind, "cache-control": "public, max-age=31536000, immutable"}
        try:
            answer = await self._http.put(self._hosting.url + name, content=data, headers=headers)
        except httpx.HTTPError as error:
            raise ConnectionError(f"the hosting cannot be reached: {type(error).__name__}") from error
        if not 200 <= answer.status_code < 300:
            raise ConnectionError(f"the hosting answers HTTP {answer.status_code} to a PUT")

    async def _seen(self, name: str) -> str | None:
        """The SHA-256 of what the public address serves; None where it serves nothing, or too much."""
        digest, size = hashlib.sha256(), 0
        try:
            async with self._http.stream(
                "GET", self._hosting.public + name, headers={"accept-encoding": "identity"}
            ) as answer:
                if answer.status_code != 200:
                    return None
                async for chunk in answer.aiter_bytes():
                    size += len(chunk)
                    if size > MOST_BYTES:
                        return None
                    digest.update(chunk)
        except httpx.HTTPError:
            return None
        return digest.hexdigest()


def _kind(data: bytes) -> tuple[str, str]:
    for mark, at, ending, kind in KINDS:
        if data[at : at + len(mark)] == mark:
            return ending, kind
    return "", "application/octet-stream"
