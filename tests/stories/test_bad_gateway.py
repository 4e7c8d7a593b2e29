"""A gateway that answers badly: each fault of the emulator in a whole render, and what is paid for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stories.paying import Gateways, gateways
from tests.stories.six import BOARD, NAME, ONE, production

MENDED: dict[str, dict[str, Any]] = {
    "a proxy's page for an order": {"fault": "html_502", "route": "submit"},
    "half of the JSON for an order": {"fault": "invalid_json", "route": "submit"},
    "an order whose answer is lost": {"fault": "drop_response_after_accept", "route": "submit"},
    "an order that is lost": {"fault": "drop_before_accept", "route": "submit"},
    "an internal error after an order": {"fault": "500_once", "route": "submit", "accepted": True},
    "a redirect of an order": {"fault": "redirect_307", "route": "submit", "to": "http://127.0.0.1:9/"},
    "busy, then too many": {"fault": "429_burst", "route": "submit", "retry_after": 1},
    "a proxy's page for a poll": {"fault": "html_502", "route": "status", "nth": 2},
    "half of the JSON for a poll": {"fault": "invalid_json", "route": "status", "nth": 2},
    "a redirect of a poll": {"fault": "redirect_301", "route": "status", "nth": 2, "to": "http://127.0.0.1:9/"},
    "too many for a poll, until a date": {"fault": "429_burst", "route": "status", "nth": 2, "retry_after": "past"},
    "a status that nobody knows": {"fault": "unknown_status", "status": "post_processing", "polls": 2},
    "a job that is not found yet": {"fault": "404_grace", "polls": 2},
    "finished, without a link yet": {"fault": "success_without_url", "polls": 2},
    "a clip cut short, its length told": {"fault": "truncated_download", "route": "file"},
    "a clip cut short, its length not told": {
        "fault": "truncated_download",
        "route": "file",
        "framing": "close-delimited",
    },
    "a link that has expired": {"fault": "expired_url", "route": "file"},
    "a slow clip": {"fault": "slow_download", "route": "file", "bytes_per_second": 60_000},
}
"""What strikes once and is got over."""
QUICK = ("half of the JSON for an order", "half of the JSON for a poll", "a clip cut short, its length told")
"""Those of the fast lane."""
CASES = [what if what in QUICK else pytest.param(what, marks=pytest.mark.slow) for what in MENDED]


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateways]:
    with gateways() as one:
        yield one


@pytest.mark.parametrize("what", CASES)
def test_what_strikes_once_costs_nothing(tmp_path: Path, gateway: Gateways, what: str) -> None:
    key = f"bad-{list(MENDED).index(what)}"
    made = production(tmp_path, gateway, key, ONE)
    gateway.arm(**MENDED[what])
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert len(gateway.rows(NAME, key, "reserve")) == 1
    (rule,) = gateway.ask("faults")["rules"]
    assert rule["struck"] == 1


@pytest.mark.slow
def test_a_clip_that_never_comes_fails_at_its_shot_keeps_its_job_and_spares_the_rest(
    tmp_path: Path, gateway: Gateways
) -> None:
    board = BOARD.split("  - {id: 3A")[0].replace("chain: previous\n", "")
    made = production(tmp_path, gateway, "lost", board)
    gateway.arm(fault="success_without_url", polls=1000)
    rendered = made.render()
    assert rendered.returncode == 4
    lost, done = sorted(made.status()["takes"], key=lambda take: str(take["state"] == "done"))
    assert (lost["state"], done["state"]) == ("lost", "done")
    line = 6 if lost["shot"] == "1A" else 7
    assert f"six.yaml:{line}:10: error[paid-lost]: take {lost['take']}: " in rendered.stderr
    assert lost["job"] in {row["task"] for row in gateway.rows(NAME, "lost", "reserve")}
    again = made.render()
    assert again.returncode == 4
    assert len(gateway.rows(NAME, "lost", "reserve")) == 2


@pytest.mark.slow
def test_a_clip_that_always_comes_damaged_is_lost_and_never_bought_again(tmp_path: Path, gateway: Gateways) -> None:
    made = production(tmp_path, gateway, "damaged", ONE)
    gateway.arm(fault="truncated_download", route="file", framing="close-delimited", times=0)
    for _ in range(2):
        assert made.render().returncode == 4
    (take,) = made.status()["takes"]
    assert (take["state"], take["charged"]) == ("lost", {"amount": "24", "unit": "credits"})
    assert take["error"]["code"] == "clip-damaged"
    assert len(gateway.rows(NAME, "damaged", "reserve")) == 1


def test_a_job_that_fails_is_refunded_and_tried_again_by_the_next_run(tmp_path: Path, gateway: Gateways) -> None:
    made = production(tmp_path, gateway, "refunded", ONE)
    gateway.arm(fault="fail", message="Output was rejected by moderation")
    rendered = made.render()
    assert rendered.returncode == 3
    assert "six.yaml:7:10: error[take-failed]: take 1A-1: Output was rejected by moderation" in rendered.stderr
    assert made.status()["charged"]["seedance2ai"]["amount"] == "0"
    assert made.render().returncode == 0
    assert (len(gateway.rows(NAME, "refunded", "reserve")), len(gateway.rows(NAME, "refunded", "refund"))) == (2, 1)
