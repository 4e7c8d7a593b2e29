"""Links that expire: a name, the second until which it may be fetched, and a signature over both."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from msgspec import Struct


class Signer(Struct, frozen=True):
    """Makes and checks links. `base` is the address of the files, `ttl_s` how long a link lasts."""

    base: str
    secret: bytes
    ttl_s: float

    def link(self, name: str, now: float) -> str:
        """A fresh link to a file."""
        until = int(now + self.ttl_s)
        return f"{self.base}/{name}?expires={until}&signature={self._signature(name, until)}"

    def opens(self, name: str, query: Mapping[str, str], now: float) -> bool:
        """Whether a link's query opens the file now."""
        until = query.get("expires", "")
        if not (until.isascii() and until.isdecimal() and len(until) < 16) or now >= int(until):
            return False
        return hmac.compare_digest(query.get("signature", "").encode(), self._signature(name, int(until)).encode())

    def _signature(self, name: str, until: int) -> str:
        return hmac.new(self.secret, f"{name}\n{until}".encode(), hashlib.sha256).hexdigest()[:32]
