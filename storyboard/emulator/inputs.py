"""The files behind a submission's links: really fetched, and looked at before they are used.

Laws, as the gateway has them: public https (plain http on loopback where the settings let it), a picture of at most
30 MB with sides of 300 to 6000 px and a shape of 0.4 to 2.5, or, where the field takes videos, a video on a server that
answers ranges. What a file is, its bytes say.
"""

from __future__ import annotations

import base64
import binascii
import http.client
import ipaddress
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

from storyboard.emulator.gateway import Fetched, Link
from storyboard.media.jobs import MediaError
from storyboard.media.making.stills import measured
from storyboard.media.reading.guard import HEAD_BYTES, demuxer
from storyboard.media.reading.measure import measure, measure_sound

IMAGE_BYTES, VIDEO_BYTES, SOUND_BYTES = 30_000_000, 200_000_000, 15_000_000
SIDE_PX, SHAPE = (300, 6000), (0.4, 2.5)
PATIENCE_S, DEADLINE_S = 10.0, 60.0
CHUNK_BYTES = 1 << 16
LOCAL = ("localhost", "127.0.0.1", "::1")


class Unfit(Exception):
    """A link that cannot be used, in the gateway's words."""


def fetch(link: Link, target: Path, plain_loopback: bool) -> Fetched:
    """Fetch what a link names into `target`, and look at it. Blocks. Raises Unfit."""
    if link.inline and link.url.startswith("data:"):
        _unpack(link, target)
        return _picture(link, target)
    _allowed(link, plain_loopback)
    try:
        if link.kind == "audio":
            _download(link, target, SOUND_BYTES)
            return Fetched(str(target), seconds=_length(link, target, measure_sound))
        if (link.videos or link.kind == "video") and _is_video(link):
            _download(link, target, VIDEO_BYTES)
            return Fetched(str(target), seconds=_length(link, target, lambda path: measure(path)[0]))
        _download(link, target, IMAGE_BYTES)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unfit(f"{link.field}: the file could not be fetched ({_why(error)})") from error
    if link.kind == "video":
        raise Unfit(f"{link.field}: not a video that can be read")
    return _picture(link, target)


def _unpack(link: Link, target: Path) -> None:
    """A picture that stands in its link."""
    found = re.fullmatch(r"data:image/[a-z]+;base64,([A-Za-z0-9+/=]+)", link.url)
    try:
        data = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        data = b""
    if not data or len(data) > IMAGE_BYTES:
        raise Unfit(f"{link.field}: a data URI is data:image/FORMAT;base64, and at most {IMAGE_BYTES // 1_000_000} MB")
    target.write_bytes(data)


def _length(link: Link, path: Path, measured_by: Callable[[Path], Fraction]) -> Fraction:
    try:
        return measured_by(path)
    except MediaError as error:
        raise Unfit(f"{link.field}: not a {link.kind or 'video'} that can be read") from error


def _allowed(link: Link, plain_loopback: bool) -> None:
    try:
        parts = urlsplit(link.url)
        host = parts.hostname or ""
        local = parts.port is not None and host in LOCAL
    except ValueError as error:
        raise Unfit(f"{link.field}: not a URL") from error
    if plain_loopback and local and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https" or not host or parts.username is not None:
        raise Unfit(f"{link.field}: a public https URL is required")
    try:
        public = ipaddress.ip_address(host).is_global
    except ValueError:
        public = "." in host and host not in LOCAL
    if not public:
        raise Unfit(f"{link.field}: a public https URL is required")


def _open(link: Link, range_: str | None = None) -> http.client.HTTPResponse:
    headers = {"User-Agent": "seedance-fetch/1", **({"Range": range_} if range_ else {})}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(link.url, headers=headers)
    try:
        response: http.client.HTTPResponse = opener.open(request, timeout=PATIENCE_S)
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection, for whoever would read the page
        raise
    return response


def _is_video(link: Link) -> bool:
    """Whether a link's first bytes are a video's. Raises Unfit for a video on a server without ranges."""
    with _open(link, f"bytes=0-{HEAD_BYTES - 1}") as response:
        video = demuxer(response.read(HEAD_BYTES)) is not None
        if video and response.status != 206:
            raise Unfit(f"{link.field}: video URLs must support Range duration probing")
    return video


def _download(link: Link, target: Path, most_bytes: int) -> None:
    ends = time.monotonic() + DEADLINE_S
    with _open(link) as response, target.open("wb") as file:
        while chunk := response.read(CHUNK_BYTES):
            file.write(chunk)
            if file.tell() > most_bytes:
                raise Unfit(f"{link.field}: the file is larger than {most_bytes // 1_000_000} MB")
            if time.monotonic() > ends:
                raise Unfit(f"{link.field}: the file took longer than {DEADLINE_S:g} s")
        if not response.isclosed() and response.length:
            raise Unfit(f"{link.field}: the file ended early")


def _picture(link: Link, path: Path) -> Fetched:
    try:
        width, height = measured(path)
    except MediaError as error:
        raise Unfit(f"{link.field}: not a picture that can be read") from error
    least, most = SIDE_PX
    if not (least <= width <= most and least <= height <= most):
        raise Unfit(f"{link.field}: sides are {least} to {most} px, not {width}x{height}")
    if not SHAPE[0] <= width / height <= SHAPE[1]:
        raise Unfit(f"{link.field}: width / height is {SHAPE[0]} to {SHAPE[1]}, not {width / height:.2f}")
    return Fetched(str(path), width, height)


def _why(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    return "timeout" if isinstance(error, TimeoutError) else type(error).__name__
