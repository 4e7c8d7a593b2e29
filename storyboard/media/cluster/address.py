"""Where a cluster is, as it is written: pure checks, before anything is spoken to.

Law. What is not encrypted stays on this machine: whoever can speak to a Dask scheduler can run programs on its workers.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

MOST_PROCESSES = 256
_LOCAL = re.compile(r"local:([1-9][0-9]{0,3})").fullmatch


class Certificates(Struct, frozen=True):
    """Files in PEM, for `tls://`: the authority that is believed, one's own certificate, and its key."""

    ca: Path
    cert: Path
    key: Path


class Processes(Struct, frozen=True):
    """`local:N`: so many worker processes of this machine; no Dask in it."""

    count: int


class Scheduler(Struct, frozen=True):
    """A Dask scheduler at `url`; `certificates` where that is `tls://`."""

    url: str
    certificates: Certificates | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Its host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0


def address(written: str, certificates: Certificates | None) -> Processes | Scheduler:
    """What `--cluster` names. Raises ValueError, with words for people, for what is not safe or says nothing."""
    if local := _LOCAL(written):
        if int(local[1]) > MOST_PROCESSES:
            raise ValueError(f"{written} is more processes than the {MOST_PROCESSES} that a machine takes")
        return Processes(int(local[1]))
    host = _host(written)
    if written.startswith("tcp://"):
        if not _is_here(host):
            raise ValueError(f"{written} is not encrypted and not on this machine; beyond it takes tls://")
        return Scheduler(written)
    if certificates is None:
        raise ValueError(
            f"{written} takes certificates: ca_file, cert_file and key_file under [cluster] in config.toml"
        )
    return Scheduler(written, certificates)


def _host(written: str) -> str:
    """The host of `tcp://HOST:PORT` or `tls://HOST:PORT`."""
    try:
        parts = urlsplit(written)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or written not in (f"tcp://{parts.netloc}", f"tls://{parts.netloc}") or "@" in parts.netloc:
        raise ValueError(f"a cluster is tls://HOST:PORT, tcp://127.0.0.1:PORT or local:N, not {written}")
    return host


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
