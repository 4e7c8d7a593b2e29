"""Which links of a gateway may be followed: pure checks of a URL's text, and of the addresses that its host has.

Laws. A link that a server names may lead only into the public internet, by https, without credentials in it. Where the
gateway itself was set to be on this machine, its links may lead to this machine too, by http as well. What counts is
the address that a name was resolved to, since `2130706433` and `127.1` are loopback, and that very address is then
connected to, since a name may be resolved to another one a moment later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""NAT64: addresses of IPv4 in the clothes of global ones of IPv6."""
_PLAIN = re.compile(r"[!-\[\]-~]+").fullmatch
"""Printable ASCII without the backslash, which programs read in two ways."""


class UnsafeLink(ConnectionError):
    """A link that is not followed; the message says why, without the link's query."""


class Target(Struct, frozen=True):
    """A checked link, taken apart. `path` has its query; `shown` is for people, without the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def shown(self) -> str:
        """Scheme, host and path."""
        return f"{self.scheme}://{self.host}{self.path.partition('?')[0]}"


def target(link: str, *, local: bool, secure: bool = False) -> Target:
    """Take a link apart. `local` says that the gateway is on this machine; `secure` that the hop before was https.

    Raises UnsafeLink.
    """
    if not _PLAIN(link):
        raise UnsafeLink("the gateway names a link with characters that no link has")
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError as error:
        raise UnsafeLink(f"the gateway names a link that cannot be read: {error}") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UnsafeLink(f"the gateway names a link of the kind {parts.scheme or 'without a host'}:")
    if "@" in parts.netloc:
        raise UnsafeLink("the gateway names a link with a user in it")
    if parts.scheme == "http" and (secure or not local):
        raise UnsafeLink("the gateway names a link that is not encrypted")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80), path)


def follow(before: str, location: str, *, local: bool) -> str:
    """The link that a redirect names. Raises UnsafeLink where it leaves https."""
    link = urljoin(before, location)
    target(link, local=local, secure=before.startswith("https:"))
    return link


def reachable(addresses: Iterable[str], host: str, *, local: bool) -> str:
    """The address to connect to, of those that a host has. Raises UnsafeLink where one of them is not public."""
    found = [ip_address(address.partition("%")[0]) for address in addresses]
    if not found:
        raise UnsafeLink(f"{host} has no address")
    for address in found:
        if not (public(address) or (local and address.is_loopback)):
            raise UnsafeLink(f"the gateway names a link to {host}, which is not in the public internet")
    return str(found[0])


def public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is in the public internet, and does not hide another one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None or address.sixtofour is not None or address.teredo is not None:
            return False
        if any(address in network for network in TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def is_local(origin: str) -> bool:
    """Whether an origin is written as this machine: `localhost` or a loopback address."""
    host = urlsplit(origin).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
