"""Which certificates are believed: those of the public authorities, and of one more that a person has named.

Laws. No certificate goes unchecked, and nothing switches that off. The environment has no say (`SSL_CERT_FILE`,
`SSL_CERT_DIR`): whoever can set a variable must not be able to read keys. An authority of one's own is a setting.
"""

from __future__ import annotations

import re
import ssl
from functools import cache
from pathlib import Path

import httpx

from storyboard.diagnostics import Diagnostic, Refused

USAGE = 2
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """The authorities that are believed; those of `ca_file`, in PEM, besides the usual ones.

    Raises Refused (2) where that file holds none.
    """
    if ca_file is None:
        return _usual()
    context = httpx.create_ssl_context(trust_env=False)
    try:
        context.load_verify_locations(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one too
        why = error.strerror if not isinstance(error, ssl.SSLError) and error.strerror else "it holds none in PEM"
        message = f"ca_file: cannot read certificates of authorities from {ca_file}: {why}"
        raise Refused([Diagnostic("bad-settings", message)], USAGE) from None
    return context


def authorities(ca_file: Path | None) -> str:
    """The certificates of `ca_file` as `trusting` takes them, for another machine, and nothing else that it may hold.

    Raises Refused (2) as `trusted`.
    """
    trusted(ca_file)
    text = ca_file.read_text(encoding="ascii", errors="ignore") if ca_file is not None else ""
    return "".join(f"{one}\n" for one in _CERTIFICATE.findall(text))


def trusting(pem: str) -> ssl.SSLContext:
    """The authorities that are believed; those in a PEM besides the usual ones."""
    if not pem:
        return _usual()
    context = httpx.create_ssl_context(trust_env=False)
    context.load_verify_locations(cadata=pem)
    return context


@cache
def _usual() -> ssl.SSLContext:
    """The public authorities, read once a process: that takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)


def distrust(error: BaseException | None) -> str | None:
    """Why a certificate is not believed, where that is what a failure to connect comes from; else None."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return str(getattr(error, "verify_message", "") or error)
        error = error.__cause__ or error.__context__
    return None
