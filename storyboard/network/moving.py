"""Files to and from stores over HTTP: one PUT of an object, one GET, each tried a few times.

Laws. A PUT is repeated only since the object's name is that of its bytes, or nobody else's: a second changes nothing.
No URL stands in an error: a signed one opens the object for whoever reads. What a link serves is hashed as it comes.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import httpx
import trio

from storyboard.exchange import Response
from storyboard.media.cluster.carrying import NotThere
from storyboard.network.download import hang_up

AGAIN_S = (0.0, 1.0, 4.0)
"""The waits before each try, in seconds."""
SKEW_S = 60.0
"""How wrong this machine's clock may be before it is named as the cause of a refusal."""
TOLD_BYTES = 4096
CHUNK_BYTES = 1 << 20
START_S, LEAST_RATE = 60.0, 128 << 10
"""An object has so many seconds, and one more for each so many of its bytes."""
OPENS_NOTHING = frozenset((400, 401, 403, 404, 410))
"""What a store answers to a link that has expired, or leads to nothing."""
TIMEOUT = httpx.Timeout(connect=10.0, read=45.0, write=45.0, pool=None)
_CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")
Content = Callable[[], bytes | AsyncIterator[bytes]]


class PutRefused(ConnectionError):
    """A store takes no PUT; `status` is what it answers, 0 where it does not."""

    def __init__(self, message: str, status: int = 0) -> None:
        self.status = status
        super().__init__(message)


async def put(
    http: httpx.AsyncClient,
    sign: Callable[[], Awaitable[str]],
    content: Content,
    headers: Mapping[str, str],
    who: str,
    wall: Callable[[], float] = time.time,
) -> None:
    """PUT an object to the URL that `sign` gives for each try. `who` is what errors call the store.

    Raises PutRefused.
    """
    refused = PutRefused("")
    for wait_s in AGAIN_S:
        await trio.sleep(wait_s)
        url = await sign()
        try:
            async with http.stream("PUT", url, content=content(), headers=headers) as answer:
                if 200 <= answer.status_code < 300:
                    return
                refused = PutRefused(f"{who} {await _refusal(answer, wall)}", answer.status_code)
                if answer.status_code < 500 and answer.status_code != 429:
                    break
        except httpx.HTTPError as error:
            refused = PutRefused(f"{who} cannot be reached: {type(error).__name__}")
    raise refused


async def _refusal(answer: httpx.Response, wall: Callable[[], float]) -> str:
    """What a store says against a PUT, in its own word where it has one, and where our clock is why."""
    told, chunks = b"", answer.aiter_bytes()
    try:
        while len(told) < TOLD_BYTES and (chunk := await anext(chunks, b"")):
            told += chunk
    finally:
        await hang_up(answer, chunks)
    code = _CODE.search(told[:TOLD_BYTES])
    said = f"HTTP {answer.status_code}" + (f" ({code[1].decode('ascii')})" if code else "")
    date = Response(answer.status_code, answer.headers, b"").date
    skew_s = 0.0 if date is None else wall() - date
    late = f"; this machine's clock is {abs(skew_s) / 60:.0f} minutes {'ahead' if skew_s > 0 else 'behind'}"
    wrong = answer.status_code in (400, 401, 403) and abs(skew_s) > SKEW_S
    return f"answers {said} to a PUT" + (late if wrong else "")


def streamed(path: Path) -> Content:
    """The bytes of a file, piece by piece, anew for each try."""

    async def pieces() -> AsyncIterator[bytes]:
        async with await trio.open_file(path, "rb") as file:
            while piece := await file.read(CHUNK_BYTES):
                yield piece

    return pieces


async def holds(http: httpx.AsyncClient, look: str, size: int) -> bool:
    """Whether a store has an object of that size. One that may not tell says no, as one does that has none."""
    try:
        answer = await http.head(look, headers={"accept-encoding": "identity"})
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and answer.headers.get("content-length") == str(size)


async def fetch(http: httpx.AsyncClient, link: str, path: Path, size: int) -> str:
    """Stream an object of `size` bytes to a file; its SHA-256.

    Raises NotThere where the link opens nothing or something of another size, ConnectionError where the way to it
    fails, another OSError where the disk does.
    """
    why = ""
    for wait_s in AGAIN_S:
        await trio.sleep(wait_s)
        with trio.move_on_after(START_S + size / LEAST_RATE), path.open("wb") as file:
            try:
                return await _streamed(http, link, file, size)
            except httpx.HTTPError as error:
                why = f"the store cannot be reached: {type(error).__name__}"
                continue
            except _Ailing as ailing:
                why = str(ailing)
                continue
        why = "the store is too slow"
    raise ConnectionError(why)


class _Ailing(Exception):
    """A store that cannot answer now."""


async def _streamed(http: httpx.AsyncClient, link: str, file: BinaryIO, size: int) -> str:
    digest, have = hashlib.sha256(), 0
    async with http.stream("GET", link, headers={"accept-encoding": "identity"}) as answer:
        chunks = answer.aiter_bytes()
        try:
            if answer.status_code in OPENS_NOTHING:
                raise NotThere(f"the store answers HTTP {answer.status_code} to a GET")
            if answer.status_code != 200:
                raise _Ailing(f"the store answers HTTP {answer.status_code} to a GET")
            async for chunk in chunks:
                have += len(chunk)
                if have > size:
                    break
                file.write(chunk)
                digest.update(chunk)
        finally:
            await hang_up(answer, chunks)
    if have != size:
        raise NotThere("the store has something else there")
    return digest.hexdigest()


async def remove(http: httpx.AsyncClient, url: str) -> None:
    """DELETE an object; where that does not go, it stays."""
    with suppress(httpx.HTTPError):
        await http.delete(url)
