"""The address that a gateway calls about one submission: its key, signed by whoever ordered. Pure.

Laws. A signature opens the box to messages about one submission and says nothing else: what is told there is a hint.
The address stands in the order's recorded bytes, so an order that is sent again names the address that it had.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from storyboard.network.addresses import is_local

PATH = "/cb/v1/"
LONGEST_KEY = 40
"""The most characters that the key of a submission has."""


def address(public: str, secret: bytes, key: str) -> str:
    """Where the submission of that key is told about, below a public URL without a slash at its end."""
    return f"{public}{PATH}{key}?sig={signature(secret, key)}"


def signature(secret: bytes, key: str) -> str:
    """The signature of a submission's key, as 64 hex digits."""
    return hmac.new(secret, f"{PATH}{key}".encode(), hashlib.sha256).hexdigest()


def genuine(secret: bytes, key: str, told: str) -> bool:
    """Whether this is the signature of that key. How long it takes tells nothing."""
    return hmac.compare_digest(signature(secret, key).encode(), told.encode("utf-8", "replace"))


def names(body: bytes, key: str) -> bool:
    """Whether an order's bytes name the address of that submission."""
    return f"{PATH}{key}?sig=".encode() in body


def public_url(written: str) -> str:
    """A public URL without a slash at its end. Raises ValueError, in words, for one that no gateway should be given."""
    parts = urlsplit(written.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("a public URL is like https://films.example.com, without a user in it")
    if parts.query or parts.fragment:
        raise ValueError("a public URL has no query and no fragment")
    if parts.scheme == "http" and not is_local(written):
        raise ValueError("a public URL is https, except on this machine")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def host_and_port(written: str) -> tuple[str, int]:
    """The two of `HOST:PORT`, the host of IPv6 in brackets. Raises ValueError, in words."""
    try:
        parts = urlsplit(f"//{written}")
        port = parts.port
    except ValueError:
        port = None
    if port is None or not parts.hostname or parts.path or "@" in written:
        raise ValueError(f"it takes HOST:PORT, like 127.0.0.1:8400, not {written!r}")
    return parts.hostname, port
