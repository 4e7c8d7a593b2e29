"""Inputs 47 to 56 of the security list: where a gateway's link may not lead."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.network.addresses import UnsafeLink, follow, is_local, public, reachable, target


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "::ffff:8.8.8.8",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "127.0.0.1",
        "10.0.0.7",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "2002:7f00:1::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ],
)
def test_an_address_that_is_not_public_is_not_connected_to(address: str) -> None:
    assert not public(ip_address(address))
    with pytest.raises(UnsafeLink, match="public internet"):
        reachable([address], "host", local=False)


def test_one_bad_address_among_good_ones_is_enough() -> None:
    assert reachable(["93.184.216.34", "2606:2800:220:1::1"], "host", local=False) == "93.184.216.34"
    with pytest.raises(UnsafeLink, match="public internet"):
        reachable(["93.184.216.34", "127.0.0.1"], "host", local=False)
    with pytest.raises(UnsafeLink, match="no address"):
        reachable([], "host", local=False)


def test_a_gateway_on_this_machine_may_lead_to_this_machine_and_to_no_other_private_one() -> None:
    assert reachable(["127.0.0.1"], "host", local=True) == "127.0.0.1"
    with pytest.raises(UnsafeLink, match="public internet"):
        reachable(["169.254.169.254"], "host", local=True)


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="169.254.0.0/16"))
def test_no_private_address_hides_in_one_of_ipv6(address: object) -> None:
    inner = int(ip_address(str(address)))
    for prefix in ("::ffff:0:0", "64:ff9b::", "64:ff9b:1::"):
        assert not public(ip_address(int(ip_address(prefix)) + inner))


@pytest.mark.parametrize(
    "link",
    [
        "file:///etc/passwd",
        "ftp://host/a",
        "data:video/mp4;base64,AAAA",
        "http://host/a",
        "https://user:word@host/a",
        "https://good\\@evil/a",
        "https://host/a b",
        "https://host/\n",
        "https://høst/a",
        "https:///a",
        "//host/a",
        "https://host:99999/a",
        "https://[::1/a",
        "",
    ],
)
def test_a_link_that_is_none_is_not_followed(link: str) -> None:
    with pytest.raises(UnsafeLink):
        target(link, local=False)


def test_a_link_is_taken_apart_and_shown_without_its_query() -> None:
    found = target("https://cdn.example:8443/a/b.mp4?token=secret", local=False)
    assert (found.scheme, found.host, found.port, found.path) == (
        "https",
        "cdn.example",
        8443,
        "/a/b.mp4?token=secret",
    )
    assert found.shown == "https://cdn.example/a/b.mp4"


def test_plain_http_only_beside_a_gateway_on_this_machine() -> None:
    assert target("http://127.0.0.1:9/a", local=True).port == 9
    with pytest.raises(UnsafeLink, match="encrypted"):
        follow("https://127.0.0.1/a", "http://127.0.0.1/b", local=True)
    assert follow("https://host/a/b", "../c", local=False) == "https://host/c"


@pytest.mark.parametrize(
    ("origin", "local"),
    [
        ("http://127.0.0.1:8300/x", True),
        ("http://localhost", True),
        ("http://[::1]:9", True),
        ("https://www.seedance2ai.io", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://2130706433", False),
    ],
)
def test_what_counts_as_this_machine(origin: str, local: bool) -> None:
    assert is_local(origin) is local
