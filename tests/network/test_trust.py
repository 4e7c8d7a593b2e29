"""TLS over real sockets: which certificates are believed, and that nothing is said to whoever has another."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trio
import trustme

from storyboard.capabilities import Gateway
from storyboard.diagnostics import Refused
from storyboard.exchange import Request, Response
from storyboard.network.client import Client
from storyboard.network.depot import open_carrier
from storyboard.network.settings import Access, read
from storyboard.network.trust import authorities, trusted
from storyboard.state.account import AccountFile
from tests.stories.command import LINE, environment

ORDER = Request("POST", "/orders", {}, b"{}")
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
KEY = "sk_live_canary"


@dataclass
class Server:
    """A TLS server on loopback: its port, and the bytes that it was told inside of TLS."""

    port: int
    told: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def serving(certificate: trustme.LeafCert) -> AsyncIterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    server = Server(listeners[0].socket.getsockname()[1])

    async def serve(stream: trio.SocketStream) -> None:
        secret = trio.SSLStream(stream, context, server_side=True, https_compatible=True)
        try:
            server.told.append(bytes(await secret.receive_some(65536)))
            await secret.send_all(ANSWER)
        except trio.BrokenResourceError:
            return  # the client would not have it
        finally:
            await trio.aclose_forcefully(stream)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, serve, listeners)
        yield server
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def speaking(server: Server, folder: Path, ca_file: Path | None) -> AsyncIterator[Client]:
    origin = f"https://localhost:{server.port}"
    accounts = {"toy": AccountFile(folder / "accounts", "a")}
    gateways = {"toy": Gateway(origin, "TOY", "/probe", 28)}
    async with Client({"toy": Access(origin, KEY)}, gateways, accounts, ca_file=ca_file) as client:
        yield client


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "own.pem"
    authority.cert_pem.write_to_path(path)
    return path


async def test_an_authority_that_was_named_is_believed(authority: trustme.CA, ca_file: Path, tmp_path: Path) -> None:
    async with serving(authority.issue_cert("localhost")) as server, speaking(server, tmp_path, ca_file) as client:
        answer = await client.send("toy", ORDER)
    assert isinstance(answer, Response)
    probe, order = server.told
    assert probe.startswith(b"GET /probe")
    assert order.startswith(b"POST /orders")


def issued(kind: str, authority: trustme.CA) -> trustme.LeafCert:
    """A certificate that is wrong in one way."""
    if kind == "unknown":
        return trustme.CA().issue_cert("localhost")
    if kind == "expired":
        return authority.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1))
    return authority.issue_cert("another.example")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("unknown", "unable to get local issuer certificate"),
        ("expired", "certificate has expired"),
        ("host", "certificate is not valid for 'localhost'"),
    ],
)
async def test_a_bad_certificate_is_told_why_and_nothing_is_sent(
    kind: str, words: str, authority: trustme.CA, ca_file: Path, tmp_path: Path
) -> None:
    async with (
        serving(issued(kind, authority)) as server,
        speaking(server, tmp_path, ca_file) as client,
    ):
        with pytest.raises(Refused) as refused:
            await client.send("toy", ORDER)
    (told,) = refused.value.diagnostics
    assert (refused.value.exit_code, told.code) == (12, "bad-certificate")
    assert f"the certificate of https://localhost:{server.port} is not believed: " in told.message
    assert words in told.message
    assert not b"".join(server.told)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_the_environment_has_no_say(
    variable: str, authority: trustme.CA, ca_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(ca_file if variable.endswith("FILE") else ca_file.parent))
    async with serving(authority.issue_cert("localhost")) as server, speaking(server, tmp_path, None) as client:
        with pytest.raises(Refused):
            await client.send("toy", ORDER)
    assert not b"".join(server.told)


def test_the_public_authorities_stay_believed_beside_ones_own(ca_file: Path) -> None:
    usual, wider = len(trusted(None).get_ca_certs()), len(trusted(ca_file).get_ca_certs())
    assert wider == usual + 1 > 50
    assert trusted(ca_file).verify_mode is ssl.CERT_REQUIRED
    assert trusted(ca_file).check_hostname


@pytest.mark.parametrize("text", [None, "no certificate\n"])
def test_a_file_that_holds_none_is_a_mistake_of_the_settings(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "own.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(Refused) as refused:
        trusted(path)
    assert (refused.value.exit_code, refused.value.diagnostics[0].code) == (2, "bad-settings")


def test_it_is_set_by_the_environment_or_the_settings_and_is_a_whole_path() -> None:
    written = 'ca_file = "/etc/own.pem"'
    assert read(written, "config.toml", {}, {}).ca_file == Path("/etc/own.pem")
    assert read(written, "config.toml", {"STORYBOARD_CA_FILE": "/other.pem"}, {}).ca_file == Path("/other.pem")
    assert read("", "config.toml", {}, {}).ca_file is None
    with pytest.raises(Refused):
        read('ca_file = "own.pem"', "config.toml", {}, {})


BOARD = """\
storyboard: 1
defaults: {provider: seedance2ai, duration: 4}
shots:
  - {id: 1A, action: A door.}
"""


async def test_a_render_ends_with_12_and_orders_nothing(authority: trustme.CA, tmp_path: Path) -> None:
    board = tmp_path / "film.yaml"
    board.write_text(BOARD)
    async with serving(authority.issue_cert("localhost")) as server:
        given = environment(
            SEEDANCE2AI_API_KEY=KEY,
            SEEDANCE2AI_BASE_URL=f"https://localhost:{server.port}",
            XDG_CONFIG_HOME=str(tmp_path / "config"),
            XDG_STATE_HOME=str(tmp_path / "user"),
        )
        ended = await trio.run_process(
            [*LINE, "render", str(board), "--yes"], env=given, capture_stdout=True, capture_stderr=True, check=False
        )
    said = ended.stderr.decode()
    assert ended.returncode == 12, said
    assert "error[bad-certificate]: the certificate of https://localhost:" in said
    assert KEY not in said
    assert not b"".join(server.told)


def cluttered(ca_file: Path, authority: trustme.CA) -> Path:
    """The file with a private key and words in it besides."""
    private = authority.issue_cert("localhost").private_key_pem.bytes()
    ca_file.write_bytes(private + "Unser Studio, München\n".encode() + ca_file.read_bytes())
    return ca_file


async def test_another_machine_believes_it_too_and_is_told_nothing_else(
    authority: trustme.CA, ca_file: Path, tmp_path: Path
) -> None:
    told = authorities(cluttered(ca_file, authority))
    assert told.encode() == authority.cert_pem.bytes()
    async with serving(authority.issue_cert("localhost")) as server, open_carrier(told) as carrier:
        await carrier.fetch(f"https://localhost:{server.port}/clip", tmp_path / "clip", 2)
    assert (tmp_path / "clip").read_bytes() == b"{}"
    assert authorities(None) == ""
