"""The ports to a store through which files go: the client's, which signs, and the workers', who are given links."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

Perform = Callable[[str], Awaitable[str]]
"""What a Dask worker is asked to run, by its name: JSON in and out."""
Greet = Callable[[str, Any], Awaitable[str]]
"""The same, where the worker itself is handed to it as `dask_worker`."""


class NotThere(Exception):
    """A link opens nothing, or not what was said to be there."""


class Carrier(Protocol):
    """Moves files between this machine and a store, by links."""

    async def fetch(self, link: str, path: Path, size: int) -> str:
        """Stream an object of `size` bytes to `path`; its SHA-256. Raises NotThere, ConnectionError, else OSError."""

    async def put(self, link: str, headers: Mapping[str, str], path: Path) -> None:
        """Put a file where a link leads. Raises NotThere where the link does not open, ConnectionError, OSError."""


Carrying = Callable[[str], AbstractAsyncContextManager[Carrier]]
"""Opens a carrier that believes the authorities in a PEM besides the usual ones; empty for none."""


class Depot(Protocol):
    """A store as its owner has it. `url` is how people call it; `trust` goes to the workers' carriers.

    `perform` and `greet` are `crew.perform` and `crew.greet_stored` with a carrier of its kind.
    """

    url: str
    trust: str
    perform: Perform
    greet: Greet

    async def holds(self, name: str, size: int) -> bool:
        """Whether there is an object of that size."""

    async def put(self, name: str, path: Path) -> None:
        """Put a file, in place of what may be there. Raises ConnectionError, else OSError."""

    async def fetch(self, name: str, path: Path, size: int) -> str:
        """As `Carrier.fetch`."""

    async def link(self, name: str) -> str:
        """The URL by which a worker fetches an object, for a while."""

    async def slot(self, name: str) -> dict[str, Any]:
        """How a worker puts an object: `link`, and the `headers` that go with it."""

    async def remove(self, names: Collection[str]) -> None:
        """Remove objects, as far as that goes."""
