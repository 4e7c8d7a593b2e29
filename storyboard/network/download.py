"""Streams a file from a link that a gateway names.

Laws. No credentials go along. Every hop of at most three redirects is checked, and so is every address that its host
has; the connection goes to the very address that was checked. The bytes come as they are stored (`identity`), at a
minimum rate, up to a bound. A download that breaks off is resumed where the server vouches, by `If-Range`, that it is
still the same file. A length that was announced has to be met; where none was, decoding the clip has to tell.
"""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import httpx
import trio
from msgspec import Struct, field

from storyboard.network.addresses import Target, UnsafeLink, follow, reachable, target

MOST_BYTES = 8 << 30
"""The longest file that is fetched."""
MOST_S = 3600.0
"""The longest that one download may take, in seconds."""
LEAST_BYTES, LEAST_S = 32 << 10, 30.0
"""At least so many bytes have to come in every so many seconds."""
HOPS = 3
RESUMES = 3
REDIRECTS = frozenset((301, 302, 303, 307, 308))
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)").fullmatch


class Part(Struct):
    """What has arrived: bytes on disk, the server's name for this version of the file, its announced length."""

    have: int = 0
    validator: str | None = None
    length: int | None = None


class Download(Struct):
    """Fetches files; `local` says that the gateway is on this machine."""

    http: httpx.AsyncClient
    local: bool
    part: Part = field(default_factory=Part)

    async def fetch(self, link: str, path: Path) -> None:
        """Stream a link to a file. Raises ConnectionError, TimeoutError, OSError of the disk, httpx.HTTPError."""
        self.part = Part()
        with trio.move_on_after(MOST_S) as late, path.open("wb") as file:
            for attempt in range(RESUMES + 1):
                try:
                    await self._stream(link, file)
                    break
                except (httpx.TransportError, TimeoutError):
                    if attempt == RESUMES or self.part.validator is None:
                        raise
        if late.cancelled_caught:
            raise TimeoutError(f"the download took more than {MOST_S / 60:g} minutes")

    async def _stream(self, link: str, file: BinaryIO) -> None:
        answer = await self._open(link)
        chunks = answer.aiter_raw()
        try:
            self._begin(answer, file)
            await self._pour(chunks, file)
        finally:
            await hang_up(answer, chunks)
        if self.part.length is not None and self.part.have != self.part.length:
            raise httpx.RemoteProtocolError(f"{self.part.have} of {self.part.length} bytes came")

    async def _open(self, link: str) -> httpx.Response:
        """Follow redirects to an answer with the file. Raises ConnectionError for any other."""
        for _ in range(HOPS + 1):
            checked = target(link, local=self.local)
            answer = await self._ask(checked)
            if answer.status_code in (200, 206):
                return answer
            await answer.aclose()
            if answer.status_code not in REDIRECTS:
                expired = " (the link may have expired)" if answer.status_code in (403, 404, 410) else ""
                raise ConnectionError(f"HTTP {answer.status_code} for {checked.shown}{expired}")
            link = follow(link, answer.headers.get("location", ""), local=self.local)
        raise UnsafeLink(f"the gateway's link is redirected more than {HOPS} times")

    async def _ask(self, checked: Target) -> httpx.Response:
        try:
            found = await trio.socket.getaddrinfo(checked.host, checked.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise ConnectionError(f"{checked.host} is not found") from error
        address = reachable((str(one[4][0]) for one in found), checked.host, local=self.local)
        shown = f"[{address}]" if ":" in address else address
        headers = {"host": _authority(checked), "accept": "*/*", "accept-encoding": "identity"}
        if self.part.have and self.part.validator:
            headers |= {"range": f"bytes={self.part.have}-", "if-range": self.part.validator}
        request = self.http.build_request(
            "GET",
            f"{checked.scheme}://{shown}:{checked.port}{checked.path}",
            headers=headers,
            extensions={"sni_hostname": checked.host},
        )
        return await self.http.send(request, stream=True)

    def _begin(self, answer: httpx.Response, file: BinaryIO) -> None:
        """Take up where the part ends, or begin again."""
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise ConnectionError("the file came packed although it was asked not to be")
        span = _RANGE(answer.headers.get("content-range", ""))
        if answer.status_code == 206 and (span is None or int(span[1]) != self.part.have):
            raise ConnectionError("another part of the file came than was asked for")
        length = answer.headers.get("content-length", "")
        if answer.status_code == 200:
            if self.part.have:
                file.seek(0)
                file.truncate()
            self.part = Part(0, _validator(answer), int(length) if length.isdigit() else None)
        if (self.part.length or 0) > MOST_BYTES:
            raise ConnectionError(f"the file has more than {MOST_BYTES >> 30} GiB")

    async def _pour(self, chunks: AsyncIterator[bytes], file: BinaryIO) -> None:
        came, since = 0, trio.current_time()
        while True:
            with trio.move_on_after(LEAST_S) as slow:
                chunk = await anext(chunks, None)
            if slow.cancelled_caught:
                raise TimeoutError(f"nothing came for {LEAST_S:g} s")
            if chunk is None:
                break
            file.write(chunk)
            self.part.have += len(chunk)
            came += len(chunk)
            if self.part.have > MOST_BYTES:
                raise ConnectionError(f"the file has more than {MOST_BYTES >> 30} GiB")
            if trio.current_time() - since >= LEAST_S:
                if came < LEAST_BYTES:
                    raise TimeoutError(f"less than {LEAST_BYTES >> 10} KiB came in {LEAST_S:g} s")
                came, since = 0, trio.current_time()
        file.flush()


async def hang_up(answer: httpx.Response, chunks: AsyncIterator[bytes]) -> None:
    """Close an answer, read to its end or not, also while being cancelled."""
    with trio.CancelScope(shield=True, deadline=trio.current_time() + 5):
        await answer.aclose()
        with suppress(httpx.HTTPError, httpx.StreamError):
            async for _ in chunks:  # the generators below end only by reading on, and trio minds those that do not end
                pass


def _authority(checked: Target) -> str:
    host = f"[{checked.host}]" if ":" in checked.host else checked.host
    usual = {"https": 443, "http": 80}[checked.scheme]
    return host if checked.port == usual else f"{host}:{checked.port}"


def _validator(answer: httpx.Response) -> str | None:
    """A strong name of this version of the file, by which the rest of it may be asked for."""
    tag: str = answer.headers.get("etag", "")
    return tag if tag and not tag.startswith("W/") else None
