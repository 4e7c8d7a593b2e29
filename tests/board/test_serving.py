"""Where the board may be served, and that it is, by real sockets."""

import ssl
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
import trio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from storyboard.board.opening import open_board
from storyboard.board.serving import Place, listening
from storyboard.diagnostics import Refused
from storyboard.media.executor import InProcess
from storyboard.production.production import Production

CERT, KEY, TOKEN = Path("cert.pem"), Path("key.pem"), "t" * 32


@pytest.mark.parametrize(
    ("place", "token", "words"),
    [
        (Place("0.0.0.0"), TOKEN, "takes TLS"),
        (Place("192.168.1.9"), TOKEN, "takes TLS"),
        (Place("board.example"), TOKEN, "takes TLS"),
        (Place("192.168.1.9", 0, CERT, KEY), None, "token from the environment"),
        (Place("192.168.1.9", 0, CERT, KEY), "short", "token from the environment"),
        (Place("0.0.0.0", 0, CERT, KEY), TOKEN, "no name that a browser could use"),
        (Place("127.0.0.1", 0, CERT, None), TOKEN, "go together"),
    ],
)
def test_a_board_that_others_could_reach_is_refused(place: Place, token: str | None, words: str) -> None:
    with pytest.raises(Refused) as refused:
        place.check(token)
    assert refused.value.diagnostics[0].code == "unsafe-board"
    assert refused.value.exit_code == 2
    assert words in refused.value.diagnostics[0].message


def test_a_board_on_this_machine_needs_nothing() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.2"):
        Place(host).check(None)
    Place("0.0.0.0", 0, CERT, KEY, ("board.example",)).check(TOKEN)


def test_it_is_called_by_its_names_alone() -> None:
    assert Place().origins(8400) == ("http://127.0.0.1:8400", "http://localhost:8400")
    assert Place("::1").origins(8400) == ("http://[::1]:8400",)
    assert Place("0.0.0.0", 443, CERT, KEY, ("Board.example",)).origins(443) == (
        "https://board.example",
        "https://board.example:443",
    )


def test_a_port_that_is_taken_is_said() -> None:
    with closing(listening(Place())) as taken, pytest.raises(Refused, match=r"cannot listen on 127\.0\.0\.1, port"):
        listening(Place(port=taken.getsockname()[1]))


def signed(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "board")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain),
    )
    return cert, secret


async def test_it_is_served_by_tls_to_who_has_the_token(ferry: Path, tmp_path: Path) -> None:
    cert, key = signed(tmp_path)
    place = Place("127.0.0.1", 0, cert, key)
    trusted = ssl.create_default_context(cafile=str(cert))
    board = open_board(Production(ferry), place, InProcess(), ("false",), {}, TOKEN, "secret")
    with trio.fail_after(60):
        async with board as url, httpx.AsyncClient(verify=trusted, base_url=url, trust_env=False) as browser:
            assert url.startswith("https://127.0.0.1:")
            assert TOKEN not in url
            assert (await browser.get("/")).status_code == 403
            entered = await browser.post("/enter", data={"token": TOKEN}, headers={"origin": url.rstrip("/")})
            assert "Secure" in entered.headers["set-cookie"]
            assert (await browser.get("/")).status_code == 200


async def test_a_certificate_that_is_none_ends_it(ferry: Path, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("nothing", encoding="utf-8")
    place = Place("127.0.0.1", 0, tmp_path / "cert.pem", tmp_path / "cert.pem")
    with pytest.raises(Exception) as raised:  # noqa: PT011  # a group of tasks or the refusal itself
        async with open_board(Production(ferry), place, InProcess(), (), {}, TOKEN, "secret"):
            pass
    found = raised.value
    while isinstance(found, ExceptionGroup):
        (found,) = found.exceptions
    assert isinstance(found, Refused)
    assert (found.exit_code, found.diagnostics[0].code) == (12, "cannot-serve")
