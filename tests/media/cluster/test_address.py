from pathlib import Path

import pytest

from storyboard.media.cluster.address import Certificates, Processes, Scheduler, address

MINE = Certificates(Path("/ca.pem"), Path("/mine.pem"), Path("/mine.key"))


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("local:4", Processes(4)),
        ("tcp://127.0.0.1:8786", Scheduler("tcp://127.0.0.1:8786")),
        ("tcp://localhost:8786", Scheduler("tcp://localhost:8786")),
        ("tcp://[::1]:8786", Scheduler("tcp://[::1]:8786")),
        ("tls://127.0.0.1:8786", Scheduler("tls://127.0.0.1:8786", MINE)),
        ("tls://farm.example:8786", Scheduler("tls://farm.example:8786", MINE)),
    ],
)
def test_what_is_safe_is_taken(written: str, found: Processes | Scheduler) -> None:
    assert address(written, MINE) == found


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("tcp://10.0.0.1:8786", "beyond it takes tls://"),
        ("tcp://farm.example:8786", "beyond it takes tls://"),
        ("tcp://localhost.example:8786", "beyond it takes tls://"),
        ("tls://farm.example:8786", "ca_file, cert_file and key_file"),
        ("local:0", "a cluster is"),
        ("local:257", "more processes than the 256"),
        ("local", "a cluster is"),
        ("127.0.0.1:8786", "a cluster is"),
        ("tcp://127.0.0.1", "a cluster is"),
        ("tcp://127.0.0.1:x", "a cluster is"),
        ("tcp://127.0.0.1:8786/farm", "a cluster is"),
        ("tcp://me@127.0.0.1:8786", "a cluster is"),
        ("ucx://127.0.0.1:8786", "a cluster is"),
        ("tcp://[::1:8786", "a cluster is"),
        ("", "a cluster is"),
    ],
)
def test_what_is_not_is_refused_with_what_would_be(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        address(written, None)


def test_a_scheduler_has_a_host_and_a_port() -> None:
    assert Scheduler("tcp://[::1]:8786").place == ("::1", 8786)
    assert Scheduler("tls://farm.example:8786", MINE).place == ("farm.example", 8786)
