"""The one speaker of Redis, or of Valkey: asks for decisions (`decision.lua`), one server-side script each.

Laws. A decision is one atomic script by the server's own clock, so no two machines can decide at once, and their clocks
may be wrong. No key of a gateway goes there: accounts are named under a salt that the machines share, which lies there.
The address of the server, which may hold a password, stands in no text.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused

if TYPE_CHECKING:
    from redis import Redis

EXTRA = "pip install 'storyboard-render[redis]'"
ANSWER_S = 2.0
"""The most that an exchange with the server may take, in seconds."""
SALT = "storyboard:salt"
USAGE = 2


class Unreachable(Exception):
    """The server did not answer; whether it decided is not known. The text says why, without an address."""


class Decided(Struct, frozen=True):
    """What the server said: microseconds to wait (0: granted), why, and what the asker may use where it is cut off:
    requests of a window, jobs at once.
    """

    wait_us: int
    why: str
    share: int
    places: int


class Server:
    """The server at a `redis://`, `rediss://` or `unix://` address. Its calls block, and may come from any thread.

    The authorities of `ca_file`, in PEM, are believed besides the usual ones.
    """

    def __init__(self, url: str, ca_file: Path | None = None) -> None:
        self._url = url
        self._ca_file = ca_file
        self._salt = ""

    def __repr__(self) -> str:
        return f"Server({self.named})"

    @property
    def named(self) -> str:
        """Which server, for people: its host alone."""
        parts = urlsplit(self._url)
        return parts.path if parts.scheme == "unix" else f"{parts.hostname or 'localhost'}:{parts.port or 6379}"

    @cached_property
    def _redis(self) -> Redis:
        try:
            from redis import Redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError:
            message = f"[limits] redis takes a package more: {EXTRA}"
            raise Refused([Diagnostic("needs-extra", message)], USAGE) from None
        secured = urlsplit(self._url).scheme == "rediss" and self._ca_file is not None
        believed = {"ssl_ca_certs": str(self._ca_file)} if secured else {}
        return Redis.from_url(
            self._url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, retry=Retry(NoBackoff(), 1), **believed
        )

    @cached_property
    def _script(self) -> Any:
        text = files("storyboard.network.sharing").joinpath("decision.lua").read_text(encoding="utf-8")
        return self._redis.register_script(text)

    def greet(self) -> None:
        """Agree on the salt: the first to come brings it. Raises Unreachable, Refused (2) without the package."""
        from redis.exceptions import RedisError

        try:
            self._redis.set(SALT, self._salt or secrets.token_hex(32), nx=True)
            found = self._redis.get(SALT)
        except (RedisError, OSError) as error:
            raise Unreachable(_plainly(error)) from None
        self._salt = found.decode() if isinstance(found, bytes) else ""

    def decide(self, account: str, month: str, act: str, said: Sequence[object]) -> Decided:
        """Have something decided about an account, which is named by what opens it. Raises Unreachable."""
        from redis.exceptions import RedisError

        decided = self._run(account, month, act, said, RedisError)
        if decided.wait_us < 0:  # the server has lost its memory, or another's came first
            self.greet()
            decided = self._run(account, month, act, said, RedisError)
        if decided.wait_us < 0:
            raise Unreachable("its salt changes")
        return decided

    def _run(self, account: str, month: str, act: str, said: Sequence[object], failure: type[Exception]) -> Decided:
        name = hmac.new(self._salt.encode(), account.encode(), hashlib.sha256).hexdigest()[:32]
        rooms = ("members", "sent", "facts", f"spent:{month}")
        keys = [*(f"storyboard:{name}:{one}" for one in rooms), SALT]
        try:
            wait_us, why, share, places = self._script(keys=keys, args=[self._salt, act, *map(str, said)])
        except (failure, OSError) as error:
            raise Unreachable(_plainly(error)) from None
        return Decided(int(wait_us), why.decode(), int(share), int(places))

    def close(self) -> None:
        """Hang up."""
        if "_redis" in self.__dict__:
            self._redis.close()


def _plainly(error: Exception) -> str:
    """An error in words, without what it may tell of an address."""
    cause = error.__cause__ or error.__context__
    reason = getattr(cause, "strerror", None) or getattr(error, "strerror", None)
    return str(reason) if reason else type(error).__name__
