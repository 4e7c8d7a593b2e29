"""Where gateways may call: the options, the secret that signs their addresses, and the door while a command lasts."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec import Struct

from storyboard.callbacks.address import address, host_and_port, public_url
from storyboard.cli.gateways import state_folder
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.network.addresses import is_local

F = TypeVar("F", bound=Callable[..., Any])
SECRET = "callback-key"
"""The file of the secret in the user's own state folder."""


def calling_options(command: F) -> F:
    """`--listen` and `--public-url`."""
    listen = click.option("--listen", metavar="HOST:PORT", help="Take callbacks of gateways here.")
    public = click.option("--public-url", metavar="URL", help="Where gateways get to --listen, here or of inbox.")
    return listen(public(command))


def place(written: str) -> tuple[str, int]:
    """Where `--listen` says to listen. Raises click.UsageError for what it cannot mean."""
    try:
        return host_and_port(written)
    except ValueError as error:
        raise click.UsageError(f"--listen: {error}") from None


class Called(Struct, frozen=True):
    """Where this command listens, None: nowhere; and by which URL gateways get there, empty where that is the same."""

    listen: tuple[str, int] | None = None
    public: str = ""

    @classmethod
    def of(cls, listen: str | None, public: str | None) -> Called:
        """What the options say. Raises click.UsageError for what they cannot mean."""
        here = place(listen) if listen is not None else None
        try:
            url = public_url(public) if public is not None else ""
        except ValueError as error:
            raise click.UsageError(f"--public-url: {error}") from None
        if here is not None and not url and not is_local(f"//{_written(*here)}"):
            raise click.UsageError("--listen takes --public-url: the address by which gateways get there")
        return cls(here, url)

    @asynccontextmanager
    async def listening(self, inbox: Path) -> AsyncIterator[Callable[[str], str] | None]:
        """Take callbacks into a film's inbox while the context lasts; what makes the address of a submission's key.

        Raises Refused (2) where it cannot listen there, (14) where there can be no secret.
        """
        if self.listen is None and not self.public:
            yield None
            return
        secret = signing_secret()
        if self.listen is None:
            yield partial(address, self.public, secret)
            return
        async with opened(self.listen, secret, inbox) as here:
            yield partial(address, self.public or here, secret)


@asynccontextmanager
async def opened(place: tuple[str, int], secret: bytes, inbox: Path) -> AsyncIterator[str]:
    """The door to a film's inbox, and its own address. Raises Refused (2) where it cannot be opened there."""
    import trio

    from storyboard.callbacks.box import Box
    from storyboard.callbacks.door import Door, serve
    from storyboard.network.serving import listen
    from storyboard.state.disk import LocalDisk
    from storyboard.state.inbox import Inbox

    try:
        listener = listen(*place)
    except OSError as error:
        message = f"cannot listen on {_written(*place)}: {error.strerror}"
        raise Refused([Diagnostic("cannot-listen", message)], 2) from None
    port = listener.socket.getsockname()[1]
    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve, Door(secret, Box(Inbox(inbox, LocalDisk()), time.time).put), listener)
        try:
            yield f"http://{_written(place[0], port)}"
        finally:
            nursery.cancel_scope.cancel()


def signing_secret() -> bytes:
    """What signs the addresses of this person's submissions, in every process alike. Raises Refused (14)."""
    from storyboard.state.disk import refusal
    from storyboard.state.secret import secret

    folder = state_folder()
    try:
        return secret(folder, SECRET)
    except OSError as error:
        raise refusal(error, folder) from error


def _written(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
