"""The production sides of a run's small ports: the clock, ids, offloading."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any, TypeVar

import trio

from storyboard.rendering.events import Now

T = TypeVar("T")


class SystemClock:
    """trio's own clock for waiting, the system's for dating."""

    def now(self) -> Now:
        """The time now."""
        return Now(trio.current_time(), time.time())


def random_id() -> str:
    """128 random bits, 32 hex digits: a key that no other submission has."""
    return secrets.token_hex(16)


async def in_thread(act: Callable[..., T], *args: Any) -> T:
    """Run a blocking call in a thread of trio's."""
    return await trio.to_thread.run_sync(act, *args)
