"""Serves the board: hypercorn on trio, on one socket, in clear on this machine or by TLS beyond it."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from ssl import SSLError
from typing import cast

import trio
from hypercorn.config import Config
from hypercorn.trio import serve as hypercorn
from hypercorn.typing import Framework
from msgspec import Struct
from starlette.types import ASGIApp

from storyboard.diagnostics import Diagnostic, Refused

BACKLOG, GRACE_S, KEEP_ALIVE_S = 128, 0.5, 30.0
LEAST_TOKEN = 32
"""Characters of a token that opens a board to other machines."""
WAYS = {"http": 80, "https": 443}


class Place(Struct, frozen=True):
    """Where the board is: the `host` it listens on, the port (0: any), the files of its certificate and key, and
    further `names` by which it is called.
    """

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()

    @property
    def way(self) -> str:
        """How it is spoken to."""
        return "https" if self.certificate is not None else "http"

    def check(self, token: str | None) -> None:
        """Raises Refused (2) where others could reach the board without TLS, or without a token that is set apart."""
        if (self.certificate is None) != (self.key is None):
            raise _refused("a certificate and its key go together", "--cert FILE --key FILE")
        if _loopback(self.host):
            return
        if self.certificate is None:
            raise _refused(f"{self.host} is beyond this machine, which takes TLS", "--cert FILE --key FILE")
        if token is None or len(token) < LEAST_TOKEN:
            hint = f"set STORYBOARD_BOARD_TOKEN to {LEAST_TOKEN} random characters or more"
            raise _refused(f"{self.host} is beyond this machine, which takes a token from the environment", hint)
        if _anywhere(self.host) and not self.names:
            raise _refused(f"{self.host} is no name that a browser could use", "--name board.example.org")

    def origins(self, port: int) -> tuple[str, ...]:
        """The addresses by which the board is called, the one to show first."""
        hosts = [*self.names, *([] if _anywhere(self.host) else [_spelt(self.host)])]
        hosts += ["127.0.0.1", "localhost"] if self.host in ("127.0.0.1", "localhost") else []
        ports = [f":{port}", *([""] if port == WAYS[self.way] else [])]
        return tuple(dict.fromkeys(f"{self.way}://{host.lower()}{end}" for host in hosts for end in reversed(ports)))


def listening(place: Place) -> socket.socket:
    """A socket at that place. Raises Refused (2) where it is taken or not ours."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _unserved(f"cannot listen on {place.host}: {error.strerror or error}", "--host, --port") from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        message = f"cannot listen on {place.host}, port {place.port}: {error.strerror or error}"
        raise _unserved(message, "--port 0 takes any free one") from error
    return made


async def serve(
    app: ASGIApp,
    place: Place,
    at: socket.socket,
    stop: Callable[[], Awaitable[None]],
    task_status: trio.TaskStatus[list[str]] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve until `stop` returns. Raises Refused (12) for a certificate or a key that cannot be used."""
    config = Config()
    config.bind = [f"fd://{at.detach()}"]
    config.include_date_header = config.include_server_header = False
    config.loglevel = "ERROR"
    config.graceful_timeout, config.keep_alive_timeout = GRACE_S, KEEP_ALIVE_S
    if place.certificate is not None and place.key is not None:
        config.certfile, config.keyfile = str(place.certificate), str(place.key)
        try:
            config.create_ssl_context()
        except (OSError, SSLError) as error:
            message = f"the certificate or its key cannot be used: {error.strerror or error}"
            raise Refused([Diagnostic("cannot-serve", message)], 12) from error
    await hypercorn(
        cast(Framework, app), config, shutdown_trigger=partial(_stopped, stop), task_status=task_status, mode="asgi"
    )


async def _stopped(stop: Callable[[], Awaitable[None]]) -> None:
    await stop()


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _anywhere(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _spelt(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _refused(message: str, hint: str) -> Refused:
    return Refused([Diagnostic("unsafe-board", message, hint=hint)], 2)


def _unserved(message: str, hint: str) -> Refused:
    return Refused([Diagnostic("cannot-serve", message, hint=hint)], 2)
