import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.callbacks.address import address, genuine, host_and_port, names, public_url, signature

SECRET = bytes(range(32))
KEY = "0123456789abcdef0123456789abcdef"


def test_an_address_names_the_submission_and_is_signed() -> None:
    parts = urlsplit(address("https://films.example/hooks", SECRET, KEY))
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "films.example", f"/hooks/cb/v1/{KEY}")
    [told] = parse_qs(parts.query)["sig"]
    assert genuine(SECRET, KEY, told)


@given(st.text(max_size=80))
def test_nothing_else_is_a_signature(told: str) -> None:
    assert genuine(SECRET, KEY, told) == (told == signature(SECRET, KEY))


def test_a_signature_is_of_one_submission_and_one_secret() -> None:
    assert not genuine(SECRET, KEY[::-1], signature(SECRET, KEY))
    assert not genuine(SECRET[::-1], KEY, signature(SECRET, KEY))


def test_an_order_that_names_its_address_is_told_from_one_that_does_not() -> None:
    said = {"callback_url": address("https://a.example", SECRET, KEY)}
    assert names(json.dumps(said).encode(), KEY)
    assert not names(json.dumps(said).encode(), KEY[::-1])
    assert not names(b"{}", KEY)


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("https://films.example.com", "https://films.example.com"),
        ("https://films.example.com:8443/hooks/", "https://films.example.com:8443/hooks"),
        ("http://127.0.0.1:8400", "http://127.0.0.1:8400"),
        ("http://[::1]:8400/", "http://[::1]:8400"),
        ("http://localhost:1", "http://localhost:1"),
    ],
)
def test_a_public_url_is_taken(written: str, taken: str) -> None:
    assert public_url(written) == taken


@pytest.mark.parametrize(
    "written",
    [
        "http://films.example.com",
        "http://10.0.0.1:80",
        "films.example.com",
        "https://me@films.example.com",
        "https://films.example.com?a=1",
        "https://films.example.com#a",
        "ftp://films.example.com",
        "https://",
        "",
    ],
)
def test_another_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="a public URL"):
        public_url(written)


@pytest.mark.parametrize(
    ("written", "taken"),
    [("127.0.0.1:8400", ("127.0.0.1", 8400)), ("[::1]:0", ("::1", 0)), ("0.0.0.0:1", ("0.0.0.0", 1))],
)
def test_a_host_and_a_port_are_taken(written: str, taken: tuple[str, int]) -> None:
    assert host_and_port(written) == taken


@pytest.mark.parametrize(
    "written", ["8400", "localhost", ":8400", "a:b", "127.0.0.1:99999", "me@a:1", "a:1/b", "::1:1"]
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        host_and_port(written)
