"""What an idempotency key stands for: the digest of a body, and the answer it was given.

Laws. While a key is kept, the same bytes get the same answer and nothing happens twice; other bytes are a conflict; a
request that is still being worked on is a conflict too. What was refused leaves the key free.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from msgspec import Struct, field

from storyboard.exchange import Response


class _Kept(Struct):
    digest: str
    since: float
    answer: Response | None = None


class Keys(Struct):
    """The keys of every account, each kept for `retention_s` seconds after it was first seen."""

    retention_s: float
    _kept: dict[tuple[str, str], _Kept] = field(default_factory=dict)

    def claim(self, account: str, key: str, body: bytes, now: float) -> Response | Literal["differs", "running"] | None:
        """What a key has: its answer, a conflict, or None: then it now belongs to these bytes."""
        digest = hashlib.sha256(body).hexdigest()
        kept = self._kept.get((account, key))
        if kept is None or (kept.answer is not None and now - kept.since >= self.retention_s):
            self._kept[account, key] = _Kept(digest, now)
            return None
        if kept.digest != digest:
            return "differs"
        return kept.answer or "running"

    def settle(self, account: str, key: str, answer: Response | None) -> None:
        """Keep the answer of the request that claimed the key; None frees it."""
        if answer is None:
            del self._kept[account, key]
        else:
            self._kept[account, key].answer = answer
